"""Keys over HTTPS from real servers: server × version × suite × group × certificate. The negotiated parameters are checked."""
import json, os, time

import pytest

import tls_servers as servers
from conftest import AUDIENCE, ISSUER, RUNNER, UNAUTHORIZED, allow, run, token_event, unb64
from tls_table import KINDS, SERVERS


@pytest.fixture
def serve(tmp_path, issuer):
    started = []
    (tmp_path / "jwks.json").write_text(json.dumps(issuer.key_set()))

    def start(make, chain, *arguments, **named):
        started.append(make(str(tmp_path), chain, *arguments, **named))
        return started[-1]

    yield start
    for one in started:
        one.stop()


def keys(server, chain, **settings):
    status, out, err = run("keys", "--json", settings={"JWKS_URI": server.url, "RESOURCE": "*", "CA_BUNDLE": chain.root, **settings})
    return status, (json.loads(out) if out else None), err


def agreed(server, chain):
    status, answer, err = keys(server, chain)
    assert status == 0, err
    assert len(answer["keys"]) == 1
    return answer["tls"]


TABLE = []


# Under an emulator of another processor one server has to do.
@pytest.mark.parametrize("name", ["nginx"] if RUNNER else list(SERVERS))
def test_table(name, chains, tmp_path, issuer):
    (tmp_path / "jwks.json").write_text(json.dumps(issuer.key_set()))
    servers.raw_response(str(tmp_path))
    make, rows, one_process_each = SERVERS[name]
    wrong = []
    for kind in KINDS if one_process_each else [""]:
        these = [row for row in rows if row.kind.startswith(kind)]
        if not these:
            continue
        folder = tmp_path / f"of-{kind}"
        folder.mkdir()
        for item in ("jwks.json", "raw"):
            os.symlink(tmp_path / item, folder / item)
        many = make(str(folder), chains, these)
        try:
            for row, port in many.listeners.items():
                status, out, err = run("keys", "--json", settings={"JWKS_URI": f"https://localhost:{port}{many.path}", "RESOURCE": "*",
                                                                   "CA_BUNDLE": chains[row.kind].root, "KEYS_FETCH_TIMEOUT_MS": "10000"})
                if name == "botan":
                    # It echoes the request: no status line.
                    good = status == 3 and ": http_status_line\n" in err
                else:
                    told = json.loads(out)["tls"] if status == 0 else {}
                    # Go has the extended master secret from 1.21 on: without it the fetch still succeeds, and reports that it is missing.
                    good = (told.get("version") == "TLS " + row.version and told["group"] == row.group and not told["resumed"]
                            and (told["extendedMasterSecret"] or name == "Go") and (row.cipher is None or told["suite"] == row.suite))
                if not good:
                    wrong.append((row, status, out[-300:], err))
                TABLE.append((row, good))
        finally:
            many.stop()
    assert not wrong, f"{len(wrong)} of {len(rows)}: {wrong[:3]}"


def test_the_table_is_green():
    """Prints a line for each server, version and certificate."""
    print(f"\n{len(TABLE)} connections, each through an intermediate: server, version, certificate; cipher × groups")
    lines = {}
    for row, good in TABLE:
        cell = lines.setdefault((row.server, row.version, row.kind), {}).setdefault(row.cipher or "any cipher", [])
        cell.append(row.group if good else "FAILED " + row.group)
    for (server, version, kind), ciphers in lines.items():
        print(f"  {server:16}  TLS {version}  {kind:7}  " + "; ".join(f"{cipher}: {' '.join(groups)}" for cipher, groups in ciphers.items()))
    assert TABLE and all(good for _, good in TABLE)
    assert RUNNER or len(TABLE) == sum(len(rows) for _, rows, _ in SERVERS.values())


@pytest.mark.parametrize("options", [["-tls1_1"], ["-tls1_2", "-cipher", "AES128-SHA"], ["-tls1_2", "-cipher", "ECDHE-RSA-AES128-SHA"],
                                     ["-tls1_2", "-cipher", "DHE-RSA-AES128-GCM-SHA256"], ["-tls1_3", "-groups", "P-521"], ["-tls1_3", "-ciphersuites", "TLS_AES_128_CCM_SHA256"]])
def test_old_protocols_are_refused(serve, chains, options):
    """The server supports none of the offered parameters, and sends an alert."""
    port = servers.free_port()
    chain = chains["rsa2048"]
    server = servers.Server(["openssl", "s_server", "-accept", f"127.0.0.1:{port}", "-cert", chain.leaf, "-key", chain.key, "-quiet", *options], chain.folder, port)
    try:
        status, _, err = keys(server, chain)
        assert status == 3 and ": tls_peer_alert\n" in err, err
    finally:
        server.stop()


