"""Each caller and outcome of Examples/events/answers.txt, under the Runtime Interface Emulator: the answer byte for byte,
and by the schemas of Examples/schemas. `swift test` runs the same file (Tests/AuthorizerTests/AnswerTests.swift)."""
import base64, copy, json, os, time

import jsonschema, pytest

from conftest import ARN, AUDIENCE, ISSUER, ROOT, b64, free_port, run

EXAMPLES = os.path.join(ROOT, "Examples")
PLACE = "HEADER.PAYLOAD.SIGNATURE"


def read_cases(path, fields):
    """The cases of a file in the form of Vectors/; checks the number in its header and the names of all fields."""
    cases, said = [], None
    with open(os.path.join(EXAMPLES, "events", path)) as f:
        for paragraph in f.read().split("\n\n"):
            case = {}
            for line in paragraph.splitlines():
                if line.startswith("#: cases"):
                    said = int(line.split()[2])
                elif line.startswith("# "):
                    case["comment"] = line[2:]
                elif line and not line.startswith("#"):
                    name, value = line.split("=", 1)
                    assert name.strip() in fields, line
                    case[name.strip()] = value.strip()
            if set(case) - {"comment"}:
                cases.append(case)
    assert len(cases) == said, path
    return cases


CASES = read_cases("answers.txt", {"event", "settings", "token", "keys", "schema", "expect"})
SCHEMAS = {name[:-5]: json.load(open(os.path.join(EXAMPLES, "schemas", name))) for name in os.listdir(os.path.join(EXAMPLES, "schemas"))
           if name.endswith(".json") and name != "rules.schema.json"}  # that one is of a document, not of an answer


def mint(issuer):
    """The tokens of Examples/events/tokens.txt."""
    now, tokens = int(time.time()), {}
    for case in read_cases("tokens.txt", {"name", "claims", "expires"}):
        token = issuer.token(**{"sub": None, **json.loads(case["claims"]), "iat": now - 7200, "exp": now + int(case["expires"])})
        if case["name"] == "tampered":
            token = token[:-100] + ("B" if token[-100] == "A" else "A") + token[-99:]
        tokens[case["name"]] = token
    return tokens


def event_text(path, token):
    with open(os.path.join(EXAMPLES, "events", path)) as f:
        text = f.read()
    for encode in (base64.b64encode, lambda data: b64(data).encode(), bytes):
        text = text.replace(encode(PLACE.encode()).decode(), encode(token.encode()).decode())
    return text.encode()


def settings_of(case, issuer):
    settings = {"RESOURCE": ARN + "/*", "ISSUER": ISSUER, "AUDIENCE": AUDIENCE}
    if case.get("keys") == "missing":
        settings["JWKS_URI"] = f"http://127.0.0.1:{free_port()}/"
    else:
        settings["JWKS"] = json.dumps(issuer.key_set())
    settings.update(pair.split("=", 1) for pair in case.get("settings", "").split(";") if pair)
    return {name: value for name, value in settings.items() if value}


def groups():
    """Groups cases with the same settings, which share a function."""
    found = {}
    for case in CASES:
        found.setdefault((case.get("settings", ""), case.get("keys", "here")), []).append(case)
    return list(found.values())


@pytest.mark.parametrize("cases", groups(), ids=lambda cases: cases[0]["comment"].replace(" ", "-"))
def test_every_caller_gets_its_answer(function, issuer, cases):
    one = function(**{"RESOURCE": None, **settings_of(cases[0], issuer)})
    tokens = mint(issuer)
    for case in cases:
        body = one.invoke_raw(event_text(case["event"], tokens[case["token"]]))
        assert body == case["expect"].split(" ", 1)[1], case["comment"]
        jsonschema.Draft202012Validator(SCHEMAS[case["schema"]]).validate(json.loads(body))


def test_the_log_names_the_caller(function, issuer):
    one = function(JWKS=json.dumps(issuer.key_set()))
    token = mint(issuer)["good"]
    names = ["rest-token", "rest-request", "http-1.0", "http-2.0", "websocket", "appsync", "iot"]
    for name in names:
        one.invoke(event_text(f"{name}/plain.json", token))
    lines = [line for line in one.lines() if line["message"] == "decision"]
    assert [line["caller"] for line in lines] == names
    assert ["callerRequestId" in line for line in lines] == [name != "rest-token" for name in names]
    assert token not in json.dumps(one.lines())


def test_the_schemas_reject_invalid_answers():
    """Each schema accepts its answers, and rejects them without a required member, with an additional one, and with other types."""
    seen = set()
    for case in CASES:
        schema, answer = SCHEMAS[case["schema"]], json.loads(case["expect"].split(" ", 1)[1])
        validator = jsonschema.Draft202012Validator(schema)
        assert validator.is_valid(answer)
        seen.add(case["schema"])
        wrong = [{k: v for k, v in answer.items() if k != name} for name in schema["required"]]
        wrong += [{**answer, "more": 1}] + [{**answer, name: None} for name in answer]
        for flag in ("isAuthorized", "isAuthenticated"):
            if flag in answer:
                wrong.append({**answer, flag: "true"})
        if "policyDocument" in answer:
            other = copy.deepcopy(answer)
            other["policyDocument"]["Statement"][0]["Action"] = "*"
            wrong += [other, {**answer, "context": {"a": {"b": 1}}}, {**answer, "context": {"a": None}}]
        for one in wrong:
            assert not validator.is_valid(one), (case["comment"], one)
    assert seen == set(SCHEMAS)


def test_a_token_as_each_caller_would_send_it(issuer):
    """`invoke --as` makes an event of each caller, with the token at the first of TOKEN_SOURCES."""
    token = issuer.token()
    policy = '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"iot:Connect","Resource":"*"}}'
    for sources in (None, "header:X-Api-Token", "query:t,cookie:c", "cookie:c", "protocol:bearer"):
        settings = {"JWKS": json.dumps(issuer.key_set()), "IOT_POLICY": policy, "HTTP_API_RESPONSE": "simple",
                    "RESOURCE": ARN + "/*,arn:aws:appsync:eu-central-1:123456789012:apis/abc"}
        if sources:
            settings["TOKEN_SOURCES"] = sources
        for caller in ("rest-token", "rest-request", "http-1.0", "http-2.0", "websocket", "appsync", "iot"):
            status, out, _ = run("invoke", "--token", "-", "--as", caller, settings=settings, stdin=token.encode())
            assert status == 0, (caller, sources, out)
    for arguments in (["--as", "rest"], ["--as"], ["--as", "iot", "--as", "iot", "--token", "x"], ["--as", "iot"]):
        status, _, error = run("invoke", *arguments)
        assert status == 2 and error, arguments


def test_iot_policy_in_a_file(function, issuer, tmp_path):
    path = tmp_path / "iot-policy.json"
    policy = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "iot:Connect", "Resource": "*"}]}
    path.write_text(json.dumps(policy, indent=2))
    one = function(JWKS=json.dumps(issuer.key_set()), IOT_POLICY=str(path))
    answer = one.invoke(event_text("iot/plain.json", issuer.token(exp=int(time.time()) + 1000)))
    assert answer["policyDocuments"] == [policy]
    # The token's end and the skew of a minute; the test took a second or ten.
    assert 1040 <= answer["disconnectAfterInSeconds"] <= 1060
    status, _, error = run("check-config", settings={"JWKS": json.dumps(issuer.key_set()), "RESOURCE": "*", "IOT_POLICY": "absent.json"})
    assert status == 2 and "IOT_POLICY names a file that cannot be read" in error
