"""A hostile server on a socket: each case breaks one rule, and must end in its reason, its alert and little memory.

Security-checklist 17, 21 and 32: what a server sends is bounded, and the keys at hand stay in use meanwhile. A case is a function of
hostile_peer.py's server and says what must come of it: the reason that the binary prints (None: the keys are had) and the
alert that the server gets (None: none is owed).
"""
import json, os, random, re, socket, struct, subprocess, threading, time

import pytest

from conftest import AUDIENCE, BINARY, ISSUER, RUNNER, UNAUTHORIZED, allow, token_event
from hostile_peer import ALERT, CHANGE, DATA, HANDSHAKE, Gone, Peer12, Peer13, extension, message, record, vector
from tls_servers import Chain, need

# Far above what any case takes: a test must not hang, and no time is measured.
BOUND_SECONDS = 120
MEMORY_LIMIT_KIB = 6 * 1024
CASES = {}
peaks = []


def case(reason, alert, peer=Peer13, kind="p256", **settings):
    def add(function):
        name = function.__name__
        assert name not in CASES, name
        CASES[name] = (function, reason, alert, peer, kind, settings)
        return function
    return add


# What comes instead of TLS.


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
    """The longest is read: it is the message in it that is wrong."""
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
    """64 KiB, the limit: all pieces are taken, and the whole is no ServerHello."""
    peer.read_hello()
    data = message(2, bytes(65_536))
    pieces = b"".join(record(HANDSHAKE, data[at:at + 1]) for at in range(len(data)))
    peer.send(pieces)


@case("tls_message_too_long", 50)
def message_past_the_limit(peer, body):
    peer.read_hello()
    peer.send(record(HANDSHAKE, message(2, bytes(65_537))[:4]))


# ServerHello.


def hello_case(name, reason, alert, peer=Peer13, **changes):
    def function(one, body):
        one.read_hello()
        given = {key: value(one) if callable(value) else value for key, value in changes.items()}
        one.send(record(HANDSHAKE, one.hello_message(**given)))
    function.__name__ = name
    case(reason, alert, peer)(function)


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
    """4 KiB, the limit, come back in the second hello."""
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


# The server's flight in TLS 1.3.


def flight_case(name, reason, alert, *steps, kind="p256"):
    """Messages after the ServerHello, each in a record of its own."""
    def function(one, body):
        one.begin()
        for step in steps:
            one.say(step(one))
    function.__name__ = name
    case(reason, alert, Peer13, kind)(function)


EXTENSIONS = lambda p: p.encrypted_extensions()
CERTIFICATE = lambda p: p.certificate()
VERIFY = lambda p: p.certificate_verify()
FINISHED = lambda p: p.finished()
REQUEST = lambda p: message(13, b"\0" + vector(2, extension(13, b"\0\x02\x04\x03")))


def flip(signature):
    return signature[:-1] + bytes([signature[-1] ^ 1])


def other_key(peer):
    from cryptography.hazmat.primitives.asymmetric import ec
    return peer.certificate_verify(key=ec.generate_private_key(ec.SECP256R1()))


