"""The expected answers: the reference's decision, and the checks of each answer for its own call and for other calls."""
import json
import re

from . import rules as reference
from .cases import APPSYNC_API, ACCOUNT, SECRET_KEY
from .gateway import READINGS, Calls, field_matcher, statements, unescaped

ALLOWED, REFUSED, EITHER = "allowed", "refused", "either"
STANDARD_LIMIT = 8192
MOST_ARN = 512
SLACK = 64  # bytes by which the product may write a policy longer than the shortest

# The meaning of each kind of fault; the report counts them.
KINDS = {
    "decision": "the product allows what the reference refuses, or the reverse",
    "locked-out": "the rules allow the call, and it is refused for want of a policy",
    "own-call": "the answer allows the call that it refuses, or does not allow the one that it allows",
    "other-call": "the answer allows another call that the rules refuse",
    "context": "an answer that allows something lacks the context of a grant",
    "refusal-allows": "a refusal that must allow nothing allows something",
    "not-alone": "with RESULT_CACHE the answer names more than the called ARN",
    "form": "a Resource that is too long, has a wildcard before the API's ID, or a method outside the seven",
    "limit": "the answer is longer than the limit",
    "answer": "not an answer of this caller's",
}


# The reference's decision.

class Expected:
    """The expected result of one call. - cause: of a refusal."""

    def __init__(self, outcome, cause=""):
        self.outcome, self.cause = outcome, cause


def has_scopes(group):
    held = reference.words(group.claims, "scope", "scp")
    return all(s in held for s in group.settings.get("REQUIRED_SCOPES", "").split())


def of_rules(group, claims, call):
    """The decision of the rules alone, without the validity of the token."""
    if not group.has_path:
        name = {"websocket": "$connect", "appsync": "$appsync", "iot": "$iot"}[group.caller]
        if name == "$connect" and not group.rules.special[name] and "default" in group.document:
            return Expected(EITHER)
        reason = group.rules.decide_special(claims, name)[0]
    else:
        if group.rules.is_uncertain(claims, *call):
            return Expected(EITHER)
        reason = group.rules.decide(claims, *call)[0]
    return Expected(ALLOWED) if reason == "allowed" else Expected(REFUSED, reason)


def of_resource(group, call):
    entries = group.settings.get("RESOURCE", "").split(",")
    if group.caller == "iot":
        covered = True
    elif group.caller == "appsync":
        covered = any(e == "*" or e.split(":")[2] == "appsync" and e.split(":", 4)[4] == f"{ACCOUNT}:apis/{APPSYNC_API}" for e in entries)
    else:
        covered = any(field_matcher(e)(group.arn(call)) for e in entries)
    return Expected(ALLOWED) if covered else Expected(REFUSED, "resource_not_covered")


def expected(group, call):
    if group.caller == "iot" and "IOT_POLICY" not in group.settings:
        return Expected(REFUSED, "iot_policy_missing")
    if group.token_kind in ("expired", "garbage", "denied"):
        return Expected(REFUSED, "token")
    if group.token_kind == "none":
        if group.rules is None or group.caller in ("appsync", "iot"):
            return Expected(REFUSED, "token")
        return of_rules(group, None, call)
    if group.token_kind == "control":
        return Expected(REFUSED, "principal")
    if group.rules is None:
        return of_resource(group, call) if has_scopes(group) else Expected(REFUSED, "scope_missing")
    return of_rules(group, group.claims, call)


def context_of(group):
    """The context of a grant: strings, numbers and booleans; lists of strings as words."""
    context = {}
    if group.token_kind == "none":
        return context
    for name in group.settings.get("CONTEXT_CLAIMS", "").split(","):
        value = group.claims.get(name)
        if isinstance(value, list):
            value = " ".join(value)
        if value is None or isinstance(value, dict) or (isinstance(value, str) and is_container(value)):
            continue
        context[re.sub("[^A-Za-z0-9_]", "_", name)] = value
    return context


def is_container(text):
    try:
        return isinstance(json.loads(text), (dict, list))
    except ValueError:
        return False


