"""Shared by the integration tests: the release binary, the Runtime Interface Emulator, moto's Cognito, a key server.

AUTHORIZER names the binary (default .build-x86_64/bootstrap); RUNNER a command before it (qemu-aarch64-static …).
"""
import base64, http.server, json, os, platform, shlex, shutil, socket, subprocess, sys, threading, time, urllib.request

import pytest

sys.dont_write_bytecode = True
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BINARY = os.path.abspath(os.environ.get("AUTHORIZER", os.path.join(ROOT, ".build-x86_64", "bootstrap")))
RUNNER = shlex.split(os.environ.get("RUNNER", ""))
RIE = os.path.join(ROOT, ".cache", "rie", "aws-lambda-rie-" + {"x86_64": "x86_64", "aarch64": "arm64"}[platform.machine()])
ARN = "arn:aws:execute-api:eu-central-1:123456789012:a1b2c3d4e5/prod"
RESOURCE = ARN + "/*"
UNAUTHORIZED = {"errorMessage": "Unauthorized", "errorType": "Unauthorized"}
ISSUER, AUDIENCE = "https://idp.example.com/", "https://api.example.com"


def pytest_configure(config):
    for needed in (BINARY, RIE):
        if not os.path.exists(needed):
            pytest.exit(f"{needed} is missing: run Scripts/setup and Scripts/build-release", returncode=3)


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def b64(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def unb64(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def token_event(token):
    return {"type": "TOKEN", "authorizationToken": token if token is None else "Bearer " + token, "methodArn": ARN + "/GET/orders/42"}


def request_event(headers):
    return {"type": "REQUEST", "methodArn": ARN + "/GET/orders/42", "resource": "/orders/{id}", "path": "/orders/42", "httpMethod": "GET",
            "headers": headers, "multiValueHeaders": {k: [v] for k, v in headers.items()}, "queryStringParameters": {},
            "pathParameters": {"id": "42"}, "stageVariables": {}, "requestContext": {"stage": "prod", "apiId": "a1b2c3d4e5"}}


def allow(principal, context=None, resource=RESOURCE):
    answer = {"principalId": principal, "policyDocument": {"Version": "2012-10-17", "Statement": [
        {"Action": "execute-api:Invoke", "Effect": "Allow", "Resource": resource}]}}
    return {**answer, "context": context} if context else answer


def challenge(scopes, link=None):
    """The members of a refusal's context that ask for scopes."""
    tail = f', resource_metadata="{link}"' if link else ""
    return {"error": "insufficient_scope", "required_scopes": scopes, "challenge": f'Bearer error="insufficient_scope", scope="{scopes}"{tail}'}


def deny(principal, reason, scopes=None):
    return {"principalId": principal, "policyDocument": {"Version": "2012-10-17", "Statement": [
        {"Action": "execute-api:Invoke", "Effect": "Deny", "Resource": "*"}]}, "context": {"reason": reason, **(challenge(scopes) if scopes else {})}}


class Function:
    """The binary as a function under the real Runtime Interface Emulator."""

    def __init__(self, folder, settings):
        wrapper = BINARY
        if RUNNER:
            wrapper = os.path.join(folder, "bootstrap")
            with open(wrapper, "w") as f:
                f.write("#!/bin/sh\nexec " + shlex.join([*RUNNER, BINARY]) + "\n")
            os.chmod(wrapper, 0o755)
        # Another process may take a free port before the emulator does. The emulator then ends, and another pair is tried.
        while not self.has_started(folder, wrapper, settings):
            pass

    def has_started(self, folder, wrapper, settings):
        """Starts the emulator. False if it ended because a port was taken."""
        self.port, runtime = free_port(), free_port()
        self.log_path = os.path.join(folder, f"rie-{self.port}.log")
        self.log = open(self.log_path, "wb")
        self.process = subprocess.Popen(
            [RIE, "--log-level", "error", "--runtime-interface-emulator-address", f"127.0.0.1:{self.port}",
             "--runtime-api-address", f"127.0.0.1:{runtime}", wrapper, "handler"],
            env={"PATH": os.environ["PATH"], "AWS_LAMBDA_FUNCTION_TIMEOUT": "10", **settings}, stdout=self.log, stderr=self.log)
        deadline = time.time() + 60
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return True
            except OSError:
                if self.process.poll() is not None:
                    self.log.close()
                    with open(self.log_path, "rb") as f:
                        text = f.read()
                    assert b"address already in use" in text, text
                    return False
                if time.time() > deadline:
                    raise
                time.sleep(0.02)

    def invoke(self, event):
        """The body of the answer: parsed JSON, or the text if it is not JSON."""
        body = self.invoke_raw(event)
        try:
            return json.loads(body)
        except ValueError:
            return body

    def invoke_raw(self, event):
        """The unparsed body of the answer."""
        data = event if isinstance(event, bytes) else json.dumps(event).encode()
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}/2015-03-31/functions/function/invocations", data)
        try:
            with urllib.request.urlopen(request, timeout=30) as response:
                body = response.read()
        except urllib.error.HTTPError as error:
            body = error.read()
        return body.decode()

    def lines(self):
        """The function's own log lines."""
        self.log.flush()
        with open(self.log_path, "rb") as f:
            rows = f.read().splitlines()
        return [json.loads(row) for row in rows if row.startswith(b'{"timestamp"')]

    def pid(self):
        """The process of the binary."""
        for entry in os.listdir("/proc"):
            try:
                with open(f"/proc/{entry}/stat") as f:
                    if entry.isdigit() and int(f.read().rsplit(")", 1)[1].split()[1]) == self.process.pid:
                        return int(entry)
            except OSError:
                continue
        raise LookupError("no child process")

    def stop(self):
        self.process.terminate()
        self.process.wait(10)
        self.log.close()


@pytest.fixture
def function(tmp_path):
    """Starts functions, and stops them at the end of the test."""
    started = []

    def start(**settings):
        settings = {"RESOURCE": RESOURCE, **settings}
        started.append(Function(str(tmp_path), {name: value for name, value in settings.items() if value is not None}))
        return started[-1]

    yield start
    for one in started:
        one.stop()


class KeyServer:
    """Serves a key set on loopback, counts requests, and misbehaves in the selected mode."""

    def __init__(self, key_set):
        self.body, self.status, self.fields, self.count, self.delay = json.dumps(key_set).encode(), 200, {}, 0, 0
        self.date_offset = 0
        self.port = free_port()
        self.server = None
        self.start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}/.well-known/jwks.json"

    def start(self):
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                outer.count += 1
                time.sleep(outer.delay)
                self.send_response(outer.status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(outer.body)))
                for name, value in outer.fields.items():
                    self.send_header(name, value)
                self.end_headers()
                try:
                    self.wfile.write(outer.body)
                except OSError:
                    pass

            def date_time_string(self, timestamp=None):
                return super().date_time_string(time.time() + outer.date_offset)

            def log_message(self, *arguments):
                pass

        http.server.ThreadingHTTPServer.allow_reuse_address = True
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", self.port), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self):
        if self.server:
            self.server.shutdown()
            self.server.server_close()
            self.server = None


