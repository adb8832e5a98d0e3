"""Lambda Managed Instances: as many loops as concurrent events, with one key set and one fetch for all of them."""
import json, os, time

import pytest

import tls_servers
from concurrent_api import ConcurrentAPI
from conftest import AUDIENCE, ISSUER, RUNNER, UNAUTHORIZED, Issuer, allow, b64, token_event
from test_sender import CALLED, Client, rest, settings

N = 16
# Under an emulator of another CPU, or the thread sanitizer, a decision takes many times as long.
SANITIZED = "TSAN_OPTIONS" in os.environ
MANY = 150 if RUNNER or SANITIZED else 1500
UNAVAILABLE = "KeysUnavailable"


@pytest.fixture
def concurrent_api():
    started = []

    def start(concurrency=N, **settings):
        started.append(ConcurrentAPI(concurrency, **settings))
        return started[-1]

    yield start
    for one in started:
        if one.process.poll() is None:
            one.stop()


@pytest.fixture(scope="module")
def tokens(issuer):
    """Tokens with a hundred subjects."""
    return {f"user-{number}": issuer.token(sub=f"user-{number}") for number in range(100)}


def unknown_kid(number):
    """A token whose header has an unknown key ID; the rest of it is not read."""
    header = b64(json.dumps({"alg": "RS256", "typ": "JWT", "kid": f"nobody-{number}"}).encode())
    return f"{header}.{b64(json.dumps({'iss': ISSUER, 'aud': AUDIENCE, 'exp': int(time.time()) + 600}).encode())}.{b64(bytes(256))}"


def test_every_answer_belongs_to_its_event(concurrent_api, issuer, tokens):
    api = concurrent_api(JWKS=json.dumps(issuer.key_set()))
    api.wait_for_loops(N)
    people = [f"user-{number * 7 % 100}" for number in range(MANY)]
    sent = api.send([token_event(tokens[person]) for person in people])
    api.wait_for(lambda: all(event.answer for event in sent))
    assert api.faults == []
    assert [event.answer for event in sent] == [("response", allow(person)) for person in people]
    # The first ones were handed out at once; whatever waited found no loop idle: all of them had work.
    assert [event.at_work for event in sent[:N]] == [None] * N
    assert all(sum(event.at_work) == N for event in sent[N:])
    api.wait_for_loops(N)
    # One line for each event, none cut by another, each with its own trace ID.
    assert api.stop() == 1
    lines = [line for line in api.lines() if line["message"] == "decision"]
    assert sorted(line["requestId"] for line in lines) == sorted(event.id for event in sent)
    assert all(line["traceId"] == f"Root={line['requestId']};Sampled=1" for line in lines)


def test_one_fetch_for_sixteen_concurrent_events(concurrent_api, key_server, issuer, tokens):
    server = key_server(issuer.key_set())
    server.delay = 0.5
    api = concurrent_api(JWKS_URI=server.url, KEYS_PREFETCH_TIMEOUT_MS="0")
    api.wait_for_loops(N)
    people = list(tokens)[:N]
    assert api.invoke([token_event(tokens[person]) for person in people]) == [allow(person) for person in people]
    assert server.count == 1


def test_a_failed_fetch_answers_all_waiting_requests(concurrent_api, key_server, issuer, tokens):
    server = key_server(issuer.key_set())
    server.delay, server.status = 0.5, 503
    api = concurrent_api(JWKS_URI=server.url, KEYS_PREFETCH_TIMEOUT_MS="0")
    api.wait_for_loops(N)
    answers = api.invoke([token_event(token) for token in list(tokens.values())[:N]])
    assert [answer["errorType"] for answer in answers] == [UNAVAILABLE] * N
    assert server.count == 1


