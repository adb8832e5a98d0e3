"""Key sets as real servers send them: content codings, other forms of keys, skipped keys, addresses that change."""
import gzip, http.server, json, socket, threading, time

import pytest

from conftest import AUDIENCE, ISSUER, UNAUTHORIZED, Issuer, allow, b64, run, token_event
from test_https import Routes, document, failure, keys, started

__all__ = ["started"]


class Coding(Routes):
    """A key server that compresses its responses always, or unless the request asks for identity."""

    def __init__(self, body, always):
        super().__init__()
        self.encodings = []
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                accepted = self.headers.get("Accept-Encoding")
                outer.encodings.append(accepted)
                # RFC 9110 section 12.5.3: without the field any coding is acceptable.
                coded = always or accepted is None or "gzip" in accepted
                data = gzip.compress(body) if coded else body
                self.send_response(200)
                if coded:
                    self.send_header("Content-Encoding", "gzip")
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *arguments):
                pass

        self.server.RequestHandlerClass = Handler


class Raw:
    """A server that answers each request with the same bytes and closes."""

    def __init__(self, answer):
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.address = f"http://127.0.0.1:{self.socket.getsockname()[1]}/"

        def serve():
            while True:
                try:
                    client, _ = self.socket.accept()
                except OSError:
                    return
                with client:
                    client.recv(65536)
                    client.sendall(answer)

        threading.Thread(target=serve, daemon=True).start()

    def stop(self):
        self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()


def body(issuer):
    return json.dumps(issuer.key_set()).encode()


# Content codings.


def test_identity_is_requested(started, issuer):
    server = started(Coding(body(issuer), always=False))
    status, told, err = keys(JWKS_URI=server.address + "/keys")
    assert status == 0 and len(told["keys"]) == 1, err
    assert server.encodings == ["identity"]


def test_a_server_that_always_compresses(started, issuer):
    server = started(Coding(body(issuer), always=True))
    error = failure(JWKS_URI=server.address + "/keys")
    assert error["reason"] == "http_content_encoding" and "Content-Encoding" in error["meaning"]
    assert "Accept-Encoding: identity" in error["advice"] and "port" not in error["advice"]


@pytest.mark.parametrize("fields", ["Content-Encoding: ", "Content-Encoding:", "Content-Encoding: identity, identity", "Content-Encoding: ,identity,"])
def test_a_coding_without_effect(started, issuer, fields):
    data = body(issuer)
    server = started(Raw(f"HTTP/1.1 200 OK\r\n{fields}\r\nContent-Length: {len(data)}\r\n\r\n".encode() + data))
    status, told, err = keys(JWKS_URI=server.address)
    assert status == 0 and len(told["keys"]) == 1, err


def test_trailers_are_ignored(started, issuer):
    data = body(issuer)
    chunks = b"%x\r\n%s\r\n0\r\nCache-Control: max-age=86400\r\nAge: 5\r\n\r\n" % (len(data), data)
    server = started(Raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks))
    status, told, err = keys(JWKS_URI=server.address)
    assert status == 0 and "maxAgeSeconds" not in told and told["freshSeconds"] == 600, err


# How long a server's word is taken.


def test_how_long_a_set_is_used(started, issuer, key_server):
    server = key_server(issuer.key_set())
    server.fields = {"Cache-Control": "max-age=86400"}
    settings = {"JWKS_URI": server.url}
    _, told, _ = keys(**settings)
    # The server's Date has whole seconds: the set may be a second old.
    assert told["maxAgeSeconds"] in (86399, 86400) and told["freshSeconds"] == 3600
    _, told, _ = keys(**settings, KEYS_MAX_TTL_SECONDS="60")
    assert told["freshSeconds"] == 60
    _, text, _ = run("keys", settings={"RESOURCE": "*", **settings})
    assert "; KEYS_MAX_TTL_SECONDS limits that to 3600.\n" in text
    server.fields = {}
    _, told, _ = keys(**settings, KEYS_MAX_TTL_SECONDS="60", KEYS_TTL_SECONDS="900")
    assert told["freshSeconds"] == 900
    status, out, _ = run("check-config", "--json", settings={"RESOURCE": "*", **settings})
    assert status == 0 and json.loads(out)["settings"]["KEYS_MAX_TTL_SECONDS"] == "3600"


