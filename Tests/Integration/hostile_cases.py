"""Shared by the tests with a hostile server: the cases, the run of a case, and messages that several cases change.

AUDIT 17, 21 and 32: input from a server is bounded, and cached keys stay in use meanwhile. A case is a function that
plays hostile_peer.py's server and returns the expected result: the reason that the binary prints (None: the keys are
fetched) and the alert that the server receives (None: no alert is sent).
"""
import json, re, socket, subprocess, threading, time

from conftest import BINARY, RUNNER
from hostile_peer import HANDSHAKE, Gone, Peer12, Peer13, extension, message, record, vector
from tls_servers import need

# Far above what any case takes: a test must not hang, and no time is measured.
BOUND_SECONDS = 120
MEMORY_LIMIT_KIB = 6 * 1024
BRIEF = {"KEYS_FETCH_TIMEOUT_MS": "700"}
# Of every case that was met, with its name.
peaks = []


class Cases(dict):
    """The cases of one file, by name."""

    def add(self, reason, alert, peer=Peer13, kind="p256", **settings):
        def add(function):
            name = function.__name__
            assert name not in self, name
            self[name] = (function, reason, alert, peer, kind, settings)
            return function
        return add

    def hello(self, name, reason, alert, peer=Peer13, **changes):
        """Changes a ServerHello."""
        def function(one, body):
            one.read_hello()
            given = {key: value(one) if callable(value) else value for key, value in changes.items()}
            one.send(record(HANDSHAKE, one.hello_message(**given)))
        function.__name__ = name
        self.add(reason, alert, peer)(function)

    def flight(self, name, reason, alert, *steps, kind="p256"):
        """Messages after the ServerHello of TLS 1.3, each in a record of its own."""
        def function(one, body):
            one.begin()
            for step in steps:
                one.say(step(one))
        function.__name__ = name
        self.add(reason, alert, Peer13, kind)(function)

    def flight12(self, name, reason, alert, *steps, kind="p256", **changes):
        """The same in TLS 1.2; a step may also do something without sending anything."""
        def function(one, body):
            one.begin(**changes)
            for step in steps:
                made = step(one)
                if made is not None:
                    one.say(made)
        function.__name__ = name
        self.add(reason, alert, Peer12, kind)(function)

    def silence(self, name, alert, *steps):
        """Steps, and then silence."""
        def function(one, body):
            for step in steps:
                step(one)
            one.last_alert()
        function.__name__ = name
        # Before the handshake is done there is nothing to say farewell to.
        self.add("tls_handshake_timeout" if alert is None else "read_timeout", alert, **BRIEF)(function)

    def meet(self, name, chains, issuer):
        """One run of the binary against the case."""
        _, reason, alert, _, kind, settings = self[name]
        body = json.dumps(issuer.key_set()).encode()
        server = HostileServer(lambda number, connection: play(self[name], connection, chains[kind], body))
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


def play(case, connection, chain, body):
    """One connection of a case; returns the last alert that the client sent."""
    peer = case[3](connection, chain)
    try:
        case[0](peer, body)
    except Gone:
        # In the middle of a flood: it is the client's right.
        pass
    return peer.last_alert()


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
    """`authorizer keys`: exit status, output, error and the peak of its memory in KiB."""
    command = [need("time"), "-f", "peak %M", *RUNNER, BINARY, "keys", "--json"]
    environment = {"JWKS_URI": url, "RESOURCE": "*", "CA_BUNDLE": chain.root, "KEYS_FETCH_TIMEOUT_MS": "10000", **settings}
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=BOUND_SECONDS)
    error = done.stderr.decode()
    return done.returncode, done.stdout.decode(), error, int(re.search(r"peak (\d+)", error)[1])


# Messages that several files' cases change.

EXTENSIONS = lambda p: p.encrypted_extensions()
CERTIFICATE = lambda p: p.certificate()
VERIFY = lambda p: p.certificate_verify()
FINISHED = lambda p: p.finished()
REQUEST = lambda p: message(13, b"\0" + vector(2, extension(13, b"\0\x02\x04\x03")))


def flip(signature):
    return signature[:-1] + bytes([signature[-1] ^ 1])


def say(make):
    return lambda one: one.say(make(one))


def drip(peer, data):
    for at in range(len(data)):
        peer.send(data[at:at + 1])
        # Not a measure: so slow that the data would take a minute.
        time.sleep(0.3)
