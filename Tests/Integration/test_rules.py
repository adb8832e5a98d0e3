"""Rules: the example documents, and many valid and invalid ones, by the schema and by check-config; decisions of the binary."""
import json, os, shutil, subprocess

import jsonschema, pytest

from conftest import ARN, AUDIENCE, BINARY, ISSUER, ROOT, RUNNER

EXAMPLES = os.path.join(ROOT, "Examples")
with open(os.path.join(EXAMPLES, "schemas", "rules.schema.json")) as file:
    SCHEMA = jsonschema.Draft202012Validator(json.load(file))
DOCUMENTS = sorted(name for name in os.listdir(os.path.join(EXAMPLES, "settings")) if name.endswith(".json"))
KEYS = {"JWKS_URI": "/keys.json", "ISSUER": ISSUER, "AUDIENCE": AUDIENCE}
SET = json.load(open(os.path.join(EXAMPLES, "sample", "jwks.json")))
URI = "https://idp.example.com/jwks.json"
TENANT = "72f988bf-86f1-41af-91ab-2d7cd011db47"
OPEN = "https://login.microsoftonline.com/{tenantid}/v2.0"


def run(arguments, settings, folder, stdin=None):
    return subprocess.run([*RUNNER, BINARY, *arguments], env={"PATH": os.environ["PATH"], **settings}, cwd=folder, capture_output=True,
                          text=True, input=stdin, timeout=60)


def check_config(document, folder, settings=KEYS):
    text = document if isinstance(document, str) else json.dumps(document)
    ran = run(["check-config", "--json"], {"RULES": text, **settings}, folder)
    assert ran.returncode in (0, 2), ran
    answer = json.loads(ran.stdout)
    assert answer["valid"] == (ran.returncode == 0)
    return answer


@pytest.mark.parametrize("name", DOCUMENTS)
def test_examples(name, tmp_path):
    with open(os.path.join(EXAMPLES, "settings", name)) as f:
        document = json.load(f)
    SCHEMA.validate(document)
    # A relative path is one in the zip; without Lambda, one of the working directory.
    shutil.copy(os.path.join(EXAMPLES, "settings", name), tmp_path / "rules.json")
    shutil.copy(os.path.join(EXAMPLES, "sample", "jwks.json"), tmp_path / "customers.json")
    for settings in ({"RULES": "rules.json"}, {"RULES": str(tmp_path / "rules.json")}, {"RULES": json.dumps(document)}):
        ran = run(["check-config"], settings, tmp_path)
        assert ran.returncode == 0 and "The settings are valid." in ran.stdout, ran.stderr
        for rule in document["routes"]:
            assert rule["route"] in ran.stdout
    ran = run(["check-config", "--json"], {"RULES": "rules.json"}, tmp_path)
    assert json.loads(ran.stdout)["expressible"] is True


def route(text="GET /a", **members):
    return {"routes": [{"route": text, **(members or {"allow": "any_token"})}]}


def allow(**members):
    return route(allow=members)


def claims(*tests, text="GET /a"):
    return route(text, allow={"claims": list(tests)})


def issuer(**members):
    return {"issuers": [{"issuer": ISSUER, "jwks_uri": URI, **members}]}


