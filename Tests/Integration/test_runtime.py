"""The Runtime API as Lambda has it: init errors, malformed events, chunked bodies, closed connections, status 500."""
import json, socket, subprocess, time

from conftest import BINARY, RESOURCE, RUNNER, allow, token_event


def test_bad_settings_are_an_init_error(function):
    answer = function(JWKS_UR="x").invoke({})
    assert answer["errorType"] == "SettingsError" and "did you mean JWKS_URI" in answer["errorMessage"]
    for settings, text in [({}, "JWKS_URI is not set"), ({"JWKS_URI": "https://user@idp.example.com/keys"}, "neither an https:// URL"),
                           ({"JWKS_URI": "http://idp.example.com/keys"}, "localhost"), ({"JWKS_URI": "/x", "CLOCK_SKEW_SECONDS": "9999"}, "0 to 300")]:
        answer = function(**settings).invoke({})
        assert answer["errorType"] == "SettingsError" and text in answer["errorMessage"], settings


def test_the_sample_is_not_available_under_lambda(function):
    answer = function().invoke(token_event("x"))
    assert answer["errorType"] == "SettingsError" and "JWKS_URI is not set" in answer["errorMessage"]


def test_malformed_events(function, issuer):
    one = function(JWKS=json.dumps(issuer.key_set()))
    for event, text in [(b"not json", "not JSON"), (b"[]", "not a JSON object"), ({}, 'no "type"'), ({"type": "S3"}, '"type" is "S3", neither TOKEN nor REQUEST'), ({"Records": []}, "Its members: Records."),
                        ({"version": "2.0", "type": "REQUEST"}, '"routeArn" is absent or not an execute-api ARN'), ({"version": "3.0", "type": "REQUEST"}, '"version" is "3.0"'), ({"type": "TOKEN", "methodArn": "x"}, '"methodArn" is absent or not'),
                        ({**token_event("x"), "padding": "x" * 300_000}, "longer than 256 KiB")]:
        answer = one.invoke(event)
        assert answer["errorType"] == "EventError" and text in answer["errorMessage"], (text, answer)
    assert one.invoke(token_event(issuer.token())) == allow("alice")


def test_warnings_at_the_start(function, issuer):
    one = function(JWKS=json.dumps(issuer.key_set()), RESOURCE="*")
    assert one.invoke(token_event(issuer.token())) == allow("alice", resource="*")
    warnings = [line["warning"] for line in one.lines() if line["level"] == "WARN"]
    assert len(warnings) == 2 and "ISSUER and AUDIENCE" in warnings[0] and "RESOURCE" in warnings[1]


class RuntimeAPI:
    """A Runtime API for rare behaviour of the real one: scripted, one list of bytes for each request."""

    def __init__(self, script, settings, command=(*RUNNER, BINARY)):
        self.socket = socket.socket()
        self.socket.bind(("127.0.0.1", 0))
        self.socket.listen(5)
        self.requests, self.script, self.settings, self.command = [], script, settings, command

    def run(self):
        port = self.socket.getsockname()[1]
        self.process = subprocess.Popen(self.command, env={"AWS_LAMBDA_RUNTIME_API": f"127.0.0.1:{port}", "RESOURCE": RESOURCE, **self.settings},
                                        stderr=subprocess.PIPE)
        self.socket.settimeout(20)
        connection = None
        for step in self.script:
            if step == "close":
                connection.close()
                connection = None
                continue
            request = None
            while request is None:
                if connection is None:
                    connection, _ = self.socket.accept()
                    connection.settimeout(20)
                request = self.read(connection)
                if request is None:
                    connection = None
            self.requests.append(request)
            for piece in step:
                connection.sendall(piece)
                time.sleep(0.02)
        self.socket.close()
        if connection:
            connection.close()
        _, error = self.process.communicate(timeout=20)
        return self.process.returncode, [json.loads(line) for line in error.splitlines()]

    @staticmethod
    def read(connection):
        data = b""
        while b"\r\n\r\n" not in data:
            more = connection.recv(65536)
            if not more:
                return None
            data += more
        head, body = data.split(b"\r\n\r\n", 1)
        for line in head.lower().split(b"\r\n"):
            if line.startswith(b"content-length:"):
                while len(body) < int(line.split(b":")[1]):
                    body += connection.recv(65536)
        return head.decode().split(" ")[1], head.decode().lower(), body


