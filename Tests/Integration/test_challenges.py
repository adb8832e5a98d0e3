"""Challenges of refusals and the metadata of the resource, as a client reads them: the header with werkzeug, the document as JSON."""
import json, re

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from joserfc import jwt as joserfc_jwt
from joserfc.jwk import RSAKey
from werkzeug.datastructures import WWWAuthenticate

from conftest import ARN, AUDIENCE, ISSUER, RESOURCE, UNAUTHORIZED, challenge, deny, request_event, run, token_event

from test_answers import Answer, connect, http1, http2, rest

LINK = "https://api.example.com/.well-known/oauth-protected-resource/v1"
RULES = {"routes": [
    {"route": "GET /orders/{id}", "allow": {"scopes": ["orders:read", "openid"]}}, {"route": "POST /orders", "allow": {"any_of_scopes": ["orders:write", "admin"]}},
    {"route": "GET /like", "allow": {"any_of_scopes_like": ["orders:*"]}}, {"route": "GET /roles", "allow": {"roles": ["r"]}},
    {"route": "GET /both", "allow": {"scopes": ["a"], "roles": ["r"]}}, {"route": "GET /no", "deny": "always"}, {"route": "GET /open", "allow": "any_token"},
    {"route": "$connect", "allow": {"scopes": ["chat"]}}, {"route": "$appsync", "allow": {"scopes": ["sync"]}}]}


def header(context):
    """The challenge as a client parses it: the context's other members must say the same."""
    found = WWWAuthenticate.from_header(context["challenge"])
    assert found.type == "bearer" and found.parameters["error"] == context["error"] == "insufficient_scope"
    assert found.parameters.get("scope") == context.get("required_scopes")
    assert set(found.parameters) <= {"error", "scope", "resource_metadata"}
    return found.parameters


@pytest.mark.parametrize("make", [rest, http1, http2])
@pytest.mark.parametrize("cache", [None, "off", "path", "keyed"])
def test_the_scopes_of_the_deciding_rule(issuer, make, cache):
    settings = {"RULES": RULES, "RESOURCE_METADATA_URI": LINK, **({"RESULT_CACHE": cache} if cache else {})}
    for path, method, claims, scopes in [
        ("/orders/42", "GET", {}, "orders:read openid"), ("/orders/42", "GET", {"scope": "openid x"}, "orders:read openid"),
        ("/orders", "POST", {"scope": "orders:read"}, "orders:write"), ("/like", "GET", {"scope": "x"}, None), ("/both", "GET", {"roles": ["r"]}, "a"),
        ("/both", "GET", {}, "a"),
    ]:
        answer = Answer(issuer, make(issuer, path, method, **claims), **settings)
        assert answer.status == 1 and answer.reason == "route_requirement" and answer.allows(method + path) is False
        assert header(answer.value["context"]) == {"error": "insufficient_scope", "resource_metadata": LINK, **({"scope": scopes} if scopes else {})}
        # Nothing of the token.
        assert "x" not in answer.value["context"].get("required_scopes", "").split()
    for path, claims, reason in [("/roles", {}, "route_requirement"), ("/both", {"scope": "a"}, "route_requirement"), ("/no", {}, "route_denied"),
                                 ("/unknown", {}, "route_unknown"), ("/orders/..", {}, "route_path")]:
        answer = Answer(issuer, make(issuer, path, **claims), **settings)
        assert answer.status == 1 and answer.value["context"] == {"reason": reason}, path


def test_other_callers(issuer):
    settings = {"RULES": RULES, "RESOURCE_METADATA_URI": LINK}
    answer = Answer(issuer, connect(issuer, scope="x"), **settings)
    assert answer.reason == "route_requirement" and header(answer.value["context"])["scope"] == "chat"
    simple = Answer(issuer, http2(issuer, "/orders/42"), HTTP_API_RESPONSE="simple", **settings)
    assert simple.value == {"isAuthorized": False, "context": {"reason": "route_requirement", **challenge("orders:read openid", LINK)}}
    appsync = Answer(issuer, {"authorizationToken": issuer.token(scope="x"), "requestContext": {"apiId": "a", "accountId": "1"}}, **settings)
    assert appsync.status == 1 and appsync.value == {"isAuthorized": False, "ttlOverride": 0}


