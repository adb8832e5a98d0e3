"""The HTTPS client around TLS: kept connections, resumption, ETag, proxies, discovery, deadlines, and error reports."""
import http.server, itertools, json, os, re, select, socket, subprocess, threading, time

import pytest

import tls_servers as servers
from conftest import AUDIENCE, ISSUER, Issuer, UNAUTHORIZED, allow, free_port, run, token_event


@pytest.fixture(scope="module")
def chain(tmp_path_factory):
    """One certificate for all names and addresses of these tests."""
    return servers.Chain(str(tmp_path_factory.mktemp("chain")), "p256",
                         hosts=("localhost", "127.0.0.1", "0.0.0.0", "idp.example.com", "cognito-idp.eu-central-1.amazonaws.com"))


@pytest.fixture
def started():
    """Servers that end with the test."""
    running = []

    def start(server):
        running.append(server)
        return server

    yield start
    for server in reversed(running):
        server.stop()


class Nginx(servers.Server):
    """nginx with TLS that serves a folder and logs each connection."""

    def __init__(self, folder, chain, http="", location='add_header Cache-Control "max-age=300";', address="127.0.0.1"):
        os.makedirs(folder, exist_ok=True)
        self.folder, port = folder, free_port()
        with open(os.path.join(folder, "nginx.conf"), "w") as f:
            f.write(f"""daemon off; master_process off; pid {folder}/nginx.pid; error_log stderr; worker_processes 1; user root;
events {{ worker_connections 64; }}
http {{ log_format one '$connection $connection_requests $ssl_session_reused $status $ssl_protocol $request_uri'; access_log {folder}/access.log one;
  client_body_temp_path {folder}/t1; proxy_temp_path {folder}/t2; fastcgi_temp_path {folder}/t3; uwsgi_temp_path {folder}/t4; scgi_temp_path {folder}/t5;
  default_type application/json; {http}
  server {{ listen {address}:{port} ssl; ssl_certificate {chain.chain}; ssl_certificate_key {chain.key}; ssl_protocols TLSv1.2 TLSv1.3; root {folder};
    location / {{ {location} }} }} }}
""")
        super().__init__([servers.need("nginx"), "-p", folder, "-c", os.path.join(folder, "nginx.conf")], folder, port)

    def put(self, name, value):
        path = os.path.join(self.folder, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w") as f:
            f.write(value if isinstance(value, str) else json.dumps(value))

    def requests(self, count):
        """(connection, number of the request in it, TLS session resumed, status, path) of each request; their number is checked."""
        for _ in range(200):
            with open(os.path.join(self.folder, "access.log")) as f:
                rows = [line.split() for line in f]
            if len(rows) >= count:
                break
            # nginx writes its log after the answer.
            time.sleep(0.02)
        assert len(rows) == count
        return [(row[0], int(row[1]), row[2] == "r", int(row[3]), row[5]) for row in rows]


class Routes:
    """Plain HTTP on loopback: the response to a path is (status, body), or a function that returns it."""

    def __init__(self):
        self.answers, self.asked = {}, []
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                outer.asked.append((self.path, dict(self.headers)))
                status, body = outer.answers.get(self.path, (404, b"{}"))
                body = body if isinstance(body, bytes) else json.dumps(body).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *arguments):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        # A client that leaves in the middle is what some tests want.
        self.server.handle_error = lambda *arguments: None
        self.address = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def paths(self):
        return [path for path, _ in self.asked]

    def stop(self):
        self.server.shutdown()
        self.server.server_close()


class Tunnels:
    """A CONNECT proxy that connects every host to one port of this machine, and records the requested hosts."""

    def __init__(self, port):
        self.target, self.asked = port, []
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        threading.Thread(target=self.run, daemon=True).start()

    def run(self):
        while True:
            try:
                client, _ = self.socket.accept()
            except OSError:
                return
            threading.Thread(target=self.serve, args=(client,), daemon=True).start()

    def serve(self, client):
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            piece = client.recv(1)
            if not piece:
                return
            head += piece
        self.asked.append(head.decode())
        host = socket.create_connection(("127.0.0.1", self.target))
        client.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
        while True:
            for ready in select.select([client, host], [], [])[0]:
                data = ready.recv(65536)
                if not data:
                    client.close()
                    host.close()
                    return
                (host if ready is client else client).sendall(data)

    def stop(self):
        self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()


