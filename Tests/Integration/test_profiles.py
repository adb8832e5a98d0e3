"""Twenty tokens for each profile, in the form that its provider documents: valid ones, and each frequent mistake with its reason and hint.

A case is (reason, hint, changed claims, changed header members); None removes a claim. Checks AUDIT 22 and 23.
"""
import base64, json, os, time

import jwt, pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from conftest import RESOURCE, ROOT, Issuer, at_present, b64, run

NOW = int(time.time())
TENANT, OTHER = "72f988bf-86f1-41af-91ab-2d7cd011db47", "9188040d-6c67-4c5b-b112-36a304b66dad"
REGION = "eu-central-1"
POOL = f"{REGION}.amazonaws.com/{REGION}_aBcDeFgHi"
OLD_COGNITO, NEW_COGNITO = f"https://cognito-idp.{POOL}", f"https://issuer-cognito-idp.{POOL}"
V1, V2 = f"https://sts.windows.net/{TENANT}/", f"https://login.microsoftonline.com/{TENANT}/v2.0"
OPEN = "https://login.microsoftonline.com/{tenantid}/v2.0"
GITHUB = "https://token.actions.githubusercontent.com"
SECOND = Issuer(kid="key-1")  # the right name, the wrong key
EC_KEY, EC384_KEY = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP384R1())
EC_KEYS = {"ES256": (EC_KEY, "ec"), "ES384": (EC384_KEY, "ec384")}
BALANCER = f"arn:aws:elasticloadbalancing:{REGION}:123456789012:loadbalancer/app/shop/50dc6c495c0c9188"
BALANCER_KID = "abb8289f-e3a4-4a34-9472-c2105e2b2482"
STS = "https://a103a2cc-b461-473d-84fe-6c4f6d45af88.tokens.sts.global.api.aws"
STS_CLAIMS = "https://sts.amazonaws.com/"
EKS = f"https://oidc.eks.{REGION}.amazonaws.com/id/EXAMPLED539D4633E53DE1B71EXAMPLE"
ORG = "98bc0e2e-9e5f-4f2b-8c5a-2b7c8d1e0f3a"
CIRCLE = f"https://oidc.circleci.com/org/{ORG}"
CIAM, CIAM_ID = f"https://shop.ciamlogin.com/{TENANT}/v2.0", f"https://{TENANT}.ciamlogin.com/{TENANT}/v2.0"
B2C = f"https://shop.b2clogin.com/{TENANT}/v2.0/"
OK = "allowed"
TIMES = [  # what goes wrong with every provider's tokens
    ("token_expired", "clock", {"exp": NOW - 300}), ("token_expired", None, {"exp": NOW - 90000}), ("claim_exp_type", None, {"exp": str(NOW + 600)}),
    ("claim_exp_missing", None, {"exp": None}), ("token_issued_in_future", "clock", {"iat": NOW + 600}),
]


def routes(*rules):
    return json.dumps({"routes": [{"route": "GET /", "allow": rule} for rule in rules]})


