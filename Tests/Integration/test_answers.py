"""Answers compared with their decisions, call by call, as a gateway would evaluate them in either reading (Scripts/reference/gateway.py)."""
import json, os, sys

import pytest

from conftest import ARN, AUDIENCE, ISSUER, ROOT, challenge, run

sys.path.insert(0, os.path.join(ROOT, "Scripts"))
from reference.gateway import MATCHERS  # noqa: E402

HEAD = ARN.rsplit("/", 1)[0]


def rest(issuer, path, method="GET", token=True, **claims):
    headers = {"Authorization": "Bearer " + issuer.token(**claims)} if token else {}
    return {"type": "REQUEST", "methodArn": f"{ARN}/{method}{path}", "path": path, "httpMethod": method, "headers": headers, "requestContext": {}}


def http1(*arguments, **members):
    return {**rest(*arguments, **members), "version": "1.0"}


def http2(issuer, path, method="GET", token=True, **claims):
    headers = {"authorization": "Bearer " + issuer.token(**claims)} if token else {}
    return {"version": "2.0", "type": "REQUEST", "routeArn": f"{ARN}/{method}{path}", "headers": headers, "requestContext": {}}


def connect(issuer, **claims):
    return {**rest(issuer, "", **claims), "methodArn": ARN + "/$connect"}


CALLERS = [rest, http1, http2]


class Answer:
    def __init__(self, issuer, event, **settings):
        if "RULES" in settings:
            settings["RULES"] = json.dumps(settings["RULES"])
        settings = {"JWKS": json.dumps(issuer.key_set()), "ISSUER": ISSUER, "AUDIENCE": AUDIENCE, **settings}
        self.status, out, self.err = run("invoke", "--event", "-", settings=settings, stdin=json.dumps(event).encode())
        self.value = json.loads(out)
        self.reason = self.value.get("context", {}).get("reason")
        self.allow, self.deny = [], []
        for statement in self.value.get("policyDocument", {}).get("Statement", []):
            resource = statement["Resource"]
            {"Allow": self.allow, "Deny": self.deny}[statement["Effect"]].extend([resource] if isinstance(resource, str) else resource)

    def allows(self, call):
        """Allowed in every reading (True), in no reading (False), or only in some (None)."""
        def matched(matcher, resources):
            return any(matcher(resource)(ARN + "/" + call) for resource in resources)

        found = {matched(matcher, self.allow) and not matched(matcher, self.deny) for matcher in MATCHERS.values()}
        return found.pop() if len(found) == 1 else None


def routes(*rules, **further):
    return {"routes": [{"route": rule[0], **({"allow": rule[1]} if len(rule) == 2 else rule[1] | rule[2])} for rule in rules], **further}


def scope(name):
    return {"scopes": [name]}


ANY = "any_token"


def test_an_answer_that_is_too_long_allows_nothing(issuer):
    rules = routes(("GET /orders/{id}", ANY))
    for make in CALLERS:
        for count in (100, 1250, 1400):
            answer = Answer(issuer, make(issuer, "/orders/1", tenant="acme", nick="\x7f" * count), RULES=rules, CONTEXT_CLAIMS="tenant,nick")
            assert answer.allows("GET/orders/1") is (answer.status == 0)
            assert answer.status == (0 if count < 1400 else 1) and (answer.status == 0 or (answer.reason == "answer_too_long" and not answer.allow))
            # What allows anything has the whole context.
            assert answer.status == 1 or set(answer.value["context"]) == {"tenant", "nick"}


@pytest.mark.parametrize("cache", ["off", "keyed", "path"])
def test_a_refusal_with_a_cache_for_this_call_allows_nothing(issuer, cache):
    rules = routes(("GET /orders/*", ANY), ("GET /admin", scope("admin")))
    for path, reason in (("/admin", "route_requirement"), ("/x", "route_unknown"), ("/orders/a\x01", "route_path"), ("/orders//", "route_path"),
                         ("/orders/" + "x" * 20_000, "route_path")):
        answer = Answer(issuer, rest(issuer, path), RULES=rules, RESULT_CACHE=cache)
        assert (answer.status, answer.reason, answer.allow) == (1, reason, []), path


