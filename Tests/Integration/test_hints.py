"""The hints of `explain`: for each hint of Hints.swift, tokens and settings that must have it, and some that must not."""
import base64, json, os, re, time

import jwt, pytest
from cryptography.hazmat.primitives.asymmetric import ec

from conftest import ARN, AUDIENCE, ISSUER, RESOURCE, ROOT, at_present, b64, request_event, run, token_event

with open(os.path.join(ROOT, "Sources", "Reports", "Hints.swift")) as f:
    CODES = re.findall(r'^        case \.\w+: \("(\w+)", ', f.read(), re.M)
TENANT = "72f988bf-86f1-41af-91ab-2d7cd011db47"
V1, V2 = f"https://sts.windows.net/{TENANT}/", f"https://login.microsoftonline.com/{TENANT}/v2.0"
POOL = "eu-central-1.amazonaws.com/eu-central-1_aBcDeFgHi"
NOW = int(time.time())


EC_KEY = ec.generate_private_key(ec.SECP256R1())
EC_SET = {"keys": [{**json.loads(jwt.algorithms.ECAlgorithm.to_jwk(EC_KEY.public_key())), "kid": "ec"}]}


def token(**changes):
    return lambda issuer: issuer.token(**at_present(changes, NOW))


def es256(issuer):
    """A token of a P-256 key with a truncated signature."""
    head, payload, signature = jwt.encode(issuer.claims(), EC_KEY, algorithm="ES256", headers={"kid": "ec"}).split(".")
    return f"{head}.{payload}.{signature[:40]}"


def signed(issuer, payload):
    """A token whose payload is this text."""
    return jwt.api_jws.encode(payload.encode(), issuer.key, algorithm="RS256", headers={"kid": issuer.kid})


def padded(issuer):
    head, payload, signature = issuer.token().split(".")
    return ".".join(base64.urlsafe_b64encode(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))).decode() for part in (head, payload, signature))


def event(path="/prod/GET/orders/42", **further):
    return lambda issuer: {**token_event(issuer.token()), "methodArn": ARN[:-5] + path, **further}


BALANCER = "arn:aws:elasticloadbalancing:eu-central-1:123456789012:loadbalancer/app/shop/50dc6c495c0c9188"
ALB = {"PROFILE": "alb", "ISSUER": BALANCER, "ALGORITHMS": "RS256,ES256"}


