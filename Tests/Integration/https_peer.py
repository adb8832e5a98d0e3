#!/usr/bin/env python3
"""An HTTPS server on loopback (Python's http.server over ssl): the other side of Tests/HTTPTests and Tests/KeyFetchingTests.

    https_peer.py FOLDER VERSION [--tickets N]

FOLDER receives ca.pem, the authority of its certificate, which is for 127.0.0.1 and localhost. The first line of the
output is the port. The server ends at the end of its standard input. VERSION is 1.2 or 1.3. The paths:

    /NAME      the file of that name in FOLDER, with an ETag of its length; 304 if the client has that ETag; 404 without one
    /cut/NAME  announces more bytes than the file has, and closes without close_notify
    /silent    never answers
    /bye       an answer without a length that ends with a close_notify
"""
import argparse, datetime, http.server, ipaddress, os, socket, ssl, sys, threading

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

parser = argparse.ArgumentParser()
parser.add_argument("folder")
parser.add_argument("version", choices=["1.2", "1.3"])
parser.add_argument("--tickets", type=int, default=2)
arguments = parser.parse_args()


def certificate(name, key, issuer_name, issuer_key, is_authority):
    builder = (
        x509.CertificateBuilder().subject_name(name).issuer_name(issuer_name).public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(datetime.datetime(2020, 1, 1)).not_valid_after(datetime.datetime(2045, 1, 1))
        .add_extension(x509.BasicConstraints(is_authority, None), True)
        .add_extension(x509.KeyUsage(not is_authority, False, False, False, False, is_authority, is_authority, False, False), True))
    if not is_authority:
        names = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
        builder = builder.add_extension(x509.SubjectAlternativeName(names), False)
        builder = builder.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), False)
    return builder.sign(issuer_key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)


def name(text):
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


root_key, leaf_key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
root = certificate(name("Test root"), root_key, name("Test root"), root_key, True)
leaf = certificate(name("localhost"), leaf_key, name("Test root"), root_key, False)
key = leaf_key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
with open(f"{arguments.folder}/ca.pem", "wb") as file:
    file.write(root)
with open(f"{arguments.folder}/server.pem", "wb") as file:
    file.write(leaf + key)

context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
version = ssl.TLSVersion.TLSv1_2 if arguments.version == "1.2" else ssl.TLSVersion.TLSv1_3
context.minimum_version = context.maximum_version = version
context.num_tickets = arguments.tickets
# The client's order of suites counts.
context.options &= ~ssl.OP_CIPHER_SERVER_PREFERENCE
context.load_cert_chain(f"{arguments.folder}/server.pem")


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        if self.path == "/silent":
            threading.Event().wait()
        if self.path == "/bye":
            self.wfile.write(b"HTTP/1.1 200 OK\r\n\r\nok")
            self.close_connection = True
            try:
                self.connection.unwrap()
            except OSError:
                pass
            return
        is_cut = self.path.startswith("/cut/")
        path = os.path.join(arguments.folder, os.path.basename(self.path))
        if not os.path.isfile(path):
            self.send_error(404)
            return
        body = open(path, "rb").read()
        tag = f'"{len(body)}"'
        status = 304 if self.headers.get("If-None-Match") == tag else 200
        self.send_response(status)
        self.send_header("ETag", tag)
        self.send_header("Cache-Control", "max-age=300")
        if status == 200:
            self.send_header("Content-Length", str(len(body) + 10 * is_cut))
        self.end_headers()
        if status == 200:
            self.wfile.write(body)
        if is_cut:
            self.wfile.flush()
            # Below TLS: no close_notify.
            socket.socket(fileno=os.dup(self.connection.fileno())).shutdown(socket.SHUT_RDWR)
            self.close_connection = True

    def log_message(self, *_):
        pass


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def finish_request(self, request, address):
        # In the connection's own thread: a client that fails in the handshake holds up no other.
        try:
            with context.wrap_socket(request, server_side=True) as secure:
                self.RequestHandlerClass(secure, address, self)
        except OSError:
            pass

    def handle_error(self, *_):
        pass


server = Server(("127.0.0.1", 0), Handler)
threading.Thread(target=server.serve_forever, daemon=True).start()
print(server.server_address[1], flush=True)
sys.stdin.read()