# word: settings, header, claims, cases
PROFILES = {
    "cognito": ({"ISSUER": OLD_COGNITO, "AUDIENCE": "7example23app,https://api.example.com", "REQUIRED_SCOPES": "orders/read"}, {"typ": None}, {
        "sub": "a1b2c3d4-5678-90ab-cdef-EXAMPLE11111", "device_key": f"{REGION}_EXAMPLE", "cognito:groups": ["admin"], "iss": OLD_COGNITO, "version": 2,
        "client_id": "7example23app", "origin_jti": "o", "event_id": "e", "token_use": "access", "scope": "openid orders/read", "auth_time": NOW, "jti": "j", "username": "alice"}, [
        (OK, None, {}), (OK, None, {"iss": NEW_COGNITO}), (OK, None, {"aud": "https://api.example.com"}), (OK, None, {"aud": "https://api.example.com", "client_id": "other"}),
        (OK, None, {"sub": "7example23app", "username": None, "cognito:groups": None}),  # client credentials
        ("token_is_id_token", "id_token", {"token_use": "id", "aud": "7example23app", "client_id": None, "scope": None, "cognito:username": "alice"}),
        ("token_is_id_token", "id_token", {"token_use": "id"}), ("token_type_mismatch", None, {"token_use": None}), ("token_type_mismatch", None, {"token_use": "refresh"}),
        ("claim_token_use_type", None, {"token_use": ["access"]}), ("audience_mismatch", None, {"client_id": "other"}), ("claim_aud_missing", None, {"client_id": None}),
        ("audience_mismatch", None, {"aud": "https://other.example.com"}), ("issuer_mismatch", None, {"iss": OLD_COGNITO + "x"}),
        ("issuer_mismatch", "issuer_slash", {"iss": OLD_COGNITO + "/"}), ("issuer_mismatch", None, {"iss": OLD_COGNITO.replace("central", "west")}),
        ("issuer_mismatch", None, {"iss": "https://cognito-identity.amazonaws.com"}), ("scope_missing", None, {"scope": "openid aws.cognito.signin.user.admin"}),
        ("header_alg_not_allowed", None, {}, {"alg": "PS256"})]),
    "auth0": ({"ISSUER": "https://shop.eu.auth0.com/", "AUDIENCE": "https://api.example.com", "RULES": routes({"scopes": ["read:orders"]})}, {"typ": "JWT"}, {
        "iss": "https://shop.eu.auth0.com/", "sub": "auth0|5f7c8ec7c33c6c004bbafe82", "aud": ["https://api.example.com", "https://shop.eu.auth0.com/userinfo"],
        "azp": "my_client_id", "scope": "openid profile", "permissions": ["read:orders"]}, [
        (OK, None, {}), (OK, None, {"aud": "https://api.example.com"}), (OK, None, {"permissions": None, "scope": "openid read:orders"}),
        (OK, None, {"azp": None, "client_id": "my_client_id", "jti": "j"}, {"typ": "at+jwt"}),  # its RFC 9068 dialect
        (OK, None, {"sub": "my_client_id@clients", "gty": "client-credentials"}), (OK, None, {}, {"alg": "PS256"}),
        ("audience_mismatch", "id_token", {"aud": "my_client_id", "azp": None, "nonce": "n", "scope": None, "permissions": None, "sid": "s"}),
        ("token_is_id_token", "id_token", {"azp": None}), ("token_is_id_token", "id_token", {"nonce": "n"}), ("token_is_id_token", "id_token", {"at_hash": "h"}),
        ("issuer_mismatch", "issuer_slash", {"iss": "https://shop.eu.auth0.com"}), ("issuer_mismatch", "issuer_scheme_or_case", {"iss": "http://shop.eu.auth0.com/"}),
        ("issuer_mismatch", None, {"iss": "https://other.eu.auth0.com/"}), ("audience_mismatch", "audience_form", {"aud": "https://api.example.com/"}),
        ("audience_mismatch", "audience_array", {"aud": ["https://other", "https://shop.eu.auth0.com/userinfo"]}), ("claim_aud_missing", None, {"aud": None}),
        ("route_requirement", None, {"permissions": ["read:orders2"]}), ("route_requirement", None, {"permissions": None, "roles": ["read:orders"]}),
        ("header_alg_not_allowed", "shared_secret", {}, {"alg": "HS256"}), ("token_part_count", "opaque", "opaque")]),
    "okta": ({"ISSUER": "https://shop.okta.com/oauth2/default", "AUDIENCE": "api://default", "RULES": routes({"scopes": ["orders"], "any_of_roles": ["Everyone", "Admins"]})}, {"typ": None}, {
        "ver": 1, "jti": "AT.0mP4JKAZX1iACIT4vbEDF7LpvDVjxypPMf0D7uX39RE", "iss": "https://shop.okta.com/oauth2/default", "aud": "api://default", "sub": "alice@example.com",
        "cid": "nmdP1fcyvdVO11AL7ECm", "uid": "00ugmhkdyHWKfMXK20h7", "scp": ["openid", "orders"], "auth_time": NOW, "groups": ["Everyone"]}, [
        (OK, None, {}), (OK, None, {"groups": ["Admins", "Sales"]}), (OK, None, {"scp": ["orders"], "uid": None, "sub": "nmdP1fcyvdVO11AL7ECm"}), (OK, None, {"aud": ["api://default"]}),
        (OK, None, {"scp": "openid orders"}), ("token_is_id_token", "id_token", {"cid": None, "scp": None, "nonce": "n", "at_hash": "h"}), ("token_is_id_token", "id_token", {"cid": None}),
        ("token_is_id_token", "id_token", {"nonce": "n"}), ("audience_mismatch", "id_token", {"aud": "nmdP1fcyvdVO11AL7ECm", "cid": None, "scp": None, "nonce": "n"}),
        # The organization's own server writes tokens for itself.
        ("issuer_mismatch", None, {"iss": "https://shop.okta.com", "aud": "https://shop.okta.com"}, {"typ": "application/okta-internal-at+jwt"}),
        ("issuer_mismatch", None, {"iss": "https://shop.okta.com/oauth2/aus1"}), ("issuer_mismatch", "issuer_slash", {"iss": "https://shop.okta.com/oauth2/default/"}),
        ("audience_mismatch", "audience_form", {"aud": "default"}), ("audience_mismatch", None, {"aud": "api://other"}), ("route_requirement", None, {"scp": ["openid"]}),
        ("route_requirement", None, {"scp": None, "scope": "orders"}), ("route_requirement", None, {"groups": None}), ("route_requirement", None, {"groups": None, "roles": ["Everyone"]}),
        ("header_alg_not_allowed", None, {}, {"alg": "RS512"})]),
    "entra": ({"ISSUER": V2, "AUDIENCE": "api://0c5d,0c5d", "RULES": routes({"any_of_scopes": ["orders.read"]}, {"roles": ["Orders.Read.All"]})}, {"typ": "JWT"}, {
        "aud": "0c5d", "iss": V2, "nbf": NOW, "aio": "E2Rg", "azp": "6e74", "azpacr": "0", "name": "Alice", "oid": "690222be", "preferred_username": "alice@example.com",
        "rh": "I", "scp": "orders.read access_as_user", "sub": "HKZpfaHyWadeOouYlitjrI", "tid": TENANT, "uti": "fqiBqXLPj0eQa82S", "ver": "2.0"}, [
        (OK, None, {}), (OK, None, {"iss": V1, "aud": "api://0c5d", "azp": None, "azpacr": None, "appid": "6e74", "appidacr": "0", "ver": "1.0", "uniqe_name": "alice"}),
        (OK, None, {"scp": None, "roles": ["Orders.Read.All"], "idtyp": "app"}), (OK, None, {"scp": None, "groups": ["Orders.Read.All"]}), (OK, None, {"roles": ["x"]}),
        ("token_is_id_token", "id_token", {"azp": None, "azpacr": None, "scp": None, "nonce": "n"}), ("token_is_id_token", "id_token", {"azp": None}), ("token_is_id_token", "id_token", {"nonce": "n"}),
        ("audience_mismatch", "microsoft_graph", {"aud": "00000003-0000-0000-c000-000000000000"}), ("audience_mismatch", "microsoft_graph", {"aud": "https://graph.microsoft.com"}),
        ("signature_mismatch", "microsoft_graph", {"aud": "00000003-0000-0000-c000-000000000000"}, {"nonce": "x", "key": SECOND}),
        ("audience_mismatch", "audience_form", {"aud": "api://0C5D"}), ("issuer_mismatch", None, {"iss": V2.replace(TENANT, OTHER), "tid": OTHER}),
        ("issuer_mismatch", "issuer_slash", {"iss": V2 + "/"}), ("issuer_mismatch", None, {"iss": V2.replace(TENANT, "common")}), ("tenant_mismatch", None, {"tid": OTHER}),
        ("tenant_mismatch", None, {"tid": None}), ("claim_type", None, {"tid": 7}), ("route_requirement", None, {"scp": "orders.read.all"}), ("route_requirement", None, {"scp": None})]),
    "google": ({"AUDIENCE": "1234987819200.apps.googleusercontent.com"}, {"typ": "JWT"}, {
        "iss": "https://accounts.google.com", "azp": "1234987819200.apps.googleusercontent.com", "aud": "1234987819200.apps.googleusercontent.com", "sub": "10769150350006150715113082367",
        "at_hash": "HK6E_P6Dh8Y93mRNtsDB1Q", "hd": "example.com", "email": "alice@example.com", "email_verified": True, "nonce": "0394852-3190485-2490358"}, [
        (OK, None, {}), (OK, None, {"iss": "accounts.google.com"}), (OK, None, {"nonce": None, "at_hash": None}), (OK, None, {"azp": "other"}), (OK, None, {"hd": None, "email": None}),
        (OK, None, {"aud": ["1234987819200.apps.googleusercontent.com"]}), ("issuer_mismatch", "issuer_slash", {"iss": "https://accounts.google.com/"}),
        ("issuer_mismatch", "issuer_scheme_or_case", {"iss": "http://accounts.google.com"}), ("issuer_mismatch", None, {"iss": "https://cloud.google.com/iap"}),
        ("issuer_mismatch", None, {"iss": "https://securetoken.google.com/my-shop"}), ("issuer_mismatch", "issuer_scheme_or_case", {"iss": "https://Accounts.google.com"}),
        ("audience_mismatch", None, {"aud": "other.apps.googleusercontent.com"}), ("claim_aud_missing", None, {"aud": None}), ("claim_missing", None, {"sub": None}),
        ("claim_sub_type", None, {"sub": 107}), ("claim_iss_missing", None, {"iss": None}), ("header_alg_not_allowed", None, {}, {"alg": "ES256"}), ("token_part_count", "opaque", "opaque")]),
    "firebase": ({"ISSUER": "https://securetoken.google.com/my-shop"}, {"typ": "JWT"}, {
        "iss": "https://securetoken.google.com/my-shop", "aud": "my-shop", "auth_time": NOW - 60, "user_id": "u1", "sub": "u1", "email": "alice@example.com",
        "firebase": {"identities": {"email": ["alice@example.com"]}, "sign_in_provider": "password"}}, [
        (OK, None, {}), (OK, None, {"email": None, "firebase": {"sign_in_provider": "anonymous"}}), (OK, None, {"admin": True}), (OK, None, {"aud": ["my-shop"]}),
        # A session cookie, a custom token, another project, Google's own.
        ("issuer_mismatch", None, {"iss": "https://session.firebase.google.com/my-shop"}), ("issuer_mismatch", None, {"iss": "firebase-adminsdk@my-shop.iam.gserviceaccount.com", "auth_time": None}),
        ("issuer_mismatch", None, {"iss": "https://securetoken.google.com/other"}), ("issuer_mismatch", None, {"iss": "https://accounts.google.com"}),
        ("issuer_mismatch", "issuer_slash", {"iss": "https://securetoken.google.com/my-shop/"}), ("audience_mismatch", None, {"aud": "other"}), ("claim_aud_missing", None, {"aud": None}),
        ("audience_mismatch", "audience_form", {"aud": "My-Shop"}), ("claim_missing", None, {"sub": None}), ("claim_missing", None, {"sub": ""}), ("claim_missing", None, {"auth_time": None}),
        ("claim_type", None, {"auth_time": True}), ("header_alg_not_allowed", "shared_secret", {}, {"alg": "HS256"}), ("token_part_count", "opaque", "opaque")]),
    "keycloak": ({"ISSUER": "https://sso.example.com/realms/shop", "AUDIENCE": "orders", "RULES": routes({"any_of_roles": ["clerk"]}, {"scopes": ["orders"]})}, {"typ": "JWT"}, {
        "jti": "j", "iss": "https://sso.example.com/realms/shop", "aud": ["orders", "account"], "sub": "f3a9", "typ": "Bearer", "azp": "web", "sid": "s", "acr": "1", "allowed-origins": ["*"],
        "realm_access": {"roles": ["offline_access", "clerk"]}, "resource_access": {"account": {"roles": ["view-profile"]}}, "scope": "profile email"}, [
        (OK, None, {}), (OK, None, {"realm_access": None, "resource_access": {"orders": {"roles": ["clerk"]}}}), (OK, None, {"realm_access": None, "scope": "orders email"}),
        (OK, None, {"nonce": "n"}), (OK, None, {"aud": "orders"}), (OK, None, {}, {"typ": "at+jwt"}), (OK, None, {"exp": NOW + 600, "acr": None}),
        ("token_is_id_token", "id_token", {"typ": "ID", "nonce": "n", "at_hash": "h", "scope": None}), ("token_is_id_token", "id_token", {"typ": "ID"}),
        ("token_type_mismatch", None, {"typ": "Refresh"}), ("token_type_mismatch", None, {"typ": "Offline"}), ("token_type_mismatch", None, {"typ": None}), ("claim_type", None, {"typ": 1}),
        ("audience_mismatch", None, {"aud": "account"}), ("issuer_mismatch", "issuer_slash", {"iss": "https://sso.example.com/realms/shop/"}),
        ("issuer_mismatch", "issuer_scheme_or_case", {"iss": "http://sso.example.com/realms/shop"}), ("issuer_mismatch", None, {"iss": "https://sso.example.com/auth/realms/shop"}),
        ("issuer_mismatch", "issuer_scheme_or_case", {"iss": "https://sso.example.com/realms/Shop"}), ("route_requirement", None, {"realm_access": {"roles": ["offline_access"]}}),
        ("route_requirement", None, {"realm_access": None, "resource_access": {"account": {"roles": ["clerk"]}}, "roles": ["clerk"]})]),
    "apple": ({"AUDIENCE": "com.example.app,com.example.web"}, {"typ": None}, {
        "iss": "https://appleid.apple.com", "aud": "com.example.app", "sub": "001234.0a1b2c3d4e5f.0123", "nonce": "n", "nonce_supported": True, "c_hash": "c", "auth_time": NOW,
        "email": "alice@privaterelay.appleid.com", "email_verified": "true", "is_private_email": "true"}, [
        (OK, None, {}), (OK, None, {"aud": "com.example.web"}), (OK, None, {"email": None, "email_verified": None, "nonce": None}), (OK, None, {"email_verified": True}),
        (OK, None, {}, {"alg": "ES256"}), ("audience_mismatch", None, {"aud": "com.example.other"}), ("audience_mismatch", "audience_form", {"aud": "com.example.App"}),
        ("claim_aud_missing", None, {"aud": None}), ("issuer_mismatch", "issuer_slash", {"iss": "https://appleid.apple.com/"}), ("issuer_mismatch", None, {"iss": "https://account.apple.com"}),
        ("issuer_mismatch", "issuer_scheme_or_case", {"iss": "appleid.apple.com"}), ("claim_missing", None, {"sub": None}), ("claim_missing", None, {"sub": ""}),
        # The client's own secret, which its developer signs.
        ("issuer_mismatch", None, {"iss": "TEAM123456", "aud": "https://appleid.apple.com", "sub": "com.example.app"}, {"alg": "ES256"}),
        ("header_alg_not_allowed", None, {}, {"alg": "RS512"}), ("signature_mismatch", None, {}, {"key": SECOND}), ("key_unknown", None, {}, {"kid": "new"})]),
    "github-actions": ({"AUDIENCE": "https://api.example.com", "RULES": routes(
        {"claims": [{"claim": "repository", "equals": "octo-org/octo-repo"}, {"claim": "ref", "equals": "refs/heads/main"}]})}, {"typ": "JWT", "x5t": "x"}, {
        "jti": "j", "sub": "repo:octo-org/octo-repo:environment:prod", "environment": "prod", "aud": "https://api.example.com", "ref": "refs/heads/main", "sha": "s",
        "repository": "octo-org/octo-repo", "repository_owner": "octo-org", "actor_id": "12", "repository_visibility": "private", "repository_id": "74", "run_id": "r",
        "run_number": "10", "run_attempt": "2", "runner_environment": "github-hosted", "actor": "octocat", "workflow": "w", "head_ref": "", "base_ref": "", "event_name": "push",
        "ref_type": "branch", "job_workflow_ref": "octo-org/octo-automation/.github/workflows/oidc.yml@refs/heads/main", "iss": GITHUB}, [
        (OK, None, {}), (OK, None, {"sub": "repo:octo-org/octo-repo:ref:refs/heads/main", "environment": None}), (OK, None, {"sub": "repo:octo-org@1/octo-repo@74:environment:prod"}),
        (OK, None, {"event_name": "workflow_dispatch"}), (OK, None, {"runner_environment": "self-hosted"}),
        ("route_requirement", None, {"repository": "mallory/octo-repo", "repository_owner": "mallory", "sub": "repo:mallory/octo-repo:environment:prod"}),
        ("route_requirement", None, {"ref": "refs/pull/1/merge", "event_name": "pull_request"}), ("route_requirement", None, {"repository": "octo-org/octo-repo2"}),
        ("route_requirement", None, {"ref": None}), ("claim_missing", None, {"repository": None}), ("claim_missing", None, {"sub": ""}), ("claim_type", None, {"repository": ["octo-org/octo-repo"]}),
        ("audience_mismatch", None, {"aud": "https://github.com/octo-org"}), ("audience_mismatch", None, {"aud": "sts.amazonaws.com"}), ("audience_mismatch", "audience_form", {"aud": "https://api.example.com/"}),
        ("issuer_mismatch", "issuer_slash", {"iss": GITHUB + "/"}), ("issuer_mismatch", None, {"iss": GITHUB + "/octo"}), ("issuer_mismatch", None, {"iss": "https://ghes.example.com/_services/token"}),
        ("header_alg_not_allowed", None, {}, {"alg": "RS384"})]),
    "alb": ({"ISSUER": BALANCER, "AUDIENCE": "7example23app", "TOKEN_SOURCES": "header:x-amzn-oidc-data"}, {
        "typ": "JWT", "kid": BALANCER_KID, "alg": "ES256", "iss": OLD_COGNITO, "client": "7example23app", "signer": BALANCER, "exp": NOW + 1800}, {
        "sub": "4b5bef9c-f2b5-40ff-a412-412cba9d0702", "email_verified": "true", "name": "John Doe +?=-_", "email": "johndoe@example.com",
        "username": "4b5bef9c", "exp": NOW + 1800, "iss": OLD_COGNITO, "iat": None}, [
        (OK, "cache", {"exp": NOW + 120}, {"exp": NOW + 120}),  # a load balancer's live for two minutes
        (OK, None, {}), (OK, None, {"name": "J"}), (OK, None, {"name": "Jo"}),  # each length of padding
        (OK, None, {}, {"pad": False}), (OK, None, {"iss": None, "exp": None}), (OK, None, {"iss": "https://shop.okta.com"}, {"iss": "https://shop.okta.com"}),
        (OK, None, {"aud": "anybody", "client": "other"}), ("signer_mismatch", "other_alb", {}, {"signer": BALANCER[:-1] + "9"}),
        ("signer_mismatch", "other_alb", {}, {"signer": BALANCER.replace("central", "west")}), ("signer_mismatch", "other_alb", {}, {"signer": [BALANCER]}),
        # The provider's own access token, from x-amzn-oidc-accesstoken; and one with `signer` in its payload.
        ("signer_mismatch", "no_alb_token", {"token_use": "access", "client_id": "7example23app"}, {"signer": None, "client": None, "pad": False}),
        ("signer_mismatch", "no_alb_token", {"signer": BALANCER}, {"signer": None}),
        ("audience_mismatch", None, {}, {"client": "other"}), ("claim_aud_missing", None, {"aud": "7example23app"}, {"client": None}),
        ("token_expired", "clock", {"exp": None}, {"exp": NOW - 300}), ("token_expired", "clock", {"exp": NOW - 300}), ("claim_exp_missing", None, {"exp": None}, {"exp": None}),
        ("claim_missing", None, {"sub": None}), ("key_unknown", "alb_key", {}, {"kid": BALANCER_KID[:-1] + "3"}), ("header_kid_form", None, {}, {"kid": "ec"}),
        ("header_kid_form", None, {}, {"kid": None}), ("header_kid_form", None, {}, {"kid": BALANCER_KID.upper()}), ("header_kid_form", None, {}, {"kid": "../" + BALANCER_KID[3:]}),
        ("signature_mismatch", None, {}, {"key": ec.generate_private_key(ec.SECP256R1())}), ("signature_mismatch", None, {}, {"strip": True}),
        ("token_header_encoding", None, {}, {"standard": True}), ("token_signature_encoding", None, {}, {"half": True}),
        ("header_alg_not_allowed", None, {}, {"alg": "ES384"})]),
    "rfc9068": ({"ISSUER": "https://as.example.com", "AUDIENCE": "https://rs.example.com", "TOKEN_MAX_AGE_SECONDS": "1000", "TOKEN_MAX_LIFETIME_SECONDS": "2000",
                 "TOKEN_MIN_REMAINING_SECONDS": "100", "RULES": routes({"scopes": ["openid"], "any_of_roles": ["admin"]})}, {"typ": "at+jwt"}, {
        "iss": "https://as.example.com", "sub": "5ba552d67", "aud": "https://rs.example.com", "jti": "dbe39bf3a3ba4238a513f51d6e1691c4", "client_id": "s6BhdRkqt3",
        "scope": "openid profile reademail", "groups": ["admin"]}, [
        (OK, None, {}), (OK, None, {}, {"typ": "application/at+jwt"}), (OK, None, {"groups": None, "roles": ["admin"]}), (OK, None, {"groups": None, "entitlements": ["admin"]}),
        ("token_type_mismatch", None, {}, {"typ": "JWT"}), ("token_type_mismatch", None, {}, {"typ": None}), ("token_type_mismatch", "id_token", {"nonce": "n", "scope": None}, {"typ": "JWT"}),
        ("claim_missing", None, {"client_id": None}), ("claim_missing", None, {"sub": None}), ("claim_missing", None, {"jti": None}), ("claim_iat_missing", None, {"iat": None}),
        ("claim_client_id_type", None, {"client_id": 7}), ("token_too_old", None, {"iat": NOW - 1100}), ("token_lifetime_too_long", None, {"exp": NOW + 2600, "iat": NOW}),
        ("token_remaining_too_short", None, {"exp": NOW + 90}), ("token_remaining_too_short", None, {"exp": NOW - 30}), ("audience_mismatch", None, {"aud": "https://rs2.example.com"}),
        ("issuer_mismatch", "issuer_slash", {"iss": "https://as.example.com/"}), ("route_requirement", None, {"scope": "profile"})]),
    "aws-sts": ({"ISSUER": STS, "AUDIENCE": "https://orders.example.com", "RULES": routes({"claims": [
        {"claim": [STS_CLAIMS, "org_id"], "equals": "o-abc123"}, {"claim": "sub", "like": "arn:aws:iam::*:role/orders/*"}]})}, {"typ": "JWT"}, {
        "iss": STS, "aud": "https://orders.example.com", "sub": "arn:aws:iam::123456789012:role/orders/Reader", "jti": "j",
        STS_CLAIMS: {"aws_account": "123456789012", "source_region": REGION, "org_id": "o-abc123", "principal_tags": {"team": "shop"}, "request_tags": {"env": "prod"}}}, [
        (OK, None, {}), (OK, None, {"aud": ["https://orders.example.com"]}), (OK, None, {}, {"alg": "ES384"}), (OK, None, {"sub": "arn:aws:iam::210987654321:role/orders/eu/Writer"}),
        (OK, None, {STS_CLAIMS: {"aws_account": "1", "org_id": "o-abc123", "lambda_source_function_arn": "arn:aws:lambda:eu-central-1:1:function:f"}}),
        ("route_requirement", None, {STS_CLAIMS: {"org_id": "o-other"}}), ("route_requirement", None, {STS_CLAIMS: None}), ("route_requirement", None, {STS_CLAIMS: "o-abc123"}),
        ("route_requirement", None, {"sub": "arn:aws:iam::123456789012:role/Reader"}), ("route_requirement", None, {"sub": "arn:aws:iam::123456789012:user/orders/x"}),
        ("audience_mismatch", None, {"aud": "sts.amazonaws.com"}), ("audience_mismatch", "audience_form", {"aud": "https://orders.example.com/"}),
        ("audience_mismatch", "audience_array", {"aud": ["a", "b"]}), ("claim_aud_missing", None, {"aud": None}), ("issuer_mismatch", "issuer_slash", {"iss": STS + "/"}),
        ("issuer_mismatch", None, {"iss": STS.replace("a103", "b103")}), ("issuer_mismatch", None, {"iss": "https://sts.amazonaws.com"}), ("claim_missing", None, {"sub": None}),
        ("claim_sub_type", None, {"sub": 7}), ("header_alg_not_allowed", None, {}, {"alg": "RS384"}), ("header_alg_not_allowed", None, {}, {"alg": "ES256"}),
        ("signature_mismatch", None, {}, {"key": SECOND})]),
    "kubernetes": ({"ISSUER": EKS, "AUDIENCE": "orders.shop.svc", "TOKEN_MAX_LIFETIME_SECONDS": "86400", "RULES": routes({"claims": [
        {"claim": "sub", "like": "system:serviceaccount:shop:*"}, {"claim": ["kubernetes.io", "namespace"], "equals": "shop"}]})}, {"typ": None}, {
        "iss": EKS, "aud": ["orders.shop.svc"], "sub": "system:serviceaccount:shop:api", "nbf": NOW, "jti": "j", "kubernetes.io": {
            "namespace": "shop", "serviceaccount": {"name": "api", "uid": "u"}, "pod": {"name": "api-1", "uid": "u"}, "node": {"name": "n", "uid": "u"}, "warnafter": NOW + 3600}}, [
        (OK, None, {}), (OK, None, {"aud": "orders.shop.svc"}), (OK, None, {"aud": ["orders.shop.svc", "https://kubernetes.default.svc"]}), (OK, None, {"sub": "system:serviceaccount:shop:web"}),
        (OK, None, {"kubernetes.io": {"namespace": "shop"}}), ("route_requirement", None, {"sub": "system:serviceaccount:shopping:api"}),
        ("route_requirement", None, {"sub": "system:serviceaccount:default:shop:api"}), ("route_requirement", None, {"sub": "system:node:shop"}),
        ("route_requirement", None, {"kubernetes.io": {"namespace": "default"}}), ("audience_mismatch", "audience_array", {"aud": ["https://kubernetes.default.svc"]}),
        ("audience_mismatch", "audience_array", {"aud": ["sts.amazonaws.com"]}), ("claim_aud_missing", None, {"aud": None}), ("issuer_mismatch", "issuer_slash", {"iss": EKS + "/"}),
        ("issuer_mismatch", None, {"iss": EKS[:-1]}), ("issuer_mismatch", None, {"iss": "kubernetes/serviceaccount"}), ("issuer_mismatch", None, {"iss": "https://kubernetes.default.svc.cluster.local"}),
        ("claim_missing", None, {"sub": None}), ("token_lifetime_too_long", None, {"exp": NOW + 31536000}), (OK, None, {}, {"alg": "ES256"}), ("header_alg_not_allowed", None, {}, {"alg": "PS256"}),
        ("key_unknown", None, {}, {"kid": "new"})]),
    "gitlab": ({"AUDIENCE": "https://gitlab-orders.example.com", "RULES": routes({"claims": [
        {"claim": "project_path", "equals": "acme/shop"}, {"claim": "ref_protected", "equals": "true"}]})}, {"typ": "JWT"}, {
        "iss": "https://gitlab.com", "aud": "https://gitlab-orders.example.com", "sub": "project_path:acme/shop:ref_type:branch:ref:main", "namespace_id": "72", "namespace_path": "acme",
        "project_id": "20", "project_path": "acme/shop", "user_id": "1", "user_login": "alice", "pipeline_source": "push", "ref": "main", "ref_type": "branch", "ref_protected": "true",
        "runner_id": 1, "runner_environment": "gitlab-hosted", "jti": "j", "nbf": NOW}, [
        (OK, None, {}), (OK, None, {"aud": ["https://gitlab-orders.example.com"]}), (OK, None, {"environment": "prod", "environment_protected": "true"}),
        (OK, None, {"ref": "v1", "ref_type": "tag", "sub": "project_path:acme/shop:ref_type:tag:ref:v1"}), (OK, None, {"runner_environment": "self-hosted"}),
        ("route_requirement", None, {"project_path": "mallory/shop", "sub": "project_path:mallory/shop:ref_type:branch:ref:main"}), ("route_requirement", None, {"project_path": "acme/shop2"}),
        ("route_requirement", None, {"ref_protected": "false"}), ("route_requirement", None, {"ref_protected": True}), ("route_requirement", None, {"ref_protected": None}),
        # A user's ID token, of the same issuer.
        ("claim_missing", None, {"project_path": None, "sub": "42", "nonce": "n"}), ("claim_missing", None, {"project_path": ""}), ("claim_type", None, {"project_path": ["acme/shop"]}),
        ("claim_missing", None, {"sub": None}), ("audience_mismatch", None, {"aud": "https://gitlab.com"}), ("audience_mismatch", "audience_form", {"aud": "https://gitlab-orders.example.com/"}),
        ("issuer_mismatch", "issuer_slash", {"iss": "https://gitlab.com/"}), ("issuer_mismatch", None, {"iss": "https://gitlab.example.com"}),
        ("issuer_mismatch", "issuer_scheme_or_case", {"iss": "gitlab.com"}), ("header_alg_not_allowed", None, {}, {"alg": "PS256"})]),
    "buildkite": ({"AUDIENCE": "https://buildkite-orders.example.com", "RULES": routes({"claims": [
        {"claim": "organization_slug", "equals": "acme"}, {"claim": "pipeline_slug", "equals": "deploy"}, {"claim": "build_branch", "equals": "main"}]})}, {"typ": "JWT"}, {
        "iss": "https://agent.buildkite.com", "sub": "organization:acme:pipeline:deploy:ref:refs/heads/main:commit:9f3182061f1e2cca4702c368cbc039b7dc9d4485:step:build",
        "aud": "https://buildkite-orders.example.com", "organization_slug": "acme", "pipeline_slug": "deploy", "build_number": 1, "build_branch": "main", "step_key": "build",
        "job_id": "0184990a", "agent_id": "0184990b", "build_source": "ui", "runner_environment": "buildkite-hosted", "nbf": NOW}, [
        (OK, None, {}), (OK, None, {"step_key": None}), (OK, None, {"sub": "0184990a-477b-4fa8-9968-496074483cee"}), (OK, None, {"runner_environment": "self-hosted"}),
        (OK, None, {"build_tag": "v1"}), ("route_requirement", None, {"organization_slug": "mallory", "sub": "organization:mallory:pipeline:deploy:ref:refs/heads/main:commit:9:step:"}),
        ("route_requirement", None, {"pipeline_slug": "test"}), ("route_requirement", None, {"build_branch": "feature"}), ("route_requirement", None, {"build_branch": None}),
        ("claim_missing", None, {"organization_slug": None}), ("claim_missing", None, {"pipeline_slug": ""}), ("claim_type", None, {"organization_slug": 7}), ("claim_missing", None, {"sub": None}),
        ("audience_mismatch", None, {"aud": "https://buildkite.com/acme"}), ("claim_aud_missing", None, {"aud": None}), ("issuer_mismatch", "issuer_slash", {"iss": "https://agent.buildkite.com/"}),
        ("issuer_mismatch", None, {"iss": "https://buildkite.com"}), ("header_alg_not_allowed", None, {}, {"alg": "ES256"}), ("signature_mismatch", None, {}, {"key": SECOND})]),
    "circleci": ({"ISSUER": CIRCLE, "RULES": routes({"claims": [
        {"claim": ["oidc.circleci.com/project-id"], "equals": "c2f7e6b4"}, {"claim": ["oidc.circleci.com/vcs-origin"], "equals": "github.com/acme/shop"},
        {"claim": ["oidc.circleci.com/ssh-rerun"], "equals": False}]})}, {"typ": "JWT"}, {
        "iss": CIRCLE, "aud": ORG, "sub": f"org/{ORG}/project/c2f7e6b4/user/u1", "oidc.circleci.com/project-id": "c2f7e6b4", "oidc.circleci.com/context-ids": ["x1"],
        "oidc.circleci.com/vcs-origin": "github.com/acme/shop", "oidc.circleci.com/vcs-ref": "refs/heads/main", "oidc.circleci.com/ssh-rerun": False}, [
        (OK, None, {}), (OK, None, {"aud": [ORG]}), (OK, None, {"oidc.circleci.com/context-ids": None}), (OK, None, {"oidc.circleci.com/vcs-ref": "refs/tags/v1"}),
        (OK, None, {"sub": f"org/{ORG}/project/c2f7e6b4/user/u1/vcs-origin/github.com/acme/shop/vcs-ref/refs/heads/main"}),
        ("route_requirement", None, {"oidc.circleci.com/vcs-origin": "github.com/mallory/shop"}), ("route_requirement", None, {"oidc.circleci.com/vcs-origin": None}),
        ("route_requirement", None, {"oidc.circleci.com/ssh-rerun": True}), ("route_requirement", None, {"oidc.circleci.com/project-id": "other"}),
        ("claim_missing", None, {"oidc.circleci.com/project-id": None}), ("claim_type", None, {"oidc.circleci.com/project-id": ["c2f7e6b4"]}), ("claim_missing", None, {"sub": ""}),
        ("audience_mismatch", None, {"aud": OTHER}), ("audience_mismatch", "audience_form", {"aud": ORG.upper()}), ("claim_aud_missing", None, {"aud": None}),
        ("issuer_mismatch", None, {"iss": "https://oidc.circleci.com"}), ("issuer_mismatch", None, {"iss": CIRCLE.replace(ORG, OTHER)}), ("issuer_mismatch", "issuer_slash", {"iss": CIRCLE + "/"}),
        ("header_alg_not_allowed", None, {}, {"alg": "RS512"}), ("key_unknown", None, {}, {"kid": "new"})]),
    "terraform-cloud": ({"AUDIENCE": "orders.workload.identity", "RULES": routes({"claims": [
        {"claim": "terraform_organization_id", "equals": "org-GRNbCjYNpBB6NEBo"}, {"claim": "terraform_run_phase", "equals": "apply"}]})}, {"typ": "JWT"}, {
        "iss": "https://app.terraform.io", "aud": "orders.workload.identity", "sub": "organization:acme:project:shop:workspace:prod:run_phase:apply", "jti": "j", "nbf": NOW,
        "terraform_organization_id": "org-GRNbCjYNpBB6NEBo", "terraform_organization_name": "acme", "terraform_project_id": "prj-1", "terraform_project_name": "shop",
        "terraform_workspace_id": "ws-1", "terraform_workspace_name": "prod", "terraform_run_phase": "apply", "terraform_run_id": "run-1",
        "terraform_full_workspace": "organization:acme:project:shop:workspace:prod"}, [
        (OK, None, {}), (OK, None, {"aud": ["orders.workload.identity"]}), (OK, None, {"terraform_workspace_id": "ws-2"}), (OK, None, {"terraform_project_id": None}),
        (OK, None, {"sub": "organization:renamed:project:shop:workspace:prod:run_phase:apply", "terraform_organization_name": "renamed"}),
        ("route_requirement", None, {"terraform_organization_id": "org-other"}), ("route_requirement", None, {"terraform_run_phase": "plan"}), ("route_requirement", None, {"terraform_run_phase": None}),
        ("claim_missing", None, {"terraform_organization_id": None}), ("claim_missing", None, {"terraform_organization_id": ""}), ("claim_type", None, {"terraform_organization_id": 7}),
        ("claim_missing", None, {"sub": None}), ("audience_mismatch", None, {"aud": "aws.workload.identity"}), ("audience_mismatch", "audience_array", {"aud": ["aws.workload.identity"]}),
        ("claim_aud_missing", None, {"aud": None}), ("issuer_mismatch", "issuer_slash", {"iss": "https://app.terraform.io/"}), ("issuer_mismatch", None, {"iss": "https://app.eu.terraform.io"}),
        ("issuer_mismatch", None, {"iss": "https://terraform.example.com"}), ("header_alg_not_allowed", None, {}, {"alg": "RS384"}), ("signature_mismatch", None, {}, {"key": SECOND})]),
    "clerk": ({"ISSUER": "https://clerk.example.com", "AUDIENCE": "https://app.example.com,orders-api", "RULES": routes({"any_of_roles": ["admin", "org:admin"]}, {"scopes": ["org:orders:read"]})}, {"typ": "JWT"}, {
        "iss": "https://clerk.example.com", "sub": "user_123", "sid": "sess_123", "azp": "https://app.example.com", "nbf": NOW, "jti": "j", "v": 2, "fva": [7, -1],
        "o": {"id": "org_123", "slg": "acme", "rol": "admin", "per": "read,manage", "fpm": "3,2"}, "fea": "o:orders", "pla": "u:free,o:pro"}, [
        (OK, None, {}), (OK, None, {"sts": "active"}), (OK, None, {"aud": "orders-api"}), (OK, None, {"azp": None, "aud": ["orders-api"]}),  # a native application has no origin
        (OK, None, {"o": None, "v": None, "org_id": "org_123", "org_role": "org:admin"}), (OK, None, {"o": None, "org_permissions": ["org:orders:read"]}),
        ("token_type_mismatch", "session_pending", {"sts": "pending"}), ("token_type_mismatch", None, {"sts": "abandoned"}), ("claim_type", None, {"sts": ["active"]}),
        ("audience_mismatch", None, {"azp": "https://evil.example.com"}), ("audience_mismatch", None, {"azp": "https://evil.example.com", "aud": "orders-api"}),
        ("audience_mismatch", "audience_form", {"azp": "https://app.example.com/"}), ("audience_mismatch", None, {"aud": "other"}), ("claim_aud_missing", None, {"azp": None}),
        ("claim_type", None, {"azp": 7, "aud": "orders-api"}), ("claim_missing", None, {"sid": None, "sub": "mch_123", "azp": None, "aud": "orders-api"}), ("claim_missing", None, {"sid": None}),
        ("issuer_mismatch", "issuer_slash", {"iss": "https://clerk.example.com/"}), ("issuer_mismatch", None, {"iss": "https://shop.clerk.accounts.dev"}),
        ("route_requirement", None, {"o": {"id": "org_123", "rol": "member"}}), ("route_requirement", None, {"o": None}), ("header_alg_not_allowed", "shared_secret", {}, {"alg": "HS256"})]),
    "supabase": ({"ISSUER": "https://abcdefghijklmnopqrst.supabase.co/auth/v1", "RULES": routes({"roles": ["authenticated"], "claims": [{"claim": "is_anonymous", "equals": False}]})}, {"typ": "JWT"}, {
        "iss": "https://abcdefghijklmnopqrst.supabase.co/auth/v1", "aud": "authenticated", "sub": "123e4567-e89b-12d3-a456-426614174000", "role": "authenticated", "aal": "aal1",
        "session_id": "s1", "email": "alice@example.com", "phone": "", "is_anonymous": False, "app_metadata": {"provider": "email"}, "user_metadata": {}, "amr": [{"method": "password", "timestamp": NOW}]}, [
        (OK, None, {}), (OK, None, {}, {"alg": "ES256"}), (OK, None, {"aud": ["authenticated"]}), (OK, None, {"aal": "aal2"}), (OK, None, {"email": "", "app_metadata": {"tenant": "t"}}),
        ("route_requirement", None, {"is_anonymous": True}), ("route_requirement", None, {"is_anonymous": None}), ("route_requirement", None, {"role": "service_role"}),
        ("route_requirement", None, {"role": "anon"}), ("claim_missing", None, {"role": None}), ("claim_missing", None, {"session_id": None}), ("claim_missing", None, {"sub": None}),
        ("claim_type", None, {"role": ["authenticated"]}), ("audience_mismatch", None, {"aud": "anon"}), ("audience_mismatch", None, {"aud": "9a8b7c6d", "nonce": "n", "client_id": "9a8b7c6d"}),
        # The keys of an older project.
        ("issuer_mismatch", None, {"iss": "supabase", "role": "anon", "aud": None, "sub": None}), ("header_alg_not_allowed", "shared_secret", {}, {"alg": "HS256"}),
        ("issuer_mismatch", "issuer_slash", {"iss": "https://abcdefghijklmnopqrst.supabase.co/auth/v1/"}), ("issuer_mismatch", None, {"iss": "https://zzz.supabase.co/auth/v1"}),
        ("issuer_mismatch", None, {"iss": "https://abcdefghijklmnopqrst.supabase.co"})]),
    "entra-external": ({"ISSUER": CIAM, "AUDIENCE": "5e1f,api://5e1f", "RULES": routes({"any_of_scopes": ["orders.read"]}, {"roles": ["Orders.Read.All"]})}, {"typ": "JWT"}, {
        "aud": "5e1f", "iss": CIAM_ID, "nbf": NOW, "aio": "E2Rg", "azp": "6e74", "azpacr": "0", "name": "Alice", "oid": "690222be", "scp": "orders.read", "sub": "HKZpfaHyWadeOouYlitjrI",
        "tid": TENANT, "uti": "fqiBqXLPj0eQa82S", "ver": "2.0"}, [
        (OK, None, {}), (OK, None, {"iss": CIAM}), (OK, None, {"aud": "api://5e1f"}), (OK, None, {"scp": None, "roles": ["Orders.Read.All"], "idtyp": "app"}), (OK, None, {"scp": "openid orders.read"}),
        ("token_is_id_token", "id_token", {"azp": None, "azpacr": None, "scp": None, "nonce": "n"}), ("token_is_id_token", "id_token", {"azp": None}), ("token_is_id_token", "id_token", {"nonce": "n"}),
        ("audience_mismatch", "microsoft_graph", {"aud": "00000003-0000-0000-c000-000000000000"}), ("audience_mismatch", "audience_form", {"aud": "5E1F"}),
        ("issuer_mismatch", None, {"iss": f"https://login.microsoftonline.com/{TENANT}/v2.0"}), ("issuer_mismatch", None, {"iss": CIAM.replace("shop", "other")}),
        ("issuer_mismatch", None, {"iss": CIAM.replace(TENANT, OTHER), "tid": OTHER}), ("issuer_mismatch", "issuer_slash", {"iss": CIAM + "/"}),
        ("issuer_mismatch", None, {"iss": CIAM_ID.replace(TENANT, OTHER, 1)}), ("tenant_mismatch", None, {"tid": OTHER}), ("tenant_mismatch", None, {"tid": None}),
        ("route_requirement", None, {"scp": "orders.write"}), ("route_requirement", None, {"scp": None}), ("header_alg_not_allowed", None, {}, {"alg": "PS256"})]),
    "azure-b2c": ({"ISSUER": B2C, "AUDIENCE": "f2a76e08", "RULES": routes({"scopes": ["read"], "claims": [{"claim": "tfp", "equals": "B2C_1_signin"}]})}, {"typ": "JWT"}, {
        "iss": B2C, "nbf": NOW, "aud": "f2a76e08", "idp": "local", "name": "Alice", "sub": "7c3e1b2a", "tfp": "B2C_1_signin", "scp": "read", "azp": "38307aee", "ver": "1.0", "auth_time": NOW}, [
        (OK, None, {}), (OK, None, {"nonce": "n"}), (OK, None, {"scp": "read write"}), (OK, None, {"idp": "google.com"}), (OK, None, {"aud": ["f2a76e08"]}),
        ("route_requirement", None, {"tfp": "B2C_1_passwordreset"}), ("route_requirement", None, {"tfp": "b2c_1_signin"}), ("claim_missing", None, {"tfp": None, "acr": "b2c_1_signin"}),
        ("claim_missing", None, {"tfp": ""}), ("claim_type", None, {"tfp": ["B2C_1_signin"]}), ("token_is_id_token", "id_token", {"azp": None, "scp": None, "nonce": "n"}),
        ("audience_mismatch", None, {"aud": "38307aee"}), ("claim_aud_missing", None, {"aud": None}), ("issuer_mismatch", "issuer_slash", {"iss": B2C[:-1]}),
        ("issuer_mismatch", None, {"iss": f"https://shop.b2clogin.com/tfp/{TENANT}/B2C_1_signin/v2.0/"}), ("issuer_mismatch", None, {"iss": B2C.replace("shop", "other")}),
        ("issuer_mismatch", None, {"iss": B2C.replace(TENANT, OTHER)}), ("route_requirement", None, {"scp": "write"}), ("route_requirement", None, {"scp": None, "scope": "read"}),
        ("header_alg_not_allowed", None, {}, {"alg": "RS512"})]),
    "mcp": ({"ISSUER": "https://auth.example.com", "AUDIENCE": "https://mcp.example.com/mcp", "REQUIRED_SCOPES": "files:read"}, {"typ": "at+jwt"}, {
        "iss": "https://auth.example.com", "sub": "alice", "aud": "https://mcp.example.com/mcp", "client_id": "https://client.example.com/metadata.json", "scope": "files:read files:write", "jti": "j"}, [
        (OK, None, {}), (OK, None, {}, {"typ": "JWT"}), (OK, None, {"aud": ["https://mcp.example.com/mcp"]}), (OK, None, {"scope": None, "scp": ["files:read"]}), (OK, None, {}, {"alg": "ES256"}),
        ("token_is_id_token", "id_token", {"nonce": "n"}), ("token_is_id_token", "id_token", {"at_hash": "h"}), ("token_is_id_token", "id_token", {"token_use": "id"}),
        ("audience_mismatch", "id_token", {"aud": "client-1", "nonce": "n", "scope": None}), ("audience_mismatch", "audience_form", {"aud": "https://mcp.example.com/mcp/"}),
        ("audience_mismatch", "audience_form", {"aud": "https://MCP.example.com/mcp"}), ("audience_mismatch", None, {"aud": "https://mcp.example.com"}),
        ("audience_mismatch", "audience_array", {"aud": ["https://api.example.com"]}), ("claim_aud_missing", "audience_absent", {"aud": None}), ("issuer_mismatch", "issuer_slash", {"iss": "https://auth.example.com/"}),
        ("issuer_mismatch", None, {"iss": "https://other.example.com"}), ("claim_iss_missing", None, {"iss": None}), ("scope_missing", None, {"scope": "files:write"}),
        ("header_alg_not_allowed", "shared_secret", {}, {"alg": "HS256"}), ("token_part_count", "opaque", "opaque")]),
}