flight_case("certificate_first", "tls_unexpected_message", 10, CERTIFICATE)
flight_case("finished_first", "tls_unexpected_message", 10, FINISHED)
flight_case("extensions_twice", "tls_unexpected_message", 10, EXTENSIONS, EXTENSIONS)
flight_case("no_certificate", "tls_unexpected_message", 10, EXTENSIONS, VERIFY)
flight_case("nothing_but_finished", "tls_unexpected_message", 10, EXTENSIONS, FINISHED)
flight_case("certificate_twice", "tls_unexpected_message", 10, EXTENSIONS, CERTIFICATE, CERTIFICATE)
flight_case("no_certificate_verify", "tls_unexpected_message", 10, EXTENSIONS, CERTIFICATE, FINISHED)
flight_case("request_twice", "tls_unexpected_message", 10, EXTENSIONS, REQUEST, REQUEST)
flight_case("request_after_the_certificate", "tls_unexpected_message", 10, EXTENSIONS, CERTIFICATE, REQUEST)
flight_case("ticket_in_the_handshake", "tls_unexpected_message", 10, EXTENSIONS, lambda p: p.ticket())
flight_case("key_update_in_the_handshake", "tls_unexpected_message", 10, EXTENSIONS, lambda p: message(24, b"\0"))
flight_case("end_of_early_data", "tls_unexpected_message", 10, EXTENSIONS, lambda p: message(5, b""))
flight_case("hello_request_in_1_3", "tls_unexpected_message", 10, lambda p: message(0, b""))
flight_case("share_among_encrypted_extensions", "tls_misplaced_extension", 47, lambda p: p.encrypted_extensions(p.extensions()))
flight_case("early_data_accepted", "tls_unoffered_extension", 110, lambda p: p.encrypted_extensions(extension(42, b"")))
flight_case("fragment_length_that_was_not_asked_for", "tls_unoffered_extension", 110, lambda p: p.encrypted_extensions(extension(1, b"\x01")))
flight_case("other_protocol", "tls_application_protocol", 47, lambda p: p.encrypted_extensions(extension(16, vector(2, vector(1, b"h2")))))
flight_case("two_protocols", "tls_malformed_message", 50, lambda p: p.encrypted_extensions(extension(16, vector(2, vector(1, b"http/1.1") * 2))))
flight_case("context_of_a_request", "tls_certificate_request_context", 47, EXTENSIONS, lambda p: message(13, b"\x01x" + vector(2, extension(13, b"\0\x02\x04\x03"))))
flight_case("request_without_algorithms", "tls_missing_extension", 109, EXTENSIONS, lambda p: message(13, b"\0" + vector(2, b"")))
flight_case("request_with_a_share", "tls_misplaced_extension", 47, EXTENSIONS, lambda p: message(13, b"\0" + vector(2, extension(13, b"\0\x02\x04\x03") + p.extensions())))
flight_case("context_of_a_certificate", "tls_certificate_request_context", 47, EXTENSIONS, lambda p: p.certificate(context=b"x"))
flight_case("certificate_with_an_extension", "tls_unoffered_extension", 110, EXTENSIONS, lambda p: p.certificate(extensions=extension(5, b"")))
flight_case("no_certificates", "tls_malformed_message", 50, EXTENSIONS, lambda p: p.certificate([]))
flight_case("empty_certificate", "tls_malformed_message", 50, EXTENSIONS, lambda p: p.certificate([b""]))
flight_case("certificate_of_garbage", "der_trailing_bytes", 42, EXTENSIONS, lambda p: p.certificate([b"0" * 300]))
flight_case("33_certificates", "path_too_many_certificates", 42, EXTENSIONS, lambda p: p.certificate(p.certificates + [p.certificates[1]] * 31))
flight_case("signature_of_another_key", "tls_signature", 51, EXTENSIONS, CERTIFICATE, other_key)
flight_case("signature_changed", "tls_signature", 51, EXTENSIONS, CERTIFICATE, lambda p: p.certificate_verify(change=flip))
flight_case("signature_empty", "tls_signature", 51, EXTENSIONS, CERTIFICATE, lambda p: p.certificate_verify(change=lambda _: b""))
flight_case("signature_of_a_client", "tls_signature", 51, EXTENSIONS, CERTIFICATE, lambda p: p.certificate_verify(context=b"TLS 1.3, client CertificateVerify"))
flight_case("signature_of_another_handshake", "tls_signature", 51, EXTENSIONS, CERTIFICATE, lambda p: p.certificate_verify(digest=b"d" * 32))
flight_case("scheme_of_1_2", "tls_signature_scheme", 47, EXTENSIONS, CERTIFICATE, lambda p: p.certificate_verify(scheme=0x0401))
flight_case("scheme_with_sha1", "tls_signature_scheme", 47, EXTENSIONS, CERTIFICATE, lambda p: p.certificate_verify(scheme=0x0203))
flight_case("scheme_of_another_key_type", "tls_signature", 47, EXTENSIONS, CERTIFICATE, lambda p: p.certificate_verify(scheme=0x0804))
flight_case("scheme_of_another_curve", "tls_signature", 47, EXTENSIONS, CERTIFICATE, lambda p: p.certificate_verify(scheme=0x0503))
flight_case("finished_wrong", "tls_finished_mismatch", 51, EXTENSIONS, CERTIFICATE, VERIFY, lambda p: p.finished(p.client_secret))
flight_case("finished_of_the_client", "tls_finished_mismatch", 51, EXTENSIONS, CERTIFICATE, VERIFY, lambda p: message(20, bytes(32)))
flight_case("finished_cut", "tls_malformed_message", 50, EXTENSIONS, CERTIFICATE, VERIFY, lambda p: message(20, p.finished()[4:20]))
flight_case("finished_and_a_ticket_in_one_record", "tls_message_across_records", 10, EXTENSIONS, CERTIFICATE, VERIFY, lambda p: p.finished() + p.ticket())
flight_case("certificate_past_the_limit", "tls_message_too_long", 50, EXTENSIONS, lambda p: b"\x0b" + (131_073).to_bytes(3, "big"))


