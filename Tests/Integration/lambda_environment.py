"""A Lambda environment that sends the next event after each answer, and a key server that follows a script and keeps a log.

The real emulator makes an extra round trip for each event; this one is a socket, for tests of many thousand events.
"""
import http.server, json, os, socket, subprocess, threading, time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


class Environment:
    """The binary with a Runtime API that sends one event after another."""

    def __init__(self, command, settings, log_path):
        self.listener = socket.socket()
        self.listener.bind(("127.0.0.1", 0))
        self.listener.listen(4)
        self.listener.settimeout(30)
        self.log_path, self.number, self.buffer, self.connection = log_path, 0, b"", None
        with open(log_path, "wb") as log:
            self.process = subprocess.Popen(
                command, stderr=log, env={"PATH": os.environ["PATH"], "AWS_LAMBDA_RUNTIME_API": "127.0.0.1:%d" % self.listener.getsockname()[1], **settings})
        self.read_request("GET")

    def ask(self, event, after_answer=lambda: None):
        """The answer's body and the time until it in nanoseconds; returns when the environment asks for the next event."""
        self.number += 1
        head = (f"HTTP/1.1 200 OK\r\nLambda-Runtime-Aws-Request-Id: r-{self.number}\r\nLambda-Runtime-Deadline-Ms: {int(time.time() * 1000) + 10000}\r\n"
                f"Content-Length: {len(event)}\r\n\r\n").encode()
        start = time.perf_counter_ns()
        self.connection.sendall(head + event)
        body = self.read_request("POST")
        nanoseconds = time.perf_counter_ns() - start
        after_answer()
        self.connection.sendall(b"HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n")
        self.read_request("GET")
        return body, nanoseconds

    def read_request(self, method):
        while True:
            if self.connection is None:
                self.connection, _ = self.listener.accept()
                self.connection.settimeout(30)
                self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                self.buffer = b""
            end = self.buffer.find(b"\r\n\r\n")
            if end >= 0:
                head = self.buffer[:end].lower()
                place = head.find(b"content-length:")
                length = int(head[place + 15:].split(b"\r\n", 1)[0]) if place >= 0 else 0
                if len(self.buffer) >= end + 4 + length:
                    body, self.buffer = self.buffer[end + 4:end + 4 + length], self.buffer[end + 4 + length:]
                    assert head.startswith(method.lower().encode() + b" "), head
                    return body
            more = self.connection.recv(65536)
            if not more:
                self.connection.close()
                self.connection = None
            else:
                self.buffer += more

    def peak_kib(self):
        with open(f"/proc/{self.process.pid}/status") as f:
            return int(next(line for line in f if line.startswith("VmHWM")).split()[1])

    def lines(self):
        with open(self.log_path, "rb") as f:
            return [json.loads(line) for line in f]

    def stop(self):
        self.process.terminate()
        self.process.wait(10)
        self.listener.close()
        if self.connection:
            self.connection.close()


class KeyScript:
    """A key server on loopback. `mode` is a key set, or a way to fail; `log` has the time and the result of each request."""

    GARBAGE = b"\x00<html>keys here</html>" * 40

    def __init__(self, mode):
        self.mode, self.log, self.not_modified, self.release = mode, [], 0, threading.Event()
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                outer.serve(self)

            def log_message(self, *arguments):
                pass

        class Server(http.server.ThreadingHTTPServer):
            def handle_error(self, *arguments):
                pass

        self.server = Server(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server.server_address[1]}/keys"

    @property
    def count(self):
        return len(self.log)

    def state(self):
        """The key IDs of the last valid set (None before the first one), and whether the last request failed."""
        log = list(self.log)
        good = [kids for _, kids in log if kids is not None]
        return (good[-1] if good else None), bool(log) and log[-1][1] is None

    def serve(self, request):
        # The result is in the log before the client can see it.
        mode, status, fields = self.mode, 200, {}
        if isinstance(mode, dict):
            body = json.dumps(mode).encode()
            kids = frozenset(key["kid"] for key in mode["keys"])
            fields["ETag"] = '"%s"' % "-".join(sorted(kids))
            self.log.append((time.time(), kids))
            if request.headers.get("If-None-Match") == fields["ETag"]:
                self.not_modified += 1
                status, body = 304, b""
        elif mode == "304" and "If-None-Match" in request.headers:
            # Whatever was asked for has not changed: the last good set holds on.
            self.log.append((time.time(), self.state()[0]))
            self.not_modified += 1
            status, body = 304, b""
        else:
            # To a client that asks whether its set is the newest, 304 says yes; to another it says nothing.
            known = mode == "304" and request.headers.get("If-None-Match")
            self.not_modified += bool(known)
            self.log.append((time.time(), self.state()[0] if known else None))
            if mode == "hang":
                self.release.wait(30)
                return
            status, body = {"500": (500, b"{}"), "garbage": (200, self.GARBAGE), "empty": (200, b'{"keys":[]}'), "many": (200, many_keys()),
                            "304": (304, b""), "redirect": (302, b"")}[mode]
        request.send_response(status)
        for name, value in {**fields, "Content-Type": "application/json", "Connection": "close"}.items():
            request.send_header(name, value)
        if status != 304:
            request.send_header("Content-Length", str(len(body)))
        request.end_headers()
        if status != 304:
            request.wfile.write(body)
        request.close_connection = True

    def stop(self):
        self.release.set()
        self.server.shutdown()
        self.server.server_close()


def many_keys():
    key = {"kty": "RSA", "n": "w" + "A" * 341 + "Q", "e": "AQAB"}
    return json.dumps({"keys": [{**key, "kid": str(number)} for number in range(10_000)]}).encode()
