"""The commands, their output and their exit statuses."""
import json, os, time

import pytest

from conftest import AUDIENCE, ISSUER, RESOURCE, ROOT, UNAUTHORIZED, allow, deny, run, token_event


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
    assert status == 1 and json.loads(out) == deny("alice", "scope_missing", "x")
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
    assert status == 0 and "The settings are valid." in out
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
    assert [key["reason"] for key in listed["skippedKeys"]] == ["key_symmetric", "key_use"]
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


# Of a token only explanations, kid, iss, aud and duplicate names are printed.

def signed(issuer, payload):
    import jwt
    return jwt.api_jws.encode(payload.encode(), issuer.key, algorithm="RS256", headers={"kid": issuer.kid})


def detail(answer):
    return next(step.get("detail", "") for step in json.loads(answer)["steps"] if step["result"] == "failed")


@pytest.mark.parametrize("payload, words", [
    (json.dumps({f"c{n}": n for n in range(300)}), "an object has more than 256 members"),
    ('{"sub":"a","sub":"b"}', 'the name "sub" is there twice in one object, the second time at byte 11'),
    ('{"a\\u202eb":1,"a\\u202eb":1}', 'the name "a\\u202eb" is there twice in one object'),
    ('{"n":' + "1" * 65 + "}", "a number has more than 64 characters, at byte 5"),
    ('{"a":' * 20 + "1" + "}" * 20, "objects and arrays are nested more than 16 deep"),
    ('{"a":[' + "1," * 1024 + "1]}", "an array has more than 1024 elements"),
    ('{"sub":"alice"', "it ends within a value"),
])
def test_explain_names_the_limit_or_the_name(settings, issuer, payload, words):
    token = signed(issuer, payload)
    status, out, _ = run("explain", "--json", "--token", "-", settings=settings, stdin=token.encode())
    assert status == 1 and json.loads(out)["reason"] == "token_payload_json" and words in detail(out)
    assert "limit" in json.loads(out)["meaning"] and "once" in json.loads(out)["advice"]
    # The same where the payload is read before its signature is verified.
    two = {"RESOURCE": RESOURCE, "RULES": json.dumps({"issuers": [{"issuer": name, "jwks": issuer.key_set()} for name in (ISSUER, "https://b/")]})}
    status, out, _ = run("explain", "--json", "--token", "-", settings=two, stdin=token.encode())
    assert status == 1 and json.loads(out)["reason"] == "issuer_unreadable" and words in detail(out)


def test_explain_names_the_fault_of_header_and_event(settings, issuer):
    head = '{"alg":"RS256","kid":"a","kid":"b"}'
    import base64
    token = base64.urlsafe_b64encode(head.encode()).decode().rstrip("=") + ".e30.AAAA"
    _, out, _ = run("explain", "--json", "--token", token, settings=settings)
    assert json.loads(out)["reason"] == "token_header_json" and 'the name "kid" is there twice' in detail(out)
    status, out, _ = run("explain", "--json", "--event", "-", settings=settings, stdin=b'{"type":"TOKEN","type":"TOKEN"}')
    assert status == 2 and json.loads(out)["reason"] == "event_json" and 'the name "type" is there twice' in detail(out)


def test_explain_shows_the_issuer(issuer):
    two = {"RESOURCE": RESOURCE, "RULES": json.dumps({"issuers": [{"issuer": name, "jwks": issuer.key_set()} for name in ("https://a/", "https://b/")]})}
    status, out, _ = run("explain", "--token", issuer.token(), settings=two)
    assert status == 1 and "issuer_unknown" in out
    assert f"the token's iss is {ISSUER}, not verified; kid {issuer.kid}" in out
    _, out, _ = run("explain", "--token", issuer.token(iss=None, headers={"kid": "other"}), settings=two)
    assert "issuer_unreadable" in out and "kid other" in out
    # Characters with an effect on a terminal are escaped, long texts are cut.
    _, out, _ = run("explain", "--token", issuer.token(iss="\u202ehttps://\u009bc/\u001b[2J" + "x" * 9000, headers={"kid": "\u2028k\u200b"}), settings=two)
    assert "iss is \\u202ehttps://\\u009bc/\\u001b[2Jxxx" in out and "kid \\u2028k\\u200b" in out and len(out) < 2500
    assert not set("\u202e\u009b\u2028\u200b\u001b") & set(out)


