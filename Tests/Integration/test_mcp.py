"""Rules for tools of MCP: headers in each caller's form, decided by the binary; a backend that reads the body is not there."""
import base64, json

import pytest

from conftest import ARN, AUDIENCE, ISSUER, run
from test_answers import CALLERS, Answer, http2, rest, routes

VERSION = "MCP-Protocol-Version", "2026-07-28"
RULES = routes(("POST /mcp", "any_token"), ("GET /orders/{id}", "any_token"), ("$mcp tools/list", "any_token"), ("$mcp tools/call get_*", {"scopes": ["read"]}),
               ("$mcp tools/call get_café", {"roles": ["guest"]}), ("$mcp resources/read file:///public/*", "any_token"), ("$mcp *", {"roles": ["admin"]}))
RULES["routes"].append({"route": "$mcp tools/call get_key", "deny": "always"})


def coded(text):
    return "=?base64?" + base64.b64encode(text.encode()).decode() + "?="


def named(name, method="tools/call"):
    return [VERSION, ("Mcp-Method", method), ("Mcp-Name", name)]


def with_headers(event, lines):
    """The lines in the form of the event's caller: all values, or joined by commas."""
    if event.get("version") == "2.0":
        for name, value in lines:
            known = event["headers"].get(name.lower())
            event["headers"][name.lower()] = value if known is None else known + "," + value
        return event
    event["multiValueHeaders"] = {name: [value] for name, value in event["headers"].items()}
    for name, value in lines:
        event["headers"][name] = value
        event["multiValueHeaders"].setdefault(name, []).append(value)
    return event


CASES = [
    (named("get_weather"), {"scope": "read"}, "allowed"), (named("get_weather"), {}, "route_requirement"), (named("Get_weather"), {"scope": "read"}, "route_requirement"),
    (named("get_key"), {"scope": "read", "roles": ["admin"]}, "route_denied"), (named(coded("get_key")), {"scope": "read"}, "route_denied"),
    (named(coded("get_weather")), {"scope": "read"}, "allowed"), (named(coded("get_café")), {"scope": "read"}, "route_requirement"),
    (named(coded("get_café")), {"roles": ["guest"]}, "allowed"), (named(coded("get_café").upper()), {"roles": ["guest"]}, "route_requirement"),
    (named("put"), {"scope": "read"}, "route_requirement"), (named("put"), {"roles": ["admin"]}, "allowed"),
    (named("file:///public/a b", "resources/read"), {}, "allowed"), (named("file:///private/a", "resources/read"), {}, "route_requirement"),
    ([VERSION, ("Mcp-Method", "tools/list")], {}, "allowed"), ([VERSION, ("mcp-method", "tools/list")], {}, "allowed"), ([VERSION, ("Mcp-Method", "ping")], {}, "route_requirement"),
    ([VERSION], {}, "route_mcp_header"), ([VERSION, ("Mcp-Method", "tools/call")], {"scope": "read"}, "route_mcp_header"),
    (named("get_a") + [("Mcp-Name", "get_a")], {"scope": "read"}, "route_mcp_header"), (named("get_a") + [("Mcp-Name", "get_key")], {"scope": "read"}, "route_mcp_header"),
    (named("=?base64?%%%?="), {"roles": ["admin"]}, "route_mcp_header"), (named("=?base64?/w==?="), {"roles": ["admin"]}, "route_mcp_header"),
    (named(" get_a"), {"scope": "read"}, "route_mcp_header"), (named("get_é"), {"scope": "read"}, "route_mcp_header"),
    ([("MCP-Protocol-Version", "2025-11-25"), *named("get_a")[1:]], {"scope": "read"}, "route_mcp_version"), (named("get_a")[1:], {"scope": "read"}, "route_mcp_version"),
    ([("MCP-Protocol-Version", "2027-01-15"), *named("get_a")[1:]], {"scope": "read"}, "allowed"), ([], {"roles": ["admin"]}, "route_mcp_version"),
]


@pytest.mark.parametrize("make", CALLERS)
def test_headers_decide(issuer, make):
    for lines, claims, reason in CASES:
        answer = Answer(issuer, with_headers(make(issuer, "/mcp", "POST", **claims), lines), RULES=RULES, RESULT_CACHE="off")
        assert (answer.status, answer.reason) == ((0, None) if reason == "allowed" else (1, reason)), lines
        assert answer.allow == ([ARN + "/POST/mcp"] if reason == "allowed" else []), lines


