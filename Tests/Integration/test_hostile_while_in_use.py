"""A hostile server while keys are cached: decisions continue to use them. And the list of all cases' results."""
import json, re, time

from conftest import AUDIENCE, ISSUER, RUNNER, UNAUTHORIZED, allow, token_event
from hostile_cases import MEMORY_LIMIT_KIB, HostileServer, peaks, play
from hostile_peer import Peer13
import test_hostile_1_2, test_hostile_data, test_hostile_flight, test_hostile_hello, test_hostile_records

FILES = (test_hostile_1_2, test_hostile_data, test_hostile_flight, test_hostile_hello, test_hostile_records)
CASES = {name: case for file in FILES for name, case in file.CASES.items()}
# One of each kind; each is met after the keys have expired, and by one fetch. More fetches than rounds there are where an event takes longer than
# the cool-down (qemu): the next kind is met then, and after the last the first again.
WHILE_IN_USE = ["plain_http_on_the_port", "downgrade_to_1_2", "signature_changed", "finished_wrong", "certificates_without_end", "record_replayed",
                "endless_key_updates", "endless_message", "close_without_a_farewell", "silence_after_finished", "hello_byte_by_byte", "record_corrupted_in_1_2"]


def test_the_cases_of_all_files():
    """Each case has a unique name. Prints the peak of memory of all cases so far."""
    assert len(CASES) == sum(len(file.CASES) for file in FILES) >= 150
    if peaks:
        print(f"\n{len(peaks)} hostile servers; peak memory of the client {max(peaks)[0]} KiB in {max(peaks)[1]}, median {sorted(peaks)[len(peaks) // 2][0]} KiB")


def test_cached_keys_stay_in_use(function, chains, issuer):
    """A successful fetch, then a hostile server under the same name: decisions continue with the cached keys."""
    body, chain = json.dumps(issuer.key_set()).encode(), chains["p256"]

    def serve(number, connection):
        if number == 1:
            peer = Peer13(connection, chain)
            peer.shake()
            return peer.finish_well(body)
        return play(CASES[WHILE_IN_USE[(number - 2) % len(WHILE_IN_USE)]], connection, chain, body)

    server = HostileServer(serve)
    one = function(JWKS_URI=server.url, CA_BUNDLE=chain.root, ISSUER=ISSUER, AUDIENCE=AUDIENCE, KEYS_TTL_SECONDS="1", KEYS_COOLDOWN_SECONDS="1",
                   KEYS_FETCH_TIMEOUT_MS="700")
    event = token_event(issuer.token())
    assert one.invoke(event) == allow("alice")
    for _ in WHILE_IN_USE:
        time.sleep(1.1)
        assert one.invoke(event) == allow("alice")
        assert one.invoke(token_event(issuer.token(iss="https://other.example"))) == UNAUTHORIZED
    failures = [line["reason"] for line in one.lines() if line["message"] == "key fetch failed"]
    stale = [line for line in one.lines() if line["message"] == "decision with stale keys"]
    with open(f"/proc/{one.pid()}/status") as f:
        peak = int(re.search(r"VmHWM:\s+(\d+)", f.read())[1])
    server.stop()
    assert server.failure is None, server.failure
    rounds = len(WHILE_IN_USE)
    assert rounds <= len(failures) <= 2 * rounds
    assert failures == [CASES[WHILE_IN_USE[index % rounds]][1] for index in range(len(failures))]
    assert len(stale) == 2 * rounds
    if not RUNNER:
        print(f"\n{len(stale)} decisions with stale keys while {len(failures)} hostile servers were met; peak memory {peak} KiB")
        assert peak < MEMORY_LIMIT_KIB
