"""A hostile server that speaks TLS 1.2."""
import pytest

from hostile_cases import CERTIFICATE, Cases, flip
from hostile_peer import ALERT, CHANGE, DATA, HANDSHAKE, Peer12, message, record, vector

CASES = Cases()
case = CASES.add
flight12_case = CASES.flight12


# TLS 1.2.


@case(None, None, Peer12)
def control_1_2(peer, body):
    peer.shake()
    peer.finish_well(body)


@case(None, None, Peer12)
def control_1_2_without_the_extended_master_secret(peer, body):
    peer.shake(extended=False)
    peer.finish_well(body)


EXCHANGE = lambda p: p.key_exchange()
DONE = lambda p: message(14, b"")
SECOND = lambda p: p.second_flight()
flight12_case("exchange_changed", "tls_signature", 51, lambda p: p.key_exchange(change=flip))
flight12_case("exchange_of_another_handshake", "tls_signature", 51, lambda p: p.key_exchange(randoms=bytes(64)))
flight12_case("exchange_with_an_explicit_curve", "tls_malformed_message", 50, lambda p: p.key_exchange(curve_type=1))
flight12_case("exchange_on_a_group_that_was_not_offered", "tls_group", 47, lambda p: p.key_exchange(group=25))
flight12_case("exchange_with_a_point_off_the_curve", "curve_point_not_on_curve", 47, lambda p: p.key_exchange(group=23, public=b"\x04" + b"\1" * 64), DONE)
flight12_case("exchange_with_a_share_of_no_order", "agreement_zero_secret", 47, lambda p: p.key_exchange(public=bytes(32)), DONE)
flight12_case("exchange_with_the_scheme_of_another_suite", "tls_signature_scheme", 47, lambda p: p.key_exchange(scheme=0x0401))
flight12_case("exchange_with_sha1", "tls_signature_scheme", 47, lambda p: p.key_exchange(scheme=0x0203))
flight12_case("rsa_certificate_for_an_ecdsa_suite", "tls_signature", 47, lambda p: p.key_exchange(), kind="rsa2048")
flight12_case("exchange_twice", "tls_unexpected_message", 10, EXCHANGE, EXCHANGE)
flight12_case("no_exchange", "tls_unexpected_message", 10, DONE)
flight12_case("done_with_contents", "tls_malformed_message", 50, EXCHANGE, lambda p: message(14, b"x"))
flight12_case("done_and_more_in_one_record", "tls_message_across_records", 10, EXCHANGE, lambda p: message(14, b"") + message(20, bytes(12)))
flight12_case("request_twice_in_1_2", "tls_unexpected_message", 10, EXCHANGE, *[lambda p: message(13, b"\1\x40" + b"\0\2\4\3" + b"\0\0")] * 2)
flight12_case("certificate_twice_in_1_2", "tls_unexpected_message", 10, CERTIFICATE)
flight12_case("status_that_was_not_asked_for", "tls_unexpected_message", 10, lambda p: message(22, b"\1\0\0\1x"))
flight12_case("endless_hello_requests", "tls_too_many_warnings", 10, *[lambda p: message(0, b"")] * 9)
flight12_case("ticket_instead_of_the_change", "tls_unexpected_message", 10, EXCHANGE, DONE, SECOND, lambda p: message(4, bytes(6)))
flight12_case("finished_without_the_change", "tls_unexpected_message", 10, EXCHANGE, DONE, SECOND, lambda p: message(20, bytes(12)))


@case("path_too_many_certificates", 42, Peer12)
def certificates_without_end_in_1_2(peer, body):
    """128 KiB, the limit, filled with the shortest entries: 32,767 of them."""
    peer.read_hello()
    peer.say(peer.hello_message())
    data = message(11, vector(3, b"\0\0\x01x" * 32_767))
    for at in range(0, len(data), 2**14):
        peer.send(record(HANDSHAKE, data[at:at + 2**14]))


@case("tls_unexpected_record", 10, Peer12)
def change_before_the_hello(peer, body):
    peer.read_hello()
    peer.send(record(CHANGE, b"\x01") + record(HANDSHAKE, peer.hello_message()))