@pytest.fixture(scope="module")
def key_set(issuer):
    ours = json.loads(jwt.algorithms.ECAlgorithm.to_jwk(EC_KEY.public_key()))
    # As most providers do, one names no alg.
    return json.dumps({"keys": [issuer.jwk(use="sig"), {**ours, "kid": "ec", "use": "sig"}, {**ours, "kid": BALANCER_KID},
                                {**json.loads(jwt.algorithms.ECAlgorithm.to_jwk(EC384_KEY.public_key())), "kid": "ec384"}]})


def balanced(header, payload, key=EC_KEY, pad=True, strip=False, standard=False, half=False):
    """A token in a load balancer's form: signed with its padding; or in another form."""
    header = {name: value for name, value in header.items() if value is not None}
    # The form is asked for where there is something to see of it.
    while standard and not {"-", "_"} & set(b64(json.dumps(header).encode())):
        header["x"] = header.get("x", "") + "?>"
    encode = lambda data: base64.urlsafe_b64encode(data).decode() if pad else b64(data)
    parts = ".".join(encode(json.dumps(one).encode()) for one in (header, payload))
    if standard:
        parts = parts.replace("-", "+").replace("_", "/")
    r, s = decode_dss_signature(key.sign(parts.encode(), ec.ECDSA(hashes.SHA256())))
    signature = encode(r.to_bytes(32, "big") + s.to_bytes(32, "big"))
    if strip:
        assert "=" in parts + signature
        parts = parts.replace("=", "") if "=" in parts else parts + "A"
    return parts + "." + (signature[:-1] if half else signature)