ACCEPTED = [b'HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n']


def event_response(body, request_id="8476a536-e9f4-11e8-9739-2dfe598c3fcd", chunked=False):
    head = f"HTTP/1.1 200 OK\r\nLambda-Runtime-Aws-Request-Id: {request_id}\r\nLambda-Runtime-Deadline-Ms: 9999999999999\r\n"
    if not chunked:
        return [f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body]
    pieces = [f"{head}Transfer-Encoding: chunked\r\n\r\n".encode()]
    for start in range(0, len(body), 100):
        piece = body[start:start + 100]
        pieces.append(f"{len(piece):x}\r\n".encode() + piece + b"\r\n")
    return [*pieces, b"0\r\n\r\n"]


def test_chunked_events_and_the_shape_of_the_posts(issuer):
    good, bad = json.dumps(token_event(issuer.token())).encode(), json.dumps(token_event("x")).encode()
    api = RuntimeAPI([event_response(good, chunked=True), ACCEPTED, event_response(bad), ACCEPTED], {"JWKS": json.dumps(issuer.key_set())})
    status, lines = api.run()
    paths = [request[0] for request in api.requests]
    base = "/2018-06-01/runtime/invocation/"
    assert paths == [base + "next", base + "8476a536-e9f4-11e8-9739-2dfe598c3fcd/response", base + "next",
                     base + "8476a536-e9f4-11e8-9739-2dfe598c3fcd/error"]
    assert json.loads(api.requests[1][2]) == allow("alice")
    assert "lambda-runtime-function-error-type: unauthorized" in api.requests[3][1]
    assert "content-type: application/vnd.aws.lambda.error+json" in api.requests[3][1]
    assert json.loads(api.requests[3][2]) == {"errorMessage": "Unauthorized", "errorType": "Unauthorized"}
    # The conversation has ended: the process says so and exits.
    assert status == 1 and lines[-1]["level"] == "FATAL"


def test_a_closed_connection_is_opened_again(issuer):
    good = json.dumps(token_event(issuer.token())).encode()
    api = RuntimeAPI([event_response(good), ACCEPTED, "close", event_response(good), ACCEPTED], {"JWKS": json.dumps(issuer.key_set())})
    api.run()
    assert [json.loads(request[2]) for request in api.requests if request[0].endswith("/response")] == [allow("alice")] * 2


def test_status_500_ends_the_process(issuer):
    good = json.dumps(token_event(issuer.token())).encode()
    api = RuntimeAPI([event_response(good), [b"HTTP/1.1 500 Container Error\r\nContent-Length: 0\r\n\r\n"]], {"JWKS": json.dumps(issuer.key_set())})
    status, lines = api.run()
    assert status == 1 and lines[-1]["reason"] == "runtime_api_container_error"


def test_a_refused_answer_is_logged_and_the_loop_continues(issuer):
    good = json.dumps(token_event(issuer.token())).encode()
    refusal = [b"HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\n\r\n{}"]
    api = RuntimeAPI([event_response(good), refusal, event_response(good), ACCEPTED], {"JWKS": json.dumps(issuer.key_set())})
    _, lines = api.run()
    assert any(line["message"] == "the Runtime API refused the answer" and line["status"] == 413 for line in lines)
    assert sum(request[0].endswith("/response") for request in api.requests) == 2


def test_an_event_past_every_limit_is_answered(issuer):
    huge = b'{"type":"TOKEN","x":"' + b"x" * (5 << 20) + b'"}'
    good = json.dumps(token_event(issuer.token())).encode()
    api = RuntimeAPI([event_response(huge), ACCEPTED, event_response(good), ACCEPTED], {"JWKS": json.dumps(issuer.key_set())})
    api.run()
    assert json.loads(api.requests[1][2])["errorType"] == "EventError"
    assert json.loads(api.requests[3][2]) == allow("alice")


def test_a_hostile_request_id_ends_the_process(issuer):
    api = RuntimeAPI([event_response(b"{}", request_id="a/../b")], {"JWKS": json.dumps(issuer.key_set())})
    status, lines = api.run()
    assert status == 1 and lines[-1]["reason"] == "runtime_api_request_id"