def test_events_do_not_wait_for_another_ones_fetch(concurrent_api, key_server, issuer, tokens):
    server = key_server(issuer.key_set())
    api = concurrent_api(JWKS_URI=server.url, KEYS_REFETCH_SECONDS="1")
    api.wait_for_loops(N)
    assert server.count == 1
    time.sleep(2)
    server.delay = 2
    # As many unknown key IDs as loops: a quarter of the loops wait for the key, the others do not wait.
    strangers = api.send([token_event(unknown_kid(number)) for number in range(N)])
    people = list(tokens)
    assert api.invoke([token_event(tokens[person]) for person in people]) == [allow(person) for person in people]
    assert sum(event.answer is None for event in strangers) == N // 4
    assert [event.answer[1]["errorType"] for event in strangers if event.answer] == [UNAVAILABLE] * (N - N // 4)
    waiting = [event for event in strangers if not event.answer]
    api.wait_for(lambda: all(event.answer for event in waiting))
    assert [event.answer[1]["errorType"] for event in waiting] == ["Unauthorized"] * (N // 4)
    assert server.count == 2


def test_a_new_key_is_found_by_all(concurrent_api, key_server, issuer):
    server = key_server(issuer.key_set())
    api = concurrent_api(JWKS_URI=server.url, KEYS_REFETCH_SECONDS="1")
    api.wait_for_loops(N)
    assert server.count == 1
    time.sleep(2)
    other = Issuer("key-2")
    server.body, server.delay = json.dumps({"keys": [issuer.jwk(), other.jwk()]}).encode(), 0.3
    answers = api.invoke([token_event(other.token(sub="bob"))] * N)
    # A quarter of the loops waited for it; the others could not know whether it exists.
    assert answers.count(allow("bob")) == N // 4
    assert [answer.get("errorType") for answer in answers].count(UNAVAILABLE) == N - N // 4
    assert api.invoke([token_event(other.token(sub="bob"))] * N) == [allow("bob")] * N
    assert server.count == 2


def test_keys_are_renewed_between_events(concurrent_api, key_server, issuer, tokens):
    server = key_server(issuer.key_set())
    server.status = 503
    api = concurrent_api(JWKS_URI=server.url)
    api.wait_for_loops(N)
    api.wait_for(lambda: server.count >= 3)
    server.status = 200
    api.wait_for(lambda: any(line["message"] == "keys fetched" for line in api.lines()))
    count = server.count
    assert api.invoke([token_event(tokens["user-1"])] * N) == [allow("user-1")] * N
    assert server.count == count


def test_a_flood_of_unknown_keys(concurrent_api, key_server, issuer, tokens):
    server = key_server(issuer.key_set())
    api = concurrent_api(JWKS_URI=server.url, KEYS_REFETCH_SECONDS="3600")
    api.wait_for_loops(N)
    people = list(tokens)
    events = [token_event(unknown_kid(number)) if number % 3 else token_event(tokens[people[number % 100]]) for number in range(MANY)]
    answers = api.invoke(events)
    for number, answer in enumerate(answers):
        assert answer == (allow(people[number % 100]) if number % 3 == 0 else {"errorMessage": "Unauthorized", "errorType": "Unauthorized"})
    assert server.count == 1


def test_a_broken_connection_leaves_the_others(concurrent_api, issuer, tokens):
    api = concurrent_api(JWKS=json.dumps(issuer.key_set()))
    api.wait_for_loops(N)
    api.invoke([token_event(tokens["user-1"])] * N)
    api.wait_for_loops(N)
    # Closed between two requests: the loop comes back on a new connection.
    api.kill_loop(b"")
    api.kill_loop(b"")
    api.wait_for_loops(N)
    # Refused, or nonsense: that loop has ended, the others have not.
    api.kill_loop(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")
    api.kill_loop(b"nonsense\r\n\r\n")
    people = list(tokens)
    assert api.invoke([token_event(tokens[person]) for person in people]) == [allow(person) for person in people]
    api.wait_for_loops(N - 2)
    assert api.stop() == 1
    ends = [line for line in api.lines() if line["message"] == "the Runtime API cannot be reached"]
    assert [line["loopsLeft"] for line in ends] == list(range(N - 1, -1, -1))
    assert [line["level"] for line in ends] == ["ERROR"] * (N - 1) + ["FATAL"]


def test_a_container_error_ends_the_process_after_pending_answers(concurrent_api, key_server, issuer, tokens):
    server = key_server(issuer.key_set())
    api = concurrent_api(JWKS_URI=server.url, KEYS_REFETCH_SECONDS="1")
    api.wait_for_loops(N)
    time.sleep(2)
    server.delay = 1
    slow = api.send([token_event(unknown_kid(1))])
    api.wait_for(lambda: server.count == 2)
    api.post_status = b"HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\n\r\n"
    api.send([token_event(tokens["user-1"])])
    assert api.wait_for_exit() == 1
    assert slow[0].answer == ("error", {"errorMessage": "Unauthorized", "errorType": "Unauthorized"})
    assert "runtime_api_container_error" in [line.get("reason") for line in api.lines()]


def test_an_event_after_its_deadline(concurrent_api, issuer, tokens):
    api = concurrent_api(JWKS=json.dumps(issuer.key_set()))
    api.wait_for_loops(N)
    late, = api.send([token_event(tokens["user-1"])], milliseconds=-1)
    api.wait_for(lambda: late.answer)
    assert late.answer == ("error", {"errorMessage": "The deadline had passed when the event arrived.", "errorType": "DeadlinePassed"})
    assert api.invoke([token_event(tokens["user-1"])]) == [allow("user-1")]
    assert [line["reason"] for line in api.lines() if line.get("requestId") == late.id] == ["deadline_passed"]


def test_a_fetch_ends_in_time_for_the_answer(concurrent_api, key_server, issuer, tokens):
    server = key_server(issuer.key_set())
    server.delay = 5
    api = concurrent_api(JWKS_URI=server.url, KEYS_PREFETCH_TIMEOUT_MS="0", KEYS_FETCH_TIMEOUT_MS="20000")
    api.wait_for_loops(N)
    # One fetches, the others wait for it; each has its own deadline, 500 ms before the event's.
    answers = api.invoke([token_event(token) for token in list(tokens.values())[:N]], milliseconds=1500)
    assert [answer["errorType"] for answer in answers] == [UNAVAILABLE] * N
    assert server.count == 1


def test_a_proof_is_accepted_once_by_sixteen_loops(concurrent_api, issuer):
    client = Client("ES256")
    token = issuer.token(cnf={"jkt": client.jkt})
    api = concurrent_api(**settings(issuer, DPOP="require", RESULT_CACHE="off"))
    api.wait_for_loops(N)
    for _ in range(5):
        answers = api.invoke([rest("DPoP " + token, client.proof(token))] * N)
        assert sorted(answers, key=str) == sorted([allow("alice", resource=CALLED)] + [UNAUTHORIZED] * (N - 1), key=str)
    api.wait_for_loops(N)
    assert api.stop() == 1
    assert [line["reason"] for line in api.lines() if line.get("decision") == "unauthorized"] == ["dpop_replayed"] * 5 * (N - 1)


def test_counters(concurrent_api, issuer, tokens):
    """Samples, metrics and shadow rules, which each loop counts for itself, and the memory of verified tokens."""
    shadow = {"routes": [{"route": "GET /orders/{id}", "allow": {"scopes": ["orders:read"]}}]}
    api = concurrent_api(**settings(issuer, METRICS="emf", LOG_ALLOWED_SAMPLE="5", SHADOW_RULES=json.dumps(shadow), DENY_SUBJECTS="user-99"))
    api.wait_for_loops(N)
    scoped = {person: issuer.token(sub=person, scope="orders:read") for person in list(tokens)[:8]}
    # The first event of each loop: its metrics are written at once, all later ones a minute after them.
    assert api.invoke([token_event(scoped["user-1"])] * N) == [allow("user-1")] * N
    api.wait_for_loops(N)
    people = [f"user-{number % 8}" for number in range(MANY)]
    assert api.invoke([token_event(scoped[person]) for person in people]) == [allow(person) for person in people]
    # One line for each call that only the shadow rules refuse, and one for each refused call.
    assert api.invoke([token_event(tokens["user-9"])] * N) == [allow("user-9")] * N
    assert api.invoke([token_event(tokens["user-99"])] * N) == [UNAUTHORIZED] * N
    api.wait_for_loops(N)
    assert api.stop() == 1
    lines = api.lines()
    documents = [line for line in lines if "_aws" in line]
    assert sum(one["Decisions"] for one in documents if "Decisions" in one) == sum(one.get("ShadowDecisions", 0) for one in documents) == N
    decisions = [line for line in lines if line.get("message") == "decision"]
    assert [line["standsFor"] for line in decisions if "shadowDiffers" in line] == [1] * N
    assert [line["reason"] for line in decisions if line["decision"] == "unauthorized"] == ["denied_subject"] * N
    # Of each loop, up to four decisions wait for their line.
    sampled = [line["standsFor"] for line in decisions if line["decision"] == "allow" and "shadowDiffers" not in line]
    assert set(sampled) == {1, 5} and N + MANY - 4 * N <= sum(sampled) <= N + MANY


def test_keys_over_tls_during_events(concurrent_api, issuer, tokens, tmp_path):
    """Full and resumed handshakes, on threads' stacks, during the decisions of the other loops."""
    chain = tls_servers.Chain(str(tmp_path / "chain"), "p384")
    (tmp_path / "jwks.json").write_text(json.dumps(issuer.key_set()))
    server = tls_servers.python_ssl(str(tmp_path), chain)
    try:
        api = concurrent_api(CA_BUNDLE=chain.root, KEYS_REFETCH_SECONDS="1", JWKS_URI=f"https://localhost:{server.port}/jwks.json")
        api.wait_for_loops(N)
        people = list(tokens)
        for number in range(3):
            time.sleep(1.1)
            strangers = api.send([token_event(unknown_kid(number))] * 3)
            assert api.invoke([token_event(tokens[person]) for person in people]) == [allow(person) for person in people]
            api.wait_for(lambda: all(event.answer for event in strangers))
        fetched = [line["connection"] for line in api.lines() if line["message"] == "keys fetched"]
        assert len(fetched) == 4 and fetched[0] == "new" and set(fetched[1:]) <= {"kept", "resumed"}, fetched
    finally:
        server.stop()


def test_operator_requests_during_events(concurrent_api, key_server, issuer, tokens):
    server = key_server(issuer.key_set())
    api = concurrent_api(JWKS_URI=server.url)
    api.wait_for_loops(N)
    people = list(tokens)[:N]
    asked = api.send([{"authorizer": "doctor"}] * 3 + [{"authorizer": "reload-keys"}] * N)
    assert api.invoke([token_event(tokens[person]) for person in people]) == [allow(person) for person in people]
    api.wait_for(lambda: all(event.answer for event in asked))
    answers = [event.answer[1] for event in asked]
    assert all(answer["ok"] for answer in answers[:3])
    # One is made; for the others it is too soon.
    assert sorted(answer["issuers"][0]["result"] for answer in answers[3:]) == ["fetched"] + ["too soon"] * (N - 1)
    assert server.count == 2 + 3


@pytest.mark.parametrize("concurrency", [None, "1", "0", "", "many", "-3"])
def test_one_loop(concurrent_api, issuer, tokens, concurrency):
    api = concurrent_api(concurrency, JWKS=json.dumps(issuer.key_set()))
    api.wait_for_loops(1)
    people = list(tokens)[:20]
    assert api.invoke([token_event(tokens[person]) for person in people]) == [allow(person) for person in people]
    api.wait_for_loops(1)


def test_threads_and_memory(concurrent_api, issuer, tokens):
    figures = {}
    for count in (1, N, 100):
        api = concurrent_api(count, JWKS=json.dumps(issuer.key_set()))
        api.wait_for_loops(count)
        people = list(tokens) * (MANY // 75)
        assert api.invoke([token_event(tokens[person]) for person in people]) == [allow(person) for person in people]
        figures[count] = api.threads(), api.peak_kib()
    for count, (threads, peak) in figures.items():
        print(f"{count} loops: {threads} threads, peak {peak} KiB")
        # The first thread waits for the end of the others, of which one renews keys. The sanitizer adds a thread of its own.
        assert threads - figures[1][0] in ([count + 1, count + 1 + SANITIZED] if count > 1 else [0])
    if not RUNNER and not SANITIZED:
        assert figures[N][1] < figures[1][1] + N * 512