# hint, token or event, settings, further arguments
MISSES = [
    ("bearer_twice", lambda issuer: token_event("Bearer " + issuer.token()), {}),
    ("bearer_twice", lambda issuer: request_event({"Authorization": "bearer BEARER " + issuer.token()}), {}),
    ("quotes", lambda issuer: token_event(f'"{issuer.token()}"'), {}),
    ("padding", padded, {}),
    ("encrypted", lambda issuer: issuer.token() + ".AAAA.AAAA", {}),
    ("encrypted", token(headers={"enc": "A256GCM"}), {}),
    ("opaque", lambda issuer: "0123456789abcdef", {}),
    ("cut", lambda issuer: issuer.token().rsplit(".", 1)[0], {}),
    ("cut", lambda issuer: issuer.token()[:-1], {}),
    ("cut", lambda issuer: issuer.token()[:-100], {}),
    ("cut", es256, {"JWKS": json.dumps(EC_SET)}),
    ("cut", lambda issuer: signed(issuer, '{"sub":"alice"'), {}),
    ("shared_secret", lambda issuer: jwt.encode(issuer.claims(), "x" * 32, algorithm="HS256"), {}),
    ("ed448", lambda issuer: ".".join([b64(json.dumps({"alg": "Ed448"}).encode()), *issuer.token().split(".")[1:]]), {}),
    ("alb_token", token(headers={"signer": BALANCER}), {"ALGORITHMS": "ES256"}),
    ("no_alb_token", token(), ALB),
    ("other_alb", token(headers={"signer": BALANCER + "0"}), ALB),
    ("alb_key", token(headers={"signer": BALANCER, "kid": "abb8289f-e3a4-4a34-9472-c2105e2b2482"}), ALB),
    ("issuer_slash", token(iss=ISSUER[:-1]), {}),
    ("issuer_slash", token(), {"ISSUER": ISSUER[:-1]}),
    ("issuer_scheme_or_case", token(iss="accounts.google.com"), {"ISSUER": "https://accounts.google.com"}),
    ("issuer_scheme_or_case", token(iss="https://IDP.example.com/"), {}),
    ("cognito_issuer", token(iss=f"https://issuer-cognito-idp.{POOL}"), {"ISSUER": f"https://cognito-idp.{POOL}"}),
    ("cognito_issuer", token(iss=f"https://cognito-idp.{POOL}"), {"ISSUER": f"https://issuer-cognito-idp.{POOL}"}),
    ("entra_version", token(iss=V1), {"ISSUER": V2}),
    ("entra_version", token(iss=V2), {"ISSUER": V1}),
    ("other_issuer", token(iss="https://other.example.com/", headers={"kid": "other"}), {}),
    ("microsoft_graph", lambda issuer: issuer.token(headers={"nonce": "x"})[:-8] + "AAAAAAAA", {}),
    ("microsoft_graph", token(aud="00000003-0000-0000-c000-000000000000"), {}),
    ("microsoft_graph", token(aud="https://graph.microsoft.com"), {}),
    ("audience_form", token(aud=AUDIENCE + "/"), {}),
    ("audience_form", token(aud=["x", "https://API.example.com"]), {}),
    ("audience_form", token(aud="api://0c5d"), {"AUDIENCE": "0c5d"}),
    ("audience_array", token(aud=["a", "https://x/userinfo"]), {}),
    ("audience_absent", token(aud=None, client_id="app", token_use="access"), {}),
    ("id_token", token(aud="app", token_use="id"), {}),
    ("id_token", token(nonce="n"), {}),
    ("id_token", token(iss=f"https://cognito-idp.{POOL}", token_use="id", sub="a"), {"ISSUER": f"https://cognito-idp.{POOL}", "PROFILE": "cognito"}),
    ("id_token", token(at_hash="h"), {"REQUIRED_SCOPES": "x"}),
    ("session_pending", token(iss="https://clerk.example.com", aud=None, azp="https://app.example.com", sid="s", sts="pending"),
     {"PROFILE": "clerk", "ISSUER": "https://clerk.example.com", "AUDIENCE": "https://app.example.com"}),
    ("clock", token(exp=NOW - 300), {}),
    ("clock", token(nbf=NOW + 300), {}),
    ("clock", token(iat=NOW + 300), {}),
    ("milliseconds", token(iat=NOW * 1000), {}),
    ("milliseconds", token(exp=NOW * 1000), {}),
    ("cache", token(exp=NOW + 200), {}),
    ("cache", token(), {}, "--cache", "3600"),
    ("resource_stage", event("/dev/GET/orders/42"), {}),
    ("resource_method", event("/prod/POST/orders/42"), {"RESOURCE": ARN + "/GET/*"}),
    ("resource_method", lambda issuer: {"version": "2.0", "type": "REQUEST", "routeArn": ARN + "/POST/orders", "headers": {"authorization": "Bearer " + issuer.token()}},
     {"RESOURCE": ARN + "/GET/*", "HTTP_API_RESPONSE": "simple"}),
    ("resource_api", event(), {"RESOURCE": RESOURCE.replace("a1b2c3d4e5", "zzzzzzzzzz")}),
    ("resource_api", event(), {"RESOURCE": RESOURCE.replace("eu-central-1", "eu-west-1")}),
    ("resource_end", event(), {"RESOURCE": ARN + "/GET/orders"}),
    ("resource_end", event(), {"RESOURCE": ARN.rsplit("/", 1)[0]}),
    ("resource_stage_missing", event(), {"RESOURCE": ARN.rsplit("/", 1)[0] + "/GET/orders/*"}),
    ("resource_variable", event(), {"RESOURCE": ARN + "/GET/orders/{id}"}),
    ("resource_variable", event(), {"RESOURCE": ARN + "/*/{proxy+}"}),
    ("resource_connect", lambda issuer: {"type": "REQUEST", "methodArn": ARN + "/$connect", "headers": {"Authorization": "Bearer " + issuer.token()}, "requestContext": {}},
     {"RESOURCE": ARN + "/*/*"}),
]
# Nothing is near, or all is well: these hints must not be given.
HITS = [
    (set(CODES), token(scope="openid", nonce="n"), {}),
    (set(CODES), token(exp=NOW + 3000), {}),
    ({"issuer_slash", "issuer_scheme_or_case", "cognito_issuer", "entra_version"}, token(iss="https://idp.example.com/x/"), {}),
    ({"cognito_issuer"}, token(iss=f"https://issuer-cognito-idp.{POOL}x"), {"ISSUER": f"https://cognito-idp.{POOL}"}),
    ({"entra_version"}, token(iss=V1.replace("72", "73")), {"ISSUER": V2}),
    ({"clock"}, token(exp=NOW - 4000), {}),
    ({"alb_token", "no_alb_token", "alb_key"}, token(headers={"signer": BALANCER[:-1]}), ALB),
    ({"padding"}, padded, ALB),
    ({"cache"}, token(), {}, "--cache", "0"),
    ({"cut"}, lambda issuer: issuer.token()[:-8] + "AAAAAAAA", {}),
    # Not truncated, but: a limit, a duplicate name, a claims set that is not an object.
    ({"cut"}, lambda issuer: signed(issuer, json.dumps({f"c{n}": n for n in range(300)})), {}),
    ({"cut"}, lambda issuer: signed(issuer, '{"sub":"a","sub":"b"}'), {}),
    ({"cut"}, lambda issuer: signed(issuer, "[" * 20 + "]" * 20), {}),
    ({"cut"}, lambda issuer: signed(issuer, '{"n":' + "1" * 65 + "}"), {}),
    ({"cut"}, lambda issuer: signed(issuer, "[]"), {}),
    ({"opaque", "encrypted"}, lambda issuer: issuer.token().rsplit(".", 1)[0], {}),
    ({"other_issuer"}, token(headers={"kid": "other"}), {}),
    ({"audience_form", "audience_array", "audience_list"}, token(aud="https://api.example.com/other"), {}),
    ({"resource_stage", "resource_method", "resource_api", "resource_end", "resource_stage_missing", "resource_variable", "resource_connect"}, event(), {}),
    ({"resource_end", "resource_stage_missing", "resource_variable", "resource_connect"}, event("/prod/POST/x"), {"RESOURCE": ARN + "/GET/*"}),
    ({"resource_stage", "resource_method", "resource_api"}, event("/dev/POST/x"), {"RESOURCE": ARN + "/GET/*"}),
    ({"id_token"}, token(token_use="access", nonce="n"), {}),
]


