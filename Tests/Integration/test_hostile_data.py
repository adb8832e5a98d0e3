"""A hostile server after the handshake: tickets, key updates, ends of the connection, silence and slowness."""
import time

import pytest

from hostile_cases import BRIEF, CERTIFICATE, EXTENSIONS, Cases, drip, say
from hostile_peer import ALERT, DATA, HANDSHAKE, Gone, extension, message, record, vector

CASES = Cases()
case = CASES.add
silence_case = CASES.silence


# After the handshake.


@case("tls_too_many_tickets", 10)
def endless_tickets(peer, body):
    peer.shake()
    peer.flood(lambda _: peer.seal(HANDSHAKE, peer.ticket()))


@case("tls_malformed_message", 50)
def ticket_cut(peer, body):
    peer.shake()
    peer.send(peer.seal(HANDSHAKE, message(4, peer.ticket()[4:-1])))


@case("tls_misplaced_extension", 47)
def ticket_with_a_share(peer, body):
    peer.shake()
    peer.send(peer.seal(HANDSHAKE, peer.ticket(peer.extensions())))


def key_update(request):
    def make(peer):
        sealed = peer.seal(HANDSHAKE, message(24, request))
        peer.update_write()
        return sealed
    return make


@case("tls_too_many_key_updates", 10)
def endless_key_updates(peer, body):
    peer.shake()
    peer.flood(lambda _: key_update(b"\0")(peer))


@case("tls_too_many_key_updates", 10)
def endless_requests_for_key_updates(peer, body):
    """Key updates are not answered before there is data to send; then there are too many of them."""
    peer.shake()
    peer.flood(lambda _: key_update(b"\1")(peer))


@case("tls_key_update_request", 47)
def key_update_of_two(peer, body):
    peer.shake()
    peer.send(peer.seal(HANDSHAKE, message(24, b"\2")))


@case("tls_message_across_records", 10)
def key_update_and_more_in_one_record(peer, body):
    peer.shake()
    peer.send(peer.seal(HANDSHAKE, message(24, b"\0") + peer.ticket()))


@case("tls_record_authentication", 20)
def key_update_without_an_update(peer, body):
    peer.shake()
    peer.send(peer.seal(HANDSHAKE, message(24, b"\0")) + peer.seal(DATA, b"HTTP/1.1 200 OK\r\n"))


@case("tls_unexpected_message", 10)
def request_after_the_handshake(peer, body):
    peer.shake()
    peer.send(peer.seal(HANDSHAKE, message(13, b"\1x" + vector(2, extension(13, b"\0\x02\x04\x03")))))


@case("tls_unexpected_message", 10)
def finished_twice(peer, body):
    peer.begin()
    peer.prove()
    finished = peer.finished()
    peer.say(finished)
    peer.application_keys()
    peer.send(peer.seal(HANDSHAKE, finished))


@case(None, None)
def control_tickets_and_key_updates(peer, body):
    peer.shake()
    peer.send(peer.seal(HANDSHAKE, peer.ticket() * 2) + key_update(b"\1")(peer) + key_update(b"\0")(peer))
    peer.read_until(DATA)
    head = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body)
    peer.send(peer.seal(DATA, head) + key_update(b"\1")(peer) + peer.seal(DATA, b"") + peer.seal(ALERT, b"\x01\x5a") + peer.seal(DATA, body, padding=100))
    peer.send(peer.seal(ALERT, b"\x01\x00"))
    try:
        while True:
            peer.read_record()
    except Gone:
        # RFC 8446 §4.6.3: an answer before the next data, and so one for both requests if the first came after the client's.
        assert peer.messages.count(24) in (1, 2)


