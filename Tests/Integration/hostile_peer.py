"""A TLS server without a TLS library: each message and each record can be changed. TLS 1.3 and 1.2, AES-128-GCM with SHA-256, X25519.

It follows RFC 8446 and RFC 5246 only as far as the cases of test_hostile_*.py need. Peer13 and Peer12 serve one connection each.
"""
import hashlib, hmac, os, socket, struct

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa, x25519
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography import x509

CHANGE, ALERT, HANDSHAKE, DATA = 20, 21, 22, 23
RETRY_RANDOM = hashlib.sha256(b"HelloRetryRequest").digest()


def vector(size, data):
    return len(data).to_bytes(size, "big") + data


def extension(number, contents):
    return struct.pack(">H", number) + vector(2, contents)


def message(kind, body):
    return bytes([kind]) + vector(3, body)


def record(kind, body, version=0x0303):
    return struct.pack(">BHH", kind, version, len(body)) + body


def hkdf_label(secret, label, context, size):
    info = struct.pack(">H", size) + vector(1, b"tls13 " + label) + vector(1, context)
    out, block, counter = b"", b"", 1
    while len(out) < size:
        block = hmac.digest(secret, block + info + bytes([counter]), "sha256")
        out, counter = out + block, counter + 1
    return out[:size]


def prf(secret, label, seed, size):
    seed, out, a = label + seed, b"", label + seed
    while len(out) < size:
        a = hmac.digest(secret, a, "sha256")
        out += hmac.digest(secret, a + seed, "sha256")
    return out[:size]


class Gone(Exception):
    """The client has closed the connection."""


class Peer:
    """Shared by both versions: the socket, the ClientHello, the client's alert."""

    def __init__(self, connection, chain):
        self.socket, self.chain = connection, chain
        connection.settimeout(30)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with open(chain.key, "rb") as f:
            self.key = serialization.load_pem_private_key(f.read(), None)
        with open(chain.chain, "rb") as f:
            self.certificates = [one.public_bytes(serialization.Encoding.DER) for one in x509.load_pem_x509_certificates(f.read())]
        self.transcript, self.random, self.private = b"", os.urandom(32), x25519.X25519PrivateKey.generate()
        self.public = self.private.public_key().public_bytes_raw()
        self.write = self.read_key = None
        self.alert, self.messages = None, []

    # Sending.

    def send(self, data):
        try:
            self.socket.sendall(data)
        except OSError:
            raise Gone from None

    def flood(self, make, count=1 << 20):
        """Sends until the client closes. `count` bounds a test that fails."""
        for number in range(count):
            self.send(make(number))
        raise AssertionError(f"the client took {count} records")

    def say(self, *messages, kind=HANDSHAKE):
        """Messages of the handshake, in one record."""
        self.transcript += b"".join(messages)
        self.send(self.seal(kind, b"".join(messages)))

    def respond(self, body, head=None):
        head = head if head is not None else b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(body)
        self.send(self.seal(DATA, head + body))

    def finish_well(self, body):
        """Reads a request, sends its response, and closes with close_notify."""
        self.read_until(DATA)
        self.respond(body)
        self.send(self.seal(ALERT, b"\x01\x00"))

    # Reading.

    def receive(self, count):
        data = b""
        while len(data) < count:
            try:
                more = self.socket.recv(count - len(data))
            except OSError:
                raise Gone from None
            if not more:
                raise Gone
            data += more
        return data

    def read_record(self):
        """The next record's type and contents, decrypted if there are keys. Alerts are recorded."""
        header = self.receive(5)
        kind, _, count = struct.unpack(">BHH", header)
        body = self.receive(count)
        kind, body = self.open(kind, header, body)
        if kind == ALERT:
            self.alert = tuple(body)
        return kind, body

    def read_until(self, wanted):
        while True:
            kind, body = self.read_record()
            if kind == wanted:
                return body

    def last_alert(self):
        """The alert that the client sends before it closes: (level, description), or None."""
        try:
            while True:
                self.read_record()
        except Gone:
            return self.alert

    def read_hello(self):
        body = self.read_until(HANDSHAKE)
        self.hello = body
        self.client_random, offset = body[6:38], 38
        self.session = body[39:39 + body[38]]
        offset += 1 + body[offset]
        suites = int.from_bytes(body[offset:offset + 2], "big")
        self.suites = body[offset + 2:offset + 2 + suites]
        offset += 2 + suites
        offset += 1 + body[offset] + 2
        self.offered = {}
        while offset < len(body):
            number, count = struct.unpack(">HH", body[offset:offset + 4])
            self.offered[number] = body[offset + 4:offset + 4 + count]
            offset += 4 + count
        self.transcript += body

    def server_hello(self, version=0x0303, random=None, session=None, suite=None, compression=0, extensions=b""):
        return message(2, struct.pack(">H", version) + (random or self.random) + vector(1, self.session if session is None else session)
                       + struct.pack(">HB", self.suite if suite is None else suite, compression) + vector(2, extensions))


