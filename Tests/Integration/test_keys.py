"""The key server: one request for a thousand invocations; it stops, does not start, returns, sends errors, rotates its keys."""
import time

from conftest import AUDIENCE, ISSUER, UNAUTHORIZED, Issuer, allow, token_event


def settings(server, **further):
    return {"JWKS_URI": server.url, "ISSUER": ISSUER, "AUDIENCE": AUDIENCE, **further}


def reasons(one):
    return [line["reason"] for line in one.lines() if line["message"].startswith("decision")]


def test_one_request_for_a_thousand_invocations(function, key_server, issuer):
    server = key_server(issuer.key_set())
    one = function(**settings(server))
    event = token_event(issuer.token())
    for _ in range(1000):
        assert one.invoke(event) == allow("alice")
    assert server.count == 1


def test_unknown_keys_cause_one_request_an_interval(function, key_server, issuer):
    server = key_server(issuer.key_set())
    one = function(**settings(server, KEYS_REFETCH_SECONDS="2"))
    stranger = Issuer("stranger")
    for _ in range(50):
        assert one.invoke(token_event(stranger.token())) == UNAUTHORIZED
    assert server.count == 1
    time.sleep(2.1)
    for _ in range(50):
        assert one.invoke(token_event(stranger.token())) == UNAUTHORIZED
    assert server.count == 2
    assert set(reasons(one)) == {"key_unknown"}


def test_the_server_dies_after_the_first_fetch(function, key_server, issuer):
    server = key_server(issuer.key_set())
    one = function(**settings(server, KEYS_TTL_SECONDS="2"))
    event = token_event(issuer.token())
    assert one.invoke(event) == allow("alice")
    server.stop()
    time.sleep(2.1)
    for _ in range(5):
        assert one.invoke(event) == allow("alice")
    stale = [line for line in one.lines() if line["message"] == "decision with stale keys"]
    assert len(stale) == 5 and all(line["level"] == "WARN" and line["keysStaleSeconds"] >= 2 for line in stale)
    assert any(line["message"] == "key fetch failed" and line["reason"] == "connect_refused" for line in one.lines())
    # It comes back: the pause after an answer fetches, once the cool-down has passed.
    server.start()
    time.sleep(2.1)
    for _ in range(2):
        assert one.invoke(event) == allow("alice")
    assert one.lines()[-1]["message"] == "decision"


def test_without_stale_use_dead_keys_are_an_error(function, key_server, issuer):
    server = key_server(issuer.key_set())
    one = function(**settings(server, KEYS_TTL_SECONDS="1", KEYS_STALE_SECONDS="0"))
    event = token_event(issuer.token())
    assert one.invoke(event) == allow("alice")
    server.stop()
    time.sleep(1.1)
    assert one.invoke(event)["errorType"] == "KeysUnavailable"


def test_the_server_never_came_up_and_then_does(function, key_server, issuer):
    server = key_server(issuer.key_set())
    server.stop()
    one = function(**settings(server, KEYS_COOLDOWN_SECONDS="1"))
    event = token_event(issuer.token())
    for _ in range(3):
        answer = one.invoke(event)
        assert answer["errorType"] == "KeysUnavailable" and "policyDocument" not in answer
    server.start()
    time.sleep(1.1)
    assert one.invoke(event) == allow("alice")
    assert reasons(one) == ["keys_unavailable"] * 3 + ["allowed"]


def test_bad_answers_never_replace_good_keys(function, key_server, issuer):
    server = key_server(issuer.key_set())
    one = function(**settings(server, KEYS_TTL_SECONDS="1", KEYS_COOLDOWN_SECONDS="1"))
    event = token_event(issuer.token())
    assert one.invoke(event) == allow("alice")
    good = server.body
    expected = []
    for status, body, fields, reason in [
        (500, b"oops", {}, "http_status"), (200, b"<html>", {}, "keyset_json"), (200, b'{"keys":[]}', {}, "keyset_without_keys"),
        (200, b"[]", {}, "keyset_form"), (302, b"", {"Location": "http://127.0.0.1:1/"}, "http_status"),
        (200, b" " * (512 * 1024 + 1), {}, "http_body_too_long"), (200, good, {"Content-Encoding": "gzip"}, "http_content_encoding"),
    ]:
        server.status, server.body, server.fields = status, body, fields
        time.sleep(1.1)
        assert one.invoke(event) == allow("alice")
        expected.append(reason)
    failures = [line["reason"] for line in one.lines() if line["message"] == "key fetch failed"]
    assert failures == expected


def test_a_slow_server_ends_at_the_deadline(function, key_server, issuer):
    server = key_server(issuer.key_set())
    server.delay = 5
    one = function(**settings(server, KEYS_FETCH_TIMEOUT_MS="300", KEYS_PREFETCH_TIMEOUT_MS="300"))
    start = time.time()
    assert one.invoke(token_event(issuer.token()))["errorType"] == "KeysUnavailable"
    assert time.time() - start < 4
    assert "read_timeout" in [line.get("reason") for line in one.lines()]


def test_rotation_and_withdrawal(function, key_server, issuer):
    server = key_server(issuer.key_set())
    one = function(**settings(server, KEYS_REFETCH_SECONDS="1"))
    new = Issuer("key-2")
    assert one.invoke(token_event(issuer.token())) == allow("alice")
    import json
    server.body = json.dumps(new.key_set()).encode()
    time.sleep(1.1)
    assert one.invoke(token_event(new.token())) == allow("alice")
    # The old key was withdrawn: it went with the set that brought the new one.
    assert one.invoke(token_event(issuer.token())) == UNAUTHORIZED
    assert reasons(one) == ["allowed", "allowed", "key_unknown"]


def test_file_and_inline_key_sets(function, issuer, tmp_path):
    import json
    path = tmp_path / "jwks.json"
    path.write_text(json.dumps(issuer.key_set()))
    event = token_event(issuer.token())
    for source in ({"JWKS_URI": str(path)}, {"JWKS_URI": path.as_uri()}, {"JWKS": path.read_text()}):
        assert function(**source).invoke(event) == allow("alice")