# Keys in other forms.


def test_forms_that_have_one_reading(function, issuer, key_server):
    plain = issuer.jwk()
    zero = b64(b"\0" + issuer.key.public_key().public_numbers().n.to_bytes(256, "big"))
    _, told, _ = keys(JWKS=json.dumps({"keys": [plain]}))
    thumbprint = told["keys"][0]["thumbprint"]
    server = key_server(issuer.key_set())
    for members in ({"key_ops": [], "oth": [], "x5c": []}, {"alg": None, "use": None, "key_ops": None, "d": None}, {"alg": "", "use": ""}, {"n": zero},
                    {"e": "AAEAAQ"}):
        server.body = json.dumps({"keys": [{**plain, **members}]}).encode()
        status, told, err = keys(JWKS_URI=server.url)
        assert status == 0 and told["keys"][0]["thumbprint"] == thumbprint and told["skippedKeys"] == [], (members, err)
        one = function(JWKS_URI=server.url, ISSUER=ISSUER, AUDIENCE=AUDIENCE)
        assert one.invoke(token_event(issuer.token())) == allow("alice"), members


# Skipped keys.


def short(kid):
    return Issuer(kid, bits=1024).jwk()


def test_every_skipped_key_has_its_reason(function, issuer, key_server):
    """A set without a usable key, and one with usable and skipped ones: `keys`, `doctor`, `explain` and the log line."""
    small, other = short("small"), {"kty": "OKP", "crv": "Ed25519", "kid": "svid", "x": b64(bytes(31) + b"\1"), "use": "jwt-svid"}
    nameless = {"kty": "oct", "k": "AAAA"}
    server = key_server({"keys": [small, other, nameless]})
    settings = {"JWKS_URI": server.url, "RESOURCE": "*", "ISSUER": ISSUER, "AUDIENCE": AUDIENCE}
    expected = [(0, "small", "rsa_key_size"), (1, "svid", "key_use"), (2, None, "key_symmetric")]

    def read(rows):
        assert all(row["meaning"] for row in rows)
        return [(row["index"], row.get("kid"), row["reason"]) for row in rows]

    def texts(text):
        assert "key 0 (kid small): rsa_key_size: its modulus has 1024 bits, and 2048 to 8192 are accepted" in text, text
        assert 'key 1 (kid svid): key_use: its "use" is not "sig"' in text and "key 2: key_symmetric: " in text, text

    status, told, err = keys(**settings)
    assert status == 3 and told["errors"][0]["reason"] == "keyset_without_keys" and read(told["errors"][0]["skippedKeys"]) == expected
    texts(err)
    status, out, _ = run("doctor", "--json", settings=settings)
    assert status == 3 and read(json.loads(out)["keys"][0]["skippedKeys"]) == expected
    _, out, _ = run("doctor", settings=settings)
    assert "kid: small\n" in out and "reason: rsa_key_size\n" in out and "meaning: its modulus has 1024 bits" in out
    token = Issuer("small").token()
    status, out, err = run("explain", "--token", token, settings=settings)
    assert status == 3 and "keys_unavailable" in out
    texts(out)
    line = next(json.loads(row) for row in err.splitlines() if "key fetch failed" in row)
    assert (line["skipped"], line["skippedKeys"]) == (3, "small: rsa_key_size, svid: key_use, key 2: key_symmetric")

    # With a usable key in the same set, the set is used.
    server.body = json.dumps({"keys": [small, issuer.jwk(), other, nameless]}).encode()
    expected = [(0, "small", "rsa_key_size"), (2, "svid", "key_use"), (3, None, "key_symmetric")]
    status, told, _ = keys(**settings)
    assert status == 0 and read(told["skippedKeys"]) == expected
    status, out, _ = run("doctor", "--json", settings=settings)
    report = json.loads(out)["keys"][0]
    assert status == 0 and report["skipped"] == 3 and read(report["skippedKeys"]) == expected
    status, out, _ = run("explain", "--token", token, settings=settings)
    assert status == 1 and "Refused: key_unknown. The key set contains the key that the token names, but the key is skipped: its modulus has 1024 bits" in out, out
    assert "withdrawn" not in out and "authorizer keys lists the whole set" in out
    status, out, _ = run("explain", "--json", "--token", token, settings=settings)
    told = json.loads(out)
    assert [hint["hint"] for hint in told["hints"]] == ["key_skipped"] * 3 and "key 0 (kid small): rsa_key_size" in told["hints"][0]["text"]
    assert "withdrawn" not in told["advice"]
    # Another kid than a skipped one: the general text, and the skipped keys as hints.
    status, out, _ = run("explain", "--token", Issuer("gone").token(), settings=settings)
    assert status == 1 and "its key was withdrawn" in out and "key_use" in out
    # A token that is allowed has nothing to do with them.
    status, out, _ = run("explain", "--token", issuer.token(), settings=settings)
    assert status == 0 and "skipped" not in out

    one = function(**settings)
    assert one.invoke(token_event(issuer.token())) == allow("alice", resource="*")
    lines = [line for line in one.lines() if line["message"] == "keys skipped"]
    assert [(line["level"], line["skipped"], line["skippedKeys"]) for line in lines] == [
        ("WARN", 3, "small: rsa_key_size, svid: key_use, key 3: key_symmetric")]