def keys(**settings):
    """`authorizer keys --json`: exit status, the parsed answer, and the text on standard error."""
    status, out, err = run("keys", "--json", settings={"RESOURCE": "*", **settings})
    return status, json.loads(out) if out else None, err


def failure(**settings):
    """The failed fetch in the answer of `keys --json`."""
    status, told, err = keys(**settings)
    assert status == 3, (status, told, err)
    (error,) = told["errors"]
    assert error["reason"] in err and error["meaning"] in err and error["advice"] in err
    return error


def fetches(one):
    """Successful fetches in the log: connection, unchanged."""
    return [(line["connection"], line.get("unchanged", False)) for line in one.lines() if line["message"] == "keys fetched"]


# Kept connections, resumption, ETag.


strangers = itertools.count()


def refetch(one, **claims):
    """A token with an unknown key ID, a new one each time, makes the function fetch the keys."""
    time.sleep(1.1)
    assert one.invoke(token_event(Issuer(f"stranger-{next(strangers)}").token(**claims))) == UNAUTHORIZED


@pytest.mark.parametrize("protocol", ["TLSv1.3", "TLSv1.2"])
def test_a_connection_is_kept_and_the_set_is_not_sent_twice(function, started, chain, issuer, tmp_path, protocol):
    server = started(Nginx(str(tmp_path / "n"), chain, http=f"ssl_conf_command MinProtocol {protocol}; ssl_conf_command MaxProtocol {protocol};"))
    server.put("jwks.json", issuer.key_set())
    one = function(JWKS_URI=server.url, CA_BUNDLE=chain.root, ISSUER=ISSUER, AUDIENCE=AUDIENCE, KEYS_REFETCH_SECONDS="1")
    assert one.invoke(token_event(issuer.token())) == allow("alice")
    refetch(one)
    assert one.invoke(token_event(issuer.token())) == allow("alice")
    refetch(one)
    assert fetches(one) == [("new", False), ("kept", True), ("kept", True)]
    requests = server.requests(3)
    assert len({request[0] for request in requests}) == 1
    assert [(request[1], request[3]) for request in requests] == [(1, 200), (2, 304), (3, 304)]
    # A new set has another tag.
    new = Issuer("key-2")
    server.put("jwks.json", {"keys": issuer.key_set()["keys"] + new.key_set()["keys"]})
    time.sleep(1.1)
    assert one.invoke(token_event(new.token())) == allow("alice")
    assert fetches(one)[-1] == ("kept", False) and server.requests(4)[-1][3] == 200


def test_a_later_connection_resumes_the_session(function, started, chain, issuer, tmp_path):
    """The server closes its connection; the next one resumes the TLS 1.3 session, after one attempt on the closed connection."""
    server = started(Nginx(str(tmp_path / "n"), chain, http="keepalive_timeout 0;"))
    server.put("jwks.json", issuer.key_set())
    one = function(JWKS_URI=server.url, CA_BUNDLE=chain.root, KEYS_REFETCH_SECONDS="1")
    assert one.invoke(token_event(issuer.token())) == allow("alice")
    refetch(one)
    refetch(one)
    assert fetches(one) == [("new", False), ("resumed", True), ("resumed", True)]
    requests = server.requests(3)
    assert [request[1:4] for request in requests] == [(1, False, 200), (1, True, 304), (1, True, 304)]
    assert len({request[0] for request in requests}) == 3


def test_a_closed_kept_connection_is_retried_once(function, started, chain, issuer, tmp_path):
    server = started(Nginx(str(tmp_path / "n"), chain, http="keepalive_timeout 1s;"))
    server.put("jwks.json", issuer.key_set())
    one = function(JWKS_URI=server.url, CA_BUNDLE=chain.root, KEYS_REFETCH_SECONDS="1")
    assert one.invoke(token_event(issuer.token())) == allow("alice")
    time.sleep(2)
    refetch(one)
    assert fetches(one) == [("new", False), ("resumed", True)]
    assert not [line for line in one.lines() if line["message"] == "key fetch failed"]


def test_another_server_does_not_know_the_session(function, started, chain, issuer, tmp_path):
    """A restarted server has other ticket keys: a full handshake."""
    folder = str(tmp_path / "n")
    server = started(Nginx(folder, chain))
    server.put("jwks.json", issuer.key_set())
    one = function(JWKS_URI=server.url, CA_BUNDLE=chain.root, KEYS_REFETCH_SECONDS="1")
    assert one.invoke(token_event(issuer.token())) == allow("alice")
    server.stop()
    servers.Server.__init__(server, [servers.need("nginx"), "-p", folder, "-c", os.path.join(folder, "nginx.conf")], folder, server.port)
    refetch(one)
    assert fetches(one) == [("new", False), ("new", True)]