def made(issuer, header, claims, changes, further=None):
    """A token with the documented claims and these changes."""
    if isinstance(changes, str):
        return changes
    if "signer" in header:
        payload = at_present({**claims, **changes}, NOW)
        form = {name: value for name, value in (further or {}).items() if name in ("key", "pad", "strip", "standard", "half")}
        head = at_present({**header, **{name: value for name, value in (further or {}).items() if name not in form}}, NOW)
        return balanced(head, {name: value for name, value in payload.items() if value is not None}, **form)
    header = {"kid": issuer.kid, "alg": "RS256", **header, **(further or {})}
    key, algorithm = header.pop("key", issuer).key, header.pop("alg")
    if algorithm in EC_KEYS:
        key, header["kid"] = EC_KEYS[algorithm]
    if algorithm == "HS256":
        key = "0123456789abcdef0123456789abcdef"
    payload = at_present({"iat": NOW, "exp": NOW + 1800, **claims, **changes}, NOW)
    # PyJWT writes typ by default, and omits it if it is null.
    return jwt.encode({name: value for name, value in payload.items() if value is not None}, key, algorithm=algorithm, headers=header)


def explain(token, settings, key_set):
    needed = {} if "routes" in settings.get("RULES", "") else {"RESOURCE": RESOURCE}
    keys = {"JWKS": key_set} if key_set else {}
    status, out, error = run("explain", "--json", "--token", "-", settings={**keys, **needed, **settings}, stdin=token.encode())
    assert status in (0, 1), error
    # AUDIT 29: no part of the token is printed.
    assert len(token) < 20 or token.split(".")[1][:20] not in out + error
    return json.loads(out)