GOOD = [
    route(), route(public=True), route(deny="always"), route(deny={"roles": ["x"]}), route(allow="any_token", description="what it is for"),
    *[route(text) for text in ("* /", "GET /a/", "GET /a/{b}/*", "PUT /{a}/{b}", "$connect", "$appsync", "$appsync Query.orders", "$appsync _T1.f_2", "$iot", "GET /a.b-c_d~e!$&'()+,;=:@",
                               "GET /caf%C3%A9", "GET /%25", "GET /...", "GET /{a_1}", "GET /a/*")],
    allow(scopes=["a", "b"]), allow(any_of_scopes=["a"], roles=["r"], any_of_roles=["x", "y"]),
    claims({"claim": "a.b", "equals": "x"}, {"claim": ["https://example.com/x", "y.z"], "one_of": ["x", 1, True]}),
    claims({"claim": "cognito:groups", "contains": "x"}, {"claim": "x", "present": False}),
    claims({"claim": "n", "at_least": -1}, {"claim": "n", "at_most": 9}, {"claim": "n", "greater_than": 0}, {"claim": "n", "less_than": 2 ** 62}),
    claims({"claim": "sub", "matches_variable": "id"}, text="GET /{id}"),
    allow(any_of_claims=[{"claim": "x", "equals": 1.0}]),
    claims({"claim": "sub", "like": "repo:acme/*:ref:refs/heads/ma?n"}, {"claim": "a", "starts_with": "b*"}, {"claim": ["a", "0"], "ends_with": "?"}),
    claims({"claim": "x", "like": "?" * 64}), allow(any_of_scopes_like=["orders:*", "a?"]),
    claims({"claim": "authorization_details", "any_element": [{"claim": "type", "equals": "pay"}, {"claim": "o.n", "at_least": 7}, {"claim": "x", "present": False}]}),
    claims({"claim": "sub", "matches_variable": "auth0|{id}"}, text="GET /{id}"), claims({"claim": "sub", "matches_variable": "{id}"}, text="GET /{id}"),
    {**route(), "default": "refuse"}, {**route(), "default": "any_token"}, {**route(), "default": {"scopes": ["x"]}},
    {**route(), "routes_are_complete": True, "scope_claims": ["permissions"], "role_claims": ["a.b", ["c"]], "$schema": "x"},
]
GOOD_ISSUERS = [
    issuer(), issuer(name="x"), issuer(issuer=["a", "b"]), issuer(audiences=["a", "b"], algorithms=["RS256", "EdDSA"], clock_skew_seconds=0),
    issuer(fallback_jwks_uri="/keys.json"), issuer(scope_claims=["scp"], role_claims=["roles"]), issuer(jwks_uri="file:///keys.json"),
    {"issuers": [{"issuer": ISSUER}]}, {"issuers": [{"issuer": ISSUER, "fallback_jwks_uri": URI}]}, issuer(issued_not_before="2026-11-25T14:00:00Z"),
    issuer(issued_not_before=1764000000), issuer(token_max_age_seconds=1, token_max_lifetime_seconds=31536000, token_min_remaining_seconds=30),
    {"issuers": [{"profile": "google", "audiences": ["a"]}]}, {"issuers": [{"profile": "keycloak", "issuer": "https://sso.example.com/realms/x"}]},
    {"issuers": [{"profile": "entra", "issuer": OPEN, "audiences": ["a"], "tenants": [TENANT]}]}, {"issuers": [{"profile": "entra", "issuer": OPEN, "audiences": ["a"]}]},
    {"issuers": [{"profile": "github-actions", "audiences": ["a"]}], **route()},
    {"issuers": [{"profile": "gitlab", "audiences": ["a"]}, {"profile": "buildkite", "audiences": ["a"]}, {"profile": "terraform-cloud", "audiences": ["a"]}], **route()},
    {"issuers": [{"profile": "supabase", "issuer": "https://a.supabase.co/auth/v1"}, {"profile": "circleci", "issuer": f"https://oidc.circleci.com/org/{TENANT}"}]},
    {"issuers": [{"profile": "azure-b2c", "issuer": f"https://a.b2clogin.com/tfp/{TENANT}/B2C_1_a/v2.0/", "audiences": ["a"]}]},
    {"issuers": [{"profile": "azure-b2c", "issuer": f"https://a.b2clogin.com/{TENANT}/v2.0/", "audiences": ["a"], "jwks_uri": URI}], **route()},
    {"issuers": [{"issuer": "a", "jwks_uri": URI}, {"issuer": "b", "jwks": SET}]}, {**issuer(), **route()},
    {**issuer(name="x"), **route(allow="any_token", issuers=["x"])}, {**issuer(), **route(allow="any_token", issuers=[ISSUER])},
]
# Document, and what the message must name. The last column: the schema accepts the document.
BAD = [
    ({}, "is empty: it needs"), ([], "not an object"), ("x", "strict JSON"), ('{"routes":[],"routes":[]}', "json_duplicate_member"),
    ({"routes": []}, "routes is empty"), ({"routes": {}}, "routes is not an array"), ({"routes": [7]}, "routes[0] is not an object"),
    ({**route(), "route": 1}, "route is not a member"), ({"routes": [{"allow": "any_token"}]}, "routes[0].route is missing"),
    ({"routes": [{"route": "GET /a"}]}, "routes[0] must have exactly one of allow, deny, public"),
    (route(allow="any_token", deny="always"), "routes[0] must have exactly one"), (route(alow="any_token"), "routes[0].alow is not a member"),
    (route(allow={}), "routes[0].allow is empty"), (route(allow="all"), "routes[0].allow is not an object"), (route(deny="any_token"), "routes[0].deny"),
    (route(public=False), "routes[0].public must be true"), (route(public=1), "routes[0].public is neither"),
    (route(public=True, issuers=["x"]), "routes[0].issuers has no effect"), (route(allow="any_token", description=""), "routes[0].description is empty"),
    *[(route(text), "routes[0].route") for text in (
        "$appsync ", "$appsync Query", "$appsync Query.", "$appsync .orders", "$appsync Query.a.b", "$appsync 1Query.a", "$appsync Query.1a",
        "$appsync Query.*", "$appsync  Query.a", "$appsync Query.a ", "$connect Query.a", "$iot Query.a", "", "GET", "/a", "GET a", "GET  /a", "get /a", "LINK /a", "GET /a ", "GET /a//b", "GET /a/./b", "GET /..", "GET /a*", "GET /*/a", "GET /{}",
        "GET /{a-b}", "GET /{a", "GET /a{b}", "GET /a?b", "GET /a#b", "GET /a\\b", "GET /a b", "GET /caf\u00e9", "GET /%61", "GET /%2F", "GET /%5C",
        "GET /%00", "GET /%c3", "GET /%", "GET /%4", "GET /%2D", "GET /%7E", "GET /%5F", "$default", "$disconnect", "GET /" + "a" * 252)],
    (route("GET /{a}/{a}"), "routes[0].route has a variable twice", True), (route("GET /" + "a/" * 23), "routes[0].route has more than 24", True),
    (allow(scopes=[]), 'routes[0].allow.scopes is empty; for example ["orders:read"]'), (allow(scopes="a"), "routes[0].allow.scopes is not an array"),
    (allow(scopes=["a", "a"]), "routes[0].allow.scopes[1] occurs twice"), (allow(scopes=["a b"]), "routes[0].allow.scopes[0] has a space"),
    (allow(scopes=[1]), "routes[0].allow.scopes[0] is not a string"), (allow(scopes=[""]), "routes[0].allow.scopes[0] is empty"),
    (allow(roles=[]), "routes[0].allow.roles is empty"), (allow(any_of_roles=["a", "a"]), "routes[0].allow.any_of_roles[1]"),
    (allow(scope=["a"]), "routes[0].allow.scope is not a member"), (allow(scopes=["a%d" % n for n in range(65)]), "routes[0].allow.scopes has more than 64"),
    (claims(), "routes[0].allow.claims is empty"), (claims({"claim": "x"}), "routes[0].allow.claims[0] must have exactly one of equals"),
    (claims({"equals": 1}), "routes[0].allow.claims[0].claim is missing"), (claims({"claim": "x", "equals": 1, "present": True}), "routes[0].allow.claims[0] must have"),
    (claims({"claim": "x", "equals": None}), "routes[0].allow.claims[0].equals is not a string"), (claims({"claim": "x", "equals": [1]}), "equals"),
    (claims({"claim": "x", "equals": 1.5}), "equals is not a whole number"), (claims({"claim": "x", "at_least": "5"}), "at_least is not a whole"),
    (claims({"claim": "x", "at_least": 2 ** 63}), "at_least"), (claims({"claim": "x", "present": 1}), "present is neither"),
    (claims({"claim": "x", "one_of": []}), "one_of is empty"), (claims({"claim": "x", "matches": "a"}), "claims[0].matches is not a member"),
    (claims({"claim": "", "equals": 1}), "claim is empty"), (claims({"claim": "a..b", "equals": 1}), "claim is not a claim's name"),
    (claims({"claim": ".a", "equals": 1}), "claim"), (claims({"claim": "https://example.com/x", "equals": 1}), "as an array"),
    (claims({"claim": [], "equals": 1}), "claim is empty"), (claims({"claim": ["a"] * 9, "equals": 1}), "claim has more than 8"),
    (claims({"claim": "a.b.c.d.e.f.g.h.i", "equals": 1}), "claim has more than 8"), (claims({"claim": 7, "equals": 1}), "claim is not a string"),
    (claims({"claim": "x", "matches_variable": "id"}), "does not name a variable", True), (claims({"claim": "x", "matches_variable": ""}), "matches_variable is empty"),
    (claims(*[{"claim": "x", "equals": n} for n in range(17)]), "claims has more than 16"),
    *[(claims({"claim": path, "equals": 1}), "has a number for a name: write contains or any_element") for path in ("a.0", "0", "a[0].b", ["a", 0])],
    *[(claims({"claim": "x", kind: wanted}), f"claims[0].{kind} {words}") for kind in ("like", "starts_with", "ends_with")
      for wanted, words in (("", "is empty"), (7, "is not a string"), (["a"], "is not a string"))],
    (claims({"claim": "x", "like": "?" * 65}), "like has more than 64 ?"), (allow(any_of_scopes_like=["?" * 65]), "any_of_scopes_like[0] has more than 64 ?"),
    (allow(any_of_scopes_like=["a b"]), "any_of_scopes_like[0] has a space"), (claims({"claim": "x", "like": "a", "starts_with": "a"}), "must have exactly one of"),
    (claims({"claim": "x", "any_element": []}), "any_element is empty"), (claims({"claim": "x", "any_element": [{"claim": "y"}]}), "any_element[0] must have exactly one"),
    (claims({"claim": "x", "any_element": [{"claim": "y", "any_element": [{"claim": "z", "equals": 1}]}]}), "any_element cannot be within another"),
    (claims({"claim": "x", "any_element": [{"claim": "y", "matches_variable": "id"}]}, text="GET /{id}"), "matches_variable is only allowed"),
    *[(claims({"claim": "x", "matches_variable": text}, text="GET /{id}"), "is not a text with one variable") for text in ("{id}{id}", "{id", "a}")],
    (claims({"claim": "x", "matches_variable": "auth0|{no}"}, text="GET /{id}"), "does not name a variable", True),
    (route("GET /{id}", deny={"claims": [{"claim": "x", "matches_variable": "id"}]}), "matches_variable is only allowed in the claims of allow"),
    (route("GET /{id}", allow={"any_of_claims": [{"claim": "x", "matches_variable": "id"}]}), "matches_variable is only allowed"),
    (route(allow="any_token", issuers=[]), "routes[0].issuers is empty"), (route(allow="any_token", issuers=["x"]), "routes[0].issuers[0] is not the name of an issuer", True),
    ({**route(), "default": "deny"}, "default is not an object"), ({**route(), "routes_are_complete": "yes"}, "routes_are_complete is neither"),
    ({**route(), "role_claims": []}, "role_claims is empty"), ({**route(), "scope_claims": "scope"}, "scope_claims is not an array"),
    ({"routes": route()["routes"] * 201}, "routes has more than 200"), ({"default": "refuse"}, "is empty: it needs"),
]
BAD_ISSUERS = [
    ({"issuers": []}, "issuers is empty"), ({"issuers": [{"jwks_uri": URI}]}, "issuers[0].issuer is missing"),
    ({"issuers": [{"issuer": "accounts.example.com"}]}, "issuers[0].issuer is not an https:// URL"), (issuer(jwks=SET), "issuers[0] must have exactly one"),
    (issuer(issuer=[]), "issuers[0].issuer is empty"), (issuer(issuer=["a", "a"]), "issuers[0].issuer[1] occurs twice"), (issuer(issuer=7), "issuers[0].issuer is not a string"),
    (issuer(audiences=[]), "issuers[0].audiences is empty"), (issuer(audiences=["*"]), "issuers[0].audiences[0] is *"), (issuer(audiences="a"), "issuers[0].audiences"),
    (issuer(algorithms=["HS256"]), "issuers[0].algorithms[0] is not one of"), (issuer(algorithms=["none"]), "issuers[0].algorithms[0]"), (issuer(algorithms=["rs256"]), "algorithms[0]"),
    (issuer(jwks_uri="ftp://x"), "issuers[0].jwks_uri is neither"), (issuer(jwks_uri="keys.json"), "issuers[0].jwks_uri"), (issuer(jwks_uri="https://x y"), "jwks_uri"),
    (issuer(clock_skew_seconds=301), "issuers[0].clock_skew_seconds must be from 0 to 300"), (issuer(clock_skew_seconds="60"), "clock_skew_seconds is not a whole"),
    (issuer(fallback_jwks_uri=URI), "issuers[0].fallback_jwks_uri occurs twice", True), (issuer(snapshot=""), "issuers[0].snapshot is empty"),
    ({"issuers": [{"issuer": "a", "jwks": SET, "fallback_jwks_uri": URI}]}, "fallback_jwks_uri is only allowed with"), (issuer(kid="x"), "issuers[0].kid is not a member"),
    (issuer(issued_not_before="yesterday"), "issuers[0].issued_not_before is neither"), (issuer(issued_not_before=-1), "issued_not_before"),
    ({"issuers": [{"issuer": "a", "jwks": SET, "snapshot": "x"}]}, "snapshot is only allowed with"), ({"issuers": [{"issuer": "a", "jwks": {"keys": []}}]}, "issuers[0].jwks"),
    ({"issuers": [{"issuer": "a", "jwks": "x"}]}, "issuers[0].jwks is not an object"), ({"issuers": [{"issuer": "a", "jwks": {"keys": [{"kty": "oct"}]}}]}, "issuers[0].jwks", True),
    ({"issuers": [{"issuer": "a", "jwks_uri": URI}, {"issuer": ["b", "a"], "jwks_uri": URI}]}, "issuers[1].issuer occurs twice", True),
    ({"issuers": [{"name": "x", "issuer": "a", "jwks_uri": URI}, {"name": "x", "issuer": "b", "jwks_uri": URI}]}, "issuers[1].name occurs twice", True),
    ({"issuers": [{"issuer": f"i{n}", "jwks_uri": URI} for n in range(17)]}, "issuers has more than 16"), ({**issuer(), "role_claims": ["x"]}, "role_claims requires routes"),
    ({**issuer(), "default": "refuse"}, "default requires routes"),
    (issuer(token_max_age_seconds=0), "issuers[0].token_max_age_seconds must be from 1"), (issuer(token_max_lifetime_seconds=31536001), "token_max_lifetime_seconds must be from 1"),
    (issuer(token_min_remaining_seconds="30"), "token_min_remaining_seconds is not a whole"), (issuer(profile="azure"), "issuers[0].profile is none of cognito"),
    (issuer(profile="k8s"), "did you mean kubernetes?"), ({"issuers": [{"profile": "clerk", "issuer": "https://c"}]}, "issuers[0].audiences is needed with profile clerk"),
    ({"issuers": [{"profile": "terraform-cloud", "audiences": ["a"]}]}, "issuers[0].profile needs routes", True),
    ({"issuers": [{"profile": "azure-b2c", "issuer": f"https://a.b2clogin.com/{TENANT}/v2.0/", "audiences": ["a"]}], **route()}, "issuers[0].jwks_uri is needed with profile azure-b2c", True),
    ({"issuers": [{"profile": "mcp", "issuer": "https://a", "audiences": ["mcp"]}]}, "issuers[0].audiences is not the URL of a resource", True),
    ({"issuers": [{"profile": "google", "audiences": ["a"], "algorithms": ["ES256"]}]}, "issuers[0].algorithms has no algorithm of profile google: RS256", True),
    (issuer(profile="auth0", issuer="https://idp.example.com"), "issuers[0].issuer has not the form of profile auth0", True), (issuer(profile=1), "issuers[0].profile is not a string"),
    ({"issuers": [{"profile": "okta"}]}, "issuers[0].issuer is needed with profile okta"), ({"issuers": [{"profile": "apple"}]}, "issuers[0].audiences is needed with profile apple"),
    ({"issuers": [{"profile": "github-actions", "audiences": ["a"]}]}, "issuers[0].profile needs routes", True), (issuer(tenants=[TENANT]), "issuers[0].tenants requires profile entra"),
    ({"issuers": [{"profile": "entra", "issuer": OPEN, "audiences": ["a"], "tenants": ["common"]}]}, "issuers[0].tenants[0] is not a tenant ID"),
    ({"issuers": [{"issuer": "http://idp.example.com/"}]}, "issuers[0].issuer is not an https:// URL", True),
    (issuer(jwks_uri="http://idp.example.com/k"), "issuers[0].jwks_uri is neither", True), (issuer(jwks_uri="https://:1"), "issuers[0].jwks_uri is neither", True),
    (issuer(fallback_jwks_uri="http://idp.example.com/k"), "issuers[0].fallback_jwks_uri is neither", True),
]


