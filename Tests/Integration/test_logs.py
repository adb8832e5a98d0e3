"""The log of decisions: no token and no claim, sampled lines that add up, and metrics in CloudWatch's format."""
import json, time

import jsonschema

from conftest import ARN, AUDIENCE, ISSUER, b64, free_port, token_event
from test_callers import event_text

CALLERS = ["rest-token", "rest-request", "http-1.0", "http-2.0", "websocket", "appsync", "iot"]
IOT_POLICY = '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"iot:Connect","Resource":"*"}}'

# The published JSON Schema of the format, in our words, with what goes beyond it: an object of Values and Counts.
EMF = {
    "type": "object", "required": ["_aws"],
    "properties": {"_aws": {
        "type": "object", "required": ["Timestamp", "CloudWatchMetrics"],
        "properties": {
            "Timestamp": {"type": "integer", "minimum": 1_600_000_000_000, "maximum": 9_000_000_000_000},
            "CloudWatchMetrics": {"type": "array", "items": {
                "type": "object", "required": ["Namespace", "Dimensions", "Metrics"], "additionalProperties": False,
                "properties": {
                    "Namespace": {"type": "string", "minLength": 1},
                    "Dimensions": {"type": "array", "minItems": 1, "items": {"type": "array", "maxItems": 30, "items": {"type": "string", "minLength": 1}}},
                    "Metrics": {"type": "array", "maxItems": 100, "items": {
                        "type": "object", "required": ["Name"], "additionalProperties": False,
                        "properties": {"Name": {"type": "string", "minLength": 1}, "Unit": {"enum": ["Count", "Seconds", "Microseconds"]}}}}}}}}}},
}


def documents(function):
    """The metric lines, each checked: every member that its directive names exists and has the right form."""
    function.log.flush()
    with open(function.log_path, "rb") as f:
        found = [json.loads(row) for row in f.read().splitlines() if b'"_aws"' in row]
    for document in found:
        jsonschema.Draft202012Validator(EMF).validate(document)
        for directive in document["_aws"]["CloudWatchMetrics"]:
            for name in (name for dimensions in directive["Dimensions"] for name in dimensions):
                assert isinstance(document[name], str)
            for metric in directive["Metrics"]:
                value = document[metric["Name"]]
                if isinstance(value, dict):
                    assert set(value) == {"Values", "Counts"} and 0 < len(value["Values"]) == len(value["Counts"]) <= 100
                else:
                    assert isinstance(value, int)
    return found


def settings(issuer, **further):
    return {"JWKS": json.dumps(issuer.key_set()), "ISSUER": ISSUER, "AUDIENCE": AUDIENCE, "LOG_LEVEL": "TRACE", "METRICS": "emf",
            "IOT_POLICY": IOT_POLICY, "RESOURCE": ARN + "/*",
            **further}


def bad_tokens(issuer):
    """A token for each reason of refusal, each of which contains the text that must not appear."""
    now, pearl = int(time.time()), {"secret": "pearl", "sub": "pearl", "email": "pearl", "jti": "pearl"}
    good = issuer.token(**pearl)
    head, payload, signature = good.split(".")
    def with_header(**members):
        return b64(json.dumps({"alg": "RS256", "kid": issuer.kid, **members}).encode()) + f".{payload}.{signature}"
    def with_claims(text):
        import jwt
        return jwt.api_jws.encode(text, issuer.key, algorithm="RS256", headers={"kid": issuer.kid})
    return [
        good, issuer.token(**pearl, scope="s"), issuer.token(**pearl, exp=now - 4000), issuer.token(**pearl, nbf=now + 4000),
        issuer.token(**pearl, iat=now + 4000), issuer.token(**pearl, exp=None), issuer.token(**pearl, exp="pearl"),
        issuer.token(**pearl, aud="pearl"), issuer.token(**pearl, aud=None), issuer.token(**pearl, iss=None),
        issuer.token(**{**pearl, "sub": "pearl\u0007"}, scope="s"),
        issuer.token(**pearl)[:-8] + "AAAAAAAA", f"{head}.{payload}", f"{head}.{payload}.", f"{head}.{payload}.{signature}=", head, "pearl.pearl.pearl",
        f"{good}.{good}", with_header(alg="none"), with_header(alg="HS256"), with_header(crit=["pearl"]), with_header(typ=7),
        with_header(kid=7), with_header(alg="PS256"), with_header(zip="pearl"), b64(b'{"alg":"pearl"') + f".{payload}.{signature}", good + '"pearl',
        good + " " + good, with_claims(json.dumps({**issuer.claims(**pearl), "iss": 7}).encode()), with_claims(b"[]"), with_claims(b'{"sub":"pearl"'), with_claims(b'{"sub":"pearl","sub":"pearl"}'),
    ]


