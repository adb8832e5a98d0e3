"""No fault is charged to the wrong one: waits that end, fetches that are not tried, lost connections, closed descriptors, stops (AUDIT 19, 26)."""
import json, os, signal, socket, ssl, subprocess, sys, threading, time

import pytest

from concurrent_api import ConcurrentAPI
from conftest import BINARY, RESOURCE, RUNNER, Issuer, allow, token_event
from lambda_environment import Environment
from test_concurrency import UNAVAILABLE, unknown_kid
from tls_servers import Chain


@pytest.fixture
def concurrent_api():
    started = []

    def start(concurrency, **settings):
        started.append(ConcurrentAPI(concurrency, **settings))
        return started[-1]

    yield start
    for one in started:
        if one.process.poll() is None:
            one.stop()


SLOW = bool(RUNNER) or "TSAN_OPTIONS" in os.environ


def test_the_end_of_a_wait_does_not_deny(concurrent_api, key_server, issuer):
    """Two loops; the key was published just now. A request that cannot wait until the fetch ends is not denied."""
    server = key_server(issuer.key_set())
    api = concurrent_api(2, JWKS_URI=server.url, KEYS_REFETCH_SECONDS="1")
    api.wait_for_loops(2)
    time.sleep(2)
    other = Issuer("key-2")
    server.body, server.delay = json.dumps({"keys": [issuer.jwk(), other.jwk()]}).encode(), 1.5
    first, = api.send([token_event(other.token(sub="bob"))])
    api.wait_for(lambda: server.count == 2)
    second, = api.send([token_event(other.token(sub="bob"))], milliseconds=1200)
    api.wait_for(lambda: second.answer)
    assert first.answer is None and second.answer[1]["errorType"] == UNAVAILABLE
    api.wait_for(lambda: first.answer)
    assert first.answer == ("response", allow("bob"))
    assert api.invoke([token_event(other.token(sub="bob"))] * 2) == [allow("bob")] * 2
    assert server.count == 2


def test_a_hanging_server_does_not_deny(concurrent_api, key_server, issuer):
    """Sixteen tokens with unknown keys while the key server does not answer: it is not known whether the keys exist, so none is denied."""
    server = key_server(issuer.key_set())
    api = concurrent_api(16, JWKS_URI=server.url, KEYS_REFETCH_SECONDS="1", KEYS_FETCH_TIMEOUT_MS="1500")
    api.wait_for_loops(16)
    time.sleep(2)
    server.delay = 20
    answers = api.invoke([token_event(unknown_kid(number)) for number in range(16)])
    assert [answer["errorType"] for answer in answers] == [UNAVAILABLE] * 16
    assert api.invoke([token_event(issuer.token())] * 16) == [allow("alice")] * 16


def test_an_issuer_that_hangs_leaves_loops_to_the_others(concurrent_api, key_server, issuer):
    """A token may name an issuer whose keys are not available; tokens of an issuer with cached keys do not wait."""
    server, other = key_server(issuer.key_set()), key_server(issuer.key_set())
    other.delay = 20
    api = concurrent_api(8, KEYS_PREFETCH_TIMEOUT_MS="0", KEYS_FETCH_TIMEOUT_MS="4000", RULES=json.dumps({"issuers": [
        {"issuer": "https://idp.example.com/", "audiences": ["api"], "jwks_uri": server.url},
        {"issuer": "https://other.example.com/", "jwks_uri": other.url}]}))
    api.wait_for_loops(8)
    good = token_event(issuer.token(iss="https://idp.example.com/", aud="api"))
    assert api.invoke([good]) == [allow("alice")]
    strangers = api.send([token_event(issuer.token(iss="https://other.example.com/"))] * 8)
    assert api.invoke([good] * 8) == [allow("alice")] * 8
    assert sum(event.answer is None for event in strangers) == 6
    api.wait_for(lambda: all(event.answer for event in strangers))
    assert {event.answer[1]["errorType"] for event in strangers} == {UNAVAILABLE}