def test_a_refused_path_that_a_policy_cannot_name_is_denied(issuer):
    rules = routes(("GET /orders/*", ANY))
    for path in ("/orders/a\x01", "/orders/a*\x7f", "/orders/" + "x" * 600 + "\x02"):
        answer = Answer(issuer, rest(issuer, path), RULES=rules)
        assert (answer.status, answer.reason) == (1, "route_path") and answer.allows("GET" + path) is False and answer.allows("GET/orders/1")


def test_no_wildcard_before_the_api(issuer):
    rules = routes(*((f"GET /catalogue/section{n:02}/items/list", ANY) for n in range(60)), ("GET /secret/*", scope("admin")))
    call = "GET/secret/:x:a1b2c3d4e5/prod/GET/catalogue/section00/items/list"
    for make in CALLERS:
        answer = Answer(issuer, make(issuer, call[3:]), RULES=rules)
        assert answer.status == 1 and answer.reason == "route_requirement" and answer.allows(call) is False
        assert answer.allows("GET/catalogue/section07/items/list") and all(r.startswith(ARN + "/") for r in answer.allow)


def test_a_simple_answer_compares_the_fields_of_an_arn(issuer):
    settings = {"RESOURCE": "arn:aws:execute-api:*:*:a1b2c3d4e5/prod/GET/public/*", "HTTP_API_RESPONSE": "simple"}
    for path, allowed in (("/public/x", True), ("/admin/:x:a1b2c3d4e5/prod/GET/public/x", False)):
        answer = Answer(issuer, http2(issuer, path), **settings)
        assert answer.value["isAuthorized"] is allowed and answer.status == (0 if allowed else 1)


@pytest.mark.parametrize("rules", [
    routes(("* /admin/{id}", scope("admin")), ("* /*", ANY)), routes(("GET /admin/{id}", {"deny": "always"}, {}), ("* /*", ANY)),
    routes(("* /admin/{id}", {"allow": {"claims": [{"claim": "tenant", "matches_variable": "id"}]}}, {}), default=ANY)])
def test_methods_that_no_rule_can_name(issuer, rules):
    for make in CALLERS:
        for method in ("PROPFIND", "get", "TRACE", "LINK"):
            answer = Answer(issuer, make(issuer, "/admin/1", method), RULES=rules)
            assert (answer.status, answer.allows(f"{method}/admin/1")) == (1, False)
        answer = Answer(issuer, make(issuer, "/x"), RULES=rules)
        assert answer.allows("GET/x") and (make is rest or answer.allows("PROPFIND/admin/1") is False)


@pytest.mark.parametrize("path", ["/public/..;/admin/x", "/public/%2e%2e;/admin/x", "/public/..%3B/admin", "/public/.;/a", "/public/%%32e%%32e/admin"])
def test_dot_segments_with_parameters(issuer, path):
    rules = routes(("GET /public/*", {"public": True}, {}))
    assert Answer(issuer, rest(issuer, path, token=False), RULES=rules).value["errorMessage"] == "Unauthorized"
    answer = Answer(issuer, rest(issuer, "/public/x", token=False), RULES=rules)
    assert answer.allows("GET/public/x") and answer.allows("GET" + path) is False


@pytest.mark.parametrize("literal, calls", [
    ("/caf%C3%A9", ["/caf%c3%a9", "/caf%C3%A9", "/café", "/%63afé"]), ("/@me", ["/%40me", "/@me", "/@%6de"]), ("/a:b", ["/a%3Ab", "/a%3ab", "/a:b"]),
    ("/x;y", ["/x%3By", "/x;y"]), ("/a+b", ["/a%2Bb", "/a%2bb", "/%61+b"])])
def test_every_spelling_of_a_stricter_route(issuer, literal, calls):
    for rules in (routes((f"GET {literal}", {"deny": "always"}, {}), ("GET /*", ANY)), routes((f"GET {literal}", scope("admin")), ("GET /*", ANY)),
                  routes((f"GET {literal}", scope("admin")), ("GET /*", {"public": True}, {}))):
        other = Answer(issuer, rest(issuer, "/other"), RULES=rules)
        assert other.allows("GET/other")
        for call in calls:
            answer = Answer(issuer, rest(issuer, call), RULES=rules)
            assert answer.status == 1 and answer.allows("GET" + call) is False and other.allows("GET" + call) is False, call