@case("path_too_many_certificates", 42)
def certificates_without_end(peer, body):
    """128 KiB, the limit, of the shortest entries: 21,845 of them."""
    peer.begin()
    peer.say(peer.encrypted_extensions())
    data = message(11, b"\0" + vector(3, b"\0\0\x01x\0\0" * 21_844))
    for at in range(0, len(data), 2**14):
        peer.send(peer.seal(HANDSHAKE, data[at:at + 2**14]))


@case("tls_message_too_long", 50)
def certificate_in_fragments_without_end(peer, body):
    peer.begin()
    peer.say(peer.encrypted_extensions())
    peer.send(peer.seal(HANDSHAKE, b"\x0b\xff\xff\xff"))
    peer.flood(lambda _: peer.seal(HANDSHAKE, bytes(1000)))


@case(None, None)
def control_flight_in_pieces_of_a_byte(peer, body):
    peer.begin()
    flight = b""
    for make in (EXTENSIONS, CERTIFICATE, VERIFY, FINISHED):
        one = make(peer)
        peer.transcript += one
        flight += one
    peer.send(b"".join(peer.seal(HANDSHAKE, flight[at:at + 1]) for at in range(len(flight))))
    peer.application_keys()
    peer.finish_well(body)


@case(None, None)
def control_flight_in_one_record_with_padding(peer, body):
    peer.begin()
    messages = []
    for make in (EXTENSIONS, REQUEST, CERTIFICATE, VERIFY, FINISHED):
        messages.append(make(peer))
        peer.transcript += messages[-1]
    peer.send(record(CHANGE, b"\x01") + peer.seal(HANDSHAKE, b"".join(messages), padding=3000))
    peer.application_keys()
    # A certificate was asked for: the client's is empty (RFC 8446 §4.4.2).
    assert peer.read_until(HANDSHAKE) == message(11, b"\0\0\0\0")
    peer.finish_well(body)


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
    """2^14 + 256 bytes are read: it is the tag that is wrong."""
    peer.begin()
    peer.send(record(DATA, bytes(2**14 + 256)))


@case("tls_record_too_long", 22)
def contents_past_the_limit(peer, body):
    peer.shake()
    peer.send(peer.seal(DATA, bytes(2**14 + 1)))


@case(None, None)
def control_longest_record(peer, body):
    """The content of 2^14 bytes, and padding up to 2^14 + 256 on the wire."""
    peer.shake()
    peer.read_until(DATA)
    whole = b"HTTP/1.1 200 OK\r\nContent-Length: 20000\r\n\r\n" + body + b" " * (20_000 - len(body))
    peer.send(peer.seal(DATA, whole[:2**14]) + peer.seal(DATA, whole[2**14:], padding=2**14 + 239 - len(whole[2**14:])))
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
    """Each is answered by one, until it is too much."""
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
        assert peer.messages.count(24) == 2


# The end.


@case("http_closed", None)
def close_within_the_body(peer, body):
    peer.shake()
    peer.read_until(DATA)
    peer.respond(body[:20], b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body))
    peer.socket.close()


@case("http_closed", None)
def close_without_a_farewell(peer, body):
    """A body without a length: only close_notify says that it is whole."""
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
    """What comes behind close_notify is not looked at."""
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

BRIEF = {"KEYS_FETCH_TIMEOUT_MS": "700"}


def silence_case(name, alert, *steps):
    def function(one, body):
        for step in steps:
            step(one)
        one.last_alert()
    function.__name__ = name
    # Before the handshake is done there is nothing to say farewell to.
    case("tls_handshake_timeout" if alert is None else "read_timeout", alert, **BRIEF)(function)


def say(make):
    return lambda one: one.say(make(one))


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


def drip(peer, data):
    for at in range(len(data)):
        peer.send(data[at:at + 1])
        # Not a measure: so slow that the data would take a minute.
        time.sleep(0.3)


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


# TLS 1.2.


@case(None, None, Peer12)
def control_1_2(peer, body):
    peer.shake()
    peer.finish_well(body)


@case(None, None, Peer12)
def control_1_2_without_the_extended_master_secret(peer, body):
    peer.shake(extended=False)
    peer.finish_well(body)