def test_explain_shows_both_audiences(settings, issuer):
    for aud, shown in (("https://other/", "https://other/"), (["a", "b"], "a, b"), ([], "")):
        status, out, _ = run("explain", "--token", issuer.token(aud=aud), settings={**settings, "AUDIENCE": "x,y"})
        assert status == 1 and f"(the token's aud is {shown}; AUDIENCE is x, y)" in out
    rules = {"RESOURCE": RESOURCE, "RULES": json.dumps({"issuers": [
        {"issuer": ISSUER, "audiences": ["one"], "jwks": issuer.key_set()}, {"issuer": "https://b/", "audiences": ["two"], "jwks": issuer.key_set()}]})}
    _, out, _ = run("explain", "--token", issuer.token(aud="z"), settings=rules)
    assert "(the token's aud is z; the issuer's audiences are one)" in out
    pool = "https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_aBcDeFgHi"
    _, out, _ = run("explain", "--token", issuer.token(iss=pool, aud=None, client_id="app", token_use="access"),
                    settings={**settings, "ISSUER": pool, "PROFILE": "cognito", "AUDIENCE": "client"})
    assert "(the token's client_id is app; AUDIENCE is client)" in out
    _, out, _ = run("explain", "--token", issuer.token(iss="https://idp.example.com"), settings=settings)
    assert f"(the token's iss is https://idp.example.com; ISSUER is {ISSUER})" in out


@pytest.mark.parametrize("paste, note", [
    ("{}", None), ("{}\n", "white space around"), ("  {}\t", "white space around"), ('"{}"', "quotation marks"), ("'{}'", "quotation marks"),
    ("`{}`,", "quotation marks"), ("\u201c{}\u201d", "quotation marks|"), ("\ufeff{}", "white space around"), ("\u00a0{}", "white space around"),
    ("Bearer {}", "the scheme"), ("bearer BEARER {}", "the scheme"), ("Authorization: Bearer {}", "the scheme"),
    ("-H 'Authorization: Bearer {}'", "quotation marks were removed; the scheme"), ('{{"access_token": "{}", "expires_in": 3600}}', "text before or after"),
    ("{} {}", "more than once"), ("{},{}", "more than once"), ("{}\n{}\n", "more than once"),
])
def test_a_pasted_token_is_cleaned(settings, issuer, paste, note):
    token = issuer.token()
    status, out, err = run("invoke", "--token", paste.format(token, token), settings=settings)
    assert status == 0 and json.loads(out) == allow("alice")
    if note is None:
        assert err == ""
    else:
        assert "--token was cleaned: " in err
        for words in note.split("|"):
            assert words in err
    assert token.split(".")[2][:12] not in err


def test_a_token_in_lines_is_joined(settings, issuer):
    token = issuer.token()
    head, payload, signature = token.split(".")
    for lines in ([token[at:at + 64] for at in range(0, len(token), 64)], [head + ".", payload + ".", signature], [head, "." + payload, "." + signature],
                  [head[:5], head[5:] + "." + payload[:9], payload[9:] + "." + signature]):
        for between in ("\n", "\r\n", "\n   ", " "):
            status, out, err = run("invoke", "--token", between.join(lines), settings=settings)
            assert status == 0 and json.loads(out) == allow("alice") and "within the token" in err


def test_of_two_tokens_the_first_is_decided(settings, issuer):
    first, second = issuer.token(), issuer.token(sub="bob")
    for between in ("\n", " ", ", ", '","'):
        status, out, err = run("invoke", "--token", first + between + second, settings=settings)
        assert status == 0 and json.loads(out) == allow("alice") and "only the first is decided" in err


def test_other_texts_are_printed_unchanged(settings):
    for text, reason in (("one two", "token_character"), ("0123456789abcdef", "token_part_count"), ("a.b.c", "token_header_encoding"), ("x", "token_part_count")):
        status, out, err = run("explain", "--json", "--token", text, settings=settings)
        assert status == 1 and json.loads(out)["reason"] == reason and err == ""
    # A byte that no token has is not repaired.
    status, out, _ = run("explain", "--json", "--token", "eyJhbGciOiJSUzI1NiJ9.e30\u00e9.AAAA", settings=settings)
    assert json.loads(out)["reason"] == "token_character"