@pytest.mark.parametrize("word", PROFILES)
def test_twenty_tokens(word, issuer, key_set):
    settings, header, claims, cases = PROFILES[word]
    cases = cases + TIMES[:max(2, 20 - len(cases)) if word != "alb" else 0]
    assert len(cases) >= 20 and sum(case[0] == OK for case in cases) >= 4
    wrong = []
    for reason, hint, *case in cases:
        answer = explain(made(issuer, header, claims, *case), {"PROFILE": word, **settings}, key_set)
        assert answer["allowed"] == (answer["reason"] == OK)
        told = [one["hint"] for one in answer["hints"]]
        if answer["reason"] != reason or told != ([hint] if hint else []):
            wrong.append((reason, hint, answer["reason"], told, case))
    assert not wrong


def test_every_profile_has_its_tokens():
    with open(os.path.join(ROOT, "Examples", "schemas", "rules.schema.json")) as file:
        words = json.load(file)["$defs"]["issuer"]["properties"]["profile"]["enum"]
    assert list(PROFILES) == words
    _, _, error = run("check-config", settings={"PROFILE": "?", "ISSUER": "x", "RESOURCE": RESOURCE})
    assert "PROFILE is none of " + ", ".join(words) in error
    with open(os.path.join(ROOT, "PROFILES.md")) as file:
        page = file.read()
    assert all(f"`{word}`" in page for word in words)


