"""A Runtime API in one thread that hands out events as fast as they are answered, to as many loops as connect."""
import json, os, random, select, socket, subprocess, time

from conftest import RESOURCE, allow
from soak_oracle import ALLOW

NEXT, POST = b"GET /2018-06-01/runtime/invocation/next ", b"POST /2018-06-01/runtime/invocation/"
ACCEPTED = b"HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n"
STRANGERS_PER_SECOND = 200


class Event:
    __slots__ = ("id", "token", "start", "milliseconds", "state", "offset", "stalls")

    def __init__(self, number, token, milliseconds, state, offset):
        self.id, self.token, self.milliseconds = b"8476a536-e9f4-11e8-9739-%012d" % number, token, milliseconds
        self.state, self.offset, self.start = state, offset, time.time()

    def __str__(self):
        return f"event {self.id[-12:].decode()} with {self.milliseconds} ms, {(time.time() - self.start) * 1000:.0f} ms ago"


class Books:
    """What became of the events of one run."""

    def __init__(self):
        self.events = self.lost = self.late = 0
        self.longest_at_hand = self.longest = 0.0
        self.slowest, self.kinds = [], {}

    def wait(self, seconds, is_at_hand, what):
        if is_at_hand and seconds > self.longest_at_hand:
            self.longest_at_hand = seconds
            self.slowest = [what, *self.slowest][:5]
        if not is_at_hand and seconds > self.longest:
            self.longest = seconds


