"""Unusual events: members that are null, one token in two members, numbers beyond 64 bits, routes that begin like their stage."""
import json

import jwt
import pytest

from conftest import ARN, AUDIENCE, ISSUER, RESOURCE, allow, request_event
from test_sender import Client, http2 as dpop_event, settings as dpop_settings


def settings(issuer, **further):
    return {"JWKS": json.dumps(issuer.key_set()), "ISSUER": ISSUER, "AUDIENCE": AUDIENCE, "RESOURCE": RESOURCE, **further}


def http2(headers, cookies=None, query=None):
    return {"version": "2.0", "type": "REQUEST", "routeArn": ARN + "/GET/orders/42", "routeKey": "GET /orders/{id}", "rawPath": "/prod/orders/42",
            "rawQueryString": "", "headers": headers, "cookies": cookies, "queryStringParameters": query,
            "requestContext": {"accountId": "123456789012", "apiId": "a1b2c3d4e5", "domainName": "api.example.com", "stage": "prod",
                               "http": {"method": "GET", "path": "/prod/orders/42"}}}


def appsync(value):
    return {"authorizationToken": value, "requestContext": {"apiId": "a1b2c3d4e5", "accountId": "123456789012", "requestId": "r", "variables": None}}


def refused(one, event, reason):
    answer = one.invoke(event)
    line = one.lines()[-1]
    assert line["reason"] == reason, (event, line)
    return answer


# ---- Null is absent.

def test_members_that_are_null(function, issuer):
    one = function(**settings(issuer, TOKEN_SOURCES="header:Authorization,query:t,cookie:s"))
    token = issuer.token()
    bearer = "Bearer " + token
    empty = {**request_event({}), "multiValueHeaders": None, "queryStringParameters": None}
    for event in [
            {**empty, "headers": {"Authorization": None}}, {**empty, "headers": {"Authorization": None}, "multiValueHeaders": {"Authorization": None}},
            {**empty, "headers": None, "multiValueHeaders": {"Authorization": [None]}}, {**empty, "queryStringParameters": {"t": None}},
            {**empty, "multiValueQueryStringParameters": {"t": [None]}}, http2({"authorization": None}), http2({"cookie": None}, [None]),
            http2({}, None, {"t": None}), {"type": "TOKEN", "authorizationToken": None, "methodArn": ARN + "/GET/orders/42"}]:
        refused(one, event, "token_missing")
    # A null value does not hide the token next to it.
    for event in [
            {**empty, "headers": {"Authorization": bearer, "authorization": None}, "multiValueHeaders": {"Authorization": [None, bearer]}},
            {**empty, "version": None, "headers": {"Authorization": bearer}, "queryStringParameters": {"t": None}},
            http2({"authorization": bearer, "cookie": None}, [None], {"t": None})]:
        assert one.invoke(event) == allow("alice"), event
    refused(one, appsync(None), "token_missing")
    # Another type is an error of the event's sender.
    assert "errorMessage" in refused(one, {**empty, "headers": {"Authorization": 1}}, "event_member")


def test_null_members_of_iot_core(function, issuer):
    policy = json.dumps({"Version": "2012-10-17", "Statement": [{"Action": "iot:Connect", "Effect": "Allow", "Resource": "*"}]})
    one = function(**settings(issuer, TOKEN_SOURCES="header:Authorization,query:t,mqtt:password", IOT_POLICY=policy))
    for event in [{"token": None, "signatureVerified": False, "protocolData": None},
                  {"token": None, "signatureVerified": False, "protocolData": {"http": None, "mqtt": None}},
                  {"token": None, "signatureVerified": False, "connectionMetadata": None,
                   "protocolData": {"http": {"headers": {"Authorization": None}, "queryString": None}, "mqtt": {"password": None}}}]:
        refused(one, event, "token_missing")


# ---- One token in two members of an event.

