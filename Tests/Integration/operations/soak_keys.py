"""A key server with many behaviours. Before the first byte of an answer it reports to the oracle what the program may conclude from it."""
import json, random, socket, ssl, threading, time

from soak_oracle import is_closed

RESET = b"\1\0\0\0\0\0\0\0"


def response(body, *fields, status="200 OK", length=True, close=True):
    head = [f"HTTP/1.1 {status}", "Content-Type: application/json", *fields]
    if length:
        head.append(f"Content-Length: {len(body)}")
    if close:
        head.append("Connection: close")
    return "\r\n".join(head).encode() + b"\r\n\r\n" + body


def chunks(body, size, extension=b"", trailer=b""):
    return b"".join(b"%x%s\r\n%s\r\n" % (len(part), extension, part) for part in (body[at:at + size] for at in range(0, len(body), size))) + b"0\r\n" + trailer + b"\r\n"


# A behaviour gives the pieces of its answer: bytes, seconds to wait, or a word: "deliver", "keep", "reset", "hang".
# Of "good" ones the set must be accepted, of "bad" ones never, of "free" ones as the program likes.

def good_plain(s):
    yield "deliver"
    yield response(s.body)


def good_kept(s):
    yield "deliver"
    yield response(s.body, close=False)
    yield "keep"


def good_chunked(s):
    yield "deliver"
    yield response(b"", "Transfer-Encoding: chunked", length=False, close=False) + chunks(s.body, 500)
    yield "keep"


def good_odd_chunks(s):
    yield "deliver"
    yield response(b"", "Transfer-Encoding: chunked", length=False) + chunks(s.body, 7, b";a=b", b"X-Trailer: 1\r\n")


def good_pieces(s):
    yield "deliver"
    answer = response(s.body)
    for at in range(0, len(answer), 97):
        yield answer[at:at + 97]
        yield 0.002


def good_later(s):
    yield s.chance.uniform(0.1, 0.8)
    yield "deliver"
    yield response(s.body)


def good_tagged(s):
    tag = '"%s"' % abs(hash(s.body))
    if tag in s.head:
        yield "confirm"
        yield response(b"", f"ETag: {tag}", status="304 Not Modified", length=False, close=False)
    else:
        yield "deliver"
        yield response(s.body, f"ETag: {tag}", close=False)
    yield "keep"


def good_short_lived(s):
    yield "deliver 0"
    yield response(s.body, "Cache-Control: max-age=0")


def good_long_lived(s):
    yield "deliver 100000"
    yield response(s.body, "Cache-Control: public, max-age=100000")


def good_after_interim(s):
    yield "deliver"
    yield b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" + response(s.body)


def good_crowd(s):
    others = [{"kty": "oct", "k": "AAAA", "kid": "o"}, {"kty": "RSA", "kid": "enc", "use": "enc", "n": "AQAB", "e": "AQAB"}, {"kty": "XYZ"},
              {"kty": "RSA", "kid": "bad", "n": "!!", "e": "AQAB"}]
    yield "deliver"
    yield response(json.dumps({"extra": [1, {"a": None}], "keys": others[:2] + s.keys + others[2:]}).encode())


def good_wide(s):
    yield "deliver"
    yield response(b"\r\n\t " + json.dumps({"keys": s.keys}, indent=9).encode() + b"\n \n", "X-A: " + "a" * 9000)


def free_until_close(s):
    yield "deliver"
    yield b"HTTP/1.0 200 OK\r\n\r\n" + s.body


def free_both_lengths(s):
    yield "deliver"
    yield response(b"", "Transfer-Encoding: chunked", "Content-Length: 5", length=False) + chunks(s.body, 500)


def free_late(s):
    yield s.chance.uniform(1.5, 3.5)
    yield "deliver"
    yield response(s.body)


def free_stray(s):
    """A second answer that nobody has asked for, on a connection that is kept: with keys of somebody else."""
    yield "deliver"
    yield response(s.body, close=False)
    yield 0.05
    yield response(s.imposter, close=False)
    yield "keep"


def status(code, *fields):
    def bad(s):
        yield response(s.imposter, *fields, status=f"{code} Because")
    bad.__name__ = f"bad_{code}"
    return bad