class API:
    def __init__(self, binary, settings, oracle, tokens, seed, loops, prepare=None):
        self.oracle, self.tokens, self.chance, self.loops = oracle, tokens, random.Random(seed), loops
        self.books, self.number, self.strangers, self.last_refill = Books(), 0, 0.0, time.time()
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=2048)
        self.listener.setblocking(False)
        environment = {"AWS_LAMBDA_RUNTIME_API": "127.0.0.1:%d" % self.listener.getsockname()[1], **settings}
        if loops > 1:
            environment["AWS_LAMBDA_MAX_CONCURRENCY"] = str(loops)
        self.process = subprocess.Popen(binary, env=environment, stderr=subprocess.PIPE, preexec_fn=prepare)
        self.stderr = self.process.stderr.fileno()
        os.set_blocking(self.stderr, False)
        self.poll = select.epoll()
        for descriptor in (self.listener.fileno(), self.stderr):
            self.poll.register(descriptor, select.EPOLLIN)
        self.connections, self.buffers, self.out, self.rest = {}, {}, {}, b""
        self.plant = None
        self.notable, self.is_handing_out, self.idle, self.cut_connections = [], True, [], 0
        self.last_line = b""

    def run(self, until, tick):
        """Serves until a moment of the monotonic clock; calls `tick` about every 20 ms. Whether the process still runs."""
        next_tick = 0.0
        while (now := time.monotonic()) < until:
            if now >= next_tick:
                tick()
                self.look_for_lost()
                next_tick = time.monotonic() + 0.02
            for descriptor, _ in self.poll.poll(0.02):
                if descriptor == self.listener.fileno():
                    self.accept()
                elif descriptor == self.stderr:
                    if not self.read_log():
                        return False
                else:
                    self.serve(descriptor)
        return True

    def accept(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except BlockingIOError:
                return
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            connection.setblocking(False)
            self.connections[connection.fileno()], self.buffers[connection.fileno()] = connection, b""
            self.poll.register(connection.fileno(), select.EPOLLIN)

    def close(self, descriptor):
        self.poll.unregister(descriptor)
        self.connections.pop(descriptor).close()
        self.buffers.pop(descriptor)

    def read_log(self):
        try:
            data = os.read(self.stderr, 1 << 20)
        except BlockingIOError:
            return True
        if not data:
            return False
        lines = (self.rest + data).split(b"\n")
        self.rest = lines.pop()
        for line in lines:
            self.last_line = line
            if b'"message":"key' in line and (b'"message":"keys fetched"' in line or b'"message":"key fetch failed"' in line):
                self.oracle.read(json.loads(line))
            elif b'"level":"ERROR"' in line and b'"message":"decision"' not in line or b'"level":"FATAL"' in line or not line.startswith(b"{"):
                self.notable = [*self.notable, line][-20:]
        return True

    def serve(self, descriptor):
        connection = self.connections.get(descriptor)
        if connection is None:
            return
        try:
            data = connection.recv(65536)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self.close(descriptor)
            return
        buffer = self.buffers[descriptor] + data
        while (end := buffer.find(b"\r\n\r\n")) >= 0:
            if buffer.startswith(NEXT):
                buffer = buffer[end + 4:]
                if self.cut_connections > 0:
                    # Closed between two requests: the loop comes back on another connection.
                    self.cut_connections -= 1
                    self.close(descriptor)
                    return
                if self.is_handing_out:
                    self.hand_out(connection)
                else:
                    self.idle.append(descriptor)
                continue
            at = buffer.lower().find(b"content-length:", 0, end)
            length = int(buffer[at + 15:buffer.index(b"\r\n", at)])
            if len(buffer) < end + 4 + length:
                break
            self.take(buffer[:buffer.index(b"\r\n")], buffer[end + 4:end + 4 + length])
            connection.send(ACCEPTED)
            buffer = buffer[end + 4 + length:]
        self.buffers[descriptor] = buffer

    def hand_out(self, connection):
        number = self.number = self.number + 1
        token = self.tokens.pick(self.chance)
        if token.is_of_stranger:
            now = time.time()
            self.strangers = min(STRANGERS_PER_SECOND / 4, self.strangers + (now - self.last_refill) * STRANGERS_PER_SECOND)
            self.last_refill = now
            if self.strangers < 1:
                token = self.tokens.pick_known(self.chance)
            else:
                self.strangers -= 1
        luck = self.chance.random()
        milliseconds = 10_000 if luck < 0.95 else -1 if luck > 0.998 else self.chance.choice((300, 450, 700, 1200, 1800))
        event = Event(number, token, milliseconds, *self.oracle.handed_out())
        self.out[event.id] = event
        body = token.event
        connection.send(b"HTTP/1.1 200 OK\r\nLambda-Runtime-Aws-Request-Id: %s\r\nLambda-Runtime-Deadline-Ms: %d\r\nContent-Length: %d\r\n\r\n%s" % (
            event.id, int((event.start + self.oracle.clock.offset) * 1000) + milliseconds, len(body), body))

    def take(self, line, body):
        path = line.split(b" ")[1].split(b"/")
        event = self.out.pop(path[4], None) if line.startswith(POST) and len(path) == 6 else None
        if event is None:
            self.oracle.complain(f"an answer to nothing: {line[:200]}")
            return
        if self.plant and self.number % 500 == 0:
            kind, body = self.plant(path[5].decode(), body)
            if kind is None:
                self.out[event.id] = event
                return
            path[5] = kind.encode()
        waited = time.time() - event.start
        is_at_hand = self.oracle.judge(event, path[5].decode(), body)
        books = self.books
        books.events += 1
        label = self.oracle.label(path[5].decode(), body)
        label = label if isinstance(label, str) else ALLOW
        books.kinds[label] = books.kinds.get(label, 0) + 1
        if not self.oracle.is_disturbed(event.start):
            books.wait(waited, is_at_hand, f"{waited * 1000:.0f} ms for {event.token} at {time.strftime('%H:%M:%S')}")
            if waited > max(event.milliseconds, 500) / 1000 + 3 + self.loops / 100:
                books.late += 1
                self.oracle.complain(f"answered {waited:.1f} s later: {event.token}, {event}")

    def look_for_lost(self):
        """An event that has no answer long after its deadline."""
        now = time.time()
        for event in list(self.out.values()):
            if now - max(event.start, self.oracle.disturbed_until) > 40:
                del self.out[event.id]
                self.books.lost += 1
                self.oracle.complain(f"no answer: {event.token}, {event}")
            else:
                break

    def drain(self, seconds):
        """Hands out no more, and waits for the answers that are missing."""
        self.is_handing_out = False
        until = time.monotonic() + seconds
        while self.out and time.monotonic() < until:
            if not self.run(time.monotonic() + 0.1, lambda: None):
                break
        for event in self.out.values():
            self.books.lost += 1
            self.oracle.complain(f"no answer: {event.token}, {event}")

    def memory_kib(self):
        with open(f"/proc/{self.process.pid}/status") as f:
            return int(next(line for line in f if line.startswith("VmRSS")).split()[1])

    def stop(self):
        self.process.kill()
        self.process.wait()
        self.process.stderr.close()
        self.poll.close()
        for connection in [*self.connections.values(), self.listener]:
            connection.close()


# Faults that are planted to see that they are found: every 500th answer is another one, or gets lost.
PLANTS = {
    "denied": lambda kind, body: ("error", b'{"errorMessage":"Unauthorized","errorType":"Unauthorized"}'),
    "allowed": lambda kind, body: ("response", json.dumps(allow("a-0", resource=RESOURCE)).encode()),
    "unavailable": lambda kind, body: ("error", b'{"errorMessage":"","errorType":"KeysUnavailable"}'),
    "lost": lambda kind, body: (None, None),
}