def flight12_case(name, reason, alert, *steps, kind="p256", **changes):
    def function(one, body):
        one.begin(**changes)
        for step in steps:
            made = step(one)
            if made is not None:
                one.say(made)
    function.__name__ = name
    case(reason, alert, Peer12, kind)(function)


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
    """128 KiB, the limit, of the shortest entries: 32,767 of them."""
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
    """The injection of CVE-2014-0224."""
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


# The tests.


@pytest.fixture(scope="session")
def chains(tmp_path_factory):
    folder = tmp_path_factory.mktemp("hostile")
    return {kind: Chain(str(folder), kind) for kind in ("p256", "rsa2048")}


class HostileServer:
    """Runs `play(number, connection)` for each connection."""

    def __init__(self, play):
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"https://localhost:{self.socket.getsockname()[1]}/jwks.json"
        self.play, self.connections, self.failure, self.alert, self.done = play, 0, None, None, threading.Event()
        threading.Thread(target=self.run, daemon=True).start()

    def run(self):
        while True:
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return
            self.connections += 1
            try:
                self.alert = self.play(self.connections, connection)
            except BaseException as error:
                self.failure = error
            finally:
                connection.close()
                self.done.set()

    def stop(self):
        self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()


def keys_with_peak(url, chain, settings):
    """`authorizer keys`: exit status, output, error and the most memory that it had, in KiB."""
    command = [need("time"), "-f", "peak %M", *RUNNER, BINARY, "keys", "--json"]
    environment = {"JWKS_URI": url, "RESOURCE": "*", "CA_BUNDLE": chain.root, "KEYS_FETCH_TIMEOUT_MS": "10000", **settings}
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=BOUND_SECONDS)
    error = done.stderr.decode()
    return done.returncode, done.stdout.decode(), error, int(re.search(r"peak (\d+)", error)[1])


@pytest.mark.parametrize("name", CASES)
def test_hostile_server(name, chains, issuer):
    function, reason, alert, make, kind, settings = CASES[name]
    body = json.dumps(issuer.key_set()).encode()

    def play(number, connection):
        peer = make(connection, chains[kind])
        try:
            function(peer, body)
        except Gone:
            # In the middle of a flood: it is the client's right.
            pass
        return peer.last_alert()

    server = HostileServer(play)
    status, out, error, peak = keys_with_peak(server.url, chains[kind], settings)
    assert server.done.wait(BOUND_SECONDS)
    server.stop()
    assert server.failure is None, server.failure
    if reason is None:
        assert status == 0 and len(json.loads(out)["keys"]) == 1, error
    else:
        assert status == 3 and error.split("\n")[0].endswith(": " + reason), error
        assert server.alert == (alert if alert is None else (1 if alert == 0 else 2, alert))
    assert server.connections == 1
    if not RUNNER:
        assert peak < MEMORY_LIMIT_KIB
        peaks.append((peak, name))


def test_the_peak_of_all_cases():
    """Printed: the most memory of any case above."""
    if peaks:
        print(f"\n{len(peaks)} hostile servers; peak memory of the client {max(peaks)[0]} KiB in {max(peaks)[1]}, median {sorted(peaks)[len(peaks) // 2][0]} KiB")
    assert len(CASES) >= 150 and (RUNNER or len(peaks) > 0)


# One of each kind; each is met after the keys have expired, and by one fetch.
WHILE_IN_USE = ["plain_http_on_the_port", "downgrade_to_1_2", "signature_changed", "finished_wrong", "certificates_without_end", "record_replayed",
                "endless_key_updates", "endless_message", "close_without_a_farewell", "silence_after_finished", "hello_byte_by_byte", "record_corrupted_in_1_2"]


def test_the_keys_at_hand_stay_in_use(function, chains, issuer):
    """A good fetch, then a hostile server behind the same name: decisions go on with the keys of before."""
    body, chain = json.dumps(issuer.key_set()).encode(), chains["p256"]

    def play(number, connection):
        if number == 1:
            peer = Peer13(connection, chain)
            peer.shake()
            return peer.finish_well(body)
        name = WHILE_IN_USE[(number - 2) % len(WHILE_IN_USE)]
        peer = CASES[name][3](connection, chain)
        try:
            CASES[name][0](peer, body)
        except Gone:
            pass
        return peer.last_alert()

    server = HostileServer(play)
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
    assert failures == [CASES[name][1] for name in WHILE_IN_USE]
    assert len(stale) == 2 * len(WHILE_IN_USE)
    if not RUNNER:
        print(f"\n{len(stale)} decisions with stale keys while {len(failures)} hostile servers were met; peak memory {peak} KiB")
        assert peak < MEMORY_LIMIT_KIB