def test_without_a_profile_nothing_is_required(issuer, key_set):
    """The configuration of other authorizers accepts the same tokens, ID tokens among them."""
    for word, (settings, header, claims, cases) in PROFILES.items():
        plain = {"ISSUER": claims["iss"]}
        if word == "alb":
            answer = explain(made(issuer, header, claims, {}), plain, key_set)
            assert (answer["reason"], [one["hint"] for one in answer["hints"]]) == ("token_header_encoding", ["alb_token"])
            continue
        assert explain(made(issuer, header, claims, {"nonce": "n", "token_use": "id", "typ": "ID", "tid": None}), plain, key_set)["reason"] == OK


@pytest.mark.parametrize("tenants, tid, reason", [
    (None, TENANT, OK), (None, OTHER, OK), ([TENANT], TENANT, OK), ([TENANT], OTHER, "tenant_mismatch"), ([OTHER, TENANT], OTHER, OK)])
def test_tenants(tenants, tid, reason, issuer, key_set):
    """Tokens of many tenants: `iss` must match `tid`, and the list of tenants if it is set."""
    _, header, claims, _ = PROFILES["entra"]
    rules = {"issuers": [{"profile": "entra", "issuer": OPEN, "audiences": ["0c5d"], "jwks": json.loads(key_set), **({"tenants": tenants} if tenants else {})}]}
    for iss in (V1.replace(TENANT, tid), V2.replace(TENANT, tid)):
        token = made(issuer, header, claims, {"iss": iss, "tid": tid})
        status, out, error = run("explain", "--json", "--token", "-", settings={"RULES": json.dumps(rules), "RESOURCE": RESOURCE}, stdin=token.encode())
        assert json.loads(out)["reason"] == reason, error
        # Another tenant's name in either is another tenant's token.
        for changes in ({"iss": iss, "tid": OTHER if tid == TENANT else TENANT}, {"iss": iss, "tid": None}, {"iss": iss.replace(tid, "{tenantid}"), "tid": tid}):
            token = made(issuer, header, claims, changes)
            status, out, error = run("explain", "--json", "--token", "-", settings={"RULES": json.dumps(rules), "RESOURCE": RESOURCE}, stdin=token.encode())
            assert json.loads(out)["reason"] in ("tenant_mismatch", "issuer_mismatch")