def body(name, make, *fields):
    def bad(s):
        yield response(make(s), *fields)
    bad.__name__ = "bad_" + name
    return bad


def raw(name, make, *end):
    def bad(s):
        yield make(s)
        yield from end
    bad.__name__ = "bad_" + name
    return bad


def bad_hang(s):
    yield "hang"


def bad_hang_in_head(s):
    yield response(s.body)[:40]
    yield "hang"


def bad_hang_in_body(s):
    yield response(s.body)[:-20]
    yield "hang"


def bad_drip(s):
    for byte in response(s.body):
        yield bytes([byte])
        yield 0.2


def bad_endless_chunks(s):
    yield response(b"", "Transfer-Encoding: chunked", length=False)
    for _ in range(1000):
        yield chunks(b" " * 4000, 4000)[:-5]


def bad_endless_fields(s):
    yield b"HTTP/1.1 200 OK\r\n"
    for number in range(5000):
        yield b"X-%d: y\r\n" % number


def many(count):
    return [{"kty": "RSA", "n": "w" + "A" * 341 + "Q", "e": "AQAB", "kid": str(number)} for number in range(count)]


def dump(value):
    return json.dumps(value).encode()


BEHAVIOURS = [
    good_plain, good_kept, good_chunked, good_odd_chunks, good_pieces, good_later, good_tagged, good_short_lived, good_long_lived, good_after_interim,
    good_crowd, good_wide, free_until_close, free_both_lengths, free_late, free_stray,
    *[status(code) for code in (201, 204, 206, 400, 401, 403, 404, 410, 418, 500, 502, 504)],
    status(304), status(429, "Retry-After: 1"), status(503, "Retry-After: 1"), *[status(code, "Location: /imposter") for code in (301, 302, 303, 307, 308)],
    body("nothing", lambda s: b""), body("no_keys", lambda s: b'{"keys":[]}'), body("garbage", lambda s: b"\0<html>keys</html>" * 40), body("array", lambda s: dump(s.keys)),
    body("utf16", lambda s: s.body.decode().encode("utf-16")), body("keys_is_a_text", lambda s: b'{"keys":"none"}'), body("deep", lambda s: b"[" * 5000 + b"]" * 5000),
    body("twice", lambda s: b'{"keys":[],' + s.body[1:]), body("rest", lambda s: s.body + b"{}"), body("cut", lambda s: s.body[:-2]), body("many", lambda s: dump({"keys": many(101)})),
    body("big", lambda s: s.body + b" " * 600_000), body("gzip", lambda s: b"\x1f\x8b\x08" + s.body, "Content-Encoding: gzip"),
    body("others", lambda s: dump({"keys": [{"kty": "oct", "k": "AAAA", "kid": "a"}, {"kty": "RSA", "n": "AQAB", "e": "AQAB", "kid": "a"}]})),
    raw("truncated", lambda s: response(s.body)[:-9]), raw("truncated_chunks", lambda s: response(b"", "Transfer-Encoding: chunked", length=False) + chunks(s.body, 300)[:-5]),
    raw("big_chunks", lambda s: response(b"", "Transfer-Encoding: chunked", length=False) + chunks(s.body + b" " * 600_000, 60_000)),
    raw("long_line", lambda s: response(s.body, "X-A: " + "a" * 20_000)), raw("many_fields", lambda s: response(s.body, *["X-A: b"] * 200)),
    raw("version", lambda s: response(s.body).replace(b"HTTP/1.1", b"HTTP/3.0", 1)), raw("no_http", lambda s: b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), raw("alert", lambda s: b"\x15\x03\x03\0\2\2\x28"),
    raw("two_lengths", lambda s: response(s.body, "Content-Length: 5")), raw("negative", lambda s: response(s.body, "Content-Length: -5", length=False)),
    raw("te_gzip", lambda s: response(s.body, "Transfer-Encoding: gzip", length=False)), raw("silence", lambda s: b""), raw("reset", lambda s: b"", "reset"),
    raw("reset_in_head", lambda s: response(s.body)[:60], 0.02, "reset"), raw("reset_in_body", lambda s: response(s.body)[:-30], 0.02, "reset"),
    bad_hang, bad_hang_in_head, bad_hang_in_body, bad_drip, bad_endless_chunks, bad_endless_fields,
]
# Of TLS alone; the connection ends before a request.
HANDSHAKES = ["tls_close", "tls_reset", "tls_plain", "tls_hang", "tls_other_name"]