# Cache headers.


@pytest.mark.parametrize("headers, seconds", [
    ("expires 2m;", 120), ('add_header Cache-Control "max-age=300"; add_header Age 100;', 200), ('add_header Cache-Control "no-cache, max-age=300";', 0),
    ('add_header Cache-Control "public, max-age=86401, must-revalidate";', 86401), ("", None),
])
def test_cache_headers(started, chain, issuer, tmp_path, headers, seconds):
    server = started(Nginx(str(tmp_path / "n"), chain, location=headers))
    server.put("jwks.json", issuer.key_set())
    status, told, err = keys(JWKS_URI=server.url, CA_BUNDLE=chain.root)
    assert status == 0, err
    # The two clocks are one, and a second may pass in between.
    assert told.get("maxAgeSeconds") in ((seconds,) if not seconds else (seconds, seconds - 1))


# Discovery.


def document(issuer, keys_address, **further):
    return {"issuer": issuer, "authorization_endpoint": issuer + "/authorize", "jwks_uri": keys_address, "response_types_supported": ["code"],
            "subject_types_supported": ["public"], "id_token_signing_alg_values_supported": ["RS256"], **further}


@pytest.mark.parametrize("path, slash, place", [
    ("", "", "/.well-known/openid-configuration"), ("", "/", "/.well-known/openid-configuration"),
    ("/a/v2.0", "", "/a/v2.0/.well-known/openid-configuration"), ("/a/v2.0", "/", "/a/v2.0/.well-known/openid-configuration"),
    ("/a", "/", "/.well-known/oauth-authorization-server/a"), ("", "/", "/.well-known/oauth-authorization-server"),
])
def test_discovery(started, chain, issuer, tmp_path, path, slash, place):
    """OpenID Connect Discovery 1.0 section 4, and RFC 8414 section 3 after a 404."""
    server = started(Nginx(str(tmp_path / "n"), chain))
    own = f"https://localhost:{server.port}{path}{slash}"
    server.put(place.lstrip("/"), document(own, server.url))
    server.put("jwks.json", issuer.key_set())
    status, told, err = keys(ISSUER=own, CA_BUNDLE=chain.root)
    assert status == 0 and len(told["keys"]) == 1, err
    first = [] if place.endswith("configuration") else [(404, path + "/.well-known/openid-configuration")]
    requests = server.requests(len(first) + 2)
    assert [request[3:] for request in requests] == first + [(200, place), (200, "/jwks.json")]
    # All over one connection.
    assert len({request[0] for request in requests}) == 1


def test_a_decision_with_the_issuer_alone(function, started, cognito, chain, tmp_path):
    """Cognito's real issuer: its name reaches nginx through a proxy, which serves moto's key set."""
    issuer = cognito["issuer"]
    pool = issuer.rsplit("/", 1)[1]
    location = f"""}} location = /{pool}/.well-known/jwks.json {{ proxy_pass http://127.0.0.1:{cognito['port']}; """
    server = started(Nginx(str(tmp_path / "n"), chain, location=location))
    server.put(f"{pool}/.well-known/openid-configuration", document(issuer, issuer + "/.well-known/jwks.json"))
    proxy = started(Tunnels(server.port))
    one = function(ISSUER=issuer, CA_BUNDLE=chain.root, HTTPS_PROXY=f"http://127.0.0.1:{proxy.port}")
    for name in ("access", "id"):
        answer = one.invoke(token_event(cognito[name]))
        assert answer["policyDocument"]["Statement"][0]["Effect"] == "Allow"
    assert one.invoke(token_event(cognito["id"][:-4] + "AAAA")) == UNAUTHORIZED
    assert [request.split("\r\n")[0] for request in proxy.asked] == ["CONNECT cognito-idp.eu-central-1.amazonaws.com:443 HTTP/1.1"]


