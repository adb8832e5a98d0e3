"""The binary in a root that holds itself, /etc/hosts, /etc/resolv.conf and a file of authorities: no libc, no locale, no /dev, no /proc.

Under the Runtime API only: the command line reads its arguments from /proc. Needs root, for chroot(2) and for a name server on port 53 of a loopback address.
"""
import json, os, shutil, socket, subprocess, threading, time

import pytest

import tls_servers as servers
from conftest import BINARY, RUNNER, allow, token_event
from test_runtime import ACCEPTED, RuntimeAPI, event_response

NAME_SERVER = "127.53.0.1"
HOSTS = ("by-hosts.test", "by-dns.test")
# The second name server's answer for A and AAAA: RCODE, or None for no answer; and its delay in seconds.
ODD_NAME_SERVER = "127.53.0.2"
ODD = {"aaaa-unknown.test": (0, 3, 0), "aaaa-failed.test": (0, 2, 0), "aaaa-silent.test": (0, None, 0), "slow.test": (0, 0, 1.2), "slow-aaaa-unknown.test": (0, 3, 1.2),
       "both-unknown.test": (3, 3, 0)}


@pytest.fixture
def root(tmp_path, issuer):
    """The root, and the key server, whose certificate has both names."""
    assert os.getuid() == 0, "the test needs root"
    chain = servers.Chain(str(tmp_path), "p256", hosts=HOSTS + tuple(ODD))
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
        """Sends three events to a new process, one after the other: the answers, which leave the root over loopback, and the log."""
        event = json.dumps(token_event(issuer.token())).encode()
        api = RuntimeAPI([event_response(event), ACCEPTED] * 3, {"JWKS_URI": f"https://{name}:{server.port}/jwks.json", "CA_BUNDLE": "/ca.pem", **settings}, command)
        _, lines = api.run()
        return [json.loads(request[2]) for request in api.requests if not request[0].endswith("/next")], lines

    decide.name_server = lambda address: (root / "etc" / "resolv.conf").write_text(f"nameserver {address}\n")
    decide.files = lambda: sorted(str(one.relative_to(root)) for one in root.rglob("*") if one.is_file())
    yield decide
    for process in (names, server.process):
        process.terminate()
        process.wait(10)


@pytest.fixture
def odd_names():
    """A name server that treats the two address types differently (RFC 4074 §4)."""
    one = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    one.bind((ODD_NAME_SERVER, 53))

    def answer(question, peer):
        labels, at = [], 12
        while question[at]:
            labels.append(question[at + 1:at + 1 + question[at]].decode())
            at += 1 + question[at]
        is_a = question[at + 2] == 1
        a, aaaa, delay = ODD[".".join(labels).lower()]
        code = a if is_a else aaaa
        if code is None:
            return
        time.sleep(delay)
        records = b"\xc0\x0c\0\x01\0\x01\0\0\0\x3c\0\x04\x7f\0\0\x01" if is_a and code == 0 else b""
        try:
            one.sendto(question[:2] + bytes([0x81, 0x80 | code, 0, 1, 0, bool(records), 0, 0, 0, 0]) + question[12:] + records, peer)
        except OSError:
            # The test is over.
            pass

    def run():
        while True:
            try:
                question, peer = one.recvfrom(512)
            except OSError:
                return
            if not question:
                return
            threading.Thread(target=answer, args=(question, peer), daemon=True).start()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    yield
    socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"", (ODD_NAME_SERVER, 53))
    thread.join(10)
    one.close()


@pytest.mark.parametrize("name", ODD)
def test_odd_and_slow_name_servers(root, odd_names, name):
    """No answer about AAAA hides an A record; a slow name server is waited for as long as the setting says."""
    root.name_server(ODD_NAME_SERVER)
    answers, lines = root(name, KEYS_RESOLVE_TIMEOUT_MS="8000", KEYS_FETCH_TIMEOUT_MS="8000", KEYS_PREFETCH_TIMEOUT_MS="8000")
    if name == "both-unknown.test":
        assert [answer["errorType"] for answer in answers] == ["KeysUnavailable"] * 3, lines
        assert any(line.get("reason") == "name_not_found" for line in lines), lines
    else:
        assert answers == [allow("alice")] * 3, lines
        assert not any(line.get("reason", "").startswith("name_") for line in lines), lines


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


def test_a_missing_file_is_named(root):
    for name, settings, reason in [("unknown.test", {}, "name_"), (HOSTS[0], {"CA_BUNDLE": "/absent.pem"}, "file_not_found")]:
        answers, lines = root(name, **settings)
        assert [answer["errorType"] for answer in answers] == ["KeysUnavailable"] * 3, lines
        assert any(line.get("reason", "").startswith(reason) for line in lines), lines