def principal_of(group):
    return "anonymous" if group.token_kind == "none" else group.claims["sub"]


def has_usage_key(group):
    """Only REST and WebSocket APIs have usage plans."""
    return "USAGE_KEY_CLAIM" in group.settings and group.token_kind != "none" and group.caller in ("rest-token", "rest-request", "websocket")


def limit_of(group):
    if group.caller == "websocket" or not group.gets_policy or "POLICY_MAX_BYTES" not in group.settings:
        return STANDARD_LIMIT
    return int(group.settings["POLICY_MAX_BYTES"])


def least_bytes(group, call):
    """The bytes of the shortest answer that allows this call. Control characters are counted as escapes of six."""
    resources = [group.arn(call)] if group.rules or group.cache else group.settings["RESOURCE"].split(",")
    policy = {"Version": "2012-10-17", "Statement": [{"Action": "execute-api:Invoke", "Effect": "Allow", "Resource": resources}]}
    answer = {"principalId": principal_of(group), "policyDocument": policy, "context": context_of(group)}
    if has_usage_key(group):
        answer["usageIdentifierKey"] = SECRET_KEY
    if not group.gets_policy:
        answer = {"isAuthorized": True, "context": context_of(group)}
    text = json.dumps(answer, ensure_ascii=False, separators=(",", ":"))
    return len(text.encode()) + 5 * text.count("\x7f")


def can_be_named(group, call):
    """Whether the called ARN can be used unchanged in a policy."""
    arn = group.arn(call)
    return group.caller == "websocket" or (len(arn) <= MOST_ARN and not re.search(r'[^!-~]|["$*?\\]', arn[len(group.prefix):]))


# The product's answers.

def members(pairs):
    names = [name for name, _ in pairs]
    if len(set(names)) != len(names):
        raise ValueError(f"a member twice in an answer: {names}")
    return dict(pairs)


class Given:
    """An answer of the product."""

    def __init__(self, reason, kind, body):
        self.reason, self.kind, self.body = reason, kind, body
        self.size = len(body.encode())
        self.value = json.loads(body, object_pairs_hook=members)
        self.is_error = kind == "error"
        self.allow, self.deny = [], []
        self.is_policy = "policyDocument" in self.value
        if self.is_policy:
            self.allow, self.deny = statements(self.value["policyDocument"])

    @property
    def is_allowed(self):
        return self.reason == "allowed"

    @property
    def may_carry_policy(self):
        """Refusals by the routes or RESOURCE: the gateway caches the answer for other calls with the token."""
        return self.reason.startswith(("route_", "method_")) or self.reason == "resource_not_covered"

    def boolean(self, group):
        return self.value.get("isAuthenticated" if group.caller == "iot" else "isAuthorized")


