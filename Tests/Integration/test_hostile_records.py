"""A hostile server's records: other protocols, records before there are keys, and records under keys."""
import random, struct

import pytest

from hostile_cases import Cases
from hostile_peer import ALERT, CHANGE, DATA, HANDSHAKE, message, record

CASES = Cases()
case = CASES.add


# Other protocols than TLS.


@case("tls_record_type", 10)
def plain_http_on_the_port(peer, body):
    peer.read_hello()
    peer.send(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")


@case("tls_record_type", 10)
def garbage(peer, body):
    peer.send(b"\x99" + random.Random(1).randbytes(4000))


@case("tls_record_version", 70)
def record_of_another_protocol(peer, body):
    peer.read_hello()
    peer.send(record(HANDSHAKE, peer.hello_message(), 0x0200))


@case("http_closed", None)
def closed_at_once(peer, body):
    peer.read_hello()
    peer.socket.close()


# Records before there are keys.


@case("tls_record_too_long", 22)
def record_of_more_than_16_kib(peer, body):
    peer.read_hello()
    peer.send(record(HANDSHAKE, bytes(2**14 + 1))[:5])


@case("tls_malformed_message", 50)
def record_of_16_kib(peer, body):
    """A record of the maximum length is read: only the message in it is wrong."""
    peer.read_hello()
    peer.send(record(HANDSHAKE, message(2, bytes(2**14 - 4))))


@case("tls_empty_record", 10)
def empty_handshake_record(peer, body):
    peer.read_hello()
    peer.send(record(HANDSHAKE, b""))


@case("tls_unexpected_record", 10)
def data_before_keys(peer, body):
    peer.read_hello()
    peer.send(record(DATA, b"HTTP/1.1 200 OK\r\n\r\n"))


@case("tls_too_many_change_cipher_specs", 10)
def endless_change_cipher_specs(peer, body):
    peer.read_hello()
    peer.flood(lambda _: record(CHANGE, b"\x01"))


@case("tls_change_cipher_spec_form", 10)
def change_cipher_spec_of_two(peer, body):
    peer.read_hello()
    peer.send(record(CHANGE, b"\x02"))


@case("tls_too_many_warnings", 10)
def endless_warnings_before_the_hello(peer, body):
    peer.read_hello()
    peer.flood(lambda _: record(ALERT, b"\x01\x70"))


@case("tls_message_across_records", 10)
def warning_within_a_message(peer, body):
    peer.read_hello()
    hello = peer.hello_message()
    peer.send(record(HANDSHAKE, hello[:20]) + record(ALERT, b"\x01\x70") + record(HANDSHAKE, hello[20:]))


@case("tls_peer_alert", None)
def refused_by_the_server(peer, body):
    peer.read_hello()
    peer.send(record(ALERT, b"\x02\x28"))


@case("tls_closed_during_handshake", None)
def farewell_instead_of_a_hello(peer, body):
    peer.read_hello()
    peer.send(record(ALERT, b"\x01\x00"))


@case("tls_alert_form", 50)
def alert_of_three_bytes(peer, body):
    peer.read_hello()
    peer.send(record(ALERT, b"\x02\x28\x00"))


@case("tls_message_too_long", 50)
def endless_message(peer, body):
    peer.read_hello()
    peer.send(record(HANDSHAKE, b"\x02\xff\xff\xff"))
    peer.flood(lambda _: record(HANDSHAKE, bytes(1000)))


@case("tls_malformed_message", 50)
def message_in_pieces_of_a_byte(peer, body):
    """64 KiB, the limit: all pieces are accepted, and the whole is not a ServerHello."""
    peer.read_hello()
    data = message(2, bytes(65_536))
    pieces = b"".join(record(HANDSHAKE, data[at:at + 1]) for at in range(len(data)))
    peer.send(pieces)


@case("tls_message_too_long", 50)
def message_past_the_limit(peer, body):
    peer.read_hello()
    peer.send(record(HANDSHAKE, message(2, bytes(65_537))[:4]))


# Records under keys.


@case("tls_record_authentication", 20)
def record_corrupted(peer, body):
    peer.shake()
    peer.read_until(DATA)
    sealed = peer.seal(DATA, b"HTTP/1.1 200 OK\r\n")
    peer.send(sealed[:-1] + bytes([sealed[-1] ^ 1]))


@case("tls_record_authentication", 20)
def record_header_corrupted(peer, body):
    peer.shake()
    sealed = peer.seal(DATA, b"HTTP/1.1 200 OK\r\n")
    peer.send(b"\x17\x03\x01" + sealed[3:])


@case("tls_record_authentication", 20)
def record_replayed(peer, body):
    peer.shake()
    peer.read_until(DATA)
    peer.send(peer.seal(DATA, b"HTTP/1.1 200 OK\r\n") * 2)


@case("tls_record_authentication", 20)
def records_reordered(peer, body):
    peer.shake()
    first, second = peer.seal(DATA, b"HTTP/1.1 200 OK\r\n"), peer.seal(DATA, b"Content-Length: 0\r\n\r\n")
    peer.send(second + first)


@case("tls_record_authentication", 20)
def record_lost(peer, body):
    peer.shake()
    peer.seal(DATA, b"HTTP/1.1 200 OK\r\n")
    peer.send(peer.seal(DATA, b"Content-Length: 0\r\n\r\n"))


@case("tls_record_authentication", 20)
def record_under_the_keys_of_the_handshake(peer, body):
    peer.begin()
    peer.prove()
    peer.say(peer.finished())
    sealed = peer.seal(DATA, b"HTTP/1.1 200 OK\r\n")
    peer.application_keys()
    peer.send(sealed)


@case("tls_record_authentication", 20)
def record_truncated(peer, body):
    peer.begin()
    sealed = peer.seal(HANDSHAKE, peer.encrypted_extensions())
    peer.send(sealed[:3] + struct.pack(">H", len(sealed) - 6) + sealed[5:-1])


@case("tls_record_authentication", 20)
def record_without_room_for_a_tag(peer, body):
    peer.begin()
    peer.send(record(DATA, b"short"))


@case("tls_record_too_long", 22)
def record_past_the_limit_of_1_3(peer, body):
    peer.begin()
    peer.send(record(DATA, bytes(2**14 + 257))[:5])


@case("tls_record_authentication", 20)
def record_at_the_limit_of_1_3(peer, body):
    """2^14 + 256 bytes are read: only the tag is wrong."""
    peer.begin()
    peer.send(record(DATA, bytes(2**14 + 256)))


@case("tls_record_too_long", 22)
def contents_past_the_limit(peer, body):
    peer.shake()
    peer.send(peer.seal(DATA, bytes(2**14 + 1)))


@case("tls_record_too_long", 22)
def padding_past_the_limit(peer, body):
    """One byte of content, with padding that is too long, though within the limit of the ciphertext."""
    peer.shake()
    peer.send(peer.seal(DATA, b"x", padding=2**14))


@case("tls_record_too_long", 22)
def padding_past_the_limit_in_the_handshake(peer, body):
    peer.begin()
    peer.send(peer.seal(HANDSHAKE, peer.encrypted_extensions(), padding=2**14 + 1 - len(peer.encrypted_extensions())))


@case("tls_record_too_long", 22)
def nothing_but_padding_past_the_limit(peer, body):
    peer.shake()
    peer.send(peer.seal(DATA, b"", zeros=2**14 + 2))


@case(None, None)
def control_longest_record(peer, body):
    """Content of 2^14 bytes, and content with padding of 2^14 bytes together (RFC 8446 §5.4)."""
    peer.shake()
    peer.read_until(DATA)
    whole = b"HTTP/1.1 200 OK\r\nContent-Length: 20000\r\n\r\n" + body + b" " * (20_000 - len(body))
    peer.send(peer.seal(DATA, whole[:2**14]) + peer.seal(DATA, whole[2**14:], padding=2**14 - len(whole[2**14:])))
    peer.send(peer.seal(ALERT, b"\x01\x00"))


@case("tls_no_content_type", 10)
def nothing_but_padding(peer, body):
    peer.shake()
    peer.send(peer.seal(DATA, b"", zeros=100))


@case("tls_unexpected_record", 10)
def plain_alert_under_keys(peer, body):
    peer.begin()
    peer.send(record(ALERT, b"\x02\x28"))


@case("tls_unexpected_record", 10)
def plain_handshake_under_keys(peer, body):
    peer.begin()
    peer.send(record(HANDSHAKE, peer.encrypted_extensions()))


@case("tls_unexpected_record", 10)
def change_cipher_spec_protected(peer, body):
    peer.begin()
    peer.send(peer.seal(CHANGE, b"\x01"))


@case("tls_unexpected_record", 10)
def change_cipher_spec_after_finished(peer, body):
    peer.shake()
    peer.send(record(CHANGE, b"\x01"))


@case("tls_unexpected_record", 10)
def record_of_an_unknown_type(peer, body):
    peer.shake()
    peer.send(peer.seal(24, b"\x01"))


@case("tls_unexpected_record", 10)
def data_in_the_handshake(peer, body):
    peer.begin()
    peer.send(peer.seal(DATA, b"HTTP/1.1 200 OK\r\n\r\n"))


@case("tls_message_across_records", 10)
def data_within_a_message(peer, body):
    peer.shake()
    peer.send(peer.seal(HANDSHAKE, peer.ticket()[:9]) + peer.seal(DATA, b"x"))


@case("tls_empty_record", 10)
def empty_alert(peer, body):
    peer.shake()
    peer.send(peer.seal(ALERT, b""))


@case("tls_too_many_empty_records", 10)
def endless_empty_records(peer, body):
    peer.shake()
    peer.flood(lambda _: peer.seal(DATA, b""))


@case("tls_too_many_empty_records", 10)
def endless_padding(peer, body):
    peer.shake()
    peer.flood(lambda _: peer.seal(DATA, b"", padding=2**14))


@case("tls_too_many_warnings", 10)
def endless_user_canceled(peer, body):
    peer.shake()
    peer.flood(lambda _: peer.seal(ALERT, b"\x01\x5a"))


@pytest.mark.parametrize("name", CASES)
def test_hostile_server(name, chains, issuer):
    CASES.meet(name, chains, issuer)
