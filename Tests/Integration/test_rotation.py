"""Keys appear, change, disappear and fail while 10,000 events run: every decision follows the last valid set, no event waits
for a fetch while its key is cached, and the key server receives no more requests than AUDIT 18, 19 and 21 allow."""
import json, random, time

import pytest

from conftest import BINARY, ISSUER, RUNNER, Issuer, allow, token_event
from lambda_environment import Environment, KeyScript

EVENTS, TTL, INTERVAL, COOLDOWN = 10_000, 3, 2, 2
UNAUTHORIZED, UNAVAILABLE = "Unauthorized", "KeysUnavailable"


def settings(script, **further):
    return {"JWKS_URI": script.url, "RESOURCE": "*", "ISSUER": ISSUER, "KEYS_TTL_SECONDS": str(TTL), "KEYS_REFETCH_SECONDS": str(INTERVAL),
            "KEYS_COOLDOWN_SECONDS": str(COOLDOWN), "KEYS_FETCH_TIMEOUT_MS": "300", "LOG_LEVEL": "WARN", **further}


@pytest.fixture
def environment(tmp_path):
    started = []

    def start(**all_settings):
        started.append(Environment([*RUNNER, BINARY], all_settings, str(tmp_path / f"log-{len(started)}")))
        return started[-1]

    yield start
    for one in started:
        one.stop()


@pytest.fixture
def script():
    started = []

    def start(mode):
        started.append(KeyScript(mode))
        return started[-1]

    yield start
    for one in started:
        one.stop()


def key_set(*issuers):
    return {"keys": [one.jwk() for one in issuers]}


def check_pauses(log):
    """The intervals: after a valid answer the next request waits for the interval or the refresh ahead (2 seconds both), after
    the n-th failure in a row 1, 2, 2 … seconds. One second less is accepted, because times count in whole seconds."""
    failures = 0
    for (before, kids), (after, _) in zip(log, log[1:]):
        failures = 0 if kids is not None else failures + 1
        promised = min(INTERVAL, TTL - 1) if failures == 0 else min(1 << (failures - 1), COOLDOWN)
        assert after - before > promised - 1, (failures, after - before)


def test_rotation_and_outages_during_ten_thousand_events(environment, script):
    seed = random.randrange(1 << 32)
    print(f"\nseed {seed}")
    chance = random.Random(seed)
    a, b, c, stranger = Issuer("a"), Issuer("b"), Issuer("c"), Issuer("stranger")
    phases = [key_set(a), key_set(a, b), key_set(b), "500", key_set(b), "hang", "garbage", "empty", "many", "304", key_set(b, c), "redirect", key_set(c, a)]
    events = []
    for one in (a, b, c, stranger):
        good = one.token(exp=int(time.time()) + 3600)
        head, payload, signature = good.split(".")
        swapped = f"{head}.{payload}.{'B' if signature[0] == 'A' else 'A'}{signature[1:]}"
        events += [(one.kid, True, json.dumps(token_event(good)).encode()), (one.kid, False, json.dumps(token_event(swapped)).encode())]
    keys = script(phases[0])
    one = environment(**settings(keys))
    waits, counts = 0, {}
    for index, mode in enumerate(phases):
        keys.mode, first = mode, keys.count
        share = EVENTS // len(phases) + (index < EVENTS % len(phases))
        for _ in range(share):
            kid, is_good, event = chance.choice(events)
            kids, failed = keys.state()
            last = keys.log[-1][0]
            before, at_answer, started = keys.count, [], time.time()
            body, _ = one.ask(event, lambda: at_answer.append((keys.count, keys.state())))
            after, (kids_after, failed_after) = at_answer[0]
            answer = json.loads(body)
            got = answer.get("errorMessage") if answer.get("errorType") == UNAUTHORIZED else answer.get("errorType", "Allow")
            if kid in kids_after:
                expected = "Allow" if is_good else UNAUTHORIZED
            else:
                expected = UNAVAILABLE if failed_after else UNAUTHORIZED
            assert got == expected, (mode, kid, is_good, got, expected)
            if got == "Allow":
                assert answer == allow("alice", resource="*")
            # No wait: a cached key that is not too old (or that is old because fetches fail) is used at once.
            if kid in kids and started - last < TTL - 1:
                assert after == before, (mode, kid, failed)
            waits += after > before
            counts[got] = counts.get(got, 0) + 1
            time.sleep(0.004)
        assert keys.count > first, "the phase was seen"
        if index == 1:
            early = one.peak_kib()
    late = one.peak_kib()
    check_pauses(keys.log)
    lines = one.lines()
    stale = sum(line["message"] == "decision with stale keys" for line in lines)
    print(f"{sum(counts.values())} events {counts}, {stale} with stale keys; {keys.count} requests for keys, {waits} of them while an event waited; "
          f"{keys.not_modified} answered 304; peak memory {early} KiB after two phases, {late} KiB at the end")
    assert sum(counts.values()) == EVENTS and min(counts[name] for name in ("Allow", UNAUTHORIZED, UNAVAILABLE)) > 100
    assert stale > 100 and keys.not_modified > 2
    # The memory of an emulator of CPUs is its own.
    assert RUNNER or late - early <= 1024
    reasons = {line["reason"] for line in lines if line["message"] == "key fetch failed"}
    assert {"http_status", "keyset_without_keys", "keyset_json"} <= reasons, reasons