def test_a_file_of_a_token_is_read(settings, issuer, tmp_path):
    path = tmp_path / "good.jwt"
    path.write_text(issuer.token() + "\n")
    status, out, err = run("invoke", "--token", str(path), settings=settings)
    assert status == 0 and json.loads(out) == allow("alice") and err == f"authorizer: --token names a file: the token in {path} is decided.\n"
    path.write_text(json.dumps({"access_token": issuer.token(), "token_type": "Bearer"}))
    status, out, err = run("invoke", "--token", str(path), settings=settings)
    assert status == 0 and "text before or after" in err
    for name in ("absent.jwt", "/does/not/exist", "./absent.txt"):
        status, out, err = run("invoke", "--token", name, settings=settings)
        assert (status, out, err) == (2, "", f"authorizer: {name}: file_not_found\n")


# Output that cannot be written.

COMMANDS = [["invoke"], ["explain"], ["explain", "--json"], ["doctor"], ["doctor", "--json"], ["check-config"], ["check-config", "--json"], ["keys"],
            ["keys", "--json"], ["certificates"], ["certificates", "--json"], ["vectors", os.path.join(ROOT, "Vectors")], ["selftest"], ["selftest", "--json"],
            ["version"], ["version", "--json"], ["--version"], ["licences"], ["help"], ["explain", "--help"]]


def started(arguments, settings, issuer, tmp_path, stdout):
    import subprocess
    from conftest import BINARY, RUNNER
    if arguments[0] in ("invoke", "explain") and "--help" not in arguments:
        arguments = [*arguments, "--token", issuer.token()]
    if arguments[0] == "certificates":
        arguments = [*arguments, str(tmp_path / "chain.pem"), "--host", "localhost"]
    return subprocess.Popen([*RUNNER, BINARY, *arguments], env={"PATH": os.environ["PATH"], **settings}, stdin=subprocess.DEVNULL, stdout=stdout,
                            stderr=subprocess.PIPE)


@pytest.fixture
def chain_file(chains, tmp_path):
    chain = chains["p256"]
    with open(chain.root) as f:
        (tmp_path / "chain.pem").write_text(f.read())
    return {"CA_BUNDLE": chain.root}


@pytest.mark.parametrize("arguments", COMMANDS, ids=" ".join)
def test_a_full_disk_is_reported(settings, issuer, chain_file, tmp_path, arguments):
    with open("/dev/full", "wb") as full:
        process = started(arguments, {**settings, **chain_file}, issuer, tmp_path, full)
        _, err = process.communicate(timeout=120)
    assert process.returncode == 4 and err.decode().endswith("authorizer: the output could not be written: no space is left on the device\n")


@pytest.mark.parametrize("arguments", [c for c in COMMANDS if c[0] != "vectors"], ids=" ".join)
def test_a_closed_pipe_is_quiet(settings, issuer, chain_file, tmp_path, arguments):
    read, write = os.pipe()
    os.close(read)
    process = started(arguments, {**settings, **chain_file}, issuer, tmp_path, write)
    os.close(write)
    _, err = process.communicate(timeout=120)
    assert process.returncode != 0 and b"output" not in err and b"write" not in err


def test_a_closed_standard_output_is_reported(settings):
    import subprocess
    from conftest import BINARY, RUNNER
    done = subprocess.run(["sh", "-c", 'exec "$@" >&-', "sh", *RUNNER, BINARY, "version"], env={"PATH": os.environ["PATH"]}, stderr=subprocess.PIPE)
    assert done.returncode == 4 and b"standard output is closed" in done.stderr


# Settings that were pasted, and files that are not there.