def test_keys_for_other_purposes_do_not_warn(function, issuer, key_server):
    server = key_server({"keys": [issuer.jwk(), Issuer("enc").jwk(use="enc")]})
    one = function(JWKS_URI=server.url)
    assert one.invoke(token_event(issuer.token())) == allow("alice")
    assert [line["level"] for line in one.lines() if line["message"] == "keys skipped"] == ["INFO"]
    server.body = json.dumps(issuer.key_set()).encode()
    two = function(JWKS_URI=server.url)
    assert two.invoke(token_event(issuer.token())) == allow("alice")
    assert not [line for line in two.lines() if line["message"] == "keys skipped"]


def test_a_line_of_the_log_is_bounded(function, issuer, key_server):
    many = [{"kty": "oct", "k": "AA", "kid": f"{index:02d}" + "k" * 200} for index in range(99)]
    server = key_server({"keys": many + [issuer.jwk()]})
    one = function(JWKS_URI=server.url)
    assert one.invoke(token_event(issuer.token())) == allow("alice")
    (line,) = [line for line in one.lines() if line["message"] == "keys skipped"]
    entries = line["skippedKeys"].split(", ")
    assert line["skipped"] == 99 and 20 < len(entries) < 99 and len(line["skippedKeys"]) <= 2048
    assert all(entry == f"{index:02d}" + "k" * 62 + ": key_symmetric" for index, entry in enumerate(entries))


def test_a_published_private_key_is_not_used(function, issuer, key_server):
    leaked = Issuer("leaked")
    secret = leaked.key.private_numbers().d
    server = key_server({"keys": [leaked.jwk(d=b64(secret.to_bytes(256, "big"))), issuer.jwk()]})
    one = function(JWKS_URI=server.url, ISSUER=ISSUER, AUDIENCE=AUDIENCE)
    assert one.invoke(token_event(leaked.token())) == UNAUTHORIZED
    assert one.invoke(token_event(issuer.token())) == allow("alice")
    lines = one.lines()
    assert [(line["level"], line["kid"]) for line in lines if line["message"] == "the key set publishes a private key"] == [("WARN", "leaked")]
    assert [line["skippedKeys"] for line in lines if line["message"] == "keys skipped"] == ["leaked: key_private"]
    status, told, err = keys(JWKS_URI=server.url)
    assert status == 0 and [key["reason"] for key in told["skippedKeys"]] == ["key_private"], err
    status, out, _ = run("explain", "--token", leaked.token(), settings={"JWKS_URI": server.url, "RESOURCE": "*"})
    assert status == 1 and "every reader of the set can sign tokens" in out