def explain(issuer, make, settings, *arguments):
    made = make(issuer)
    settings = {"JWKS": json.dumps(issuer.key_set()), "RESOURCE": RESOURCE, "ISSUER": ISSUER, "AUDIENCE": AUDIENCE, **settings}
    how, stdin = (["--event", "-"], json.dumps(made)) if isinstance(made, dict) else (["--token", "-"], made)
    status, out, err = run("explain", "--json", *how, *arguments, settings=settings, stdin=stdin.encode())
    assert status in (0, 1), err
    # AUDIT 29: no part of the token is printed.
    compact = made if isinstance(made, str) else json.dumps(made).split("earer ")[-1].split('"')[0]
    for part in compact.split("."):
        assert len(part) < 12 or part[:12] not in out + err
    return {hint["hint"] for hint in json.loads(out)["hints"]}, out, how, settings, stdin


@pytest.mark.parametrize("code, make, settings, arguments", [(c, m, s, a) for c, m, s, *a in MISSES], ids=lambda value: value if isinstance(value, str) else "")
def test_a_frequent_mistake_gets_its_hint(issuer, code, make, settings, arguments):
    found, _, how, settings, stdin = explain(issuer, make, settings, *arguments)
    assert code in found
    # For people the same, in words.
    _, text, _ = run("explain", *how, *arguments, settings=settings, stdin=stdin.encode())
    assert text.count("\nHint: ") == len(found)


@pytest.mark.parametrize("codes, make, settings, arguments", [(c, m, s, a) for c, m, s, *a in HITS])
def test_other_faults_get_no_hint(issuer, codes, make, settings, arguments):
    found, _, _, _, _ = explain(issuer, make, settings, *arguments)
    assert not found & codes


def test_every_hint_has_its_case():
    assert len(CODES) == len(set(CODES)) > 20 and {code for code, *_ in MISSES} == set(CODES)


def test_the_cache_is_a_number(issuer):
    for value in ("x", "", "-1", "3601"):
        status, _, error = run("explain", "--cache", value, "--token", "x")
        assert status == 2 and "--cache" in error
    assert run("invoke", "--cache", "1", "--token", "x")[0] == 2
