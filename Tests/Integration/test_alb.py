"""Profile alb: the keys of load balancers come over HTTPS, as PEM texts, each at its own URL (AUDIT 2, 18, 19, 21)."""
import http.server, json, ssl, threading, time, uuid

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519

import tls_servers as servers
from conftest import ARN, BINARY, RESOURCE, RUNNER, allow, run
from lambda_environment import Environment
from test_profiles import BALANCER, balanced

CLIENT, INTERVAL, TTL = "7example23app", 2, 3


class KeyHost:
    """Serves PEM texts under their names over TLS, and records the requested paths with their times."""

    def __init__(self, chain):
        self.keys, self.absence, self.fault, self.log = {}, 404, None, []
        self.tags, self.not_modified = False, 0
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                outer.log.append((self.path, time.time()))
                body, status = outer.keys.get(self.path[1:]), 200
                if outer.fault == "cut":
                    self.close_connection = True
                    return
                if outer.fault is not None:
                    status, body = outer.fault
                elif body is None:
                    status, body = outer.absence, b"<Error><Code>AccessDenied</Code></Error>"
                tag = '"%s"' % self.path[1:9]
                if outer.tags and status == 200 and self.headers.get("If-None-Match") == tag:
                    status, body = 304, b""
                    outer.not_modified += 1
                self.send_response(status)
                if outer.tags:
                    self.send_header("ETag", tag)
                if status != 304:
                    self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *arguments):
                pass

        class Server(http.server.ThreadingHTTPServer):
            def handle_error(self, *arguments):
                pass

        self.server = Server(("127.0.0.1", 0), Handler)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(chain.chain, chain.key)
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.port = self.server.server_address[1]
        self.root = chain.root
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def settings(self, **further):
        return {"PROFILE": "alb", "ISSUER": BALANCER, "AUDIENCE": CLIENT, "RESOURCE": RESOURCE, "CA_BUNDLE": self.root,
                "JWKS_URI": f"https://localhost:{self.port}", "TOKEN_SOURCES": "header:x-amzn-oidc-data", **further}

    def asked(self):
        return [path[1:] for path, _ in self.log]

    def stop(self):
        self.server.shutdown()
        self.server.server_close()


class Balancer:
    """A key of the load balancer, with its key ID."""

    def __init__(self, host=None, key=None, kid=None):
        self.kid, self.key = kid or str(uuid.uuid4()), key or ec.generate_private_key(ec.SECP256R1())
        if host:
            host.keys[self.kid] = self.pem()

    def pem(self):
        return self.key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)

    def token(self, header=None, **claims):
        end = int(time.time()) + 120
        return balanced({"typ": "JWT", "kid": self.kid, "alg": "ES256", "iss": "https://idp", "client": CLIENT, "signer": BALANCER, "exp": end, **(header or {})},
                        {"sub": "alice", "exp": end, "iss": "https://idp", **claims}, self.key)

    def event(self, **further):
        return request(self.token(**further))


def request(token):
    return json.dumps({"type": "REQUEST", "methodArn": ARN + "/GET/orders/42", "headers": {"x-amzn-oidc-data": token}}).encode()


@pytest.fixture(scope="module")
def chain(tmp_path_factory):
    return servers.Chain(str(tmp_path_factory.mktemp("alb")), "p256")


@pytest.fixture
def host(chain):
    one = KeyHost(chain)
    yield one
    one.stop()


@pytest.fixture
def environment(tmp_path):
    started = []

    def start(settings):
        started.append(Environment([*RUNNER, BINARY], settings, str(tmp_path / f"log-{len(started)}")))
        return started[-1]

    yield start
    for one in started:
        one.stop()


def verdict(one, event):
    """`Allow`, or the type of the error."""
    answer = json.loads(one.ask(event)[0])
    assert "errorType" in answer or answer == allow("alice")
    return answer.get("errorType", "Allow")


def pause_until(condition):
    deadline = time.time() + 30
    while not condition():
        assert time.time() < deadline
        time.sleep(0.05)


