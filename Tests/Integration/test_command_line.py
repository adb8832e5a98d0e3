"""The commands, their output and their exit statuses."""
import json, os, time

import pytest

from conftest import ARN, AUDIENCE, ISSUER, RESOURCE, ROOT, UNAUTHORIZED, allow, deny, run, token_event


@pytest.fixture
def settings(issuer):
    return {"JWKS": json.dumps(issuer.key_set()), "RESOURCE": RESOURCE, "ISSUER": ISSUER, "AUDIENCE": AUDIENCE}


def test_invoke_decides_the_sample():
    status, out, err = run("invoke")
    answer = json.loads(out)
    assert status == 0 and answer["policyDocument"]["Statement"][0]["Effect"] == "Allow" and answer["principalId"] == "alice"
    assert "built-in sample" in err and "2026-01-01T00:30:00.000Z" in err


def test_invoke(settings, issuer, tmp_path):
    path = tmp_path / "event.json"
    path.write_text(json.dumps(token_event(issuer.token())))
    for arguments, stdin in ((["--event", str(path)], b""), (["--event", "-"], path.read_bytes()), (["--token", issuer.token()], b""),
                             (["--token", "-"], issuer.token().encode() + b"\n")):
        status, out, err = run("invoke", *arguments, settings=settings, stdin=stdin)
        assert (status, json.loads(out), err) == (0, allow("alice"), "")


def test_exit_statuses(settings, issuer, tmp_path):
    expired = issuer.token(exp=int(time.time()) - 100)
    assert run("invoke", "--token", expired, settings=settings)[:2] == (1, json.dumps(UNAUTHORIZED, separators=(",", ":")) + "\n")
    status, out, _ = run("invoke", "--token", issuer.token(), settings={**settings, "REQUIRED_SCOPES": "x"})
    assert status == 1 and json.loads(out) == deny("alice", "scope_missing")
    assert run("invoke", "--event", "-", settings=settings, stdin=b"{}")[0] == 2
    assert run("invoke", "--event", "/does/not/exist", settings=settings)[0] == 2
    assert run("invoke", settings=settings)[0] == 2
    assert run("invoke", "--nonsense", settings=settings)[0] == 2
    assert run("invoke", "--token", "x", "--event", "y", settings=settings)[0] == 2
    status, out, err = run("invoke", "--token", issuer.token(), settings={"JWKS_URI": "http://127.0.0.1:1/", "RESOURCE": RESOURCE})
    assert status == 3 and json.loads(out)["errorType"] == "KeysUnavailable" and "connect_refused" in err
    assert run("invoke", settings={"JWKS_URI": "/x"})[0] == 2
    assert run()[0] == 2 and run("nonsense")[0] == 2 and run("--help")[0] == 0


def test_explain(settings, issuer):
    status, out, _ = run("explain", "--token", issuer.token(), settings=settings)
    assert status == 0 and "Allowed" in out
    for changes, reason, text in [({"exp": int(time.time()) - 100}, "token_expired", "seconds ago"), ({"iss": "https://idp.example.com"}, "issuer_mismatch", "trailing slash"),
                                  ({"aud": "x"}, "audience_mismatch", "ID token")]:
        token = issuer.token(**changes)
        status, out, err = run("explain", "--token", token, settings=settings)
        assert status == 1 and reason in out and text in out and "FAILED" in out
        assert token not in out + err and token.split(".")[2] not in out + err
        status, out, _ = run("explain", "--json", "--token", token, settings=settings)
        assert status == 1 and json.loads(out)["reason"] == reason


def test_check_config(settings):
    status, out, _ = run("check-config", settings=settings)
    assert status == 0 and "The settings are good." in out
    status, out, _ = run("check-config", "--json", settings=settings)
    assert status == 0 and json.loads(out)["settings"]["CLOCK_SKEW_SECONDS"] == "60"
    status, out, err = run("check-config", settings={**settings, "CLOCK_SKEW": "1"})
    assert status == 0  # not one edit away: a name of its own
    status, out, err = run("check-config", settings={**settings, "CLOCK_SKEW_SECOND": "1"})
    assert status == 2 and "did you mean CLOCK_SKEW_SECONDS" in err
    status, out, _ = run("check-config", "--json", settings={**settings, "AUDIENCE": ""})
    assert status == 2 and json.loads(out)["setting"] == "AUDIENCE"


def test_keys(settings, issuer, key_server):
    server = key_server({"keys": [issuer.jwk(), {"kty": "oct", "k": "AA"}, issuer.jwk(use="enc")]})
    status, out, _ = run("keys", "--json", settings={"JWKS_URI": server.url, "RESOURCE": "*"})
    listed = json.loads(out)
    from joserfc.jwk import RSAKey
    assert status == 0 and listed["keys"][0]["thumbprint"] == RSAKey.import_key(issuer.jwk()).thumbprint()
    assert [key["reason"] for key in listed["passedOver"]] == ["key_symmetric", "key_use"]
    assert "RSA 2048" in run("keys", settings=settings)[1]
    assert run("keys", settings={"JWKS_URI": "/does/not/exist", "RESOURCE": "*"})[0] == 3


def test_selftest_and_version():
    status, out, _ = run("selftest", "--json")
    assert status == 0 and all(json.loads(out)[name] for name in ("SHA-256", "RSA accepts", "RSA refuses"))
    status, out, _ = run("version", "--json")
    assert status == 0 and json.loads(out)["version"]


def test_vectors(tmp_path):
    status, out, _ = run("vectors", os.path.join(ROOT, "Vectors"), "--json")
    table = json.loads(out)
    assert status == 0 and table["failures"] == 0 and table["cases"] > 7000
    # A changed vector is found.
    folder = tmp_path / "hashes-cavp"
    folder.mkdir()
    with open(os.path.join(ROOT, "Vectors", "hashes-cavp", "sha256-short.txt")) as f:
        text = f.read()
    changed = text.replace("message = d3", "message = d2", 1)
    assert changed != text
    (folder / "sha256-short.txt").write_text(changed)
    (tmp_path / "INDEX").write_text("hashes-cavp/sha256-short.txt hash 65\n")
    status, out, _ = run("vectors", str(tmp_path))
    assert status == 1 and "FAILED: hashes-cavp/sha256-short.txt, line" in out
    assert run("vectors", str(tmp_path / "nowhere"))[0] == 2