class Check:
    """All answers of one group."""

    def __init__(self, group, given):
        self.group, self.given = group, given
        self.faults = []  # (kind, place, text)
        self.expected = [expected(group, call) for call in group.calls]
        self.excluded = {"raw control characters": 0, "path over 10 KiB": 0, "method outside the seven, at REST": 0}
        self.closed = self.reachable = 0
        self.everything = group.calls + group.probes
        arns = []
        for call in self.everything:
            arns += [group.arn(call), group.arn((call[0], unescaped(call[1])))]
        self.arns = Calls(arns)
        if group.gets_policy:
            self._find_refused()
            self._find_allowed()

    def fault(self, kind, place, text):
        self.faults.append((kind, place, text))

    # Masks of calls with two bits each: as sent, and with unneeded escapes removed.

    def _find_refused(self):
        """The calls that no answer for this token may allow."""
        group = self.group
        claims = None if group.token_kind == "none" else group.claims
        self.refused = 0
        for place, call in enumerate(self.everything):
            if not group.has_path:
                continue
            if reference.has_raw_controls(call[1]):
                self.excluded["raw control characters"] += 1
                continue
            if group.rules is None:
                # RESOURCE itself has two readings. Matching as sent and field by field is unambiguous.
                continue
            found = of_rules(group, claims, call)
            product = self.given[place] if place < len(group.calls) else None
            refuses = found.outcome == REFUSED or (
                product is not None and product.reason.startswith("route_") and product.reason != "route_not_expressible")
            if not refuses:
                continue
            if call[0] not in reference.VERBS and group.caller not in ("http-1.0", "http-2.0"):
                self.excluded["method outside the seven, at REST"] += 1
                continue
            if reference.is_too_long(*call) and reference.is_plain(call[1]) and group.rules.decide_plain(claims, *call)[0] == "allowed":
                self.excluded["path over 10 KiB"] += 1
                continue
            if group.document.get("routes_are_complete") and reference.is_plain(call[1]) and call[0] in reference.VERBS and not group.rules.is_listed(*call):
                continue
            self.refused |= 3 << 2 * place

    def _find_allowed(self):
        self.allowed = 0
        for place, given in enumerate(self.given):
            if given.is_allowed:
                self.allowed |= 1 << 2 * place

    # The checks.

    def run(self):
        for place, given in enumerate(self.given):
            self.one(place, given)
        return self

    def one(self, place, given):
        """- given: the answer to the call at this place."""
        self._decision(place, given)
        if given.is_error:
            self._error(place, given)
        elif self.group.gets_policy:
            self._policy(place, given)
        else:
            self._boolean(place, given)

    def _decision(self, place, given):
        group, call, wanted = self.group, self.group.calls[place], self.expected[place]
        if wanted.outcome == EITHER:
            return
        if given.is_allowed:
            if wanted.outcome != ALLOWED:
                self.fault("decision", place, f"allowed, but the reference says {wanted.cause}")
            return
        if wanted.outcome == REFUSED:
            return
        if given.reason.startswith("dpop_") and group.is_bound and not re.fullmatch(r"[A-Za-z0-9/_-]*", call[1]):
            return  # The proof's URI is not compared here.
        is_nameable = not group.gets_policy or can_be_named(group, call)
        if given.reason == "answer_too_long" and (not is_nameable or least_bytes(group, call) + SLACK > limit_of(group)):
            return
        if given.reason in ("route_not_expressible", "policy_too_long") and not is_nameable:
            return
        kind = "locked-out" if given.reason in ("answer_too_long", "route_not_expressible", "policy_too_long") else "decision"
        self.fault(kind, place, f"{given.reason}, but the reference allows it")

    def _error(self, place, given):
        if given.is_allowed or given.is_policy or set(given.value) != {"errorMessage", "errorType"}:
            self.fault("answer", place, f"{given.reason}: an error that is not one")

    def _boolean(self, place, given):
        group, value = self.group, given.value
        if given.is_policy or given.boolean(group) is not given.is_allowed:
            self.fault("own-call", place, f"{given.reason}, but the answer says {given.boolean(group)}")
        if group.caller == "iot":
            if bool(value.get("policyDocuments")) is not given.is_allowed:
                self.fault("refusal-allows" if not given.is_allowed else "answer", place, f"{given.reason}: policyDocuments {value.get('policyDocuments')}")
        elif given.is_allowed:
            name = "resolverContext" if group.caller == "appsync" else "context"
            if not same(value.get(name, {}), context_of(group)):
                self.fault("context", place, f"allowed with the context {value.get(name)}, not {context_of(group)}")
        if group.caller == "appsync" and given.size > STANDARD_LIMIT:
            self.fault("limit", place, f"{given.size} bytes")

    def _policy(self, place, given):
        group = self.group
        if not given.is_policy or "isAuthorized" in given.value:
            self.fault("answer", place, f"{given.reason}: no policy")
            return
        masks = {reading: self.arns.allowed(reading, given.allow, given.deny) for reading in READINGS}
        self._own_call(place, given, masks)
        self._other_calls(place, given, masks)
        self._context(place, given)
        self._form(place, given)
        if not given.is_allowed and given.allow and (group.cache or not given.may_carry_policy):
            self.fault("refusal-allows", place, f"{given.reason} with {'RESULT_CACHE=' + group.cache if group.cache else 'no cache'}: Allow of {given.allow[:2]}")
        if given.is_allowed and (group.cache in ("off", "path") or (group.cache == "keyed" and group.is_bound and group.token is not None)):
            self._alone(place, given)
        if given.size > limit_of(group):
            self.fault("limit", place, f"{given.size} bytes, and the limit is {limit_of(group)}")

    def _own_call(self, place, given, masks):
        for reading, mask in masks.items():
            sent, normal = mask >> 2 * place & 1, mask >> 2 * place & 2
            if given.is_allowed and not sent:
                self.fault("own-call", place, f"allowed, but not by its policy in reading {reading}")
            elif not given.is_allowed and (sent or (normal and self.group.rules)):
                # The author of RESOURCE decides about other spellings.
                form = "" if sent else ", with unneeded escapes taken away"
                self.fault("own-call", place, f"{given.reason}, but its policy allows this call in reading {reading}{form}")
            else:
                continue
            return

    def _other_calls(self, place, given, masks):
        others = ~(3 << 2 * place)
        for reading, mask in masks.items():
            leaked = mask & self.refused & others
            if leaked:
                bit = (leaked & -leaked).bit_length() - 1
                verb, path = self.everything[bit // 2]
                form = ", with unneeded escapes taken away" if bit % 2 else ""
                self.fault("other-call", place, f"{given.reason}: its policy allows {verb} {shown(path)} in reading {reading}{form}, "
                           f"which the rules refuse ({leaked.bit_count()} such)")
                break
        if not self.group.cache:
            next_calls = self.allowed & others
            self.reachable += next_calls.bit_count()
            self.closed += (next_calls & ~(masks["W"] & masks["F"])).bit_count()

    def _context(self, place, given):
        group, value = self.group, given.value
        context, wanted = dict(value.get("context", {})), context_of(group)
        if not given.is_allowed:
            reason = context.get("reason")
            if reason != given.reason and not (given.allow and "reason" in wanted):
                self.fault("context", place, f"{given.reason}, but the context's reason is {reason}")
            wanted = dict(wanted, reason=reason)
        if not given.allow:
            return
        if not same(context, wanted):
            self.fault("context", place, f"{given.reason}: a policy with an Allow and the context {shown(str(context))}, not {shown(str(wanted))}")
        elif value.get("principalId") != principal_of(group):
            self.fault("context", place, f"{given.reason}: a policy with an Allow and the principal {value.get('principalId')}")
        else:
            key = SECRET_KEY if has_usage_key(group) else None
            if value.get("usageIdentifierKey") != key:
                self.fault("context", place, f"{given.reason}: a policy with an Allow and the usage key {value.get('usageIdentifierKey')}")

    def _form(self, place, given):
        group = self.group
        for resource in given.allow + given.deny:
            if len(resource) > MOST_ARN:
                self.fault("form", place, f"a Resource of {len(resource)} characters")
                break
        if group.rules is None:
            return
        for resource in given.allow:
            if not resource.startswith(group.prefix):
                self.fault("form", place, f"{given.reason}: an Allow that does not begin with this API and stage: {shown(resource)}")
                break
            verb = resource[len(group.prefix):].split("/")[0]
            if group.caller in ("http-1.0", "http-2.0") and verb not in reference.VERBS:
                self.fault("form", place, f"{given.reason}: an Allow for an HTTP API with the method {verb}: {shown(resource)}")
                break

    def _alone(self, place, given):
        arn = self.group.arn(self.group.calls[place])
        if given.allow != [arn] and can_be_named(self.group, self.group.calls[place]):
            self.fault("not-alone", place, f"RESULT_CACHE={self.group.cache}: Allow of {[shown(r) for r in given.allow[:3]]}, not of the called ARN alone")


def same(a, b):
    """Equal, and of the same types: 1 is not true."""
    return a == b and all(isinstance(a[k], bool) == isinstance(b[k], bool) for k in a)


def shown(text, limit=160):
    return text if len(text) <= limit else text[:limit] + f"... ({len(text)} characters)"