@case(None, None)
def control_requests_for_key_updates_in_one_flight(peer, body):
    """All limits are reached but not exceeded, and the response is accepted."""
    peer.shake()
    peer.read_until(DATA)
    head = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body)
    flight = b"".join(key_update(b"\1")(peer) for _ in range(30))
    peer.send(flight + peer.seal(DATA, head) + key_update(b"\1")(peer) + peer.seal(DATA, body) + peer.seal(ALERT, b"\x01\x00"))
    try:
        while True:
            peer.read_record()
    except Gone:
        assert peer.messages.count(24) == 1


# The end.


@case("http_closed", None)
def close_within_the_body(peer, body):
    peer.shake()
    peer.read_until(DATA)
    peer.respond(body[:20], b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body))
    peer.socket.close()


@case("http_closed", None)
def close_without_a_farewell(peer, body):
    """A body without a length: only close_notify shows that it is complete."""
    peer.shake()
    peer.read_until(DATA)
    peer.respond(body, b"HTTP/1.1 200 OK\r\n\r\n")
    peer.socket.close()


@case("http_closed", 0)
def farewell_within_the_body(peer, body):
    peer.shake()
    peer.read_until(DATA)
    peer.respond(body[:20], b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body))
    peer.send(peer.seal(ALERT, b"\x01\x00"))


@case("tls_peer_alert", None)
def alert_within_the_body(peer, body):
    peer.shake()
    peer.read_until(DATA)
    peer.respond(body[:20], b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body))
    peer.send(peer.seal(ALERT, b"\x02\x50"))


@case(None, None)
def control_farewell_ends_the_body(peer, body):
    """Data after close_notify is not read."""
    peer.shake()
    peer.read_until(DATA)
    peer.respond(body, b"HTTP/1.1 200 OK\r\n\r\n")
    peer.send(peer.seal(ALERT, b"\x01\x00") + peer.seal(DATA, b"}") + b"garbage")


@case("http_body_too_long", 0)
def body_without_end(peer, body):
    peer.shake()
    peer.respond(b"", b"HTTP/1.1 200 OK\r\n\r\n")
    peer.flood(lambda _: peer.seal(DATA, b" " * 2**14))


# Silence and slowness.

silence_case("silence_at_once", None)
silence_case("silence_after_the_client_hello", None, lambda p: p.read_hello())
silence_case("silence_after_the_server_hello", None, lambda p: p.begin())
silence_case("silence_after_encrypted_extensions", None, lambda p: p.begin(), say(EXTENSIONS))
silence_case("silence_after_certificate", None, lambda p: p.begin(), say(EXTENSIONS), say(CERTIFICATE))
silence_case("silence_after_certificate_verify", None, lambda p: p.begin(), lambda p: p.prove())
silence_case("silence_after_finished", 0, lambda p: p.shake())
silence_case("silence_after_the_request", 0, lambda p: p.shake(), lambda p: p.read_until(DATA))
silence_case("silence_after_the_head", 0, lambda p: p.shake(), lambda p: p.respond(b"", b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n"))
silence_case("silence_within_a_record", 0, lambda p: p.shake(), lambda p: p.send(p.seal(DATA, bytes(100))[:50]))


@case("tls_handshake_timeout", None, **BRIEF)
def hello_byte_by_byte(peer, body):
    peer.read_hello()
    drip(peer, record(HANDSHAKE, peer.hello_message()) * 3)


@case("read_timeout", 0, **BRIEF)
def answer_byte_by_byte(peer, body):
    peer.shake()
    peer.read_until(DATA)
    drip(peer, peer.seal(DATA, b"HTTP/1.1 200 OK\r\n" + bytes(200)))


@case("read_timeout", 0, **BRIEF)
def record_after_record_of_a_byte(peer, body):
    peer.shake()
    for byte in b"HTTP/1.1 200 OK\r\n" * 20:
        peer.send(peer.seal(DATA, bytes([byte])))
        time.sleep(0.3)


@pytest.mark.parametrize("name", CASES)
def test_hostile_server(name, chains, issuer):
    CASES.meet(name, chains, issuer)