def parts_of(token):
    """Every sequence of eight characters of the confidential parts of a token: payload and signature."""
    for part in token.replace('"', ".").replace(" ", ".").split(".")[1:]:
        yield from (part[start:start + 8] for start in range(0, len(part) - 7, 4) if len(part) >= 8)


def test_no_token_and_no_claim_in_any_log(function, issuer):
    """AUDIT 29: each caller and each reason of refusal, at the lowest level; no part of a token is in the log."""
    tokens = bad_tokens(issuer)
    reasons = set()
    for further in ({}, {"REQUIRED_SCOPES": "s"}, {"JWKS": None, "JWKS_URI": f"http://127.0.0.1:{free_port()}/"}):
        one = function(**settings(issuer, **further))
        for caller in CALLERS:
            for token in tokens:
                one.invoke(event_text(f"{caller}/plain.json", json.dumps(token)[1:-1]))
        one.invoke(token_event(None))
        one.invoke({**token_event(tokens[0]), "type": "pearl"})
        one.invoke({"pearl": tokens[0]})
        one.invoke(json.dumps(token_event(tokens[0])).encode()[:-9])
        one.invoke({"authorizer": "reload-keys"})
        one.log.flush()
        with open(one.log_path) as f:
            text = f.read()
        reasons |= {line.get("reason") for line in one.lines()}
        assert len(one.lines()) > len(CALLERS) * len(tokens)
        assert "pearl" not in text and "eyJ" not in text
        for piece in {piece for token in tokens for piece in parts_of(token)}:
            assert piece not in text, piece
    assert len(reasons) > 25, reasons


def test_sampled_lines_add_up(function, issuer):
    one = function(JWKS=json.dumps(issuer.key_set()), LOG_ALLOWED_SAMPLE="5")
    for number in range(13):
        one.invoke(token_event(issuer.token()))
        if number % 4 == 0:
            one.invoke(token_event("x"))
    lines = [line for line in one.lines() if line["message"] == "decision"]
    # The first, then one for every five; the remaining ones wait for their line.
    assert [line["standsFor"] for line in lines if line["decision"] == "allow"] == [1, 5, 5]
    # A refusal always has its line.
    assert ["standsFor" in line for line in lines if line["decision"] != "allow"] == [False] * 4


def test_decisions_with_stale_keys_are_always_logged(function, issuer, tmp_path):
    path = tmp_path / "jwks.json"
    path.write_text(json.dumps(issuer.key_set()))
    one = function(JWKS_URI=f"http://127.0.0.1:{free_port()}/", JWKS_SNAPSHOT=str(path), LOG_ALLOWED_SAMPLE="1000", METRICS="emf")
    for _ in range(3):
        one.invoke(token_event(issuer.token()))
    assert [line["standsFor"] for line in one.lines() if "decision" in line] == [1, 1, 1]
    found = documents(one)
    assert {document["result"] for document in found if "KeyFetches" in document} == {"connect_refused"}
    assert [document["StaleDecisions"] for document in found if "StaleDecisions" in document] == [1]