def test_a_provider_of_pypi(started, tmp_path):
    """oidc-provider-mock: its discovery document and its keys, over loopback HTTP."""
    port = free_port()
    server = started(servers.Server([servers.need("oidc-provider-mock"), "--port", str(port)], str(tmp_path), port))
    for own in (f"http://127.0.0.1:{port}", f"http://localhost:{port}"):
        status, told, err = keys(ISSUER=own)
        assert status == 0 and len(told["keys"]) == 1 and "tls" not in told, err
    assert failure(ISSUER=f"http://127.0.0.1:{server.port}/")["reason"] == "discovery_issuer_mismatch"


@pytest.mark.parametrize("answer, reason", [
    (lambda own: (200, b"<html>"), "discovery_json"), (lambda own: (200, []), "discovery_not_object"), (lambda own: (200, {}), "discovery_issuer_missing"),
    (lambda own: (200, {"issuer": own}), "discovery_address_missing"), (lambda own: (200, document(own + "/", own + "/k")), "discovery_issuer_mismatch"),
    (lambda own: (200, document("https://idp.example.com", own + "/k")), "discovery_issuer_mismatch"),
    (lambda own: (200, document(own, "http://idp.example.com/k")), "discovery_address_not_secure"),
    (lambda own: (200, document(own, "/k")), "discovery_address"), (lambda own: (200, document(own, "https://u:p@idp.example.com/k")), "discovery_address"),
    (lambda own: (200, document(own, own + "/k", x="y" * 65536)), "http_body_too_long"), (lambda own: (302, b""), "http_status"),
    (lambda own: (500, b""), "http_status"), (lambda own: (404, b""), "http_status"), (lambda own: (200, b'{"issuer":"a","issuer":"a"}'), "discovery_json"),
])
def test_invalid_discovery_documents(started, answer, reason):
    """AUDIT 18."""
    routes = started(Routes())
    routes.answers["/t/.well-known/openid-configuration"] = answer(routes.address + "/t")
    error = failure(ISSUER=routes.address + "/t")
    assert (error["stage"], error["reason"]) == ("discovery", reason)
    # Only a 404 leads to the other form; nothing leads to a third.
    both = ["/t/.well-known/openid-configuration", "/.well-known/oauth-authorization-server/t"]
    assert routes.paths() == (both if answer("")[0] == 404 else both[:1])


def test_keys_that_moved_are_found_again(function, started, issuer):
    routes = started(Routes())
    place = "/.well-known/openid-configuration"
    routes.answers = {place: (200, document(routes.address, routes.address + "/old")), "/old": (200, issuer.key_set())}
    one = function(ISSUER=routes.address, KEYS_REFETCH_SECONDS="1", KEYS_COOLDOWN_SECONDS="1")
    claims = {"iss": routes.address}
    assert one.invoke(token_event(issuer.token(**claims))) == allow("alice")
    refetch(one, **claims)
    assert routes.paths() == [place, "/old", "/old"]
    new = Issuer("key-2")
    for status in (404, 410):
        routes.asked.clear()
        before = [path for path in routes.answers if path not in (place,)][0]
        after = f"/after-{status}"
        routes.answers = {place: (200, document(routes.address, routes.address + after)), before: (status, b""), after: (200, new.key_set())}
        refetch(one, **claims)
        assert routes.paths() == [before, place, after]
        del routes.answers[before]
    assert one.invoke(token_event(new.token(**claims))) == allow("alice")


@pytest.mark.parametrize("issuer", ["accounts.google.com", "http://idp.example.com", "https://idp.example.com?x=y", "https://", "urn:x"])
def test_an_issuer_without_discovery_stops_the_start(issuer):
    status, _, err = run("keys", settings={"RESOURCE": "*", "ISSUER": issuer})
    assert status == 2 and "ISSUER is not an https:// URL" in err and "for example ISSUER=https://" in err, err
    # With an address of its own it is a name like another.
    assert run("check-config", settings={"RESOURCE": "*", "ISSUER": issuer, "JWKS_URI": "/k"})[0] == 0


# Proxies.


class Tinyproxy(servers.Server):
    def __init__(self, folder, further=""):
        os.makedirs(folder)
        port = free_port()
        path = os.path.join(folder, "tinyproxy.conf")
        with open(path, "w") as f:
            f.write(f'Port {port}\nListen 127.0.0.1\nTimeout 20\nLogFile "{folder}/log"\nLogLevel Connect\nMaxClients 10\n{further}\n')
        self.folder = folder
        super().__init__([servers.need("tinyproxy"), "-d", "-c", path], folder, port)

    def connects(self):
        with open(os.path.join(self.folder, "log")) as f:
            return re.findall(r"CONNECT (\S+) HTTP/1.1", f.read())


