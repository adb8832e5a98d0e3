"""`doctor`: settings, each step of a fetch, the clock, and the gateway's settings; the deployed function sends the same report."""
import json, re

import pytest

from conftest import ISSUER, RESOURCE, free_port, run, token_event


def doctor(**settings):
    settings = {"RESOURCE": RESOURCE, **settings}
    status, out, err = run("doctor", "--json", settings=settings)
    text_status, text, _ = run("doctor", settings=settings)
    assert text_status == status
    return status, json.loads(out) if out else err, text


def steps(report, address=0):
    """The steps of a fetch, and the name of the remaining time."""
    return list(report["keys"][address]["microseconds"])


def test_a_report_without_faults(issuer, key_server):
    server = key_server({"keys": [issuer.jwk(), issuer.jwk(use="enc")]})
    status, report, text = doctor(JWKS_URI=server.url, ISSUER=ISSUER, AUDIENCE="a")
    assert status == 0 and report["ok"] and report["warnings"] == []
    keys = report["keys"][0]
    assert (keys["issuer"], keys["result"], keys["usableKeys"], keys["skipped"]) == (ISSUER, "fetched", 1, 1)
    assert steps(report) == ["name", "connect", "http", "keys"] and all(time >= 0 for time in keys["microseconds"].values())
    assert "stage" not in text and "    usableKeys: 1\n    skipped: 1\n" in text and text.endswith("\nok: true\n")
    # The report has no values that may be secret.
    assert str(server.port) not in json.dumps(report) + text


def test_keys_of_the_settings(issuer):
    status, report, text = doctor(JWKS=json.dumps(issuer.key_set()))
    assert status == 0 and steps(report) == ["keys"] and "clockAheadSeconds" not in report
    assert report["keys"][0]["issuer"] == "default" and "ISSUER" in report["warnings"][0] and "\n  ISSUER and AUDIENCE" in text


@pytest.mark.parametrize("uri, result, stage, taken", [
    ("http://127.0.0.1:1/", "connect_refused", "connect", ["name"]),
    ("https://no-such-host.invalid/keys", None, "name", []),
    ("/does/not/exist", "file_not_found", "file", []),
])
def test_the_step_that_fails_is_named(uri, result, stage, taken):
    status, report, text = doctor(JWKS_URI=uri)
    keys = report["keys"][0]
    assert status == 3 and not report["ok"] and keys["stage"] == stage and steps(report) == taken + ["untilFailure"]
    assert result in (None, keys["result"]) and keys["advice"]
    assert f"\n    stage: {stage}\n    meaning: " in text and "\n    advice: " in text and text.endswith("\nok: false\n")


def test_answers_without_keys(issuer, key_server):
    server = key_server(issuer.key_set())
    for status_code, body, stage in ((404, b"{}", "status"), (200, b"no json", "keyset"), (200, b'{"keys":[]}', "keyset")):
        server.status, server.body = status_code, body
        status, report, _ = doctor(JWKS_URI=server.url)
        assert status == 3 and steps(report) == ["name", "connect", "http", "untilFailure"] and report["keys"][0]["stage"] == stage


def test_a_second_address_is_enough(issuer, key_server):
    server = key_server(issuer.key_set())
    status, report, text = doctor(JWKS_URI=f"http://127.0.0.1:{free_port()}/", JWKS_URI_FALLBACK=server.url)
    assert status == 0 and report["ok"]
    assert [keys["result"] for keys in report["keys"]] == ["connect_refused", "fetched"] and "stage: connect" in text


@pytest.mark.parametrize("ahead, age, status", [(-30, 0, 0), (30, 0, 0), (600, 0, 1), (-600, 0, 1), (600, 600, 0)])
def test_the_clock_is_compared_with_the_servers(issuer, key_server, ahead, age, status):
    server = key_server(issuer.key_set())
    server.date_offset = -ahead
    server.fields = {"Age": str(age)} if age else {}
    got, report, text = doctor(JWKS_URI=server.url)
    assert got == status and abs(report["clockAheadSeconds"] - (ahead - age)) <= 2
    assert ("clock: this machine's clock differs from a key server's by more than CLOCK_SKEW_SECONDS: correct it" in text) == ("clock" in report) == bool(status)