def test_a_policy_that_allows_anything_has_the_whole_context(issuer):
    rules = routes(("GET /orders/*", ANY), ("GET /admin", scope("admin")))
    for make in CALLERS:
        answer = Answer(issuer, make(issuer, "/admin", tenant="acme", sub="alice", key="k" * 20), RULES=rules, CONTEXT_CLAIMS="tenant,sub", USAGE_KEY_CLAIM="key")
        assert answer.status == 1 and answer.allows("GET/orders/1") and answer.allows("GET/admin") is False
        assert answer.value["context"] == {"reason": "route_requirement", "tenant": "acme", "sub": "alice", **challenge("admin")}
        assert answer.value.get("usageIdentifierKey") == ("k" * 20 if make is rest else None)


def crud(count):
    verbs = [("GET", ""), ("POST", ""), ("GET", "/{id}"), ("PUT", "/{id}"), ("DELETE", "/{id}")]
    return [(f"{verb} /v1/things{n // 5}{end}", ANY) for n in range(count) for verb, end in [verbs[n % 5]]]


@pytest.mark.parametrize("count", [23, 65, 122, 200])
def test_a_token_with_all_rights_may_call_everything(issuer, count):
    rules = crud(count)
    for make, settings in ((rest, {}), (http1, {}), (http2, {}), (http2, {"HTTP_API_RESPONSE": "simple"})):
        for route, _ in rules[:: max(1, count // 5)]:
            verb, path = route.replace("{id}", "7").split(" ")
            answer = Answer(issuer, make(issuer, path, verb), RULES=routes(*rules), **settings)
            assert answer.status == 0, (route, answer.value)
            assert answer.value.get("isAuthorized") or answer.allows(verb + path)


def test_a_public_route_in_a_long_rule_set(issuer):
    rules = routes(*crud(150), ("GET /health", {"public": True}, {}))
    answer = Answer(issuer, rest(issuer, "/health", token=False), RULES=rules)
    assert answer.status == 0 and answer.allows("GET/health") and answer.value["principalId"] == "anonymous"


@pytest.mark.parametrize("resource, inside", [
    (ARN + "/GET/orders", "GET/orders"), (HEAD, None), (ARN + "/GET/orders/{id}", None), (HEAD + "/dev/*", None),
    (ARN.replace("a1b2c3d4e5", "zzzzzzzzzz") + "/*", None), ("arn:aws:execute-api:*:*:a1b2c3d4e5/prod/GET/public/*", "GET/public/x")])
def test_a_call_outside_resource(issuer, resource, inside):
    for make in CALLERS:
        for path in ("/orders/42", "/x/:x:a1b2c3d4e5/prod/GET/public/x"):
            answer = Answer(issuer, make(issuer, path, tenant="acme"), RESOURCE=resource, CONTEXT_CLAIMS="tenant")
            assert (answer.status, answer.reason) == (1, "resource_not_covered")
            assert answer.allow == [resource] and answer.allows("GET" + path) is False and answer.value["context"]["tenant"] == "acme"
            assert inside is None or answer.allows(inside)


def test_a_connection_outside_resource(issuer):
    assert Answer(issuer, connect(issuer), RESOURCE=ARN + "/*/*").reason == "resource_not_covered"
    answer = Answer(issuer, connect(issuer), RESOURCE=ARN + "/*")
    assert answer.status == 0 and answer.allows("$connect")


def test_policies_respect_the_limit_of_the_setting(issuer):
    rules = routes(*((f"GET /section{n}/items/{{id}}", ANY) for n in range(150)))
    sizes = []
    for limit in (2048, 8192, 65_536):
        answer = Answer(issuer, rest(issuer, "/section149/items/7"), RULES=rules, POLICY_MAX_BYTES=str(limit))
        assert answer.status == 0 and answer.allows("GET/section149/items/7") and len(json.dumps(answer.value, separators=(",", ":"))) <= limit
        sizes.append(len(answer.allow))
    assert sizes[0] < sizes[1] < sizes[2] and sizes[2] == 150