@pytest.fixture
def far(started, chain, issuer, tmp_path):
    """An HTTPS URL that is not a loopback address by its form: 0.0.0.0, which Linux connects to this machine."""
    server = started(Nginx(str(tmp_path / "far"), chain))
    server.put("jwks.json", issuer.key_set())
    return server, {"JWKS_URI": f"https://0.0.0.0:{server.port}/jwks.json", "CA_BUNDLE": chain.root}


def test_tinyproxy(started, far, tmp_path):
    server, settings = far
    proxy = started(Tinyproxy(str(tmp_path / "proxy")))
    for name in ("HTTPS_PROXY", "https_proxy"):
        status, told, err = keys(**settings, **{name: f"http://127.0.0.1:{proxy.port}"})
        assert status == 0 and told["tls"]["version"] == "TLS 1.3", err
    assert proxy.connects() == [f"0.0.0.0:{server.port}"] * 2
    # Not through it: NO_PROXY, this machine, http.
    for exceptions in ("*", "0.0.0.0", "0.0.0.0/8", f"x, 0.0.0.0:{server.port}"):
        assert keys(**settings, HTTPS_PROXY=f"127.0.0.1:{proxy.port}", NO_PROXY=exceptions)[0] == 0
    assert keys(**{**settings, "JWKS_URI": server.url}, HTTPS_PROXY=f"127.0.0.1:{proxy.port}")[0] == 0
    assert len(proxy.connects()) == 2


def test_tinyproxy_with_a_password(started, far, tmp_path):
    _, settings = far
    proxy = started(Tinyproxy(str(tmp_path / "proxy"), "BasicAuth user Se-cret1"))
    address = f"127.0.0.1:{proxy.port}"
    assert keys(**settings, HTTPS_PROXY=f"http://user:Se-cret1@{address}")[0] == 0
    for wrong in (address, f"http://user:wrongSecret@{address}"):
        error = failure(**settings, HTTPS_PROXY=wrong)
        assert error["stage"] == "proxy" and error["reason"] == "proxy_status" and error["status"] in (401, 407)
        assert "wrongSecret" not in json.dumps(error) + keys(**settings, HTTPS_PROXY=wrong)[2]


def test_a_proxy_that_refuses_the_port(started, far, tmp_path):
    _, settings = far
    proxy = started(Tinyproxy(str(tmp_path / "proxy"), "ConnectPort 443"))
    error = failure(**settings, HTTPS_PROXY=f"127.0.0.1:{proxy.port}")
    assert (error["stage"], error["reason"], error["status"]) == ("proxy", "proxy_status", 403)


def test_a_proxy_that_is_not_there(far):
    _, settings = far
    error = failure(**settings, HTTPS_PROXY="127.0.0.1:1")
    assert (error["stage"], error["reason"], error["cause"]) == ("proxy", "proxy_connection", "connect_refused")


def test_a_name_reaches_the_proxy_unresolved(started, chain, issuer, tmp_path):
    """The certificate's name is also checked through the proxy."""
    server = started(Nginx(str(tmp_path / "n"), chain))
    server.put("jwks.json", issuer.key_set())
    proxy = started(Tunnels(server.port))
    settings = {"CA_BUNDLE": chain.root, "HTTPS_PROXY": f"http://u%20ser:p%40ss@127.0.0.1:{proxy.port}/"}
    assert keys(JWKS_URI="https://idp.example.com/jwks.json", **settings)[0] == 0
    # base64 of "u ser:p@ss".
    assert proxy.asked == ["CONNECT idp.example.com:443 HTTP/1.1\r\nHost: idp.example.com:443\r\nProxy-Authorization: Basic dSBzZXI6cEBzcw==\r\n\r\n"]
    error = failure(JWKS_URI="https://idp.example.org/jwks.json", **settings)
    assert (error["stage"], error["reason"]) == ("certificate", "path_host_name_mismatch")


def test_the_runtime_api_is_never_reached_through_a_proxy(function, key_server, issuer):
    server = key_server(issuer.key_set())
    dead = "http://127.0.0.1:1"
    one = function(JWKS_URI=server.url, HTTPS_PROXY=dead, https_proxy=dead, HTTP_PROXY=dead, http_proxy=dead, ALL_PROXY=dead, NO_PROXY="")
    assert one.invoke(token_event(issuer.token())) == allow("alice")