def test_failover_to_a_second_address_and_back(environment, script):
    a = Issuer("a")
    first, second = script(key_set(a)), script(key_set(a))
    event = json.dumps(token_event(a.token())).encode()
    for mode in ("500", "garbage", "empty", "many", "hang"):
        first.mode, first.log, second.log = mode, [], []
        one = environment(**settings(first, JWKS_URI_FALLBACK=second.url))
        assert json.loads(one.ask(event)[0]) == allow("alice", resource="*")
        assert (first.count, second.count) == (1, 1), mode
        # It is remembered: the next fetches go to the one that answers.
        while second.count < 3:
            assert json.loads(one.ask(event)[0]) == allow("alice", resource="*")
            time.sleep(0.1)
        assert first.count == 1, mode
        lines = one.lines()
        assert [line["address"] for line in lines if line["message"] == "key fetch failed"] == [0], mode
        one.stop()
    # The second fails: back to the first.
    first.mode = key_set(a)
    one = environment(**settings(second, JWKS_URI_FALLBACK=first.url))
    second.mode, first.log = "500", []
    while first.count < 1:
        assert json.loads(one.ask(event)[0]) == allow("alice", resource="*")
        time.sleep(0.1)
    assert all(line["message"] != "decision with stale keys" for line in one.lines())


def test_a_snapshot_is_used_until_the_first_fetch(environment, script, tmp_path):
    a, b = Issuer("a"), Issuer("b")
    path = tmp_path / "jwks.json"
    path.write_text(json.dumps(key_set(a)))
    old, new = (json.dumps(token_event(x.token())).encode() for x in (a, b))
    keys = script("500")
    one = environment(**settings(keys, JWKS_SNAPSHOT=str(path), KEYS_STALE_SECONDS="60"))
    assert json.loads(one.ask(old)[0]) == allow("alice", resource="*")
    assert json.loads(one.ask(new)[0])["errorType"] == UNAVAILABLE
    warned = [line for line in one.lines() if line["message"] == "decision with the snapshot's keys"]
    assert len(warned) == 1 and warned[0]["level"] == "WARN" and warned[0]["keysSnapshotSeconds"] >= 0
    # The network is there: the snapshot's key, which the server no longer has, is gone; also when the server fails again.
    keys.mode = key_set(b)
    while keys.state()[0] is None:
        one.ask(new)
        time.sleep(0.1)
    assert json.loads(one.ask(new)[0]) == allow("alice", resource="*")
    assert json.loads(one.ask(old)[0])["errorType"] == UNAUTHORIZED
    keys.mode = "500"
    while not keys.state()[1]:
        one.ask(new)
        time.sleep(0.1)
    assert json.loads(one.ask(old)[0])["errorType"] == UNAVAILABLE
    # Fail closed.
    shut = environment(**settings(keys, JWKS_SNAPSHOT=str(path), KEYS_STALE_SECONDS="0"))
    assert json.loads(shut.ask(old)[0])["errorType"] == UNAVAILABLE