@case("tls_unexpected_record", 10, Peer12)
def change_too_early(peer, body):
    """The ChangeCipherSpec injection of CVE-2014-0224."""
    peer.begin()
    peer.send(record(CHANGE, b"\x01"))


@case("tls_unexpected_record", 10, Peer12)
def change_twice(peer, body):
    peer.shake(until_finished=True)
    peer.send(record(CHANGE, b"\x01"))


@case("tls_finished_mismatch", 51, Peer12)
def finished_wrong_in_1_2(peer, body):
    peer.shake(until_finished=True)
    peer.send(peer.seal(HANDSHAKE, message(20, bytes(12))))


@case("tls_malformed_message", 50, Peer12)
def finished_cut_in_1_2(peer, body):
    peer.shake(until_finished=True)
    peer.send(peer.seal(HANDSHAKE, message(20, peer.finished()[4:15])))


@case("tls_unexpected_record", 10, Peer12)
def data_instead_of_finished_in_1_2(peer, body):
    peer.shake(until_finished=True)
    peer.respond(body)


@case("tls_record_authentication", 20, Peer12)
def record_corrupted_in_1_2(peer, body):
    peer.shake()
    peer.send(peer.seal(DATA, b"HTTP/1.1 200 OK\r\n")[:-1] + b"\0")


@case("tls_record_authentication", 20, Peer12)
def record_replayed_in_1_2(peer, body):
    peer.shake()
    peer.send(peer.seal(DATA, b"HTTP/1.1 200 OK\r\n") * 2)


@case("tls_record_authentication", 20, Peer12)
def record_of_another_type_in_1_2(peer, body):
    peer.shake()
    peer.send(b"\x15" + peer.seal(DATA, b"\x01\x00")[1:])


@case("tls_record_authentication", 20, Peer12)
def plain_record_under_keys_in_1_2(peer, body):
    peer.shake()
    peer.send(record(DATA, b"HTTP/1.1 200 OK\r\n" + bytes(40)))


@case("tls_record_too_long", 22, Peer12)
def record_past_the_limit_of_1_2(peer, body):
    peer.shake()
    peer.send(record(DATA, bytes(2**14 + 2049))[:5])


@case("tls_record_authentication", 20, Peer12)
def record_at_the_limit_of_1_2(peer, body):
    peer.shake()
    peer.send(record(DATA, bytes(2**14 + 2048)))


@case("tls_record_too_long", 22, Peer12)
def contents_past_the_limit_of_1_2(peer, body):
    peer.shake()
    peer.send(peer.seal(DATA, bytes(2**14 + 1)))


@case("tls_too_many_empty_records", 10, Peer12)
def endless_empty_records_in_1_2(peer, body):
    peer.shake()
    peer.flood(lambda _: peer.seal(DATA, b""))


@case("tls_too_many_warnings", 10, Peer12)
def endless_warnings_in_1_2(peer, body):
    peer.shake()
    peer.flood(lambda _: peer.seal(ALERT, b"\x01\x70"))


@case("tls_too_many_warnings", 10, Peer12)
def endless_renegotiation(peer, body):
    peer.shake()
    peer.flood(lambda _: peer.seal(HANDSHAKE, message(0, b"")))


@case("tls_unexpected_message", 10, Peer12)
def hello_after_the_handshake_in_1_2(peer, body):
    peer.shake()
    peer.send(peer.seal(HANDSHAKE, peer.hello_message()))


@case(None, None, Peer12)
def control_renegotiation_refused(peer, body):
    """RFC 5246 §7.2.2: no_renegotiation is a warning, and the connection goes on."""
    peer.shake()
    peer.send(peer.seal(HANDSHAKE, message(0, b"")))
    # The request and the alert, in whichever order.
    assert sorted(peer.read_record()[0] for _ in range(2)) == [ALERT, DATA] and peer.alert == (1, 100)
    peer.respond(body)
    peer.send(peer.seal(ALERT, b"\x01\x00"))


@case("http_closed", None, Peer12)
def close_without_a_farewell_in_1_2(peer, body):
    peer.shake()
    peer.read_until(DATA)
    peer.respond(body, b"HTTP/1.1 200 OK\r\n\r\n")
    peer.socket.close()


@pytest.mark.parametrize("name", CASES)
def test_hostile_server(name, chains, issuer):
    CASES.meet(name, chains, issuer)
