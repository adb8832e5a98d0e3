"""The cases of Docs/stories.md: the settings as the page prints them, decided by the release binary, with good tokens and near misses (AUDIT 22)."""
import json, os, re, time

import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519

from conftest import ROOT, b64
from gateway import policy_allows
from test_mldsa import Signer

API = "arn:aws:execute-api:eu-central-1:123456789012:a1b2c3d4e5/prod"
AUTH, API_AUDIENCE = "https://auth.example.com", "https://api.example.com"
GITHUB = "https://token.actions.githubusercontent.com"


def page():
    """The settings of each section, by its title."""
    with open(os.path.join(ROOT, "Docs", "stories.md")) as file:
        sections = re.split(r"^## ", file.read(), flags=re.M)[1:]
    stories = {}
    for section in sections:
        title = section.split("\n", 1)[0]
        blocks = dict(re.findall(r"^```(\w+)\n(.*?)^```$", section, re.M | re.S))
        settings = dict(line.split("=", 1) for line in blocks["sh"].splitlines())
        if "json" in blocks:
            settings["RULES"] = json.dumps(json.loads(blocks["json"]))
        stories[title] = settings
    return stories


STORIES = page()
ED25519, MLDSA = ed25519.Ed25519PrivateKey.generate(), Signer("ML-DSA-65")


def rsa(issuer, **claims):
    return issuer.token(**{"iss": AUTH, "aud": API_AUDIENCE, **claims})


def github(issuer, subject, **claims):
    return rsa(issuer, **{"iss": GITHUB, "aud": "https://deploy.example.com", "sub": subject, "repository": "acme/shop", **claims})


def edwards(alg, **header):
    now = int(time.time())
    claims = {"iss": AUTH, "aud": API_AUDIENCE, "sub": "alice", "iat": now, "exp": now + 600}
    parts = ".".join(b64(json.dumps(part).encode()) for part in ({"alg": alg, "kid": "ed", **header}, claims))
    return parts + "." + b64(ED25519.sign(parts.encode()))


def details(issuer, *elements):
    return rsa(issuer, authorization_details=list(elements))


ALTINN = {"type": "ansattporten:altinn:service", "reportee": {"organisation_number": "910753614"}}
# Section: method and path, tokens that are allowed, tokens that are not, each with its reason.
CASES = {
    "Release branches": ("POST /deployments/7", lambda one: [
        github(one, "repo:acme/shop:ref:refs/heads/release/2026.1"), github(one, "repo:acme/tools:ref:refs/heads/release/a/b"),
        github(one, "repo:acme@123456/shop@74:ref:refs/heads/release/1"),
    ], lambda one: [
        ("route_requirement", github(one, "repo:acme/shop:pull_request")), ("route_requirement", github(one, "repo:acme/shop:ref:refs/heads/main")),
        ("route_requirement", github(one, "repo:acme-evil/shop:ref:refs/heads/release/1")), ("route_requirement", github(one, "repo:acme@99/shop@74:ref:refs/heads/release/1")),
        ("route_requirement", github(one, "repo:acme/shop:ref:refs/heads/Release/1")), ("route_requirement", github(one, "repo:acme/shop:ref:refs/tags/release/1")),
        ("route_requirement", github(one, "repo:acme/shop:environment:prod")), ("audience_mismatch", github(one, "repo:acme/shop:ref:refs/heads/release/1", aud="sts.amazonaws.com")),
    ]),
    "Ed25519": ("GET /orders/42", lambda one: [edwards("Ed25519"), edwards("EdDSA")], lambda one: [
        ("header_alg_not_allowed", edwards("Ed448")), ("signature_mismatch", edwards("Ed25519")[:-8] + "AAAAAAAA"), ("header_alg_not_allowed", edwards("ed25519")),
    ]),
    "ML-DSA": ("GET /orders/42", lambda one: [MLDSA.token(iss=AUTH, aud=API_AUDIENCE)], lambda one: [
        ("header_alg_not_allowed", rsa(one)), ("audience_mismatch", MLDSA.token(iss=AUTH, aud="https://other.example.com")), ("header_alg_not_allowed", edwards("Ed25519")),
    ]),
    "Authorization details": ("GET /reports/2026", lambda one: [
        details(one, ALTINN), details(one, {"type": "other"}, ALTINN), details(one, {**ALTINN, "resource": "urn:altinn:r"}),
    ], lambda one: [
        ("route_requirement", details(one)), ("route_requirement", details(one, {"type": ALTINN["type"]}, {"reportee": ALTINN["reportee"]})),
        ("route_requirement", details(one, {**ALTINN, "reportee": {"organisation_number": 910753614}})), ("route_requirement", details(one, [ALTINN])),
        ("route_requirement", rsa(one, authorization_details=ALTINN)), ("route_requirement", rsa(one)),
    ]),
}


def call(function, method, path, token):
    arn = f"{API}/{method}{path}"
    answer = function.invoke({"type": "REQUEST", "methodArn": arn, "resource": "/{proxy+}", "path": path, "httpMethod": method, "headers": {"Authorization": f"Bearer {token}"},
                              "requestContext": {"stage": "prod", "apiId": "a1b2c3d4e5"}})
    return "policyDocument" in answer and policy_allows(answer["policyDocument"], arn), answer


def test_every_story_has_tokens():
    assert list(STORIES) == list(CASES)


@pytest.mark.parametrize("title", CASES)
def test_story(title, function, issuer):
    keys = {"keys": [issuer.jwk(use="sig"), {"kty": "OKP", "crv": "Ed25519", "alg": "Ed25519", "kid": "ed", "x": b64(ED25519.public_key().public_bytes_raw())}, MLDSA.jwk()]}
    printed = {"RESOURCE": None, **STORIES[title]}
    printed.pop("JWKS_URI", None)
    one = function(**printed, JWKS=json.dumps(keys))
    called, allowed, refused = CASES[title]
    for token in allowed(issuer):
        is_allowed, answer = call(one, *called.split(), token)
        assert is_allowed, (answer, one.lines()[-1])
    for reason, token in refused(issuer):
        is_allowed, answer = call(one, *called.split(), token)
        assert not is_allowed and one.lines()[-1]["reason"] == reason, (reason, answer, one.lines()[-1])