def test_issuers_with_different_profiles(issuer, key_set):
    """Each issuer of a document has its own profile: an access token of one is rejected under the others' profiles."""
    words = list(PROFILES)
    issuers = {word: BALANCER if word == "alb" else PROFILES[word][2]["iss"] for word in words}
    # A document has at most 16 issuers.
    for part in (words[:16], words[-16:]):
        rules = {"issuers": [], "routes": [{"route": "GET /", "allow": "any_token"}]}
        for word in part:
            settings, _, claims, _ = PROFILES[word]
            audiences = settings["AUDIENCE"].split(",") if "AUDIENCE" in settings else [claims["aud"]]
            rules["issuers"].append({"profile": word, "name": word, "issuer": issuers[word], "audiences": audiences, "jwks": json.loads(key_set)})
        settings = {"RULES": json.dumps(rules)}
        for word in part:
            _, header, claims, _ = PROFILES[word]
            for other in part:
                status, out, error = run("explain", "--json", "--token", "-", settings=settings,
                                         stdin=made(issuer, header, claims, {"iss": issuers[other]}).encode())
                # Google and Apple write one kind of token: theirs differ by the audience. Of a load balancer's the signer says whose it is.
                assert (json.loads(out)["reason"] == OK) == (word in (other, "alb")), (word, other, out, error)