@pytest.mark.parametrize("proxy", ["https://proxy:443", "socks5://proxy:1080", "http://", "http://a b", "proxy:x"])
def test_a_proxy_of_another_kind_stops_the_start(proxy):
    status, _, err = run("keys", settings={"RESOURCE": "*", "JWKS_URI": "https://idp.example.com/", "HTTPS_PROXY": proxy})
    assert status == 2 and err.startswith("authorizer: HTTPS_PROXY is not the http:// URL of a proxy"), err
    # If no proxy is needed, its setting is not read.
    for address in ("/k", "http://localhost/k"):
        assert run("check-config", settings={"RESOURCE": "*", "JWKS_URI": address, "HTTPS_PROXY": proxy})[0] == 0


GO = """package main
import ("bufio"; "fmt"; "net/http"; "os")
func main() {
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		request, err := http.NewRequest("GET", lines.Text(), nil)
		if err != nil { panic(err) }
		proxy, err := http.ProxyFromEnvironment(request)
		if err != nil { panic(err) }
		if proxy == nil { fmt.Println("-") } else { fmt.Println(proxy.Host) }
	}
}
"""
EXCEPTIONS = ["", "*", "a,*", "example.com", ".example.com", "*.example.com", "EXAMPLE.com", "example.com:443", "example.com:8443", "example.com:", ":443", "com",
              "idp", "idp.*", "10.0.0.0/8", "10.1.2.3", "10.1.2.3:443", "10.1.2.3:8443", "10.1.2.3/32", "10.1.2.3/31", "0.0.0.0/0", "10.0.0.0/33", "10.0.0.0/",
              "::/0", "2001:db8::/32", "2001:db8::7", "[2001:db8::7]:443", "[2001:db8::7]:8443", "[2001:db8::7]", "2001:db8::/129", "::ffff:10.1.2.3", "x, ,,example.com ",
              "example.com example.org", "http://example.com", "example.com/", "a]b:443", "[example.com]:443", ".", "*.", "127.0.0.0/8", "010.1.2.3", "10.1.2"]
TARGETS = ["https://idp.example.com/", "https://IDP.Example.COM:8443/x", "https://example.com/", "https://badexample.com/", "https://example.com.evil/", "https://idp/",
           "https://10.1.2.3/", "https://10.1.2.3:8443/", "https://[2001:db8::7]/", "https://[2001:db8::7]:8443/", "https://localhost/", "https://127.0.0.1:8443/",
           "https://[::1]/", "https://com/"]


def test_exceptions_are_read_as_go_reads_them(tmp_path):
    """NO_PROXY × address, against net/http.ProxyFromEnvironment."""
    (tmp_path / "proxy.go").write_text(GO)
    program = str(tmp_path / "proxy")
    environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "GO111MODULE": "off", "GOCACHE": str(tmp_path / "cache"), "CGO_ENABLED": "0"}
    subprocess.run([servers.need("go"), "build", "-o", program, "proxy.go"], cwd=tmp_path, check=True, env=environment)
    for exceptions in EXCEPTIONS:
        variables = {"HTTPS_PROXY": "http://user:password@proxy.example:3128", "NO_PROXY": exceptions}
        go = subprocess.run([program], input="\n".join(TARGETS).encode(), env=variables, stdout=subprocess.PIPE, check=True).stdout.decode().split()
        for target, expected in zip(TARGETS, go, strict=True):
            status, out, err = run("check-config", "--json", settings={"RESOURCE": "*", "JWKS_URI": target, **variables})
            assert status == 0, err
            ours = json.loads(out)["settings"]["HTTPS_PROXY"]
            assert (ours if ours[0] != "(" else "-") == expected, (exceptions, target)
            assert "password" not in out


# Deadlines.


class Silent:
    """Accepts connections and never sends anything."""

    def __init__(self):
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]

    def stop(self):
        self.socket.close()


@pytest.mark.parametrize("setting", ["KEYS_HANDSHAKE_TIMEOUT_MS", "KEYS_FETCH_TIMEOUT_MS"])
def test_a_silent_handshake_ends(started, chain, setting):
    server = started(Silent())
    settings = {"KEYS_FETCH_TIMEOUT_MS": "25000", "CA_BUNDLE": chain.root, setting: "200"}
    error = failure(JWKS_URI=f"https://localhost:{server.port}/", **settings)
    assert (error["stage"], error["reason"]) == ("tls", "tls_handshake_timeout")


