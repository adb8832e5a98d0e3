"""A naive implementation of the rules: sorting, and matching segment by segment. Used by the differential tests of rules and answers.

A call is decided twice: in the normal form of RFC 3986 §6.2.2 (capital hexadecimal digits, escapes of unreserved characters
decoded, those of reserved ones never) against the routes in that form, and with call and routes percent-decoded
once. It is allowed if both decisions allow it.
"""
import functools
import re

from . import claims as tests

VERBS = ["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"]
UNRESERVED = re.compile(rb"[A-Za-z0-9._~-]")
ESCAPE = re.compile(rb"%([0-9A-Fa-f]{2})")
MOST_BYTES = 10_240  # of a verb and its path that are read


# Paths.

def as_bytes(text):
    return text if isinstance(text, bytes) else text.encode()


def normal_bytes(path):
    """RFC 3986 §6.2.2.1 and §6.2.2.2."""
    return ESCAPE.sub(lambda m: c if UNRESERVED.fullmatch(c := bytes([int(m[1], 16)])) else m[0].upper(), as_bytes(path))


def decoded_bytes(path):
    return ESCAPE.sub(lambda m: bytes([int(m[1], 16)]), as_bytes(path))


def segments(path):
    return as_bytes(path or "/").split(b"/")[1:]


@functools.lru_cache(1 << 14)
def normal_form(path):
    return [normal_bytes(s) for s in segments(path)]


@functools.lru_cache(1 << 14)
def decoded_form(path):
    # The path is split at slashes before decoding: an escaped slash is refused anyway.
    return [decoded_bytes(s) for s in segments(path)]


def has_raw_controls(path):
    return bool(re.search(rb"[\x00-\x1f\x7f]", as_bytes(path)))


@functools.lru_cache(1 << 14)
def is_plain(path):
    """Whether all servers interpret the path in the same way, whatever its length is."""
    parts = normal_form(path)
    if b"" in parts[:-1] or has_raw_controls(path):
        return False
    for raw, part in zip(segments(path), parts):
        # An escape that results from decoding others (`%%361`): the next server would decode it.
        kept = [m for m in ESCAPE.finditer(raw) if not UNRESERVED.fullmatch(bytes([int(m[1], 16)]))]
        if len(ESCAPE.findall(part)) != len(kept):
            return False
        # The part before `;` or an escape of it, which some servers use as the whole segment (`..;`).
        if re.split(rb";|%3B", part)[0] in (b".", b".."):
            return False
        if b"\\" in part or re.search(rb"%([01][0-9A-F]|7F|2F|5C)", part):
            return False
    return True


def is_too_long(verb, path):
    return len(as_bytes(verb + path)) > MOST_BYTES


# Tokens.

def words(claims, *names):
    found = []
    for name in names:
        value = claims.get(name, [])
        found += value.split(" ") if isinstance(value, str) else value
    return found


def meets(part, claims, route, decoded):
    """Whether a token meets a requirement. - decoded: the called segments, percent-decoded once."""
    if part in ("any_token", "always"):
        return True
    if claims is None:
        return False
    scopes, roles = words(claims, "scope", "scp"), words(claims, "roles")
    if not all(s in scopes for s in part.get("scopes", [])) or not all(r in roles for r in part.get("roles", [])):
        return False
    if "any_of_scopes" in part and not any(s in scopes for s in part["any_of_scopes"]):
        return False
    if "any_of_roles" in part and not any(r in roles for r in part["any_of_roles"]):
        return False
    if "any_of_scopes_like" in part and not any(tests.like(p, s) for p in part["any_of_scopes_like"] for s in scopes if isinstance(s, str) and s):
        return False
    for test in part.get("claims", []):
        if "matches_variable" in test:
            before, variable, after = tests.variable_of(test["matches_variable"])
            place = route.split(" ")[1].split("/")[1:].index("{%s}" % variable)
            is_there, value = tests.value_at(claims, test["claim"])
            if not is_there or not tests.fits_variable(decoded[place], value, before, after):
                return False
        elif not tests.holds(test, claims):
            return False
    if "any_of_claims" in part and not any(tests.holds(test, claims) for test in part["any_of_claims"]):
        return False
    return True


# Rules.