class Peer13(Peer):
    suite = 0x1301

    def extensions(self, group=29, share=None, version=0x0304):
        return extension(43, struct.pack(">H", version)) + extension(51, struct.pack(">H", group) + vector(2, self.public if share is None else share))

    def hello_message(self, extensions=None, **changes):
        return self.server_hello(extensions=self.extensions() if extensions is None else extensions, **changes)

    def retry_message(self, extensions, **changes):
        return self.server_hello(random=RETRY_RANDOM, extensions=extension(43, b"\x03\x04") + extensions, **changes)

    def retry(self, extensions):
        """A HelloRetryRequest, and the second ClientHello (RFC 8446 §4.4.1: message_hash)."""
        self.transcript = message(254, hashlib.sha256(self.transcript).digest())
        self.say(self.retry_message(extensions))
        self.read_hello()

    def begin(self):
        """The handshake up to its traffic keys."""
        self.read_hello()
        self.say(self.hello_message())
        self.start_keys()

    def digest(self):
        return hashlib.sha256(self.transcript).digest()

    def derive(self, secret, label, digest=hashlib.sha256().digest()):
        return hkdf_label(secret, label, digest, 32)

    def start_keys(self):
        share = self.offered[51]
        shared = self.private.exchange(x25519.X25519PublicKey.from_public_bytes(share[6:38]))
        early = hmac.digest(bytes(32), bytes(32), "sha256")
        self.secret = hmac.digest(self.derive(early, b"derived"), shared, "sha256")
        self.server_secret = self.derive(self.secret, b"s hs traffic", self.digest())
        self.client_secret = self.derive(self.secret, b"c hs traffic", self.digest())
        self.write, self.read_key = [self.server_secret, 0], [self.client_secret, 0]

    def application_keys(self):
        """RFC 8446 §7.1: the handshake up to the server's Finished."""
        master = hmac.digest(self.derive(self.secret, b"derived"), bytes(32), "sha256")
        self.write = [self.derive(master, b"s ap traffic", self.digest()), 0]
        self.next_read = [self.derive(master, b"c ap traffic", self.digest()), 0]

    def seal(self, kind, content, padding=0, zeros=None):
        if self.write is None:
            return record(kind, content)
        secret, number = self.write
        self.write[1] += 1
        inner = content + bytes([kind]) + bytes(padding) if zeros is None else bytes(zeros)
        header = struct.pack(">BHH", DATA, 0x0303, len(inner) + 16)
        return header + AESGCM(hkdf_label(secret, b"key", b"", 16)).encrypt(self.nonce(secret, number), inner, header)

    @staticmethod
    def nonce(secret, number):
        return (int.from_bytes(hkdf_label(secret, b"iv", b"", 12), "big") ^ number).to_bytes(12, "big")

    def open(self, kind, header, body):
        if self.read_key is None or kind != DATA:
            return kind, body
        secret, number = self.read_key
        inner = AESGCM(hkdf_label(secret, b"key", b"", 16)).decrypt(self.nonce(secret, number), body, header).rstrip(b"\0")
        self.read_key[1] += 1
        kind, content = inner[-1], inner[:-1]
        if kind == HANDSHAKE:
            self.messages.append(content[0])
            if content[0] == 20:
                self.read_key = self.next_read
            elif content[0] == 24:
                self.read_key = [hkdf_label(secret, b"traffic upd", b"", 32), 0]
        return kind, content

    def update_write(self):
        self.write = [hkdf_label(self.write[0], b"traffic upd", b"", 32), 0]

    # The server's flight.

    def encrypted_extensions(self, extensions=b""):
        return message(8, vector(2, extensions))

    def certificate(self, certificates=None, context=b"", extensions=b""):
        entries = b"".join(vector(3, one) + vector(2, extensions) for one in (self.certificates if certificates is None else certificates))
        return message(11, vector(1, context) + vector(3, entries))

    def certificate_verify(self, scheme=0x0403, context=b"TLS 1.3, server CertificateVerify", key=None, digest=None, change=lambda signature: signature):
        content = b" " * 64 + context + b"\0" + (digest or self.digest())
        signature = (key or self.key).sign(content, ec.ECDSA(hashes.SHA256()))
        return message(15, struct.pack(">H", scheme) + vector(2, change(signature)))

    def finished(self, secret=None):
        return message(20, hmac.digest(hkdf_label(secret or self.server_secret, b"finished", b"", 32), self.digest(), "sha256"))

    def prove(self):
        """Sends EncryptedExtensions, Certificate and CertificateVerify; not Finished."""
        self.say(self.encrypted_extensions(), self.certificate())
        self.say(self.certificate_verify())

    def shake(self, complete=True):
        """A complete valid handshake."""
        self.begin()
        self.prove()
        self.say(self.finished())
        self.application_keys()

    def ticket(self, extensions=b""):
        return message(4, struct.pack(">II", 3600, 7) + vector(1, b"n") + vector(2, b"ticket") + vector(2, extensions))