VERSIONS = pytest.mark.parametrize("version", ["1.2", "1.3"])


@VERSIONS
def test_a_certificate_of_ours_is_asked_for(serve, chains, version):
    """The client answers with an empty Certificate. A server that requests a certificate serves the keys; one that requires it does not."""
    chain = chains["p256"]
    ask = f"ssl_client_certificate {chain.root}; ssl_verify_client "
    server = serve(servers.nginx, chain, f"TLSv{version}", ask + "optional;")
    assert agreed(server, chain)["version"] == "TLS " + version
    server.stop()
    server = serve(servers.nginx, chain, f"TLSv{version}", ask + "on;")
    status, _, err = keys(server, chain)
    assert status == 3 and ": http_status 400\n" in err, err
    server.stop()
    assert agreed(serve(servers.openssl, chain, version, further=("-verify", "1")), chain)["version"] == "TLS " + version
    # In TLS 1.3 the client is done before the server looks: the alert comes instead of the answer.
    status, _, err = keys(serve(servers.openssl, chain, version, further=("-Verify", "1")), chain)
    assert status == 3 and ": tls_peer_alert\n" in err, err


def test_hello_retry_request_with_a_cookie(serve, chains):
    for group in ("X25519", "P-256"):
        told = agreed(serve(servers.openssl, chains["p256"], "1.3", None, group, ("-stateless",)), chains["p256"])
        assert told["version"] == "TLS 1.3" and told["group"] == group


@pytest.mark.parametrize("version", ["1.2", "1.3"])
def test_a_self_signed_certificate_that_is_trusted_itself(serve, chains, tmp_path, version):
    """A self-signed certificate in CA_BUNDLE that is not an authority: it authenticates its own key, for its own names."""
    own, other = tmp_path / "own", tmp_path / "other"
    own.mkdir()
    other.mkdir()
    trusted, elsewhere = servers.Chain.self_signed(str(own)), servers.Chain.self_signed(str(other), hosts=("idp.example.com",))
    server = serve(servers.openssl, trusted, version)
    assert agreed(server, trusted)["version"] == f"TLS {version}"
    # Another certificate of the same name: it does not vouch for this one.
    status, _, err = keys(server, elsewhere)
    assert status == 3 and ": path_not_authority\n" in err, err
    status, _, err = keys(server, chains["p256"])
    assert status == 3 and ": path_self_signed\n" in err, err
    status, _, err = keys(serve(servers.openssl, elsewhere, version), elsewhere)
    assert status == 3 and ": path_host_name_mismatch\n" in err, err


def test_key_updates(chains, tmp_path, issuer):
    """tlslite-ng updates its keys before, within and after the response."""
    from tlslite.constants import KeyUpdateMessageType

    def answer(connection, body):
        def update(kind):
            for _ in connection.send_keyupdate_request(kind):
                pass
        update(KeyUpdateMessageType.update_requested)
        connection.recv(4096)
        connection.send(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body))
        update(KeyUpdateMessageType.update_not_requested)
        connection.send(body[:100])
        update(KeyUpdateMessageType.update_requested)
        connection.send(body[100:])
        # A close with bytes unread would throw away what is still to be sent.
        while connection.recv(4096):
            pass

    check_tlslite(chains, tmp_path, issuer, answer=answer)


def test_padded_records(serve, chains, tmp_path, issuer):
    # s_server fills its records to a multiple of 4 KiB; tlslite-ng fills every record completely.
    assert agreed(serve(servers.openssl, chains["p256"], "1.3", further=("-record_padding", "4096")), chains["p256"])["version"] == "TLS 1.3"
    check_tlslite(chains, tmp_path, issuer, padding_cb=lambda length, kind, most: max(0, most))


def check_tlslite(chains, tmp_path, issuer, **changes):
    (tmp_path / "jwks.json").write_text(json.dumps(issuer.key_set()))
    make, rows, _ = SERVERS["tlslite-ng"]
    these = [row for row in rows if (row.kind, row.version, row.group) == ("p256", "1.3", "X25519")]
    many = make(str(tmp_path), chains, these, **changes)
    try:
        for row, port in many.listeners.items():
            status, out, err = run("keys", "--json", settings={"JWKS_URI": f"https://localhost:{port}/jwks.json", "RESOURCE": "*", "CA_BUNDLE": chains["p256"].root})
            assert status == 0 and json.loads(out)["tls"]["suite"] == row.suite, err
    finally:
        many.stop()