def test_a_fetch_that_is_not_tried_leaves_no_trace(concurrent_api, key_server, issuer):
    """Events without time for a fetch: the next one that has time fetches at once, and finds the new key."""
    server = key_server(issuer.key_set())
    api = concurrent_api(2, JWKS_URI=server.url, KEYS_REFETCH_SECONDS="1")
    api.wait_for_loops(2)
    time.sleep(2)
    other = Issuer("key-2")
    server.body = json.dumps({"keys": [issuer.jwk(), other.jwk()]}).encode()
    for _ in range(6):
        answer, = api.invoke([token_event(other.token(sub="bob"))], milliseconds=400)
        assert answer["errorType"] == UNAVAILABLE
    assert server.count == 1
    assert api.invoke([token_event(other.token(sub="bob"))]) == [allow("bob")]
    assert server.count == 2
    assert not [line for line in api.lines() if line["message"] == "key fetch failed"]


class Unsteady:
    """A key server before which a proxy closes the first connections without a word."""

    def __init__(self, target, refused):
        self.target, self.refused, self.count = target, refused, 0
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        threading.Thread(target=self.run, daemon=True).start()

    @property
    def url(self):
        return "http://127.0.0.1:%d/.well-known/jwks.json" % self.listener.getsockname()[1]

    def run(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            self.count += 1
            if self.count <= self.refused:
                client.close()
                continue
            server = socket.create_connection(("127.0.0.1", self.target))
            for source, sink in ((client, server), (server, client)):
                threading.Thread(target=self.carry, args=(source, sink), daemon=True).start()

    @staticmethod
    def carry(source, sink):
        try:
            while data := source.recv(65536):
                sink.sendall(data)
            sink.shutdown(socket.SHUT_WR)
        except OSError:
            pass


def test_the_start_retries(key_server, issuer, tmp_path):
    """Two connections in a row are lost at the start: the first event has its answer all the same."""
    server = key_server(issuer.key_set())
    unsteady = Unsteady(server.port, 2)
    environment = Environment([*RUNNER, BINARY], {"RESOURCE": RESOURCE, "JWKS_URI": unsteady.url}, tmp_path / "log")
    try:
        body, _ = environment.ask(json.dumps(token_event(issuer.token())).encode())
        assert json.loads(body) == allow("alice")
        assert unsteady.count == 3 and server.count == 1
    finally:
        environment.stop()
        unsteady.listener.close()


def test_the_start_does_not_retry_permanent_failures(key_server, issuer, tmp_path):
    server = key_server({"keys": []})
    environment = Environment([*RUNNER, BINARY], {"RESOURCE": RESOURCE, "JWKS_URI": server.url}, tmp_path / "log")
    try:
        assert server.count == 1
    finally:
        environment.stop()


def read_request(connection):
    """One request, head and body."""
    received = b""
    while b"\r\n\r\n" not in received:
        received += connection.recv(65536)
    head, _, body = received.partition(b"\r\n\r\n")
    length = next((int(line.split(b":")[1]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")), 0)
    while len(body) < length:
        body += connection.recv(65536)
    return head, body


def ask(connection, event):
    """One event, from the request for it to its answer."""
    head, _ = read_request(connection)
    assert head.startswith(b"GET /2018-06-01/runtime/invocation/next "), head
    connection.sendall(f"HTTP/1.1 200 OK\r\nLambda-Runtime-Aws-Request-Id: r\r\nLambda-Runtime-Deadline-Ms: {int(time.time() * 1000) + 10000}\r\n"
                       f"Content-Length: {len(event)}\r\n\r\n".encode() + event)
    head, body = read_request(connection)
    assert head.startswith(b"POST "), head
    connection.sendall(b"HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n")
    return json.loads(body)


@pytest.mark.skipif(SLOW, reason="the descriptors are the emulator's own there")
@pytest.mark.parametrize("closed", [(2,), (0, 1, 2), (1, 2)], ids=str)
def test_closed_descriptors_are_not_used_for_sockets(key_server, issuer, closed):
    """Started without descriptor 2: no log line goes into the next socket that gets its number."""
    requests = []
    server = key_server(issuer.key_set())
    original = server.server.RequestHandlerClass.do_GET

    def note(handler):
        requests.append(handler.requestline)
        original(handler)

    server.server.RequestHandlerClass.do_GET = note
    server.server.RequestHandlerClass.send_error = lambda handler, *rest: requests.append("bad request")
    listener = socket.create_server(("127.0.0.1", 0))
    address = "127.0.0.1:%d" % listener.getsockname()[1]
    start = f"import os\nfor d in {list(closed)}: os.close(d)\nos.execve({BINARY!r}, [{BINARY!r}], {{'AWS_LAMBDA_RUNTIME_API': {address!r}, 'RESOURCE': '*', 'JWKS_URI': {server.url!r}, 'LOG_LEVEL': 'DEBUG'}})"
    process = subprocess.Popen([sys.executable, "-c", start])
    try:
        connection, _ = listener.accept()
        connection.settimeout(20)
        event = json.dumps(token_event(issuer.token())).encode()
        for _ in range(2):
            assert ask(connection, event)["principalId"] == "alice"
        assert requests == ["GET /.well-known/jwks.json HTTP/1.1"]
        for descriptor in closed:
            assert os.readlink(f"/proc/{process.pid}/fd/{descriptor}") == "/dev/null"
    finally:
        process.kill()
        process.wait()
        listener.close()


def test_a_log_that_is_not_read(key_server, issuer):
    """The reader of standard error has gone: the program goes on."""
    server = key_server(issuer.key_set())
    read, write = os.pipe()
    listener = socket.create_server(("127.0.0.1", 0))
    process = subprocess.Popen([*RUNNER, BINARY], stderr=write, env={
        "AWS_LAMBDA_RUNTIME_API": "127.0.0.1:%d" % listener.getsockname()[1], "RESOURCE": RESOURCE, "JWKS_URI": server.url, "LOG_LEVEL": "DEBUG"})
    os.close(write)
    try:
        connection, _ = listener.accept()
        connection.settimeout(20)
        os.close(read)
        event = json.dumps(token_event(issuer.token())).encode()
        for _ in range(3):
            assert ask(connection, event) == allow("alice")
        assert process.poll() is None
    finally:
        process.kill()
        process.wait()
        listener.close()


@pytest.mark.skipif(SLOW, reason="the emulator answers the signal")
def test_a_stop_during_connect_does_not_fail_it(issuer, tmp_path):
    """The process is stopped and goes on while connect(2) waits: the connection is made, and no failure is logged."""
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", 0))
    listener.listen(0)
    port = listener.getsockname()[1]
    # The queue is full: the next SYN is dropped, and sent again after a second.
    fillers = []
    for _ in range(2):
        filler = socket.socket()
        filler.setblocking(False)
        filler.connect_ex(("127.0.0.1", port))
        fillers.append(filler)
    time.sleep(0.2)
    api = socket.create_server(("127.0.0.1", 0))
    log = open(tmp_path / "log", "wb")
    process = subprocess.Popen([BINARY], stderr=log, env={
        "AWS_LAMBDA_RUNTIME_API": "127.0.0.1:%d" % api.getsockname()[1], "RESOURCE": RESOURCE,
        "JWKS_URI": f"http://127.0.0.1:{port}/keys", "KEYS_CONNECT_TIMEOUT_MS": "8000", "KEYS_FETCH_TIMEOUT_MS": "9000", "KEYS_PREFETCH_TIMEOUT_MS": "9000"})
    try:
        time.sleep(0.4)
        process.send_signal(signal.SIGSTOP)
        time.sleep(0.2)
        process.send_signal(signal.SIGCONT)
        time.sleep(0.2)
        body = json.dumps(issuer.key_set()).encode()
        listener.settimeout(15)
        while True:
            connection, _ = listener.accept()
            connection.settimeout(3)
            try:
                request = connection.recv(4096)
            except TimeoutError:
                request = b""
            if request.startswith(b"GET /keys"):
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
                break
            connection.close()
        api.settimeout(15)
        api.accept()
        lines = [json.loads(line) for line in (tmp_path / "log").read_bytes().splitlines()]
        assert [line for line in lines if line["message"] == "key fetch failed"] == []
        assert any(line["message"] == "keys fetched" for line in lines), lines
    finally:
        process.kill()
        process.wait()
        for one in [listener, api, log, *fillers]:
            one.close()


@pytest.mark.parametrize("secure", [False, True], ids=["http", "https"])
def test_a_broken_connection_names_its_step(issuer, tmp_path, secure):
    """A reset in the middle of the handshake is the handshake's, one in the middle of the answer the answer's."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve():
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            connection.recv(4096)
            if not secure:
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{")
            # No time to linger: a reset.
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
            time.sleep(0.05)
            connection.close()

    threading.Thread(target=serve, daemon=True).start()
    scheme = "https" if secure else "http"
    environment = Environment([*RUNNER, BINARY], {
        "RESOURCE": RESOURCE, "JWKS_URI": f"{scheme}://127.0.0.1:{listener.getsockname()[1]}/keys", "KEYS_PREFETCH_TIMEOUT_MS": "1000"}, tmp_path / "log")
    try:
        failures = [line for line in environment.lines() if line["message"] == "key fetch failed"]
        assert failures and {line["stage"] for line in failures} == {"tls" if secure else "http"}, failures
    finally:
        environment.stop()
        listener.close()


@pytest.mark.parametrize("secure", [False, True], ids=["http", "https"])
def test_an_answer_that_nobody_asked_for(issuer, tmp_path, secure):
    """A second answer on a connection that is kept, with somebody else's key of the same ID: it is not the next request's (RFC 9112 section 9.2)."""
    other, chain = Issuer(issuer.kid), Chain(str(tmp_path), "p256")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(chain.chain, chain.key)
    listener, connections, stray = socket.create_server(("127.0.0.1", 0)), [], threading.Event()

    def answer(keys):
        body = json.dumps(keys).encode()
        return b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(body) + body

    def converse(connection):
        connection.settimeout(30)
        connection = context.wrap_socket(connection, server_side=True) if secure else connection
        try:
            while connection.recv(4096):
                connection.sendall(answer(issuer.key_set()))
                if len(connections) == 1 and not stray.is_set():
                    time.sleep(0.3)
                    connection.sendall(answer(other.key_set()))
                    stray.set()
        except OSError:
            pass

    def serve():
        while True:
            try:
                connections.append(listener.accept()[0])
            except OSError:
                return
            threading.Thread(target=converse, args=(connections[-1],), daemon=True).start()

    threading.Thread(target=serve, daemon=True).start()
    address = f"{'https' if secure else 'http'}://localhost:{listener.getsockname()[1]}/keys"
    environment = Environment([*RUNNER, BINARY], {"RESOURCE": RESOURCE, "JWKS_URI": address, "CA_BUNDLE": chain.root, "KEYS_REFETCH_SECONDS": "1"}, tmp_path / "log")
    try:
        good, forged, unknown = (json.dumps(token_event(token)).encode() for token in (issuer.token(), other.token(), unknown_kid(1)))
        assert json.loads(environment.ask(good)[0]) == allow("alice")
        assert stray.wait(10)
        time.sleep(1.5)
        # A token of an unknown key has the keys fetched again.
        assert json.loads(environment.ask(unknown)[0])["errorType"] == "Unauthorized"
        assert json.loads(environment.ask(good)[0]) == allow("alice")
        assert json.loads(environment.ask(forged)[0])["errorType"] == "Unauthorized"
        fetched = [line["connection"] for line in environment.lines() if line["message"] == "keys fetched"]
        assert fetched[0] == "new" and fetched[1] in ("new", "resumed"), fetched
    finally:
        environment.stop()
        listener.close()
