"""moto's Cognito issues the token, its key set comes over loopback HTTP, the real emulator runs the binary."""
import json, urllib.request

import jwt
import pytest

from conftest import UNAUTHORIZED, allow, b64, request_event, token_event, unb64


def claims_of(token):
    return json.loads(unb64(token.split(".")[1]))


@pytest.fixture
def decide(function, cognito):
    one = function(JWKS_URI=cognito["jwks"], ISSUER=cognito["issuer"])
    return lambda token: one.invoke(token_event(token))


def test_access_and_id_token_are_allowed(function, cognito):
    one = function(JWKS_URI=cognito["jwks"], ISSUER=cognito["issuer"])
    for name in ("access", "id"):
        assert one.invoke(token_event(cognito[name])) == allow(claims_of(cognito[name])["sub"])
    headers = {"Host": "x", "authorization": "Bearer " + cognito["access"]}
    assert one.invoke(request_event(headers)) == allow(claims_of(cognito["access"])["sub"])
    lines = one.lines()
    assert sum(line["message"] == "keys fetched" for line in lines) == 1
    assert [line["reason"] for line in lines if line["message"] == "decision"] == ["allowed"] * 3


def test_audience_and_context(function, cognito):
    one = function(JWKS_URI=cognito["jwks"], ISSUER=cognito["issuer"], AUDIENCE=cognito["client_id"], CONTEXT_CLAIMS="token_use,cognito:username")
    answer = one.invoke(token_event(cognito["id"]))
    assert answer == allow(claims_of(cognito["id"])["sub"], {"token_use": "id", "cognito_username": "alice"})
    # Cognito's access tokens do not have `aud`.
    assert one.invoke(token_event(cognito["access"])) == UNAUTHORIZED
    assert one.lines()[-1]["reason"] == "claim_aud_missing"


@pytest.mark.parametrize("part", [0, 1, 2], ids=["header", "payload", "signature"])
def test_tampered(decide, cognito, part):
    parts = cognito["access"].split(".")
    if part == 1:
        parts[1] = b64(json.dumps({**claims_of(cognito["access"]), "sub": "mallory"}).encode())
    elif part == 0:
        parts[0] = b64(json.dumps({**json.loads(unb64(parts[0])), "x": 1}).encode())
    else:
        raw = bytearray(unb64(parts[2]))
        raw[100] ^= 4
        parts[2] = b64(bytes(raw))
    assert decide(".".join(parts)) == UNAUTHORIZED


def test_wrong_issuer(function, cognito):
    one = function(JWKS_URI=cognito["jwks"], ISSUER=cognito["issuer"] + "/")
    assert one.invoke(token_event(cognito["access"])) == UNAUTHORIZED
    assert one.lines()[-1]["reason"] == "issuer_mismatch"


def test_unknown_kid(decide, cognito):
    header, rest = cognito["access"].split(".", 1)
    assert decide(b64(json.dumps({**json.loads(unb64(header)), "kid": "other"}).encode()) + "." + rest) == UNAUTHORIZED


def test_alg_none(decide, cognito):
    payload = cognito["access"].split(".")[1]
    for header in ({"alg": "none"}, {"alg": "None"}, {"alg": "none", "kid": "dummy"}):
        for signature in ("", "AA"):
            assert decide(f"{b64(json.dumps(header).encode())}.{payload}.{signature}") == UNAUTHORIZED


def test_hs256_with_the_public_key_as_secret(decide, cognito):
    with urllib.request.urlopen(cognito["jwks"]) as response:
        jwk = json.load(response)["keys"][0]
    key = jwt.PyJWK(jwk).key
    from cryptography.hazmat.primitives import hashes, hmac, serialization
    for secret in (key.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo),
                   key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo), unb64(jwk["n"])):
        signing_input = b64(json.dumps({"alg": "HS256", "kid": jwk["kid"]}).encode()) + "." + cognito["access"].split(".")[1]
        code = hmac.HMAC(secret, hashes.SHA256())
        code.update(signing_input.encode())
        assert decide(signing_input + "." + b64(code.finalize())) == UNAUTHORIZED


def test_no_token(function, cognito):
    one = function(JWKS_URI=cognito["jwks"])
    assert one.invoke(request_event({"Host": "x"})) == UNAUTHORIZED
    assert one.invoke({**token_event("x"), "authorizationToken": ""}) == UNAUTHORIZED
    assert [line["reason"] for line in one.lines() if line["message"] == "decision"] == ["token_missing"] * 2
