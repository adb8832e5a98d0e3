"""Test authorities and real TLS servers on loopback, each serving a key set over HTTPS."""
import datetime, http.server, ipaddress, os, shutil, socket, ssl, subprocess, threading, time

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from conftest import free_port

KEYS = {
    "rsa2048": lambda: rsa.generate_private_key(public_exponent=65537, key_size=2048),
    "rsa4096": lambda: rsa.generate_private_key(public_exponent=65537, key_size=4096),
    "p256": lambda: ec.generate_private_key(ec.SECP256R1()),
    "p384": lambda: ec.generate_private_key(ec.SECP384R1()),
    "ed25519": ed25519.Ed25519PrivateKey.generate,
}


def certificate(key, name, issuer=None, is_authority=False, hosts=(), days=30):
    """A certificate; `issuer` is (certificate, key), itself if None."""
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.datetime.now(datetime.timezone.utc)
    builder = (x509.CertificateBuilder().subject_name(subject).issuer_name(issuer[0].subject if issuer else subject)
               .public_key(key.public_key()).serial_number(x509.random_serial_number())
               .not_valid_before(now - datetime.timedelta(days=1)).not_valid_after(now + datetime.timedelta(days=days))
               .add_extension(x509.BasicConstraints(is_authority, None), True))
    if hosts:
        names = [x509.IPAddress(ipaddress.ip_address(h)) if h[0].isdigit() or ":" in h else x509.DNSName(h) for h in hosts]
        builder = builder.add_extension(x509.SubjectAlternativeName(names), False)
        builder = builder.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), False)
    signer = issuer[1] if issuer else key
    return builder.sign(signer, None if isinstance(signer, ed25519.Ed25519PrivateKey) else hashes.SHA256())


class Chain:
    """A root, an intermediate and a server's certificate of one key type, as files."""

    def __init__(self, folder, kind, hosts=("localhost", "127.0.0.1"), days=30):
        self.kind, self.folder = kind, os.path.join(folder, kind)
        os.makedirs(self.folder, exist_ok=True)
        root_key, inner_key, key = KEYS[kind](), KEYS[kind](), KEYS[kind]()
        root = certificate(root_key, f"test root {kind}", is_authority=True)
        inner = certificate(inner_key, f"test intermediate {kind}", (root, root_key), True)
        leaf = certificate(key, "localhost", (inner, inner_key), hosts=hosts, days=days)
        pem = lambda one: one.public_bytes(serialization.Encoding.PEM)
        self.key = self.write("key.pem", key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))
        self.leaf, self.inner = self.write("leaf.pem", pem(leaf)), self.write("inner.pem", pem(inner))
        self.chain, self.root = self.write("chain.pem", pem(leaf) + pem(inner)), self.write("root.pem", pem(root))
        self.bundle = self.write("bundle.p12", pkcs12.serialize_key_and_certificates(
            b"server", key, leaf, [inner], serialization.BestAvailableEncryption(b"secret")))

    @classmethod
    def self_signed(cls, folder, hosts=("localhost",)):
        """A single self-signed certificate that is not an authority."""
        one = cls.__new__(cls)
        one.kind, one.folder = "p256", folder
        key = KEYS["p256"]()
        own = certificate(key, "localhost", hosts=hosts).public_bytes(serialization.Encoding.PEM)
        one.key = one.write("key.pem", key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))
        one.chain = one.leaf = one.inner = one.root = one.write("own.pem", own)
        return one

    def write(self, name, data):
        path = os.path.join(self.folder, name)
        with open(path, "wb") as f:
            f.write(data)
        return path