def test_application_protocols(serve, chains):
    """http/1.1 is offered: the server may select it, ignore the extension, or close."""
    for protocols in (None, ["http/1.1"], ["h2", "http/1.1"]):
        agreed(serve(servers.python_ssl, chains["p256"], protocols=protocols), chains["p256"])
    for version in ("1.2", "1.3"):
        agreed(serve(servers.openssl, chains["p256"], version, further=("-alpn", "http/1.1")), chains["p256"])
        status, _, err = keys(serve(servers.openssl, chains["p256"], version, further=("-alpn", "h2")), chains["p256"])
        assert status == 3 and ": tls_peer_alert\n" in err, err


@pytest.mark.parametrize("store", ["ssl_session_tickets on;", "ssl_session_tickets off; ssl_session_cache shared:one:1m;"], ids=["tickets", "cache"])
def test_resumption_in_a_warm_environment(function, serve, chains, issuer, tmp_path, store):
    """nginx logs it: the second connection of a process is resumed from the first one, in TLS 1.3."""
    chain = chains["p256"]
    for version, marks in (("1.3", [".", "r", "r"]), ("1.2", [".", ".", "."])):
        server = serve(servers.nginx, chain, f"TLSv{version}", f"keepalive_timeout 0; etag off; {store}", "")
        one = function(JWKS_URI=server.url, CA_BUNDLE=chain.root, ISSUER=ISSUER, AUDIENCE=AUDIENCE, KEYS_TTL_SECONDS="1")
        for _ in marks:
            assert one.invoke(token_event(issuer.token())) == allow("alice")
            time.sleep(1.1)
        server.stop()
        lines = (tmp_path / "access.log").read_text().splitlines()
        # On a slow machine a set expires once more while an event is decided: one more fetch, marked like the last one.
        expected = marks + marks[-1:] * (len(lines) - len(marks))
        assert [line.split()[3:] for line in lines] == [[mark, "200"] for mark in expected], lines
        (tmp_path / "access.log").unlink()


def test_certificates_are_checked(serve, chains, tmp_path):
    chain = chains["p256"]
    server = serve(servers.nginx, chain)
    status, _, err = keys(server, chains["p384"])
    assert status == 3 and "path_" in err
    status, out, err = run("keys", settings={"JWKS_URI": server.url.replace("localhost", "127.0.0.2"), "RESOURCE": "*", "CA_BUNDLE": chain.root})
    assert status == 3
    other = servers.Chain(str(tmp_path / "other"), "p256", hosts=("example.com",))
    server = serve(servers.python_ssl, other)
    status, _, err = keys(server, other)
    assert status == 3 and "path_host_name_mismatch" in err
    early = servers.Chain(str(tmp_path / "early"), "p256", days=-0.5)
    server = serve(servers.python_ssl, early)
    status, _, err = keys(server, early)
    assert status == 3 and "path_expired" in err
    status, _, err = keys(server, early, CA_BUNDLE="/does/not/exist")
    assert status == 3 and "file_not_found" in err


@pytest.mark.parametrize("protocols", ["TLSv1.2", "TLSv1.3"])
def test_a_whole_decision(function, serve, chains, issuer, protocols):
    chain = chains["rsa2048"]
    server = serve(servers.nginx, chain, protocols)
    one = function(JWKS_URI=server.url, CA_BUNDLE=chain.root, ISSUER=ISSUER, AUDIENCE=AUDIENCE)
    assert one.invoke(token_event(issuer.token())) == allow("alice")
    server.stop()
    assert one.invoke(token_event(issuer.token())) == allow("alice")
    assert one.invoke(token_event(issuer.token()[:-4] + "AAAA")) == UNAUTHORIZED


@VERSIONS
def test_a_whole_decision_with_cognitos_keys(function, serve, chains, cognito, version):
    """nginx in front of moto's Cognito: its own token, its own key set, the emulator."""
    chain = chains["rsa2048"]
    server = serve(servers.nginx, chain, f"TLSv{version}", location=f"proxy_pass http://127.0.0.1:{cognito['port']};")
    path = cognito["jwks"].split("/", 3)[3]
    one = function(JWKS_URI=f"https://localhost:{server.port}/{path}", CA_BUNDLE=chain.root, ISSUER=cognito["issuer"])
    subject = json.loads(unb64(cognito["access"].split(".")[1]))["sub"]
    assert one.invoke(token_event(cognito["access"])) == allow(subject)
    assert one.invoke(token_event(cognito["access"][:-4] + "AAAA")) == UNAUTHORIZED
    assert one.invoke(token_event(cognito["id"])) == allow(subject)