def test_a_warm_function_remembers_nothing(function, issuer):
    one = function(JWKS=json.dumps(issuer.key_set()), ISSUER=ISSUER, AUDIENCE=AUDIENCE, RULES=json.dumps(RULES), RESOURCE=None, RESULT_CACHE="off")
    token = {"iat": issuer.claims()["iat"], "scope": "read"}
    for _ in range(3):
        for lines, reason in ((named("get_a"), "allowed"), (named("get_key"), "route_denied"), (named("put"), "route_requirement"), ([], "route_mcp_version")):
            answer = one.invoke(with_headers(rest(issuer, "/mcp", "POST", **token), lines))
            assert one.lines()[-1].get("reason", "allowed") == reason
            assert (answer["policyDocument"]["Statement"][0]["Effect"] == "Allow") == (reason == "allowed")
        answer = one.invoke(with_headers(rest(issuer, "/orders/1", **token), named("get_a")))
        assert answer["policyDocument"]["Statement"] == [{"Action": "execute-api:Invoke", "Effect": "Allow", "Resource": [ARN + "/GET/orders/1"]}]


def test_spellings_of_the_path(issuer):
    rules = routes(("* /*", "any_token"), ("$mcp tools/call a", "any_token"))
    for path in ("/mcp", "/mcp/", "/MCP", "/%6dcp", "/mcp;x=1", "/mcp/;x", "/mcp%3Fa/b", "/mcp%23"):
        for make in CALLERS:
            for name, reason in (("a", None), ("b", "route_mcp_unknown")):
                answer = Answer(issuer, with_headers(make(issuer, path, "POST"), named(name)), RULES=rules, RESULT_CACHE="off")
                assert answer.reason == reason and answer.allow == ([] if reason else [f"{ARN}/POST{path}"]), path
    for method, path in (("GET", "/mcp"), ("POST", "/mcp2"), ("POST", "/a/mcp")):
        assert Answer(issuer, rest(issuer, path, method), RULES=rules, RESULT_CACHE="off").status == 0


def test_older_versions_by_the_setting(issuer):
    rules = {**RULES, "mcp_accepts_older_versions": True}
    for lines, reason in (([], None), ([("MCP-Protocol-Version", "2025-11-25")], None), ([("MCP-Protocol-Version", "latest")], "route_mcp_version"),
                          ([VERSION, VERSION], "route_mcp_header"), ([VERSION], "route_mcp_header"), (named("get_key"), "route_denied")):
        answer = Answer(issuer, with_headers(http2(issuer, "/mcp", "POST"), lines), RULES=rules, RESULT_CACHE="off")
        if lines == [VERSION, VERSION]:
            assert answer.reason in ("route_mcp_header", "route_mcp_version")
        else:
            assert answer.reason == reason, lines
    event = {"type": "TOKEN", "methodArn": ARN + "/POST/mcp", "authorizationToken": "Bearer " + issuer.token()}
    assert Answer(issuer, event, RULES=rules, RESULT_CACHE="off").reason == "route_mcp_caller"


def test_the_start_needs_a_cache_that_is_off():
    settings = {"JWKS_URI": "/keys.json", "ISSUER": ISSUER, "AUDIENCE": AUDIENCE}
    alone = routes(("GET /mcp", "any_token"), ("$mcp tools/list", "any_token"))
    for rules, cache, is_valid in ((RULES, None, False), (RULES, "path", False), (RULES, "keyed", False), (RULES, "off", True), (alone, None, True),
                                   ({**RULES, "mcp_path": "/other"}, None, True), (routes(("* /{any}", "any_token"), ("$mcp *", "any_token")), None, False)):
        given = dict(settings, RULES=json.dumps(rules), **({"RESULT_CACHE": cache} if cache else {}))
        status, out, err = run("check-config", settings=given)
        assert (status == 0) == is_valid and (is_valid or "RESULT_CACHE=off" in out + err), (cache, out, err)
        assert not is_valid or "$mcp tools/list" in out or "$mcp *" in out


def test_explain_names_the_rule(issuer):
    settings = {"JWKS": json.dumps(issuer.key_set()), "ISSUER": ISSUER, "AUDIENCE": AUDIENCE, "RULES": json.dumps(RULES), "RESULT_CACHE": "off"}
    for name, detail, code in (("get_a", "routes[3] $mcp tools/call get_*: allow.scopes is not met", "route_requirement"),
                               ("get_key", "routes[7] $mcp tools/call get_key", "route_denied"), ("a\u00e9", None, "route_mcp_header")):
        event = with_headers(rest(issuer, "/mcp", "POST"), named(name))
        status, out, _ = run("explain", "--event", "-", "--json", settings=settings, stdin=json.dumps(event).encode())
        answer = json.loads(out)
        step = [s for s in answer["steps"] if s["step"] == "the rules allow the token this call"][0]
        assert status == 1 and step["result"] == "failed" and step.get("detail") == detail and answer["reason"] == code, answer