class Server:
    """A process, or a thread, that serves the key set at https://localhost:PORT/jwks.json."""

    def __init__(self, command=None, cwd=None, port=None, environment=None):
        self.port, self.process, self.log = port, None, None
        if command:
            self.log = open(os.path.join(cwd, "server.log"), "wb")
            self.process = subprocess.Popen(command, cwd=cwd, stdin=subprocess.PIPE, stdout=self.log, stderr=self.log, env=environment)
            self.wait()

    def wait(self):
        for _ in range(400):
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return
            except OSError:
                if self.process and self.process.poll() is not None:
                    break
                time.sleep(0.05)
        with open(self.log.name) as f:
            raise RuntimeError("the server did not start: " + f.read())

    @property
    def url(self):
        return f"https://localhost:{self.port}/jwks.json"

    def stop(self):
        if self.process:
            self.process.kill()
            self.process.wait()
            self.log.close()


def need(program):
    path = shutil.which(program) or shutil.which(program, path="/usr/sbin:/usr/lib/nss/unsupported-tools")
    if not path:
        raise RuntimeError(f"{program} is missing: run Scripts/setup")
    return path


def openssl(folder, chain, version="1.3", suite=None, group=None, further=()):
    port = free_port()
    command = [need("openssl"), "s_server", "-accept", f"127.0.0.1:{port}", "-cert", chain.leaf, "-key", chain.key, "-cert_chain", chain.inner, "-HTTP",
               "-quiet", "-tls1_3" if version == "1.3" else "-tls1_2", *further]
    if suite:
        command += ["-ciphersuites" if version == "1.3" else "-cipher", suite]
    if group:
        command += ["-groups", group]
    return Server(command, raw_response(folder), port)


def raw_response(folder):
    """The folder for s_server's -HTTP, whose files include the head of the response."""
    with open(os.path.join(folder, "jwks.json"), "rb") as f:
        body = f.read()
    served = os.path.join(folder, "raw")
    os.makedirs(served, exist_ok=True)
    with open(os.path.join(served, "jwks.json"), "wb") as f:
        f.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
    return served


def nginx_configuration(folder, blocks, connections=64):
    """nginx's configuration without the server blocks."""
    return f"""daemon off; master_process off; pid {folder}/nginx.pid; error_log stderr; worker_processes 1; user root;
events {{ worker_connections {connections}; }}
http {{ log_format tls "$ssl_protocol $ssl_cipher $ssl_curves $ssl_session_reused $status"; access_log {folder}/access.log tls;
  client_body_temp_path {folder}/t1; proxy_temp_path {folder}/t2; fastcgi_temp_path {folder}/t3; uwsgi_temp_path {folder}/t4; scgi_temp_path {folder}/t5;
{blocks} }}
"""


def nginx(folder, chain, protocols="TLSv1.2 TLSv1.3", further="", location='add_header Cache-Control "max-age=300";'):
    port = free_port()
    path = os.path.join(folder, "nginx.conf")
    with open(path, "w") as f:
        f.write(nginx_configuration(folder, f"""server {{ listen 127.0.0.1:{port} ssl; ssl_certificate {chain.chain}; ssl_certificate_key {chain.key};
    ssl_protocols {protocols}; {further} root {folder}; location / {{ {location} }} }}"""))
    return Server([need("nginx"), "-p", folder, "-c", path], folder, port)


def python_ssl(folder, chain, version=None, group=None, suite=None, protocols=None):
    server = Server(port=free_port())
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(chain.chain, chain.key)
    if version:
        context.minimum_version = context.maximum_version = {"1.2": ssl.TLSVersion.TLSv1_2, "1.3": ssl.TLSVersion.TLSv1_3}[version]

    if group:
        context.set_ecdh_curve(group)
    if suite:
        context.set_ciphers(suite)
    if protocols:
        context.set_alpn_protocols(protocols)

    class Handler(http.server.SimpleHTTPRequestHandler):
        def __init__(self, *arguments):
            super().__init__(*arguments, directory=folder)

        def log_message(self, *arguments):
            pass

    http_server = http.server.ThreadingHTTPServer(("127.0.0.1", server.port), Handler)
    http_server.socket = context.wrap_socket(http_server.socket, server_side=True)
    threading.Thread(target=http_server.serve_forever, daemon=True).start()
    server.stop = lambda: (http_server.shutdown(), http_server.server_close())
    return server