def test_invalid_settings():
    assert run("doctor", settings={"RESOURCE": RESOURCE})[0] == 2


IOT = '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"iot:Connect","Resource":"*"}}'


def sides(issuer, **settings):
    _, report, text = doctor(JWKS=json.dumps(issuer.key_set()), **settings)
    assert text.count("\n    caller: ") == len(report["gateway"])
    return {side["caller"]: side for side in report["gateway"]}


def test_gateway_settings(issuer):
    found = sides(issuer)
    assert list(found) == ["rest-token", "rest-request", "http-2.0", "websocket"]
    token = found["rest-token"]
    assert token["type"] == "TOKEN" and token["identitySource"] == "method.request.header.Authorization"
    # The expression lets good tokens pass, in both spellings of the scheme.
    for value, passes in (("Bearer " + issuer.token(), True), ("bearer " + issuer.token(), True), (issuer.token(), False), ("Bearer x", False)):
        assert bool(re.fullmatch(token["identityValidationExpression"], value)) == passes
    assert found["rest-request"]["identitySource"] == "method.request.header.Authorization"
    assert found["http-2.0"]["enableSimpleResponses"] == "false" and found["http-2.0"]["identitySource"] == "$request.header.Authorization"
    simple = sides(issuer, HTTP_API_RESPONSE="simple")["http-2.0"]
    assert simple["enableSimpleResponses"] == "true" and simple["identitySource"].endswith(",$context.routeKey")


def test_gateway_settings_for_other_token_sources(issuer):
    found = sides(issuer, TOKEN_SOURCES="header:X-Token,query:t,cookie:c,protocol:bearer")
    # A TOKEN authorizer receives only one header.
    assert list(found) == ["rest-request", "http-2.0", "websocket"]
    assert found["rest-request"]["identitySource"] == "method.request.header.X-Token,method.request.querystring.t,method.request.header.Cookie,method.request.header.Sec-WebSocket-Protocol"
    assert found["rest-request"]["authorizerResultTtlInSeconds"].startswith("0:")
    assert "Sec-WebSocket-Protocol" in found["websocket"]["integration"]
    bare = sides(issuer, TOKEN_SOURCES="header:X-Token")["rest-token"]
    assert re.fullmatch(bare["identityValidationExpression"], issuer.token()) and bare["identitySource"].endswith("X-Token")


def test_gateway_settings_of_appsync_and_iot(issuer):
    found = sides(issuer, RESOURCE="arn:aws:appsync:eu-central-1:123456789012:apis/abc", IOT_POLICY=IOT, APPSYNC_TTL_SECONDS="77")
    assert list(found) == ["appsync", "iot"] and found["appsync"]["authorizerResultTtlInSeconds"].startswith("77 ")


def test_the_deployed_function_answers_the_same(function, issuer, key_server):
    server = key_server(issuer.key_set())
    one = function(JWKS_URI=server.url, ISSUER=ISSUER, AUDIENCE="https://api.example.com")
    assert one.invoke(token_event(issuer.token()))["principalId"] == "alice"
    before = server.count
    report = one.invoke({"authorizer": "doctor"})
    assert report["authorizer"] == "doctor" and report["ok"] and server.count == before + 1
    _, told, _ = doctor(JWKS_URI=server.url, ISSUER=ISSUER, AUDIENCE="https://api.example.com")
    assert report["gateway"] == told["gateway"] and steps(report) == steps(told)
    # The diagnosis does not change decisions; an event with more members is not a diagnosis request.
    server.stop()
    assert one.invoke({"authorizer": "doctor"})["keys"][0]["result"] == "connect_refused"
    assert one.invoke(token_event(issuer.token()))["principalId"] == "alice"
    assert one.invoke({"authorizer": "doctor", "more": 1})["errorType"] == "EventError"