def test_valid_documents_pass_schema_and_check_config(tmp_path):
    for document in GOOD:
        assert SCHEMA.is_valid(document), document
        assert check_config(document, tmp_path)["valid"], document
    for document in GOOD_ISSUERS:
        assert SCHEMA.is_valid(document), document
        settings = {} if "routes" in document else {"RESOURCE": ARN + "/*"}
        assert check_config(document, tmp_path, settings)["valid"], document


def test_invalid_documents_are_reported_with_the_place(tmp_path):
    for document, words, *is_beyond_the_schema in BAD + BAD_ISSUERS:
        settings = {"RESOURCE": ARN + "/*"} if (document, words, *is_beyond_the_schema) in BAD_ISSUERS else KEYS
        if not isinstance(document, str):
            assert SCHEMA.is_valid(document) == bool(is_beyond_the_schema), document
            text = json.dumps(document)
        else:
            text = document
        # What begins otherwise is a file's name.
        if text.startswith("{"):
            answer = check_config(text, tmp_path, settings)
            assert not answer["valid"] and answer["setting"] == "RULES" and words in answer["error"], (document, answer)


def test_bad_files(tmp_path):
    for text, words in (("[]", "the document is not an object"), ("{", "json_unexpected_end"), ("", "json_unexpected_end"), ("{}" + " " * 262144, "longer than")):
        (tmp_path / "rules.json").write_text(text)
        ran = run(["check-config"], {"RULES": "rules.json", **KEYS}, tmp_path)
        assert ran.returncode == 2 and "RULES" in ran.stderr, (text[:9], ran)
    ran = run(["check-config"], {"RULES": "absent.json", **KEYS}, tmp_path)
    assert ran.returncode == 2 and "RULES names a file that cannot be read (file_not_found)" in ran.stderr


