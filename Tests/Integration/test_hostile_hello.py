"""A hostile server's first message: ServerHello and HelloRetryRequest."""
import os

import pytest

from hostile_cases import Cases
from hostile_peer import HANDSHAKE, Peer12, extension, message, record, vector

CASES = Cases()
case = CASES.add
hello_case = CASES.hello


# ServerHello.


hello_case("suite_that_was_not_offered", "tls_cipher_suite", 47, suite=0x1304)
hello_case("suite_of_another_version", "tls_cipher_suite", 47, suite=0xC02B)
hello_case("group_that_was_not_offered", "tls_group", 47, extensions=lambda p: p.extensions(group=30))
hello_case("group_without_a_share", "tls_group", 47, extensions=lambda p: p.extensions(group=23, share=b"\x04" + bytes(64)))
hello_case("share_of_no_order", "agreement_zero_secret", 47, extensions=lambda p: p.extensions(share=bytes(32)))
hello_case("share_of_31_bytes", "agreement_peer_key_length", 47, extensions=lambda p: p.extensions(share=bytes(31)))
hello_case("share_missing", "tls_missing_extension", 109, extensions=extension(43, b"\x03\x04"))
hello_case("session_of_another", "tls_session_identifier", 47, session=b"x" * 32)
hello_case("compression", "tls_compression_method", 47, compression=1)
hello_case("version_1_1", "tls_version", 70, version=0x0302)
hello_case("version_of_a_draft", "tls_selected_version", 47, extensions=lambda p: p.extensions(version=0x7F1C))
hello_case("extension_twice", "tls_duplicate_extension", 47, extensions=lambda p: p.extensions() + extension(43, b"\x03\x04"))
hello_case("extension_that_was_not_offered", "tls_unoffered_extension", 110, extensions=lambda p: p.extensions() + extension(42, b""))
hello_case("extension_of_another_message", "tls_misplaced_extension", 47, extensions=lambda p: p.extensions() + extension(0, b""))
hello_case("key_that_was_not_offered", "tls_unoffered_extension", 110, extensions=lambda p: p.extensions() + extension(41, b"\0\0"))
hello_case("extensions_without_end", "tls_too_many_extensions", 50, extensions=b"".join(extension(0x7000 + n, b"") for n in range(65)))
hello_case("downgrade_to_1_2", "tls_downgrade", 47, Peer12, random=b"r" * 24 + b"DOWNGRD\x01")
hello_case("downgrade_to_1_1", "tls_downgrade", 47, Peer12, random=b"r" * 24 + b"DOWNGRD\x00")
hello_case("resumption_in_1_2", "tls_session_identifier", 47, Peer12, session=lambda p: p.session)
hello_case("cbc_in_1_2", "tls_cipher_suite", 47, Peer12, suite=0xC009)
hello_case("rsa_key_exchange_in_1_2", "tls_cipher_suite", 47, Peer12, suite=0x009C)
hello_case("suite_of_1_3_in_1_2", "tls_cipher_suite", 47, Peer12, suite=0x1301)
hello_case("no_renegotiation_info", "tls_secure_renegotiation_missing", 40, Peer12, extensions=lambda p: p.extensions(renegotiation=None))
hello_case("renegotiation_info_of_another", "tls_renegotiation_info", 40, Peer12, extensions=lambda p: p.extensions(renegotiation=vector(1, b"x" * 12)))
hello_case("compression_in_1_2", "tls_compression_method", 47, Peer12, compression=1)
hello_case("extended_master_secret_with_contents", "tls_malformed_message", 50, Peer12, extensions=lambda p: extension(23, b"x") + extension(0xFF01, b"\0"))
hello_case("ticket_in_1_2", "tls_unoffered_extension", 110, Peer12, extensions=lambda p: p.extensions() + extension(35, b""))
hello_case("encrypt_then_mac_in_1_2", "tls_unoffered_extension", 110, Peer12, extensions=lambda p: p.extensions() + extension(22, b""))
hello_case("no_uncompressed_points_in_1_2", "tls_point_formats", 47, Peer12, extensions=lambda p: p.extensions() + extension(11, b"\x01\x01"))
hello_case("other_protocol_in_1_2", "tls_application_protocol", 47, Peer12, extensions=lambda p: p.extensions() + extension(16, vector(2, vector(1, b"h2"))))


