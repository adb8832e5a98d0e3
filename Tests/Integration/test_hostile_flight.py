"""A hostile server's flight in TLS 1.3: encrypted extensions, certificates, proof and Finished."""
import pytest

from hostile_cases import CERTIFICATE, EXTENSIONS, FINISHED, REQUEST, VERIFY, Cases, flip
from hostile_peer import CHANGE, HANDSHAKE, extension, message, record, vector

CASES = Cases()
case = CASES.add
flight_case = CASES.flight


# The server's flight in TLS 1.3.


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
def one_certificate_past_the_limit(peer, body):
    peer.begin()
    peer.say(peer.encrypted_extensions())
    data = peer.certificate(peer.certificates + [peer.certificates[1]] * 63)
    for at in range(0, len(data), 2**14):
        peer.send(peer.seal(HANDSHAKE, data[at:at + 2**14]))


@case("path_too_many_certificates", 42)
def certificates_without_end(peer, body):
    """128 KiB, the limit, filled with the shortest entries: 21,845 of them."""
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
def control_64_certificates(peer, body):
    peer.begin()
    peer.certificates = peer.certificates + [peer.certificates[1]] * 62
    flight = b""
    for make in (EXTENSIONS, CERTIFICATE, VERIFY, FINISHED):
        one = make(peer)
        peer.transcript += one
        flight += one
    peer.send(b"".join(peer.seal(HANDSHAKE, flight[at:at + 2**14]) for at in range(0, len(flight), 2**14)))
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


@pytest.mark.parametrize("name", CASES)
def test_hostile_server(name, chains, issuer):
    CASES.meet(name, chains, issuer)