def test_variables_that_the_document_replaces(tmp_path):
    both = {**issuer(), **route()}
    for name, value in (("JWKS_URI", "/x"), ("JWKS_URI_FALLBACK", "/x"), ("JWKS", "{}"), ("JWKS_SNAPSHOT", "x"), ("ISSUER", "x"), ("AUDIENCE", "x"), ("ALGORITHMS", "RS256"),
                        ("CLOCK_SKEW_SECONDS", "1"), ("PROFILE", "okta"), ("TOKEN_MAX_AGE_SECONDS", "1"), ("TOKEN_MAX_LIFETIME_SECONDS", "1"), ("TOKEN_MIN_REMAINING_SECONDS", "1")):
        assert f"{name} is set, and RULES has issuers: keep one" in check_config(both, tmp_path, {name: value})["error"]
    for name, value in (("RESOURCE", "*"), ("REQUIRED_SCOPES", "x")):
        assert f"{name} is set, and RULES has routes: keep one" in check_config(both, tmp_path, {name: value})["error"]
    assert "RESOURCE is not set" in check_config(issuer(), tmp_path, {})["error"]


def test_check_config_warnings(tmp_path):
    rules = {"routes": [{"route": "GET /o/{id}", "allow": {"scopes": ["o"]}}, {"route": "GET /o/{id}/items", "allow": {"scopes": ["i"]}}, {"route": "GET /o", "public": True},
                        {"route": "GET /o/", "allow": "any_token"}, {"route": "GET /a+b", "allow": "any_token"}, {"route": "* /o", "deny": "always"},
                        {"route": "GET /o/x/y/{z}", "allow": "any_token"}, {"route": "GET /o/x/*", "deny": {"roles": ["r"]}}]}
    answer = check_config(rules, tmp_path)
    said = "\n".join(answer["ruleWarnings"])
    assert not answer["expressible"]
    for words in ("routes[0] GET /o/{id} and routes[", "cannot be distinguished by a policy", "routes[2] GET /o and routes[3] GET /o/ are different routes", "routes[2] GET /o is public",
                  "routes[4] GET /a+b has a character that may also be sent escaped"):
        assert words in said, (words, said)
    assert [rule["rule"].split(" ", 1)[1] for rule in answer["rules"]] == [
        "GET /a+b", "GET /o", "* /o", "GET /o/", "GET /o/x/y/{z}", "GET /o/x/*", "GET /o/{id}", "GET /o/{id}/items"]
    hidden = check_config({"routes": [{"route": "GET /a", "allow": "any_token"}, {"route": "GET /a", "allow": "any_token"}, {"route": "* /b/{x}", "deny": "always"},
                                      {"route": "GET /b/*", "allow": "any_token"}]}, tmp_path)
    assert hidden["valid"]
    complete = check_config({**rules, "routes": rules["routes"][:2], "routes_are_complete": True}, tmp_path)
    assert complete["expressible"] and complete["allow"] == ["/GET/o/*"]