class Peer12(Peer):
    suite = 0xC02B

    def hello_message(self, extensions=None, session=b"", random=None, **changes):
        return self.server_hello(extensions=self.extensions() if extensions is None else extensions, session=session, random=random or self.random, **changes)

    def extensions(self, extended=True, renegotiation=b"\0"):
        return (extension(23, b"") if extended else b"") + (extension(0xFF01, renegotiation) if renegotiation is not None else b"")

    def certificate(self, certificates=None):
        return message(11, vector(3, b"".join(vector(3, one) for one in (self.certificates if certificates is None else certificates))))

    def key_exchange(self, curve_type=3, group=29, public=None, scheme=0x0403, key=None, randoms=None, change=lambda signature: signature):
        parameters = struct.pack(">BH", curve_type, group) + vector(1, public or self.public)
        signed, key = (randoms or self.client_random + self.random) + parameters, key or self.key
        if isinstance(key, rsa.RSAPrivateKey):
            signature = key.sign(signed, padding.PKCS1v15(), hashes.SHA256())
        else:
            signature = key.sign(signed, ec.ECDSA(hashes.SHA256()))
        return message(12, parameters + struct.pack(">H", scheme) + vector(2, change(signature)))

    def begin(self, **changes):
        """The server's first flight up to Certificate."""
        self.read_hello()
        self.say(self.hello_message(**changes))
        self.say(self.certificate())

    def second_flight(self, extended=True):
        """The client's second flight, and the traffic keys."""
        body = self.read_until(HANDSHAKE)
        while body[0] != 16:
            self.transcript += body
            body = self.read_until(HANDSHAKE)
        self.transcript += body
        premaster = self.private.exchange(x25519.X25519PublicKey.from_public_bytes(body[5:37]))
        randoms = self.client_random + self.random
        self.master = (prf(premaster, b"extended master secret", hashlib.sha256(self.transcript).digest(), 48) if extended
                       else prf(premaster, b"master secret", randoms, 48))
        block = prf(self.master, b"key expansion", self.random + self.client_random, 40)
        self.read_until(CHANGE)
        self.read_key = [block[0:16], block[32:36], 0]
        self.transcript += self.read_until(HANDSHAKE)
        self.coming = [block[16:32], block[36:40], 0]

    def change_keys(self):
        self.send(record(CHANGE, b"\x01"))
        self.write = self.coming

    def finished(self):
        return message(20, prf(self.master, b"server finished", hashlib.sha256(self.transcript).digest(), 12))

    def shake(self, extended=True, until_finished=False):
        self.begin(extensions=self.extensions(extended))
        self.say(self.key_exchange())
        self.say(message(14, b""))
        self.second_flight(extended)
        self.change_keys()
        if not until_finished:
            self.say(self.finished())

    def seal(self, kind, content, **_):
        if self.write is None:
            return record(kind, content)
        key, salt, number = self.write
        self.write[2] += 1
        explicit = struct.pack(">Q", number)
        data = explicit + struct.pack(">BHH", kind, 0x0303, len(content))
        return record(kind, explicit + AESGCM(key).encrypt(salt + explicit, content, data))

    def open(self, kind, header, body):
        if self.read_key is None:
            return kind, body
        key, salt, number = self.read_key
        self.read_key[2] += 1
        data = struct.pack(">QBHH", number, kind, 0x0303, len(body) - 24)
        return kind, AESGCM(key).decrypt(salt + body[:8], body[8:], data)