@pytest.fixture
def key_server():
    servers = []

    def start(key_set):
        servers.append(KeyServer(key_set))
        return servers[-1]

    yield start
    for server in servers:
        server.stop()


class Issuer:
    """An RSA key that signs tokens with PyJWT."""

    def __init__(self, kid="key-1", bits=2048):
        from cryptography.hazmat.primitives.asymmetric import rsa
        self.kid, self.key = kid, rsa.generate_private_key(public_exponent=65537, key_size=bits)

    def jwk(self, **further):
        numbers = self.key.public_key().public_numbers()
        size = (numbers.n.bit_length() + 7) // 8
        return {"kty": "RSA", "kid": self.kid, "n": b64(numbers.n.to_bytes(size, "big")), "e": "AQAB", **further}

    def key_set(self):
        return {"keys": [self.jwk(use="sig", alg="RS256")]}

    def claims(self, **changes):
        now = int(time.time())
        claims = {"iss": ISSUER, "aud": AUDIENCE, "sub": "alice", "iat": now, "exp": now + 600, **changes}
        return {k: v for k, v in claims.items() if v is not None}

    def token(self, headers=None, algorithm="RS256", **changes):
        import jwt
        return jwt.encode(self.claims(**changes), self.key, algorithm=algorithm, headers={"kid": self.kid, **(headers or {})})


@pytest.fixture(scope="session")
def issuer():
    return Issuer()


@pytest.fixture(scope="session")
def chains(tmp_path_factory):
    """A chain of certificates for each type of key, for servers on loopback."""
    from tls_servers import Chain
    from tls_table import KINDS
    folder = str(tmp_path_factory.mktemp("chains"))
    return {kind: Chain(folder, kind) for kind in KINDS}


def at_present(claims, written):
    """Moves the times in claims, which were computed at `written` (when the tests were collected), to the present."""
    passed = int(time.time()) - written
    return {name: value + passed if type(value) is int and abs(value - written) < 10**8 else value for name, value in claims.items()}


def run(*arguments, settings=None, stdin=b""):
    """One run of the command line: exit status, standard output, standard error."""
    done = subprocess.run([*RUNNER, BINARY, *arguments], env={"PATH": os.environ["PATH"], **(settings or {})}, input=stdin,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=120)
    return done.returncode, done.stdout.decode(), done.stderr.decode()


@pytest.fixture(scope="session")
def cognito(tmp_path_factory):
    """moto's Cognito with one user: tokens and the address of the key set."""
    import boto3
    port = free_port()
    server = shutil.which("moto_server")
    if not server:
        pytest.exit("moto_server is missing: run Scripts/setup", returncode=3)
    log = open(tmp_path_factory.mktemp("moto") / "log", "wb")
    process = subprocess.Popen([server, "-H", "127.0.0.1", "-p", str(port)], stdout=log, stderr=log)
    try:
        for _ in range(300):
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                time.sleep(0.1)
        client = boto3.client("cognito-idp", region_name="eu-central-1", endpoint_url=f"http://127.0.0.1:{port}",
                              aws_access_key_id="x", aws_secret_access_key="x")
        pool = client.create_user_pool(PoolName="pool")["UserPool"]["Id"]
        app = client.create_user_pool_client(UserPoolId=pool, ClientName="app", ExplicitAuthFlows=["ALLOW_ADMIN_USER_PASSWORD_AUTH"])
        client_id = app["UserPoolClient"]["ClientId"]
        client.admin_create_user(UserPoolId=pool, Username="alice")
        client.admin_set_user_password(UserPoolId=pool, Username="alice", Password="Secret-123", Permanent=True)
        result = client.admin_initiate_auth(UserPoolId=pool, ClientId=client_id, AuthFlow="ADMIN_USER_PASSWORD_AUTH",
                                            AuthParameters={"USERNAME": "alice", "PASSWORD": "Secret-123"})["AuthenticationResult"]
        yield {"port": port, "jwks": f"http://127.0.0.1:{port}/{pool}/.well-known/jwks.json", "client_id": client_id,
               "issuer": f"https://cognito-idp.eu-central-1.amazonaws.com/{pool}", "id": result["IdToken"], "access": result["AccessToken"]}
    finally:
        process.terminate()
        process.wait(10)
        log.close()
