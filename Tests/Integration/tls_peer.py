#!/usr/bin/env python3
"""A TLS server of OpenSSL's (Python's ssl module) on standard input and output: the other side of Tests/TLSTests.

    tls_peer.py VERSION KEY [--suites NAMES] [--group NAME] [--request-certificate] [--plain-alpn]
        [--no-extended-master-secret] [--tickets N]

The first line of the output is the authority's certificate in hexadecimal. Frames follow, each of a length in four
bytes and that many bytes: TLS from here to the client; from the client to here, the same; an empty frame from the
client says that a new connection begins. All application data is echoed. The certificates are generated in each
run: a leaf, an intermediate, a root.
"""
import argparse, datetime, os, ssl, struct, sys, tempfile

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

parser = argparse.ArgumentParser()
parser.add_argument("version", choices=["1.2", "1.3"])
parser.add_argument("key", choices=["rsa", "p256", "p384", "ed25519"])
parser.add_argument("--suites")
parser.add_argument("--group")
parser.add_argument("--request-certificate", action="store_true")
parser.add_argument("--plain-alpn", action="store_true")
parser.add_argument("--no-extended-master-secret", action="store_true")
parser.add_argument("--tickets", type=int, default=2)
arguments = parser.parse_args()


def make_key(kind):
    if kind == "rsa":
        return rsa.generate_private_key(65537, 2048)
    if kind == "ed25519":
        return ed25519.Ed25519PrivateKey.generate()
    return ec.generate_private_key(ec.SECP256R1() if kind == "p256" else ec.SECP384R1())


def make_certificate(name, key, issuer, issuer_key, authority):
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    builder = (
        x509.CertificateBuilder().subject_name(subject).issuer_name(issuer.subject if issuer else subject)
        .public_key(key.public_key()).serial_number(x509.random_serial_number())
        .not_valid_before(datetime.datetime(2020, 1, 1)).not_valid_after(datetime.datetime(2045, 1, 1))
        .add_extension(x509.BasicConstraints(authority, None), True)
        .add_extension(x509.KeyUsage(not authority, False, False, False, False, authority, authority, False, False), True))
    if not authority:
        builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), False)
        builder = builder.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), False)
    algorithm = None if isinstance(issuer_key, ed25519.Ed25519PrivateKey) else hashes.SHA256()
    return builder.sign(issuer_key, algorithm)


def pem(certificate):
    return certificate.public_bytes(serialization.Encoding.PEM)


root_key, middle_key, leaf_key = make_key("p256"), make_key("p256"), make_key(arguments.key)
root = make_certificate("Test root", root_key, None, root_key, True)
middle = make_certificate("Test intermediate", middle_key, root, root_key, True)
leaf = make_certificate("server.test", leaf_key, middle, middle_key, False)

context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
version = ssl.TLSVersion.TLSv1_2 if arguments.version == "1.2" else ssl.TLSVersion.TLSv1_3
context.minimum_version = context.maximum_version = version
if arguments.suites:
    context.set_ciphers(arguments.suites)
if arguments.group:
    context.set_ecdh_curve(arguments.group)
# The client's order of suites counts.
context.options &= ~ssl.OP_CIPHER_SERVER_PREFERENCE
if arguments.no_extended_master_secret:
    context.options |= 1  # SSL_OP_NO_EXTENDED_MASTER_SECRET
context.num_tickets = arguments.tickets
if not arguments.plain_alpn:
    context.set_alpn_protocols(["h2", "http/1.1"])
with tempfile.NamedTemporaryFile() as file:
    file.write(pem(leaf) + pem(middle) + leaf_key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))
    file.flush()
    context.load_cert_chain(file.name)
if arguments.request_certificate:
    context.verify_mode = ssl.CERT_OPTIONAL
    context.load_verify_locations(cadata=pem(root).decode())

os.write(1, root.public_bytes(serialization.Encoding.DER).hex().encode() + b"\n")


def read_exactly(count):
    data = b""
    while len(data) < count:
        piece = os.read(0, count - len(data))
        if not piece:
            sys.exit(0)
        data += piece
    return data


incoming = outgoing = connection = None
established = closed = False
while True:
    frame = read_exactly(struct.unpack(">I", read_exactly(4))[0])
    if not frame or connection is None:
        incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        connection = context.wrap_bio(incoming, outgoing, server_side=True)
        established = closed = False
    incoming.write(frame)
    try:
        if not established:
            connection.do_handshake()
            established = True
        while not closed:
            data = connection.read(65536)
            if not data:
                closed = True
                connection.unwrap()
            else:
                connection.write(data)
    except (ssl.SSLWantReadError, ssl.SSLSyscallError):
        pass
    except ssl.SSLError as error:
        print(error, file=sys.stderr)
        closed = True
    answer = outgoing.read()
    os.write(1, struct.pack(">I", len(answer)) + answer)