class Answer:
    """What a behaviour needs for one answer."""

    def __init__(self, server, head):
        self.chance, self.head = server.chance, head.decode("latin-1")
        # Read once: another thread rotates.
        names = self.names = server.names
        self.keys = [server.public[name] for name in sorted(names.values())]
        self.body = dump({"keys": self.keys})
        self.imposter = dump({"keys": [server.public["imposter-" + kid] for kid in sorted(names)]})


class KeyServer:
    """Serves `names` (the key ID and the key behind it) in the way of `mode`: a behaviour's name, or "any"."""

    def __init__(self, public, seed, address="127.0.0.1", chain=None, other=None):
        self.public, self.chance = public, random.Random(seed)
        self.names, self.mode, self.oracle, self.seen = {}, "good_plain", None, set()
        self.order = []
        self.context, self.other = chain and tls(chain), other and tls(other)
        self.listener = socket.create_server((address, 0), backlog=1024)
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.converse, args=(connection,), daemon=True).start()

    def converse(self, connection):
        connection.settimeout(40)
        key = object()
        try:
            if self.context:
                connection = self.secure(connection, key)
            while connection and self.answer(connection, key):
                pass
        except OSError:
            pass
        if self.oracle:
            self.oracle.ended(key)
        if connection:
            connection.close()

    def secure(self, connection, key):
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        mode = self.chance.choice(HANDSHAKES) if self.mode == "any" and self.chance.random() < 0.15 else self.mode
        if mode in HANDSHAKES:
            self.seen.add(mode)
            self.oracle.requested(key, connection)
            if mode == "tls_hang":
                self.wait_for_close(connection)
            self.oracle.ended(key)
            if mode == "tls_other_name":
                self.other.wrap_socket(connection, server_side=True).recv(1)
            elif mode == "tls_reset":
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
            elif mode == "tls_plain":
                connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")
            connection.close()
            return None
        return self.context.wrap_socket(connection, server_side=True)

    def answer(self, connection, key):
        """One exchange; whether another may follow."""
        head = b""
        while b"\r\n\r\n" not in head:
            more = connection.recv(65536)
            if not more:
                return False
            head += more
        oracle = self.oracle
        oracle.requested(key, connection)
        mode = self.mode
        behaviour = self.next_behaviour() if mode == "any" else BY_NAME.get(mode, good_plain)
        self.seen.add(behaviour.__name__)
        answer, is_kept = Answer(self, head), False
        for step in behaviour(answer):
            if step == "hang":
                self.wait_for_close(connection)
                return False
            if step == "reset":
                oracle.ended(key)
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
                return False
            if step == "keep":
                is_kept = True
            elif isinstance(step, float):
                time.sleep(step)
            elif isinstance(step, str):
                if is_closed(connection):
                    return False
                oracle.ended(key)
                word, _, age = step.partition(" ")
                if word == "confirm":
                    oracle.confirms(None)
                else:
                    oracle.delivers(dict(answer.names), int(age) if age else None, behaviour.__name__)
            else:
                if not behaviour.__name__.startswith(("bad_hang", "bad_drip", "bad_endless")):
                    oracle.ended(key)
                connection.sendall(step)
        return is_kept

    def next_behaviour(self):
        """Each once, in an order that is drawn, and then again."""
        if not self.order:
            self.order = self.chance.sample(BEHAVIOURS, len(BEHAVIOURS))
        return self.order.pop()

    @staticmethod
    def wait_for_close(connection):
        end = time.monotonic() + 40
        while not is_closed(connection) and time.monotonic() < end:
            time.sleep(0.02)

    def stop(self):
        self.listener.close()


BY_NAME = {one.__name__: one for one in BEHAVIOURS}


def tls(chain):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(chain.chain, chain.key)
    return context