class Rule:
    """A rule of the document, or its `default`, with its path in one of the two forms."""

    def __init__(self, rule, place, form):
        self.rule, self.place = rule, place
        self.verb, path = rule["route"].split(" ")
        self.parts = [s if s == "*" or s.startswith("{") else form("/" + s)[0] for s in path.split("/")[1:]]
        kinds = [2 if p == "*" else 1 if isinstance(p, str) else 0 for p in self.parts]
        self.rank = kinds, self.verb == "*"
        self.key = self.verb, tuple("{}" if isinstance(p, str) and p != "*" else p for p in self.parts)
        self.order = self.verb, tuple(b"" if s == "*" or s.startswith("{") else s.encode() for s in path.split("/")[1:])

    def matches(self, verb, called):
        if self.verb not in ("*", verb):
            return False
        parts = self.parts
        if parts[-1] == "*":
            if len(called) < len(parts):
                return False
            parts, called = parts[:-1], called[:len(parts) - 1]
        if len(called) != len(parts):
            return False
        return all(s != b"" if isinstance(p, str) else p == s for p, s in zip(parts, called))


SPECIAL = ("$connect", "$appsync", "$iot")


class Rules:
    """A document's routes, in both forms."""

    def __init__(self, document):
        self.document = document
        listed = list(enumerate(document["routes"]))
        self.special = {name: [(place, rule) for place, rule in listed if rule["route"] == name] for name in SPECIAL}
        listed = [(place, rule) for place, rule in listed if not rule["route"].startswith("$")]
        if document.get("default", "refuse") != "refuse":
            listed.append((None, {"route": "* /*", "allow": document["default"]}))
        self.normal = [Rule(rule, place, normal_form) for place, rule in listed]
        self.decoded = [Rule(rule, place, decoded_form) for place, rule in listed]
        keys = [rule.key for rule in self.decoded]
        # Routes with equal decoded forms: it is not specified whether they are then one pattern or are tried in turn.
        self.collides = len(set(keys)) != len({rule.key for rule in self.normal})

    def decide(self, claims, verb, path):
        """(reason, place of the rule): the result in the first form if it refuses, otherwise the result in the second form."""
        if is_too_long(verb, path) or not is_plain(path):
            return "route_path", None
        return self.decide_plain(claims, verb, path)

    def decide_plain(self, claims, verb, path):
        if verb not in VERBS:
            return "route_unknown", None
        decoded = decoded_form(path)
        first = self._decide(self.normal, claims, verb, normal_form(path), decoded)
        if first[0] != "allowed":
            return first
        second = self._decide(self.decoded, claims, verb, decoded, decoded)
        return first if second[0] == "allowed" else second

    def is_uncertain(self, claims, verb, path):
        """Whether the second decision depends on an unspecified order; both answers are correct then."""
        if not self.collides or verb not in VERBS:
            return False
        decoded = decoded_form(path)
        together = self._decide(self.decoded, claims, verb, decoded, decoded)
        apart = self._decide(self.decoded, claims, verb, decoded, decoded, together=False)
        return (together[0] == "allowed") != (apart[0] == "allowed")

    def is_listed(self, verb, path):
        """Whether some rule matches, in either form."""
        return any(rule.matches(verb, normal_form(path)) for rule in self.normal) or any(
            rule.matches(verb, decoded_form(path)) for rule in self.decoded)

    def decide_special(self, claims, name):
        """$connect, $appsync or $iot."""
        rules = self.special[name]
        return self._decide_group([(place, rule) for place, rule in rules], claims, []) or ("route_unknown", None)

    def _decide(self, rules, claims, verb, called, decoded, together=True):
        candidates = [rule for rule in rules if rule.matches(verb, called)]
        candidates.sort(key=lambda rule: (rule.rank, rule.order))
        while candidates:
            # Patterns of one rank that share a request are one pattern. Written in two ways they may be separate.
            first = candidates[0]
            best = [r for r in candidates if (r.key == first.key if together else (r.rank, r.order) == (first.rank, first.order))]
            candidates = [r for r in candidates if r not in best]
            found = self._decide_group([(rule.place, rule.rule) for rule in best], claims, decoded)
            if found:
                return found
        return "route_unknown", None

    @staticmethod
    def _decide_group(group, claims, decoded):
        """The decision of rules with one pattern; None if no rule applies."""
        others = [(place, rule) for place, rule in group if "deny" not in rule]
        for place, rule in group:
            if "deny" in rule and (rule["deny"] == "always" or (
                    claims is not None and meets(rule["deny"], claims, rule["route"], decoded))):
                return "route_denied", place
        for place, rule in others:
            if rule.get("public") or (claims is not None and meets(rule["allow"], claims, rule["route"], decoded)):
                return "allowed", place
        return ("route_requirement", others[0][0]) if others else None