def test_a_silent_proxy_ends(started, chain):
    server = started(Silent())
    error = failure(JWKS_URI="https://idp.example.com/", CA_BUNDLE=chain.root, HTTPS_PROXY=f"127.0.0.1:{server.port}", KEYS_HANDSHAKE_TIMEOUT_MS="200",
                    KEYS_FETCH_TIMEOUT_MS="25000")
    assert (error["stage"], error["reason"]) == ("proxy", "proxy_timeout")


def test_a_silent_answer_ends(key_server, issuer):
    server = key_server(issuer.key_set())
    server.delay = 3
    error = failure(JWKS_URI=server.url, KEYS_READ_TIMEOUT_MS="200", KEYS_FETCH_TIMEOUT_MS="25000")
    assert (error["stage"], error["reason"]) == ("http", "read_timeout")


# ---- Error reports.


def test_failures_are_distinguished(started, chain, issuer, key_server, tmp_path):
    plain = key_server(issuer.key_set())
    far = {"CA_BUNDLE": chain.root}
    error = failure(JWKS_URI="https://no-such-host.invalid/", KEYS_FETCH_TIMEOUT_MS="2000", **far)
    assert error["stage"] == "name"
    error = failure(JWKS_URI="http://127.0.0.1:1/")
    assert (error["stage"], error["reason"]) == ("connect", "connect_refused")
    error = failure(JWKS_URI=plain.url.replace("http:", "https:"), **far)
    assert error["stage"] == "tls" and error["reason"] == "tls_record_type" and error["alertSent"] == "unexpected_message"
    for status in (301, 304, 403, 404, 429, 503):
        plain.status = status
        error = failure(JWKS_URI=plain.url)
        assert (error["stage"], error["reason"], error["status"]) == ("status", "http_status", status)
    plain.status, plain.body = 200, b"{}" + b" " * (512 << 10)
    assert failure(JWKS_URI=plain.url)["stage"] == "size"
    plain.body = b"{}"
    assert (failure(JWKS_URI=plain.url)["stage"], failure(JWKS_URI=plain.url)["reason"]) == ("keyset", "keyset_form")
    assert failure(JWKS_URI="/no/such/file")["stage"] == "file"
    assert failure(JWKS_URI="https://localhost:1/", CA_BUNDLE="/no/such/file")["stage"] == "trust"


def test_certificates_are_reported(function, started, chain, issuer, tmp_path):
    early = servers.Chain(str(tmp_path / "early"), "p256", days=-0.5)
    server = started(Nginx(str(tmp_path / "n"), early))
    error = failure(JWKS_URI=server.url, CA_BUNDLE=early.root)
    assert (error["stage"], error["reason"], error["certificate"]) == ("certificate", "path_expired", "CN=localhost")
    assert error["alertSent"] == "certificate_expired" and "renew" in error["advice"] and re.fullmatch(r"[0-9a-f:]+", error["serialNumber"])
    _, _, text = run("keys", settings={"RESOURCE": "*", "JWKS_URI": server.url, "CA_BUNDLE": early.root})
    assert text.startswith("authorizer: the key set could not be fetched: path_expired\nThe server's certificate was rejected") and "CN=localhost" in text
    one = function(JWKS_URI=server.url, CA_BUNDLE=chain.root)
    assert one.invoke(token_event(issuer.token()))["errorType"] == "KeysUnavailable"
    line = [line for line in one.lines() if line["message"] == "key fetch failed"][0]
    assert line["stage"] == "certificate" and line["reason"].startswith("path_") and line["alertSent"] and line["certificate"].startswith("CN=")


def test_the_servers_alert_is_reported(started, chain, tmp_path):
    port = free_port()
    command = ["openssl", "s_server", "-accept", f"127.0.0.1:{port}", "-cert", chain.leaf, "-key", chain.key, "-quiet", "-tls1_2", "-cipher", "ECDHE-ECDSA-AES128-SHA"]
    started(servers.Server(command, str(tmp_path), port))
    error = failure(JWKS_URI=f"https://localhost:{port}/", CA_BUNDLE=chain.root)
    assert (error["stage"], error["reason"], error["alertReceived"]) == ("tls", "tls_peer_alert", "handshake_failure")