# Decisions.

RULES = {"routes": [
    {"route": "GET /orders/{id}", "allow": {"scopes": ["orders:read"]}}, {"route": "DELETE /orders/{id}", "allow": {"roles": ["admin"]}},
    {"route": "GET /health", "public": True}, {"route": "GET /users/{id}", "allow": {"claims": [{"claim": "sub", "matches_variable": "id"}]}},
    {"route": "$connect", "allow": "any_token"}]}


def request(issuer, path, method="GET", token=True, **claims):
    headers = {"Authorization": "Bearer " + issuer.token(**claims)} if token else {}
    return {"type": "REQUEST", "methodArn": f"{ARN}/{method}{path}", "path": path, "httpMethod": method, "headers": headers, "requestContext": {}}


def decide(issuer, event, folder, command="invoke"):
    settings = {"JWKS": json.dumps(issuer.key_set()), "ISSUER": ISSUER, "AUDIENCE": AUDIENCE, "RULES": json.dumps(RULES)}
    arguments = [command, "--event", "-"] + (["--json"] if command == "explain" else [])
    ran = run(arguments, settings, folder, json.dumps(event))
    return json.loads(ran.stdout), ran.returncode


def allowed(answer):
    return [r[len(ARN):] for s in answer["policyDocument"]["Statement"] if s["Effect"] == "Allow" for r in s["Resource"]]