# Generated rules and tokens.

WORDS = ["a", "b", "ab"]


def random_route(dice, words=WORDS, verbs=("GET", "GET", "POST", "*")):
    parts = []
    for depth in range(dice.choice([0, 1, 1, 2, 2, 2, 3, 3, 4])):
        parts.append(dice.choice(words) if dice.random() < 0.55 else "{v%d}" % depth)
    end = dice.random()
    if end < 0.2:
        parts.append("*")
    elif end < 0.28 or not parts:
        parts.append("")
    return dice.choice(verbs) + " /" + "/".join(parts)


def random_part(dice, route):
    """A requirement. - route: None if no variable is allowed."""
    variables = re.findall(r"{(\w+)}", route or "")
    kind = dice.random()
    if kind < 0.35:
        return {"scopes": dice.sample(["s1", "s2", "s3"], dice.choice([1, 1, 2]))}
    if kind < 0.5:
        return {"any_of_scopes": ["s1", "s2"]}
    if kind < 0.65:
        return {"roles": ["r1"]}
    if kind < 0.75:
        return {"any_of_roles": ["r1", "r2"], "scopes": ["s1"]}
    if variables and kind < 0.9:
        around = dice.choice(["{%s}", "%s", "%s", "auth0|{%s}", "{%s}@x", "b{%s}"])
        return {"claims": [{"claim": dice.choice("ttu"), "matches_variable": around % dice.choice(variables)}]}
    if kind < 0.93:
        return {"any_of_scopes_like": dice.sample(["s?", "*2", "s1*", "s*3", "r*"], dice.choice([1, 2]))}
    if kind < 0.97:
        return {dice.choice(["claims", "any_of_claims"]): [dice.choice([
            {"claim": "t", "like": dice.choice(["a*", "*b", "?", "auth0|*", "*a*b*"])}, {"claim": "t", "starts_with": "a"},
            {"claim": "u", "ends_with": "b"}, {"claim": "details", "any_element": [{"claim": "type", "equals": "pay"}, {"claim": "org", "at_least": 7}]}])]}
    return {"claims": [{"claim": "tier", "equals": dice.choice(["gold", 7, True])}]}


def random_rule(dice, route):
    kind = dice.random()
    if kind < 0.12:
        return {"route": route, "public": True}
    if kind < 0.22:
        return {"route": route, "deny": "always" if dice.random() < 0.5 else random_part(dice, None)}
    if kind < 0.4:
        return {"route": route, "allow": "any_token"}
    return {"route": route, "allow": random_part(dice, route)}


def random_document(dice):
    # Like real ones, most rule sets are small and name their verbs.
    routes = [random_rule(dice, random_route(dice)) for _ in range(dice.choice([1, 2, 2, 3, 3, 4, 5, 8]))]
    return {"routes": routes, "routes_are_complete": dice.random() < 0.3}


def random_claims(dice, values=("a", "b", ["a", "ab"], "a*", "$", "..", ["c", "a/b"], ["b"])):
    """Claims of a token; None for no token."""
    if dice.random() < 0.12:
        return None
    claims = {"sub": "x"}
    held = [s for s in ("s1", "s2", "s3", "s12") if dice.random() < 0.5]
    if dice.random() < 0.5:
        claims["scope"] = " ".join(held)
    else:
        claims["scp"] = held
    claims["roles"] = [r for r in ("r1", "r2") if dice.random() < 0.4]
    if dice.random() < 0.7:
        claims["t"] = dice.choice(values)
    claims["tier"] = dice.choice(["gold", 7, True, "7", 1])
    if dice.random() < 0.7:
        claims["u"] = dice.choice(["auth0|a", "auth0|b", "ba", "b@x", "bb", 12, ["auth0|b", "a", "auth0|a/b"], "auth0|"])
    if dice.random() < 0.5:
        claims["details"] = dice.choice([[{"type": "pay", "org": 7}], [{"type": "pay"}, {"org": 9}], {"type": "pay", "org": 9}, ["pay", 7, {"type": "pay", "org": 6}]])
    return claims