def test_under_the_emulator(function, issuer):
    one = function(JWKS=json.dumps(issuer.key_set()), ISSUER=ISSUER, AUDIENCE=AUDIENCE, RESOURCE=RESOURCE, REQUIRED_SCOPES="orders:read,orders:write",
                   RESOURCE_METADATA_URI=LINK)
    wanted = deny("alice", "scope_missing")
    wanted["context"].update(challenge("orders:read orders:write", LINK))
    assert one.invoke(token_event(issuer.token(scope="orders:read"))) == wanted
    key = RSAKey.import_key(issuer.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    made = joserfc_jwt.encode({"alg": "RS256", "kid": issuer.kid}, issuer.claims(scope="orders:write secret"), key, algorithms=["RS256"])
    assert one.invoke(request_event({"Authorization": "Bearer " + made})) == wanted
    assert one.invoke(token_event(issuer.token(scope="orders:read", exp=1))) == UNAUTHORIZED
    # The log says the reason, and no more than before.
    assert "insufficient_scope" not in json.dumps(one.lines()) and "secret" not in json.dumps(one.lines())


def test_no_policy_changes_for_a_challenge(issuer):
    """The challenge takes what room the policy leaves, and every policy is that of an allowed call."""
    long = "s" * 300
    rules = {"routes": [{"route": f"GET /open/{n}/x", "allow": "any_token"} for n in range(30)] + [{"route": "GET /a", "allow": {"scopes": [long]}}]}
    found = set()
    for limit in range(1024, 6000, 311):
        settings = {"RULES": rules, "POLICY_MAX_BYTES": str(limit), "RESOURCE_METADATA_URI": LINK}
        allowed, refused = Answer(issuer, rest(issuer, "/open/3/x"), **settings), Answer(issuer, rest(issuer, "/a"), **settings)
        assert refused.status == 1 and refused.allows("GET/a") is False
        assert len(json.dumps(refused.value, separators=(",", ":"))) <= limit and len(json.dumps(allowed.value, separators=(",", ":"))) <= limit
        found.add("challenge" in refused.value["context"])
        assert refused.value["context"] in ({"reason": "route_requirement"}, {"reason": "route_requirement", **challenge(long, LINK)})
    assert found == {True, False}


def test_the_metadata(issuer):
    settings = {"JWKS": json.dumps(issuer.key_set()), "ISSUER": ISSUER, "AUDIENCE": AUDIENCE + "/", "RULES": json.dumps(RULES)}
    link = "https://api.example.com/.well-known/oauth-protected-resource"
    for arguments in (["resource-metadata"], ["resource-metadata", "--json"]):
        status, out, err = run(*arguments, settings={**settings, "RESOURCE_METADATA_URI": link})
        assert (status, err) == (0, "") and out.endswith("}\n") and out.count("\n") == 1
        assert json.loads(out) == {
            "resource": AUDIENCE + "/", "authorization_servers": [ISSUER], "bearer_methods_supported": ["header"],
            "scopes_supported": json.loads(out)["scopes_supported"]}
        assert sorted(json.loads(out)["scopes_supported"]) == ["a", "admin", "chat", "openid", "orders:read", "orders:write", "sync"]
    status, out, err = run("resource-metadata", settings=settings)
    assert (status, out) == (2, "") and "RESOURCE_METADATA_URI is not set; for example RESOURCE_METADATA_URI=https://" in err
    status, out, err = run("resource-metadata", "--json", settings=settings)
    assert status == 2 and json.loads(out)["setting"] == "RESOURCE_METADATA_URI" and err == ""
    for wrong in ("http://api.example.com/.well-known/oauth-protected-resource", "https://api.example.com/prod/.well-known/oauth-protected-resource",
                  "https://api.example.com", link + "?a", link + "#a", link + "/"):
        for command in ("check-config", "resource-metadata", "invoke"):
            status, out, err = run(command, settings={**settings, "RESOURCE_METADATA_URI": wrong})
            assert status == 2 and "RFC 9728" in err, (command, wrong, err)
    status, out, err = run("check-config", settings={**settings, "RESOURCE_METADATA_URI": link})
    assert status == 0 and re.search(rf"RESOURCE_METADATA_URI +{re.escape(link)}\n", out)
    status, out, err = run("resource-metadata", "--nonsense", settings=settings)
    assert status == 2 and out == ""


def test_a_client_finds_the_document_and_the_resource(issuer):
    """What RFC 9728 §3 makes of the resource is the address, so that a client accepts the document."""
    for resource in ("https://api.example.com", "https://api.example.com/v1", "https://api.example.com:8443/a/b"):
        host, _, path = resource.removeprefix("https://").partition("/")
        link = f"https://{host}/.well-known/oauth-protected-resource" + (f"/{path}" if path else "")
        settings = {"JWKS": json.dumps(issuer.key_set()), "ISSUER": ISSUER, "AUDIENCE": resource, "RESOURCE": ARN + "/*", "RESOURCE_METADATA_URI": link}
        assert json.loads(run("resource-metadata", settings=settings)[1])["resource"] == resource
        answer = json.loads(run("invoke", "--token", issuer.token(aud=resource), settings={**settings, "REQUIRED_SCOPES": "x"})[1])
        assert header(answer["context"])["resource_metadata"] == link