def test_settings_that_cannot_work_stop_the_start(settings):
    for name, value, words in [
        ("ISSUER", ISSUER + " ", "begins or ends with a space"), ("ISSUER", ISSUER + "\n", "line break"), ("ISSUER", f"{ISSUER},https://b/", "issuers of RULES"),
        ("ISSUER", f'"{ISSUER}"', "quotation marks"), ("AUDIENCE", '["x"]', "JSON array"), ("AUDIENCE", "x\n", "line break"), ("AUDIENCE", '"x","y"', "quotation marks"),
        ("DENY_SUBJECTS", "alice\nbob", "a comma between two entries"), ("DENY_KIDS", "a,\nb", "line break"), ("DENY_JTIS", "a\r\nb", "line break"),
        ("DENY_CLIENTS", '["a"]', "JSON array"), ("CONTEXT_CLAIMS", "sub\nemail", "line break"), ("PRINCIPAL_CLAIM", "sub ", "a space"),
        ("RULES", "/does/not/exist.json", "cannot be read (file_not_found)"), ("IOT_POLICY", "absent.json", "cannot be read (file_not_found)"),
        ("SHADOW_RULES", "absent.json", "cannot be read (file_not_found)"),
    ]:
        status, out, err = run("check-config", settings={**settings, name: value})
        assert (status, out) == (2, "") and err.startswith(f"authorizer: {name} ") and words in err and f"; for example {name}=" in err, err
    status, _, err = run("check-config", settings={"JWKS_URI": "https://localhost/k", "RESOURCE": RESOURCE, "JWKS_SNAPSHOT": "/absent.json"})
    assert status == 2 and "JWKS_SNAPSHOT names a file that cannot be read (file_not_found)" in err
    status, _, err = run("check-config", settings={**settings, "JWKS": "/var/task/jwks.json"})
    assert status == 2 and "JWKS_URI its address or its file" in err
    # JSON may have white space before it.
    status, out, _ = run("check-config", settings={**settings, "SHADOW_RULES": '\n  {"routes":[{"route":"GET /a","allow":"any_token"}]}\n'})
    assert status == 0


SUSPICIOUS = [({"ISSUER": "a,b"}, "ISSUER has a comma"), ({"AUDIENCE": "x y"}, "write a comma between two audiences"), ({"DENY_SUBJECTS": "alice bob"}, "write a comma between two entries"),
              ({"DENY_CLIENTS": "a;b"}, "write a comma between two entries"), ({"CONTEXT_CLAIMS": "sub email"}, "write a comma between two claims"),
              ({"AUDIENCE": "x\u00a0"}, "a character that is not visible"), ({"JWKS": None, "JWKS_URI": "/does/not/exist.json"}, "JWKS_URI names a file that cannot be read now"),
              ({"JWKS": None, "JWKS_URI": "https://localhost:1/", "JWKS_URI_FALLBACK": "/absent"}, "JWKS_URI_FALLBACK names a file"),
              ({"CA_BUNDLE": "/does/not/exist.pem"}, "CA_BUNDLE names a file"), ({"CA_BUNDLE": "/etc/passwd"}, "CA_BUNDLE names a file")]


@pytest.mark.parametrize("changes, words", SUSPICIOUS, ids=lambda value: value if isinstance(value, str) else "")
def test_suspicious_settings_are_warnings(settings, changes, words):
    made = {name: value for name, value in {**settings, **changes}.items() if value is not None}
    status, out, _ = run("check-config", settings=made)
    assert status == 0 and len([row for row in out.splitlines() if row.startswith("warning: ") and words in row]) == 1
    assert not any("warning: " in row for row in run("check-config", settings=settings)[1].splitlines())


def test_a_warning_is_one_line_at_the_start(function, settings, issuer):
    one = function(**{**settings, "DENY_SUBJECTS": "mallory trudy", "CA_BUNDLE": "/does/not/exist.pem"})
    assert one.invoke(token_event(issuer.token()))["principalId"] == "alice"
    one.invoke(token_event(issuer.token()))
    warnings = [line["warning"] for line in one.lines() if line["level"] == "WARN"]
    assert len(warnings) == 2 and "DENY_SUBJECTS" in warnings[0] and "CA_BUNDLE" in warnings[1]


def test_issuer_names_are_unique(issuer):
    rules = {"issuers": [{"issuer": "https://a/", "name": "https://b/", "jwks": issuer.key_set()}, {"issuer": "https://b/", "jwks": issuer.key_set()}]}
    status, _, err = run("check-config", settings={"RESOURCE": RESOURCE, "RULES": json.dumps(rules)})
    assert status == 2 and "RULES: issuers[0].name is also the name or the iss of another issuer" in err


def test_a_terminal_gets_no_invisible_characters(settings):
    for arguments in (["check-config"], ["check-config", "--json"]):
        status, out, _ = run(*arguments, settings={**settings, "AUDIENCE": "a\u202eb\u009bc\u2028é"})
        assert status == 0 and "a\\u202eb\\u009bc\\u2028é" in out
    assert json.loads(out)["settings"]["AUDIENCE"] == "a\u202eb\u009bc\u2028é"