def test_a_cookie_in_two_members(function, issuer):
    one = function(**settings(issuer, TOKEN_SOURCES="cookie:session"))
    token, other = issuer.token(), issuer.token(sub="bob")
    assert one.invoke(http2({"cookie": "session=" + token}, ["session=" + token])) == allow("alice")
    assert one.invoke(http2({"cookie": f"a=b; session={token}"}, ["session=" + token, "a=b"])) == allow("alice")
    assert one.invoke({**request_event({}), "headers": {"Cookie": f"a=b; session={token}"},
                       "multiValueHeaders": {"Cookie": ["a=b", "session=" + token]}}) == allow("alice")
    for event in [http2({"cookie": "session=" + other}, ["session=" + token]), http2({"cookie": "session=" + token}, ["session=" + token] * 2),
                  http2({"cookie": f"session={token}; session={token}"}, ["session=" + token])]:
        refused(one, event, "token_repeated")


# ---- Numbers beyond 64 bits.

@pytest.mark.parametrize("value, is_greater", [
    ("80", None), ("79.999", False), ("1e30", True), ("9223372036854775808", True), ("1e999999999", True), ("1e-5", False), ("-1e30", False),
    ("-9223372036854775809", False), ("-1e999999999", False)])
def test_numbers_beyond_64_bits(function, issuer, value, is_greater):
    def answer(test):
        rules = {"routes": [{"route": "GET /orders/{id}", "deny": {"claims": [{"claim": "risk", **test}]}}, {"route": "GET /*", "allow": "any_token"}]}
        one = function(**settings(issuer, RULES=json.dumps(rules), RESOURCE=None))
        token = jwt.api_jws.PyJWS().encode(payload, issuer.key, algorithm="RS256", headers={"kid": issuer.kid})
        one.invoke(request_event({"Authorization": "Bearer " + token}))
        line = one.lines()[-1]
        assert line.get("decision") == "allow" or line.get("reason") == "route_denied", line
        return line["decision"]
    claims = json.dumps({"iss": ISSUER, "aud": AUDIENCE, "sub": "alice", "exp": 4102444800})
    payload = (claims[:-1] + f', "risk": {value}}}').encode()
    denied = [answer({name: 80}) == "deny" for name in ("at_least", "greater_than", "at_most", "less_than", "equals")]
    assert denied == ([True, False, True, False, True] if is_greater is None else [is_greater, is_greater, not is_greater, not is_greater, False])


# ---- A route that begins like its stage, with DPOP_ORIGINS.

def test_a_route_that_begins_as_its_stage(function, issuer):
    client = Client("ES256")
    one = function(**dpop_settings(issuer, DPOP="require", RESULT_CACHE="off", DPOP_ORIGINS="https://cdn.example.com"))
    token = issuer.token(cnf={"jkt": client.jkt})

    def event(path, route, uri):
        made = dpop_event("DPoP " + token, client.proof(token, htu="https://cdn.example.com" + uri))
        made["requestContext"]["http"]["path"] = made["rawPath"] = path
        return {**made, "routeArn": ARN + "/GET" + route}
    for path, route, uri in [("/prod/orders", "/prod/orders", "/prod/orders"), ("/prod/prod/orders", "/prod/orders", "/prod/orders"),
                             ("/prod/orders", "/orders", "/orders"), ("/orders", "/orders", "/orders")]:
        assert one.invoke(event(path, route, uri)) == allow("alice", resource=ARN + "/GET" + route), (path, one.lines()[-1])
    for path, route, uri in [("/prod/orders", "/prod/orders", "/orders"), ("/prod/orders", "/orders", "/prod/orders"),
                             ("/prod/prod/orders", "/prod/orders", "/orders")]:
        refused(one, event(path, route, uri), "dpop_htu")


# ---- Work before a token is checked.

def test_hostile_names_take_no_longer_than_plain_ones(function, issuer):
    """Benchmarks/event-work measures it exactly; here: 150 KB of escaped names are answered like any other event."""
    one = function(**settings(issuer))
    names = ["".join(f"\\u{ord(letter):04x}" for letter in f"name{index:04}") for index in range(1000)]
    variables = "[" + ",".join(["{" + ",".join(f'"{name}":0' for name in names[:start]) + "}" for start in (1000, 1000, 900)]) + "]"
    event = json.dumps(appsync("x.y.z")).replace('"variables": null', '"variables": {"a": ' + variables + "}")
    assert len(event) > 140_000
    one.invoke(event.encode())
    assert one.lines()[-1]["reason"] == "token_header_encoding", one.lines()[-1]
    # The last name of an object is written as the first one, with other escapes.
    repeated = event.replace(names[999], "\\u006Eame0000", 1)
    refused(one, repeated.encode(), "event_json")