def test_rotation(host, environment):
    """A new key is fetched with its first token, once; unknown key IDs cause at most one fetch in each interval."""
    one = environment(host.settings(LOG_LEVEL="INFO"))
    assert host.log == []  # nothing is fetched at the start
    balancers = [Balancer(host) for _ in range(3)]
    for balancer in balancers:  # no waiting between keys that tokens hold under
        for _ in range(20):
            assert verdict(one, balancer.event()) == "Allow"
    assert host.asked() == [balancer.kid for balancer in balancers]
    # What no key could save, made-up names among it.
    for event in (balancers[0].event(header={"signer": BALANCER + "0"}), balancers[0].event(header={"kid": "../" + balancers[0].kid}),
                  balancers[0].event(header={"kid": balancers[0].kid.upper()})):
        assert verdict(one, event) == "Unauthorized"
    assert len(host.log) == 3
    for _ in range(200):
        assert verdict(one, Balancer().event()) == "Unauthorized"
    assert len(host.log) == 4
    assert verdict(one, balancers[2].event()) == "Allow"
    lines = [line for line in one.lines() if line["message"] == "keys fetched"]
    assert [line["keys"] for line in lines] == [1, 1, 1] and [line["connection"] for line in lines] == ["new", "kept", "kept"]
    # A wrong signature under a good key.
    assert verdict(one, Balancer(key=ec.generate_private_key(ec.SECP256R1()), kid=balancers[0].kid).event()) == "Unauthorized"


@pytest.mark.parametrize("absence", [404, 403])
def test_flood(absence, host, environment):
    """Invented key IDs and other load balancers' keys: one request in each interval, while the known key is used."""
    host.absence = absence
    good, strangers = Balancer(host), [Balancer(host) for _ in range(20)]
    # Signed with an unknown key, or under the name of another load balancer's key: not signed by this load balancer.
    forged = [Balancer(kid=stranger.kid).event() for stranger in strangers]
    one = environment(host.settings(KEYS_REFETCH_SECONDS=str(INTERVAL)))
    assert verdict(one, good.event()) == "Allow"
    event, start, count = good.event(), time.time(), 0
    while time.time() - start < 4 * INTERVAL:
        assert verdict(one, forged[count % 20] if count % 3 == 0 else Balancer(key=good.key).event()) == "Unauthorized"
        assert verdict(one, event) == "Allow"
        count += 1
    others = [at for path, at in host.log if path[1:] != good.kid]
    assert count > 100 and host.asked().count(good.kid) == 1 and 3 <= len(others) <= 5, (count, len(others))
    # Times count in whole seconds.
    assert all(after - before > INTERVAL - 1 for before, after in zip(others, others[1:]))
    # A key that came up in between is the issuer's still.
    late = Balancer(host)
    pause_until(lambda: verdict(one, late.event()) == "Allow")


FAULTS = [("cut", "http_closed"), ((500, b""), "http_status"), ((302, b""), "http_status"), ((200, b"garbage"), "x509_pem_form"),
          ((200, b"\n" * 4097), "http_body_too_long"), ((200, b""), "x509_pem_form"), ((403, b""), "http_status")]


def test_faults_take_no_key(host, environment):
    """For every answer of the key server but 404, cached keys are used until they are stale."""
    good = Balancer(host)
    wrong = [ed25519.Ed25519PrivateKey.generate(), ec.generate_private_key(ec.SECP384R1())]
    wrong = [((200, Balancer(key=key).pem()), "x509_key_algorithm_mismatch") for key in wrong]
    one = environment(host.settings(KEYS_TTL_SECONDS="1", KEYS_COOLDOWN_SECONDS="1", LOG_LEVEL="WARN"))
    assert verdict(one, good.event()) == "Allow"
    for fault, reason in FAULTS + wrong:
        host.fault, before = fault, len(host.log)
        pause_until(lambda: verdict(one, good.event()) == "Allow" and len(host.log) > before)
        pause_until(lambda: any(line["message"] == "key fetch failed" and line["reason"] == reason for line in one.lines()))
        assert verdict(one, good.event()) == "Allow"
    # The longest text that is read.
    host.fault, before = (200, good.pem() + b"\n" * (4096 - len(good.pem()))), len(host.log)
    pause_until(lambda: verdict(one, good.event()) == "Allow" and len(host.log) > before)
    assert set(host.asked()) == {good.kid}
    # Withdrawn: gone with the next good answer.
    host.fault = None
    del host.keys[good.kid]
    pause_until(lambda: verdict(one, good.event()) == "Unauthorized")


