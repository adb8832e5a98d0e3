"""The binary in a root that holds itself, /etc/hosts, /etc/resolv.conf and a file of authorities: no libc, no locale, no /dev, no /proc.

Under the Runtime API only: the command line reads its arguments from /proc. Needs root, for chroot(2) and for a name server on port 53 of a loopback address.
"""
import json, os, shutil, subprocess, time

import pytest

import tls_servers as servers
from conftest import BINARY, RUNNER, allow, token_event
from test_runtime import ACCEPTED, RuntimeAPI, event_response

NAME_SERVER = "127.53.0.1"
HOSTS = ("by-hosts.test", "by-dns.test")


@pytest.fixture
def root(tmp_path, issuer):
    """The root, and the key set's server, whose certificate has both names."""
    assert os.getuid() == 0, "the test needs root"
    chain = servers.Chain(str(tmp_path), "p256", hosts=HOSTS)
    (tmp_path / "jwks.json").write_text(json.dumps(issuer.key_set()))
    root = tmp_path / "root"
    (root / "etc").mkdir(parents=True)
    shutil.copy(BINARY, root / "bootstrap")
    shutil.copy(chain.root, root / "ca.pem")
    (root / "etc" / "hosts").write_text("127.0.0.1 by-hosts.test\n")
    (root / "etc" / "resolv.conf").write_text(f"nameserver {NAME_SERVER}\n")
    runner = []
    if RUNNER:
        # Under emulation the emulator is in there too.
        shutil.copy(shutil.which(RUNNER[0]), root / "emulator")
        runner = ["/emulator", *RUNNER[1:]]
    server = servers.nginx(str(tmp_path), chain)
    names = subprocess.Popen([servers.need("dnsmasq"), "--no-daemon", "--conf-file=/dev/null", "--no-resolv", "--no-hosts", "--user=root", "--pid-file=",
                              f"--listen-address={NAME_SERVER}", "--bind-interfaces", "--address=/by-dns.test/127.0.0.1"],
                             stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    command = [servers.need("chroot"), str(root), *runner, "/bootstrap"]

    def decide(name, **settings):
        """Three events to a fresh process, one after the other: the answers to the Runtime API, which is outside, and the log."""
        event = json.dumps(token_event(issuer.token())).encode()
        api = RuntimeAPI([event_response(event), ACCEPTED] * 3, {"JWKS_URI": f"https://{name}:{server.port}/jwks.json", "CA_BUNDLE": "/ca.pem", **settings}, command)
        _, lines = api.run()
        return [json.loads(request[2]) for request in api.requests if not request[0].endswith("/next")], lines

    decide.files = lambda: sorted(str(one.relative_to(root)) for one in root.rglob("*") if one.is_file())
    yield decide
    for process in (names, server.process):
        process.terminate()
        process.wait(10)


def test_the_fetch_works_in_an_empty_root(root):
    files = root.files()
    assert [one for one in files if one != "emulator"] == ["bootstrap", "ca.pem", "etc/hosts", "etc/resolv.conf"]
    for name in HOSTS:
        for _ in range(50):
            answers, lines = root(name)
            reasons = [line.get("reason", "") for line in lines]
            # The name server may not be up yet.
            if not any(reason.startswith("name_") for reason in reasons):
                break
            time.sleep(0.1)
        assert answers == [allow("alice")] * 3, lines
        assert sum(line["message"] == "keys fetched" for line in lines) == 1
    # Nothing was written.
    assert root.files() == files


def test_what_is_missing_in_it_is_named(root):
    for name, settings, reason in [("unknown.test", {}, "name_"), (HOSTS[0], {"CA_BUNDLE": "/absent.pem"}, "file_not_found")]:
        answers, lines = root(name, **settings)
        assert [answer["errorType"] for answer in answers] == ["KeysUnavailable"] * 3, lines
        assert any(line.get("reason", "").startswith(reason) for line in lines), lines