def test_a_policy_names_all_routes_of_the_token(issuer, tmp_path):
    answer, status = decide(issuer, request(issuer, "/orders/42", sub="alice", scope="orders:read x"), tmp_path)
    assert status == 0 and answer["principalId"] == "alice"
    assert allowed(answer) == ["/$connect", "/GET/health", "/GET/orders/*", "/GET/users/alice"]
    answer, status = decide(issuer, request(issuer, "/orders/42", "DELETE", sub="bob", roles=["admin"]), tmp_path)
    assert status == 0 and allowed(answer) == ["/$connect", "/GET/health", "/DELETE/orders/*", "/GET/users/bob"]


def test_a_refused_call_gets_the_policy_of_allowed_routes(issuer, tmp_path):
    # AUDIT 26: the gateway keeps this answer for the token; it must not shut what the token may call.
    answer, status = decide(issuer, request(issuer, "/users/bob", sub="alice", scope="orders:read"), tmp_path)
    assert status == 1 and answer["context"] == {"reason": "route_requirement"}
    assert allowed(answer) == ["/$connect", "/GET/health", "/GET/orders/*", "/GET/users/alice"]
    for path, reason in (("/nothing", "route_unknown"), ("/orders/..", "route_path"), ("/orders/a%2Fb", "route_path")):
        answer, status = decide(issuer, request(issuer, path, sub="alice"), tmp_path)
        assert status == 1 and answer["context"] == {"reason": reason}
        assert allowed(answer) == ["/$connect", "/GET/health", "/GET/users/alice"]