def test_a_reload_by_direct_invoke(environment, script):
    a, b = Issuer("a"), Issuer("b")
    keys = script(key_set(a))
    one = environment(**settings(keys, KEYS_TTL_SECONDS="600", KEYS_REFETCH_SECONDS="3600"))
    question = b'{"authorizer":"reload-keys"}'
    old, new = (json.dumps(token_event(x.token())).encode() for x in (a, b))
    assert json.loads(one.ask(old)[0]) == allow("alice", resource="*")
    keys.mode = key_set(b)
    assert json.loads(one.ask(new)[0])["errorType"] == UNAUTHORIZED and keys.count == 1
    answer = json.loads(one.ask(question)[0])
    assert answer == {"authorizer": "reload-keys", "issuers": [{"issuer": ISSUER, "result": "fetched", "address": 0, "keys": 1, "skipped": 0}]}
    # The withdrawn key has left with it.
    assert json.loads(one.ask(old)[0])["errorType"] == UNAUTHORIZED
    assert json.loads(one.ask(new)[0]) == allow("alice", resource="*")
    # The next request for it waits for the interval.
    for _ in range(20):
        again = json.loads(one.ask(question)[0])["issuers"][0]
        assert again["result"] == "too soon" and 3500 < again["retryAfterSeconds"] <= 3600
    assert keys.count == 2
    # A gateway's event with such a member is an event.
    event = json.loads(new)
    assert json.loads(one.ask(json.dumps({**event, "authorizer": "reload-keys"}).encode())[0]) == allow("alice", resource="*")
    assert keys.count == 2
    # One that fails says why, and keeps the keys.
    keys.mode = "500"
    other = environment(**settings(keys, KEYS_TTL_SECONDS="600"))
    failed = json.loads(other.ask(question)[0])["issuers"][0]
    assert failed == {"issuer": ISSUER, "result": "failed", "failures": [{"address": 0, "reason": "http_status"}]}
    assert "http://" not in json.dumps(other.lines() + one.lines())


def test_several_issuers(environment, script):
    """Each issuer has its own keys: `iss` selects them, and only those can verify the token. Both sets have a key with the same ID."""
    a, b = Issuer("same"), Issuer("same")
    first, second = script(key_set(a)), script(key_set(b))
    rules = {"issuers": [{"issuer": "https://a.example/", "jwks_uri": first.url}, {"issuer": ["https://b.example/", "b"], "jwks_uri": second.url}]}
    one = environment(RESOURCE="*", RULES=json.dumps(rules), KEYS_REFETCH_SECONDS="1", LOG_LEVEL="INFO")
    assert (first.count, second.count) == (1, 1)

    def reason(issuer, **claims):
        answer = json.loads(one.ask(json.dumps(token_event(issuer.token(**claims))).encode())[0])
        found = [line for line in one.lines() if line["message"] == "decision"][-1]["reason"]
        assert (answer == allow("alice", resource="*")) == (found == "allowed") and (answer.get("errorType") == UNAUTHORIZED) == (found != "allowed")
        return found

    assert reason(a, iss="https://a.example/") == reason(b, iss="https://b.example/") == reason(b, iss="b") == "allowed"
    assert reason(a, iss="https://b.example/") == reason(b, iss="https://a.example/") == "signature_mismatch"
    # An unknown issuer: no traffic at all (AUDIT 18).
    time.sleep(2.1)
    for iss in ("https://c.example/", "https://a.example", "", "B", "https://a.example//"):
        assert reason(Issuer("unknown"), iss=iss) == "issuer_unknown"
    assert reason(a, iss=None) == "issuer_unreadable"
    assert (first.count, second.count) == (1, 1)
    # A known issuer: a request to its key server only.
    assert reason(Issuer("unknown"), iss="b") == "key_unknown"
    assert (first.count, second.count) == (1, 2)
    # One is down: the other's tokens do not notice.
    second.mode = "500"
    time.sleep(1.1)
    answer = json.loads(one.ask(json.dumps(token_event(Issuer("unknown").token(iss="b"))).encode())[0])
    assert answer["errorType"] == UNAVAILABLE and (first.count, second.count) == (1, 3)
    assert reason(a, iss="https://a.example/") == reason(b, iss="b") == "allowed"
    failed = [line for line in one.lines() if line["message"] == "key fetch failed"]
    assert [line["issuer"] for line in failed] == ["https://b.example/"]


def test_a_start_without_keys(environment, script):
    a = Issuer("a")
    keys = script("hang")
    event = json.dumps(token_event(a.token())).encode()
    # The prefetch ends at its own deadline, and the environment asks for events all the same.
    one = environment(**settings(keys, KEYS_PREFETCH_TIMEOUT_MS="100"))
    assert keys.state() == (None, True) and keys.count == 1
    assert [line["reason"] for line in one.lines() if line["message"] == "key fetch failed"] == ["read_timeout"]
    keys.mode = key_set(a)
    while json.loads(one.ask(event)[0]) != allow("alice", resource="*"):
        time.sleep(0.1)
    assert keys.count == 2
    # A 304 to an unconditional request is not a key set.
    keys.mode = "304"
    strange = environment(**settings(keys))
    assert [line["status"] for line in strange.lines() if line["message"] == "key fetch failed"] == [304] and keys.count == 3
    # Without a prefetch the first event fetches.
    keys.mode = key_set(a)
    other = environment(**settings(keys, KEYS_PREFETCH_TIMEOUT_MS="0"))
    assert keys.count == 3
    assert json.loads(other.ask(event)[0]) == allow("alice", resource="*") and keys.count == 4