def test_metrics(function, issuer, key_server):
    server = key_server(issuer.key_set())
    one = function(JWKS_URI=server.url, METRICS="emf", METRICS_NAMESPACE="Shop/Tokens", LOG_LEVEL="FATAL")
    assert one.invoke(token_event(issuer.token()))["principalId"] == "alice"
    for _ in range(20):
        one.invoke(token_event(issuer.token()))
        one.invoke(token_event("x"))
    found = documents(one)
    # One line for the fetch, one for the first event's reason, one for its time; the rest waits for its minute.
    assert {document["_aws"]["CloudWatchMetrics"][0]["Namespace"] for document in found} == {"Shop/Tokens"}
    fetch, decision, times = found
    assert fetch["KeyFetches"] == 1 and fetch["result"] == "fetched" and fetch["KeyFetchTime"] > 0
    assert fetch["_aws"]["CloudWatchMetrics"][0]["Dimensions"] == [[], ["result"]]
    assert (decision["Decisions"], decision["decision"], decision["reason"]) == (1, "allow", "allowed")
    assert decision["_aws"]["CloudWatchMetrics"][0]["Dimensions"] == [[], ["decision"], ["reason"]]
    assert times["DecisionTime"]["Counts"] == [1] and times["StaleDecisions"] == 0 and times["KeyAge"] in (0, 1, 2)
    # LOG_LEVEL says nothing about metrics, and METRICS nothing about lines.
    assert one.lines() == []


def test_no_metrics_without_the_setting(function, issuer):
    one = function(JWKS=json.dumps(issuer.key_set()), METRICS_NAMESPACE="Shop/Tokens")
    one.invoke(token_event(issuer.token()))
    assert documents(one) == [] and one.lines()


def test_a_line_shows_no_invisible_characters(function, issuer):
    """An unverified kid cannot control the terminal on which the log is read."""
    import unicodedata
    one = function(JWKS=json.dumps(issuer.key_set()))
    hostile = ["\u009b31m", "\u2028x\u2029", "\u202edcba\u202c", "a\u200b\u200e\ufeff", "\U000e0041", "\u0085\u00ad\u061c", "\u001b[2J\u007f"]
    for kid in hostile:
        one.invoke(token_event(issuer.token(headers={"kid": kid})))
    assert [line["kid"] for line in one.lines() if line.get("reason") == "key_unknown"] == hostile
    with open(one.log_path, encoding="utf-8", newline="\n") as f:
        for row in f.read().split("\n"):
            # The emulator's own lines have tabs.
            if row.startswith("{"):
                assert not any(unicodedata.category(c) in ("Cc", "Cf", "Zl", "Zp") for c in row), row


def test_the_rule_that_refuses_is_named(function, issuer):
    """The rule's index, its route and its requirements are texts of the settings; nothing is taken from the token."""
    rules = {"routes": [{"route": "GET /orders/{id}", "allow": {"scopes": ["orders:read", "x"]}}, {"route": "GET /admin", "deny": "always"},
                        {"route": "GET /gold", "allow": {"claims": [{"claim": "sub", "present": True}, {"claim": "tier", "equals": "gold"}]}},
                        {"route": "GET /open", "allow": "any_token"}],
             "default": {"roles": ["root"]}}
    one = function(RESOURCE=None, JWKS=json.dumps(issuer.key_set()), RULES=json.dumps(rules), SHADOW_RULES=json.dumps(rules))
    def call(path, **claims):
        one.invoke({**token_event(issuer.token(**claims)), "methodArn": f"{ARN}/{path}"})
        line = one.lines()[-1]
        return tuple(line.get(name) for name in ("reason", "rule", "route", "unmet"))
    assert call("GET/orders/7", scope="pearl") == ("route_requirement", "routes[0]", "GET /orders/{id}", "allow.scopes (orders:read x)")
    assert call("GET/admin") == ("route_denied", "routes[1]", "GET /admin", None)
    assert call("GET/gold", tier="pearl") == ("route_requirement", "routes[2]", "GET /gold", "allow.claims[1] (tier)")
    assert call("GET/else", roles="pearl") == ("route_requirement", "default", "* /*", "allow.roles (root)")
    # An allowed call, and one that the token's own fault refuses, name no rule.
    assert call("GET/open") == ("allowed", None, None, None)
    assert call("GET/orders/7", exp=1) == ("token_expired", None, None, None)
    one.log.flush()
    with open(one.log_path) as f:
        assert "pearl" not in f.read()