def test_without_network(host, environment):
    """If the key cannot be fetched the answer is `keys_unavailable`; once the server answers, tokens are accepted at once."""
    good = Balancer(host)
    host.fault = "cut"
    one = environment(host.settings(KEYS_COOLDOWN_SECONDS="1"))
    assert verdict(one, good.event()) == "KeysUnavailable" and verdict(one, good.event()) == "KeysUnavailable"
    host.fault = None
    pause_until(lambda: verdict(one, good.event()) == "Allow")


@pytest.mark.parametrize("tags", [False, True])
def test_renewal_without_a_waiting_event(tags, host, environment):
    """A key is renewed under its own URL after an answer: no event waits. S3 answers 304 if the key is unchanged."""
    host.tags = tags
    good = Balancer(host)
    one = environment(host.settings(KEYS_TTL_SECONDS=str(TTL)))
    assert verdict(one, good.event()) == "Allow"
    end = time.time() + 3 * TTL
    while time.time() < end:
        at_answer = []
        before = len(host.log)
        body, _ = one.ask(good.event(), lambda: at_answer.append(len(host.log)))
        assert json.loads(body) == allow("alice") and at_answer == [before]
        time.sleep(0.1)
    assert 3 <= len(host.log) <= 6 and set(host.asked()) == {good.kid}
    assert host.not_modified == (len(host.log) - 1 if tags else 0)


def test_commands(host):
    good = Balancer(host)
    settings = host.settings()
    status, out, error = run("explain", "--token", "-", settings=settings, stdin=good.token().encode())
    assert status == 0, out + error
    assert host.asked() == [good.kid]
    status, out, error = run("doctor", "--json", settings=settings)
    keys = json.loads(out)["keys"][0]
    assert status == 0 and (keys["result"], keys["usableKeys"]) == ("fetched", 0) and keys["issuer"] == BALANCER, error
    assert host.asked()[1] == "00000000-0000-0000-0000-000000000000"
    host.fault = (500, b"")
    status, out, _ = run("doctor", "--json", settings=settings)
    assert status == 3 and json.loads(out)["keys"][0]["result"] == "http_status"
    host.fault = "cut"
    assert run("doctor", settings=settings)[0] == 3
    status, _, error = run("keys", settings=settings)
    assert status == 2 and "each key has its own URL" in error
    status, out, error = run("check-config", settings=settings)
    assert status == 0 and BALANCER in out, error
    # Bad settings stop the start, and say what to write.
    status, _, error = run("check-config", settings={**settings, "ISSUER": BALANCER.replace("loadbalancer/", "listener/") + "/6d0e"})
    assert status == 2 and "arn:<partition>:elasticloadbalancing:<region>:<account>:loadbalancer/app/<name>/<id>" in error
    for uri in ("https://localhost/?kid=", "http://keys.example.com/"):
        assert run("doctor", settings={**settings, "JWKS_URI": uri})[0] == 2


def test_a_second_address_and_reload(host, chain, function):
    """The mirror is asked if the first server does not answer or does not have the key; a reload renews cached keys."""
    mirror = KeyHost(chain)
    try:
        both, second = Balancer(host), Balancer(mirror)
        one = function(**host.settings(JWKS_URI_FALLBACK=f"https://localhost:{mirror.port}/"))
        assert one.invoke({"authorizer": "reload-keys"})["issuers"] == [{"issuer": BALANCER, "result": "no keys yet"}]
        assert one.invoke(both.event()) == allow("alice") and one.invoke(second.event()) == allow("alice")
        assert (host.asked(), mirror.asked()) == ([both.kid, second.kid], [second.kid])
        answer = one.invoke({"authorizer": "reload-keys"})["issuers"][0]
        assert (answer["result"], answer["keys"]) == ("fetched", 1)
        assert one.invoke({"authorizer": "doctor"})["keys"][0]["usableKeys"] == 0
    finally:
        mirror.stop()