# A discovered address.


PLACE = "/.well-known/openid-configuration"


@pytest.mark.parametrize("old", ["refused", 500, 302, b"<html>", b'{"keys":[]}', 404])
def test_any_failure_leads_to_the_issuers_document(function, started, key_server, issuer, old):
    routes, first = started(Routes()), key_server(issuer.key_set())
    routes.answers = {PLACE: (200, document(routes.address, first.url))}
    one = function(ISSUER=routes.address, KEYS_REFETCH_SECONDS="1", KEYS_COOLDOWN_SECONDS="1")
    claims = {"iss": routes.address}
    assert one.invoke(token_event(issuer.token(**claims))) == allow("alice")
    new = Issuer("key-2")
    routes.answers = {PLACE: (200, document(routes.address, routes.address + "/new")), "/new": (200, new.key_set())}
    if old == "refused":
        first.stop()
    elif isinstance(old, int):
        first.status = old
    else:
        first.body = old
    time.sleep(1.1)
    # The first token of the new key is accepted: one fetch finds where the keys are now.
    assert one.invoke(token_event(new.token(**claims))) == allow("alice")
    assert routes.paths() == [PLACE, PLACE, "/new"]


def test_the_document_is_asked_within_the_back_off(function, started, issuer):
    """The address does not change and fails: each attempt reads the document again, with a back-off. Then the fetch succeeds."""
    routes = started(Routes())
    routes.answers = {PLACE: (200, document(routes.address, routes.address + "/keys")), "/keys": (200, issuer.key_set())}
    one = function(ISSUER=routes.address, KEYS_REFETCH_SECONDS="1", KEYS_COOLDOWN_SECONDS="60")
    claims = {"iss": routes.address}
    assert one.invoke(token_event(issuer.token(**claims))) == allow("alice")
    routes.asked.clear()
    routes.answers["/keys"] = (500, b"")
    time.sleep(1.1)
    stranger = token_event(Issuer("stranger").token(**claims))
    for _ in range(20):
        assert one.invoke(stranger)["errorType"] == "KeysUnavailable"
    # The known address, and the document, which says nothing new.
    assert routes.paths()[:2] == ["/keys", PLACE] and len(routes.paths()) <= 4
    # The document fails too: the known address is asked all the same, and has keys again.
    routes.answers = {PLACE: (500, b""), "/keys": (200, issuer.key_set())}
    deadline = time.time() + 20
    while one.invoke(stranger) != UNAUTHORIZED:
        assert time.time() < deadline
        time.sleep(0.5)
    assert one.invoke(token_event(issuer.token(**claims))) == allow("alice")
    failures = [line["stage"] for line in one.lines() if line["message"] == "key fetch failed"]
    assert failures and set(failures) == {"status"}


def test_a_silent_address_leaves_time_for_the_document(function, started, issuer):
    routes = started(Routes())
    held = socket.create_server(("127.0.0.1", 0))
    address = f"http://127.0.0.1:{held.getsockname()[1]}/keys"
    routes.answers = {PLACE: (200, document(routes.address, address))}
    one = function(ISSUER=routes.address, KEYS_COOLDOWN_SECONDS="1", KEYS_FETCH_TIMEOUT_MS="500", KEYS_PREFETCH_TIMEOUT_MS="600")
    claims = {"iss": routes.address}
    token = token_event(issuer.token(**claims))
    assert one.invoke(token)["errorType"] == "KeysUnavailable" and routes.paths()[0] == PLACE
    # The document says another address while the old one says nothing.
    routes.answers = {PLACE: (200, document(routes.address, routes.address + "/new")), "/new": (200, issuer.key_set())}
    deadline = time.time() + 20
    while one.invoke(token) != allow("alice"):
        assert time.time() < deadline
        time.sleep(0.5)
    held.close()