def test_a_public_route_needs_no_token(issuer, tmp_path):
    answer, status = decide(issuer, request(issuer, "/health", token=False), tmp_path)
    assert status == 0 and answer["principalId"] == "anonymous" and allowed(answer) == ["/GET/health"]
    for path in ("/orders/42", "/nothing", "//health"):
        answer, status = decide(issuer, request(issuer, path, token=False), tmp_path)
        assert status == 1 and answer["errorMessage"] == "Unauthorized"
    # A token that is there is looked at, whatever it is sent to.
    event = request(issuer, "/health", sub="alice", exp=1)
    assert decide(issuer, event, tmp_path)[0]["errorMessage"] == "Unauthorized"


def test_values_of_claims_never_become_wildcards(issuer, tmp_path):
    # AUDIT 28.
    for sub in ("*", "a*", "?", "${aws:username}", "a/b", "..", "%2e"):
        answer, status = decide(issuer, request(issuer, "/users/alice", sub=sub), tmp_path)
        assert status == 1 and allowed(answer) == ["/$connect", "/GET/health"], sub


def test_explain_names_the_rule_and_the_part(issuer, tmp_path):
    def step(answer):
        return [s for s in answer["steps"] if s["step"] == "the rules allow the token this call"][0]

    answer, _ = decide(issuer, request(issuer, "/orders/42", sub="secret-subject"), tmp_path, "explain")
    assert step(answer) == {"step": "the rules allow the token this call", "result": "failed",
                            "detail": "routes[0] GET /orders/{id}: allow.scopes is not met"}
    assert "secret-subject" not in json.dumps(answer)
    answer, _ = decide(issuer, request(issuer, "/users/bob", sub="alice"), tmp_path, "explain")
    assert step(answer)["detail"] == "routes[3] GET /users/{id}: allow.claims[0] is not met: sub must match the path: {2}, and is alice"
    answer, _ = decide(issuer, request(issuer, "/users/alice", sub="alice"), tmp_path, "explain")
    assert step(answer) == {"step": "the rules allow the token this call", "result": "passed", "detail": "routes[3] GET /users/{id}"}


PATTERNS = [
    # The subject, a rule that expresses it, subjects that it takes, and near misses.
    ("GitHub", {"like": "repo:acme/*:ref:refs/heads/main"}, ["repo:acme/app:ref:refs/heads/main", "repo:acme/a.b-c:ref:refs/heads/main"],
     ["repo:acme-evil/app:ref:refs/heads/main", "repo:acme/app:ref:refs/heads/main2", "repo:acme/app:ref:refs/heads/Main", "repo:acme/app:pull_request",
      "repo:acme/app:environment:main", "repo:acme@12/app@34:ref:refs/heads/main", "xrepo:acme/app:ref:refs/heads/main", "repo:acme:ref:refs/heads/main"]),
    ("GitHub, immutable", {"like": "repo:acme@12/*:ref:refs/heads/main"}, ["repo:acme@12/app@34:ref:refs/heads/main"],
     ["repo:acme@123/app@34:ref:refs/heads/main", "repo:acme/app:ref:refs/heads/main", "repo:acme@12/app@34:ref:refs/heads/release/main",
      "repo:acme@12/app@34:pull_request", "repo:acme@1/app@34:ref:refs/heads/main"]),
    ("GitLab", {"like": "project_path:acme/*:ref_type:branch:ref:release/*"},
     ["project_path:acme/app:ref_type:branch:ref:release/1", "project_path:acme/team/app:ref_type:branch:ref:release/1/2"],
     ["project_path:acme-evil/app:ref_type:branch:ref:release/1", "project_path:acme/app:ref_type:tag:ref:release/1",
      "project_path:acme/app:ref_type:branch:ref:main", "project_path:acme/app:ref_type:branch:ref:release"]),
    ("Kubernetes", {"like": "system:serviceaccount:payments:*"}, ["system:serviceaccount:payments:api", "system:serviceaccount:payments:default"],
     ["system:serviceaccount:payments-dev:api", "system:serviceaccount:payment:api", "system:serviceaccount:kube-system:payments", "system:node:payments"]),
    ("SPIFFE", {"starts_with": "spiffe://prod.example.com/ns/payments/"}, ["spiffe://prod.example.com/ns/payments/sa/api", "spiffe://prod.example.com/ns/payments/x"],
     ["spiffe://prod.example.com/ns/payments-dev/sa/api", "spiffe://prod.example.com.evil.com/ns/payments/sa/api", "spiffe://dev.example.com/ns/payments/sa/api",
      "SPIFFE://prod.example.com/ns/payments/sa/api"]),
    ("AWS roles below a path", {"like": "arn:aws:iam::123456789012:role/deploy/*"},
     ["arn:aws:iam::123456789012:role/deploy/api", "arn:aws:iam::123456789012:role/deploy/eu/api"],
     ["arn:aws:iam::123456789012:role/deploy-evil/api", "arn:aws:iam::123456789013:role/deploy/api", "arn:aws:iam::123456789012:role/x/deploy/api",
      "arn:aws-cn:iam::123456789012:role/deploy/api", "arn:aws:iam::123456789012:user/deploy/api"]),
]


