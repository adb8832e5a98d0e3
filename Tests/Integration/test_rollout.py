"""Tokens that are blocked before they expire; shadow rules, which do not change answers."""
import json, time

from conftest import UNAUTHORIZED, allow, deny, run, token_event
from test_sender import refusal, settings


def test_emergency_lists(function, issuer):
    now = int(time.time())
    one = function(**settings(issuer, DENY_KIDS="old-key", DENY_JTIS="t1,t2", DENY_SUBJECTS="mallory", DENY_CLIENTS="app",
                              ISSUED_NOT_BEFORE=time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(now - 100))))
    assert one.invoke(token_event(issuer.token(jti="t3", client_id="web"))) == allow("alice")
    for token, reason in [
        (issuer.token(headers={"kid": "old-key"}), "denied_kid"), (issuer.token(jti="t2"), "denied_jti"), (issuer.token(sub="mallory"), "denied_subject"),
        (issuer.token(client_id="app"), "denied_client"), (issuer.token(azp="app"), "denied_client"), (issuer.token(iat=now - 101), "token_issued_before_cutoff"),
        (issuer.token(iat=None), "claim_iat_missing"),
    ]:
        assert refusal(one, token_event(token)) == reason
    status, output, _ = run("check-config", settings=settings(issuer, ISSUED_NOT_BEFORE=str(now)))
    assert status == 0 and "ISSUED_NOT_BEFORE           20" in output


RULES = {"routes": [{"route": "GET /orders/{id}", "allow": {"scopes": ["orders:read"]}}]}


def test_shadow_rules(function, issuer, tmp_path):
    path = tmp_path / "next.json"
    path.write_text(json.dumps(RULES))
    one, alone = function(**settings(issuer, SHADOW_RULES=str(path), LOG_ALLOWED_SAMPLE="1000")), function(**settings(issuer))
    plain, scoped = issuer.token(), issuer.token(scope="orders:read")
    for token, shadow, differs in [(plain, "route_requirement", True), (scoped, "allowed", False), (plain, "route_requirement", True)]:
        before = len(one.lines())
        assert one.invoke(token_event(token)) == alone.invoke(token_event(token)) == allow("alice")
        lines = one.lines()[before:]
        # What differs is never left out; the first allowed decision has its line anyway.
        if differs:
            assert lines[-1]["shadow"] == shadow and lines[-1]["shadowDiffers"] == 1 and lines[-1]["reason"] == "allowed"
        else:
            assert all(line["shadow"] == shadow and "shadowDiffers" not in line for line in lines)
    # The shadow does not count an invalid token; it counts a missing one.
    assert one.invoke(token_event("x.y.z")) == UNAUTHORIZED and "shadow" not in one.lines()[-1]
    assert one.invoke({**token_event(plain), "authorizationToken": ""}) == UNAUTHORIZED and one.lines()[-1]["shadow"] == "token_missing"
    # Refused now, let through then.
    now_strict = function(**settings(issuer, REQUIRED_SCOPES="orders:write", SHADOW_RULES=json.dumps(RULES)))
    assert now_strict.invoke(token_event(scoped)) == deny("alice", "scope_missing", "orders:write")
    assert now_strict.lines()[-1]["shadow"] == "allowed" and now_strict.lines()[-1]["shadowDiffers"] == 1

    status, output, _ = run("explain", "--token", plain, settings=settings(issuer, SHADOW_RULES=str(path)))
    assert status == 0 and "Result of SHADOW_RULES: route_" in output
    status, output, _ = run("check-config", settings=settings(issuer, SHADOW_RULES=str(path)))
    assert status == 0 and "SHADOW_RULES, which do not change answers:" in output
    path.write_text('{"routes":[{"route":"GET orders"}]}')
    status, output, errors = run("check-config", settings=settings(issuer, SHADOW_RULES=str(path)))
    assert status == 2 and "SHADOW_RULES: routes[0]" in output + errors


def test_shadow_metrics(function, issuer):
    one = function(**settings(issuer, SHADOW_RULES=json.dumps(RULES), METRICS="emf"))
    for token in (issuer.token(), issuer.token(scope="orders:read")):
        assert one.invoke(token_event(token)) == allow("alice")
        # Metrics are written after the answer.
        one.invoke(token_event("x.y.z"))
    with open(one.log_path, "rb") as log:
        found = [json.loads(row) for row in log.read().splitlines() if b'"_aws"' in row]
    assert any(document.get("ShadowDecisions") == 1 and document["ShadowDifferences"] == 1 for document in found)
