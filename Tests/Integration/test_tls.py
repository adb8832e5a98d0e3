"""Keys over HTTPS from real servers: server × version × suite × group × certificate. What was agreed on is looked at."""
import json, os

import pytest

import tls_servers as servers
from conftest import AUDIENCE, ISSUER, RESOURCE, UNAUTHORIZED, allow, run, token_event

KINDS = ["rsa2048", "rsa4096", "p256", "p384", "ed25519"]


@pytest.fixture(scope="session")
def chains(tmp_path_factory):
    folder = tmp_path_factory.mktemp("chains")
    return {kind: servers.Chain(str(folder), kind) for kind in KINDS}


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


SUITES13 = {"TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256"}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("suite", sorted(SUITES13))
def test_openssl_13(serve, chains, kind, suite):
    for group in ("X25519", "P-256"):
        told = agreed(serve(servers.openssl, chains[kind], "1.3", suite, group), chains[kind])
        assert told["version"] == "TLS 1.3" and told["suite"] == suite and not told["resumed"]


SUITES12 = {"rsa": ["ECDHE-RSA-AES128-GCM-SHA256", "ECDHE-RSA-AES256-GCM-SHA384", "ECDHE-RSA-CHACHA20-POLY1305"],
            "ecdsa": ["ECDHE-ECDSA-AES128-GCM-SHA256", "ECDHE-ECDSA-AES256-GCM-SHA384", "ECDHE-ECDSA-CHACHA20-POLY1305"]}


@pytest.mark.parametrize("kind", KINDS)
def test_openssl_12(serve, chains, kind):
    for suite in SUITES12["rsa" if kind.startswith("rsa") else "ecdsa"]:
        for group in ("X25519", "P-256", "P-384"):
            told = agreed(serve(servers.openssl, chains[kind], "1.2", suite, group), chains[kind])
            assert told["version"] == "TLS 1.2" and told["extendedMasterSecret"], (suite, group)


@pytest.mark.parametrize("kind", KINDS)
def test_nginx(serve, chains, kind):
    for protocols, version in (("TLSv1.3", "TLS 1.3"), ("TLSv1.2", "TLS 1.2"), ("TLSv1.2 TLSv1.3", "TLS 1.3")):
        server = serve(servers.nginx, chains[kind], protocols)
        assert agreed(server, chains[kind])["version"] == version
        server.stop()


@pytest.mark.parametrize("make", [servers.python_ssl, servers.node, servers.go, servers.java], ids=["python", "node", "go", "java"])
@pytest.mark.parametrize("version", ["1.2", "1.3"])
def test_other_servers(serve, chains, make, version):
    for kind in ("rsa2048", "p256", "p384"):
        assert agreed(serve(make, chains[kind], version), chains[kind])["version"] == "TLS " + version, kind


@pytest.mark.parametrize("version", ["1.2", "1.3"])
def test_gnutls(serve, chains, version):
    """Its page is no key set: what counts is that the connection stands."""
    for kind in ("rsa2048", "p256", "ed25519"):
        server = serve(servers.gnutls, chains[kind], f"NORMAL:-VERS-ALL:+VERS-TLS{version}")
        status, _, err = keys(server, chains[kind])
        assert status == 3 and "keyset_json" in err, err


def test_hello_retry_request(serve, chains):
    told = agreed(serve(servers.openssl, chains["p256"], "1.3", None, "P-256"), chains["p256"])
    assert told["group"] == "P-256"


@pytest.mark.parametrize("options, reason", [
    (["-tls1_1"], None), (["-tls1_2", "-cipher", "AES128-SHA"], None), (["-tls1_2", "-cipher", "ECDHE-RSA-AES128-SHA"], None),
    (["-tls1_3", "-groups", "P-521"], None),
])
def test_old_protocols_are_refused(serve, chains, options, reason):
    port = servers.free_port()
    chain = chains["rsa2048"]
    server = servers.Server(["openssl", "s_server", "-accept", f"127.0.0.1:{port}", "-cert", chain.leaf, "-key", chain.key, "-quiet", *options], chain.folder, port)
    try:
        status, _, err = keys(server, chain)
        assert status == 3 and "tls_" in err, err
    finally:
        server.stop()


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
