"""A Runtime API that sends several events at a time, as on Lambda Managed Instances, and records each event's answer."""
import collections, json, os, socket, subprocess, threading, time

from conftest import BINARY, RESOURCE, RUNNER

BASE = "/2018-06-01/runtime/invocation/"
ACCEPTED = b"HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n"


class Event:
    """An event and its result."""

    def __init__(self, number, body, milliseconds):
        self.id, self.body = f"8476a536-e9f4-11e8-9739-{number:012}", body
        self.deadline = int(time.time() * 1000) + milliseconds
        self.loop = None  # the connection that it was handed to
        self.answer = None  # ("response" or "error", body)
        self.at_work = None  # (loops with an event, loops between two events) when it found no loop waiting


class Loop:
    """A connection: "next" while it waits for an event, "event" while it processes one, "between" otherwise."""

    def __init__(self, connection):
        self.connection, self.state, self.event, self.kill = connection, "between", None, None


class ConcurrentAPI:
    """Starts the binary and serves every connection that it opens."""

    def __init__(self, concurrency, binary=None, **settings):
        self.listener = socket.socket()
        self.listener.bind(("127.0.0.1", 0))
        self.listener.listen(2048)
        self.changed = threading.Condition()
        self.loops, self.queue, self.events, self.faults = [], collections.deque(), {}, []
        self.post_status = ACCEPTED
        environment = {"AWS_LAMBDA_RUNTIME_API": f"127.0.0.1:{self.listener.getsockname()[1]}", "RESOURCE": RESOURCE, **settings}
        environment.update({name: os.environ[name] for name in ("TSAN_OPTIONS",) if name in os.environ})
        if concurrency is not None:
            environment["AWS_LAMBDA_MAX_CONCURRENCY"] = str(concurrency)
        self.process = subprocess.Popen([*RUNNER, binary or BINARY], env=environment, stderr=subprocess.PIPE)
        self.log = []
        self.log_reader = self.start(self.read_log)
        self.start(self.accept)

    @staticmethod
    def start(target, *arguments):
        thread = threading.Thread(target=target, args=arguments, daemon=True)
        thread.start()
        return thread

    def read_log(self):
        for line in self.process.stderr:
            self.log.append(line)

    def accept(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            loop = Loop(connection)
            with self.changed:
                self.loops.append(loop)
            self.start(self.converse, loop)

    def converse(self, loop):
        """Serves one connection until it ends."""
        try:
            with loop.connection.makefile("rb") as stream:
                while request := self.read(stream):
                    path, body = request
                    loop.connection.sendall(self.next(loop) if path == BASE + "next" else self.take(loop, path, body))
                    if loop.kill is not None:
                        break
        except OSError:
            pass
        with self.changed:
            self.loops.remove(loop)
            self.changed.notify_all()
        loop.connection.close()

    @staticmethod
    def read(stream):
        start = stream.readline()
        if not start:
            return None
        length = 0
        while (line := stream.readline()) not in (b"\r\n", b""):
            if line.lower().startswith(b"content-length:"):
                length = int(line.split(b":")[1])
        return start.split(b" ")[1].decode(), stream.read(length)

    def next(self, loop):
        with self.changed:
            if loop.event:
                self.faults.append(f"{loop.event.id}: asked for the next before it was answered")
            loop.state = "next"
            if self.queue:
                self.hand(self.queue.popleft(), loop)
            self.changed.notify_all()
            while loop.state == "next" and loop.kill is None:
                self.changed.wait()
            if loop.kill is not None:
                return loop.kill
            event = loop.event
        return (f"HTTP/1.1 200 OK\r\nLambda-Runtime-Aws-Request-Id: {event.id}\r\nLambda-Runtime-Deadline-Ms: {event.deadline}\r\n"
                f"Lambda-Runtime-Trace-Id: Root={event.id};Sampled=1\r\nContent-Length: {len(event.body)}\r\n\r\n").encode() + event.body

    def hand(self, event, loop):
        event.loop, loop.event, loop.state = loop, event, "event"

    def take(self, loop, path, body):
        number, _, kind = path.removeprefix(BASE).partition("/")
        with self.changed:
            event = self.events.get(number)
            if event is None or event.answer is not None or kind not in ("response", "error"):
                self.faults.append(f"{path}: an answer to nothing")
            else:
                # A loop may answer on a new connection when the old one was closed.
                event.answer = kind, json.loads(body)
                event.loop.event, event.loop.state, loop.state = None, "between", "between"
            self.changed.notify_all()
            return self.post_status

    # What tests ask for.

    def wait_for(self, what, seconds=60):
        """Waits until `what` is true; fails the test after a time limit."""
        deadline = time.monotonic() + seconds
        with self.changed:
            while not what():
                assert time.monotonic() < deadline, f"waited in vain: {self.count('next')} of {len(self.loops)} loops wait; {self.log[-3:]}"
                self.changed.wait(0.05)

    def count(self, state):
        return sum(loop.state == state for loop in self.loops)

    def wait_for_loops(self, count):
        """Waits until this many loops wait for an event and all others are idle."""
        self.wait_for(lambda: self.count("next") == len(self.loops) == count)

    def send(self, events, milliseconds=30_000):
        """Sends events, each at once if a loop waits; else it is queued."""
        sent = []
        with self.changed:
            for event in events:
                one = Event(len(self.events), event if isinstance(event, bytes) else json.dumps(event).encode(), milliseconds)
                self.events[one.id] = one
                sent.append(one)
                waiting = next((loop for loop in self.loops if loop.state == "next" and loop.kill is None), None)
                if waiting:
                    self.hand(one, waiting)
                else:
                    one.at_work = self.count("event"), self.count("between")
                    self.queue.append(one)
            self.changed.notify_all()
        return sent

    def invoke(self, events, milliseconds=30_000):
        """The answers to events that are all sent at once."""
        sent = self.send(events, milliseconds)
        self.wait_for(lambda: all(event.answer for event in sent))
        assert not self.faults, self.faults
        return [event.answer[1] for event in sent]

    def kill_loop(self, last_words):
        """One waiting loop receives these bytes and a closed connection."""
        with self.changed:
            loop = next(loop for loop in self.loops if loop.state == "next")
            loop.kill = last_words
            self.changed.notify_all()
        self.wait_for(lambda: loop not in self.loops)

    def lines(self):
        return [json.loads(line) for line in list(self.log)]

    def threads(self):
        return len(os.listdir(f"/proc/{self.process.pid}/task"))

    def peak_kib(self):
        with open(f"/proc/{self.process.pid}/status") as f:
            return int(next(line for line in f if line.startswith("VmHWM")).split()[1])

    def wait_for_exit(self):
        status = self.process.wait(30)
        self.log_reader.join(30)
        return status

    def stop(self):
        """Closes all connections, which ends the process; returns its exit status."""
        self.listener.shutdown(socket.SHUT_RDWR)  # close alone would not wake accept
        self.listener.close()
        with self.changed:
            for loop in self.loops:
                loop.kill = b"-"
                loop.connection.shutdown(socket.SHUT_RDWR)
            self.changed.notify_all()
        return self.wait_for_exit()