@case("tls_malformed_message", 50)
def hello_cut(peer, body):
    peer.read_hello()
    hello = peer.hello_message()
    peer.send(record(HANDSHAKE, message(2, hello[4:-1])))


@case("tls_malformed_message", 50)
def hello_with_a_tail(peer, body):
    peer.read_hello()
    peer.send(record(HANDSHAKE, message(2, peer.hello_message()[4:] + b"\0")))


@case("http_closed", None)
def hello_cut_by_a_close(peer, body):
    peer.read_hello()
    peer.send(record(HANDSHAKE, peer.hello_message())[:-7])
    peer.socket.close()


@case("tls_unexpected_message", 10)
def hello_of_a_client(peer, body):
    peer.read_hello()
    peer.send(record(HANDSHAKE, peer.hello))


@case("tls_message_across_records", 10)
def hello_and_more_in_one_record(peer, body):
    peer.read_hello()
    peer.send(record(HANDSHAKE, peer.hello_message() + peer.encrypted_extensions()))


@case("tls_unexpected_record", 10)
def hello_twice(peer, body):
    peer.read_hello()
    peer.transcript += peer.hello_message()
    peer.send(record(HANDSHAKE, peer.hello_message()) * 2)
    peer.start_keys()


# HelloRetryRequest.


@case("tls_second_hello_retry_request", 10)
def retry_without_end(peer, body):
    peer.read_hello()
    peer.retry(extension(51, b"\0\x17"))
    peer.send(record(HANDSHAKE, peer.retry_message(extension(51, b"\0\x18"))))


@case("tls_idle_hello_retry_request", 47)
def retry_for_nothing(peer, body):
    peer.read_hello()
    peer.send(record(HANDSHAKE, peer.retry_message(b"")))


@case("tls_group", 47)
def retry_for_the_same_group(peer, body):
    peer.read_hello()
    peer.send(record(HANDSHAKE, peer.retry_message(extension(51, b"\0\x1d"))))


@case("tls_group", 47)
def retry_for_a_group_that_was_not_offered(peer, body):
    peer.read_hello()
    peer.send(record(HANDSHAKE, peer.retry_message(extension(51, b"\0\x1e"))))


@case("tls_group", 47)
def retry_and_then_the_first_group(peer, body):
    peer.read_hello()
    peer.retry(extension(51, b"\0\x17"))
    peer.send(record(HANDSHAKE, peer.hello_message()))


@case("tls_cipher_suite", 47)
def retry_and_then_another_suite(peer, body):
    peer.read_hello()
    peer.retry(extension(44, vector(2, b"c")))
    peer.send(record(HANDSHAKE, peer.hello_message(suite=0x1303)))


@case("tls_version", 70)
def retry_and_then_1_2(peer, body):
    peer.read_hello()
    peer.retry(extension(44, vector(2, b"c")))
    peer.send(record(HANDSHAKE, peer.server_hello(session=b"", suite=0xC02B, extensions=extension(0xFF01, b"\0"))))


@case("tls_cookie_too_long", 50)
def cookie_past_the_limit(peer, body):
    peer.read_hello()
    peer.send(record(HANDSHAKE, peer.retry_message(extension(44, vector(2, bytes(4097))))))


@case("tls_missing_extension", 109)
def retry_without_a_version(peer, body):
    peer.read_hello()
    peer.send(record(HANDSHAKE, peer.server_hello(random=peer.retry_message(b"")[6:38], extensions=extension(51, b"\0\x17"))))


@case(None, None)
def control_retry_with_a_cookie(peer, body):
    """A cookie of 4 KiB, the limit, is returned in the second ClientHello."""
    cookie = os.urandom(4096)
    peer.read_hello()
    first = peer.client_random
    peer.retry(extension(44, vector(2, cookie)))
    assert peer.offered[44] == vector(2, cookie) and peer.client_random == first
    peer.say(peer.hello_message())
    peer.start_keys()
    peer.prove()
    peer.say(peer.finished())
    peer.application_keys()
    peer.finish_well(body)


@pytest.mark.parametrize("name", CASES)
def test_hostile_server(name, chains, issuer):
    CASES.meet(name, chains, issuer)