@pytest.mark.parametrize("test,good,misses", [row[1:] for row in PATTERNS], ids=[row[0] for row in PATTERNS])
def test_subjects_by_pattern(function, issuer, tmp_path, test, good, misses):
    document = allow(claims=[{"claim": "sub", **test}])
    answer = check_config(document, tmp_path)
    assert answer["valid"] and not [w for w in answer["ruleWarnings"] if "separator" in w], answer
    one = function(JWKS=json.dumps(issuer.key_set()), ISSUER=ISSUER, AUDIENCE=AUDIENCE, RULES=json.dumps(document), RESOURCE=None)
    for sub in good + misses:
        one.invoke(request(issuer, "/a", sub=sub))
        assert one.lines()[-1].get("reason", "allowed") == ("allowed" if sub in good else "route_requirement"), (sub, one.lines()[-1])


def test_a_pattern_across_separators_gets_a_warning(tmp_path):
    for pattern, shape in (("repo:acme*", "repo:OWNER/REPOSITORY"), ("project_path:acme/*", "project_path:GROUP/PROJECT"),
                           ("system:serviceaccount:payments*", "system:serviceaccount:NAMESPACE:NAME"),
                           ("spiffe://prod.example.com/ns/*/sa/api", "spiffe://TRUST-DOMAIN/PATH"), ("arn:aws:iam::*:role/deploy/*", "arn:aws:iam::ACCOUNT")):
        warnings = check_config(claims({"claim": "sub", "like": pattern}), tmp_path)["ruleWarnings"]
        assert len([w for w in warnings if "routes[0] GET /a has a like" in w and shape in w]) == 1, (pattern, warnings)


def test_explain_shows_a_pattern_and_the_claim(issuer, tmp_path):
    document = claims({"claim": "sub", "like": "repo:acme/*"}, {"claim": "details", "any_element": [{"claim": "type", "equals": "pay"}]})
    for sub, details, words in (("repo:evil/x", None, "claims[0] is not met: sub must be like repo:acme/*, and is repo:evil/x"),
                                ("repo:acme/x", [{"type": "x"}, 7], "claims[1] is not met: details must have an element in which type must equal pay, and is (an object), 7"),
                                ("repo:acme/x", None, "claims[1] is not met: details must have an element in which type must equal pay, and is absent")):
        event = request(issuer, "/a", sub=sub, **({"details": details} if details else {}))
        (tmp_path / "event.json").write_text(json.dumps(event))
        settings = {"JWKS": json.dumps(issuer.key_set()), "ISSUER": ISSUER, "AUDIENCE": AUDIENCE, "RULES": json.dumps(document)}
        ran = run(["explain", "--event", "event.json", "--json"], settings, tmp_path)
        found = [s for s in json.loads(ran.stdout)["steps"] if s["step"] == "the rules allow the token this call"][0]
        assert found["detail"] == "routes[0] GET /a: allow." + words, found


def test_several_issuers_and_their_places_of_roles(issuer, tmp_path):
    document = {"issuers": [{"name": "staff", "issuer": ISSUER, "jwks": issuer.key_set(), "role_claims": ["realm_access.roles"]},
                            {"name": "others", "issuer": "https://other.example.com/", "jwks": issuer.key_set()}],
                "routes": [{"route": "GET /staff", "allow": {"roles": ["r"]}, "issuers": ["staff"]}, {"route": "GET /all", "allow": {"roles": ["r"]}}]}

    def ask(path, **claims):
        ran = run(["invoke", "--event", "-"], {"RULES": json.dumps(document)}, tmp_path, json.dumps(request(issuer, path, **claims)))
        return json.loads(ran.stdout)

    assert allowed(ask("/staff", realm_access={"roles": ["r"]})) == ["/GET/all", "/GET/staff"]
    assert allowed(ask("/all", iss="https://other.example.com/", roles=["r"])) == ["/GET/all"]
    refused = ask("/staff", iss="https://other.example.com/", roles=["r"])
    assert refused["context"] == {"reason": "route_requirement"} and allowed(refused) == ["/GET/all"]
    assert ask("/all", iss="https://nobody.example.com/", roles=["r"])["errorMessage"] == "Unauthorized"
    assert ask("/all", roles=["r"])["context"] == {"reason": "route_requirement"}