@pytest.mark.parametrize("host, old, further", [
    ("login.microsoftonline.us", V1, "https://login.microsoftonline.com"),
    ("login.partner.microsoftonline.cn", f"https://sts.chinacloudapi.cn/{TENANT}/", "https://login.microsoftonline.us")])
def test_national_clouds(host, old, further, issuer, key_set):
    """Each cloud has its own issuers; those of another one are refused, although tenant and key are right."""
    _, header, claims, _ = PROFILES["entra"]
    own = f"https://{host}/{TENANT}/v2.0"
    for configured in (own, f"https://{host}/{{tenantid}}/v2.0"):
        settings = {"PROFILE": "entra", "ISSUER": configured, "AUDIENCE": "0c5d"}
        for iss, reason in ((own, OK), (old, OK), (f"{further}/{TENANT}/v2.0", "issuer_mismatch"), (own.replace(TENANT, OTHER), "tenant_mismatch")):
            if iss == own.replace(TENANT, OTHER) and configured == own:
                reason = "issuer_mismatch"
            assert explain(made(issuer, header, claims, {"iss": iss}), settings, key_set)["reason"] == reason, (iss, configured)


@pytest.mark.parametrize("iss", [
    "https://container.googleapis.com/v1/projects/p/locations/europe-west3/clusters/c", f"https://eastus.oic.prod-aks.azure.com/{TENANT}/{OTHER}/",
    f"https://oidc.prod-aks.azure.com/{TENANT}/", f"https://oidc.prod-aks.azure.com/{TENANT}/{OTHER}/", "https://kubernetes.default.svc.cluster.local", "https://k8s.example.com/c1/"])
def test_clusters(iss, issuer, key_set):
    _, header, claims, _ = PROFILES["kubernetes"]
    settings = {"PROFILE": "kubernetes", "ISSUER": iss, "AUDIENCE": "orders.shop.svc"}
    assert explain(made(issuer, header, claims, {"iss": iss}), settings, key_set)["reason"] == OK
    assert explain(made(issuer, header, claims, {"iss": iss[:-1]}), settings, key_set)["reason"] == "issuer_mismatch"
    assert explain(made(issuer, header, claims, {"iss": iss, "aud": ["https://kubernetes.default.svc"]}), settings, key_set)["reason"] == "audience_mismatch"


def test_a_policy_in_the_issuer(issuer, key_set):
    """Azure AD B2C with the policy in `iss`: no route has to test it."""
    _, header, claims, _ = PROFILES["azure-b2c"]
    settings = {"PROFILE": "azure-b2c", "ISSUER": f"https://shop.b2clogin.com/tfp/{TENANT}/B2C_1_signin/v2.0/", "AUDIENCE": "f2a76e08"}
    for policy, reason in (("B2C_1_signin", OK), ("B2C_1_passwordreset", "issuer_mismatch")):
        token = made(issuer, header, claims, {"iss": settings["ISSUER"].replace("B2C_1_signin", policy), "tfp": policy})
        assert explain(token, settings, key_set)["reason"] == reason


def test_padding_elsewhere(issuer, key_set):
    """With a load balancer's tokens configured, padding of other issuers' tokens is still rejected; hints name the issuer."""
    _, header, claims, _ = PROFILES["alb"]
    cognito = PROFILES["cognito"]
    token = made(issuer, cognito[1], cognito[2], {})
    padded = ".".join(part + "=" * (-len(part) % 4) for part in token.split("."))
    assert "=" in padded
    keys = json.loads(key_set)
    rules = {"issuers": [{"profile": "alb", "issuer": BALANCER, "audiences": ["7example23app"], "jwks": keys},
                         {"profile": "cognito", "issuer": OLD_COGNITO, "audiences": ["7example23app"], "jwks": keys}]}
    settings = {"RULES": json.dumps(rules)}
    for one, wanted, reason, hint in (
            (made(issuer, header, claims, {}), settings, OK, None), (token, settings, OK, None), (padded, settings, "token_", "padding"),
            (padded, {"PROFILE": "cognito", **cognito[0], "RULES": ""}, "token_", "padding"),
            (made(issuer, header, claims, {"iss": "https://x"}, {"signer": BALANCER + "9"}), settings, "issuer_unknown", "other_alb"),
            (made(issuer, header, claims, {}), {"PROFILE": "cognito", **cognito[0]}, "token_header_encoding", "alb_token"),
            (made(issuer, header, claims, {}, {"pad": False}), {"PROFILE": "cognito", **cognito[0]}, "header_alg_not_allowed", "alb_token")):
        answer = explain(one, {name: value for name, value in wanted.items() if value}, "" if wanted is settings else key_set)
        assert answer["reason"].startswith(reason), answer["reason"]
        assert [hint["hint"] for hint in answer["hints"]] == ([hint] if hint else []), (reason, answer["hints"])
