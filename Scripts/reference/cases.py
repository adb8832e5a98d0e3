"""The generator of the property test of answers: settings, tokens, callers, and calls of which half are hostile.

A group is one environment, one token and one caller, with several calls: the gateway may cache the answer to each of them
and use it for the others. Everything except the keys comes from the group's own random generator, so a single group can be repeated.
"""
import base64
import hashlib
import json
import random
import re

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from . import claims as tests
from . import rules as reference

NOW = 1_790_000_000
ISSUER, AUDIENCE = "https://idp.example.com/", "https://api.example.com"
ACCOUNT, API, HOST = "123456789012", "a1b2c3d4e5", "api.example.com"
APPSYNC_API = "abcdefghijklmnopqrstuvwxyz"
REQUEST_CALLERS = ("rest-request", "http-1.0", "http-2.0")
HTTP_CALLERS = ("http-1.0", "http-2.0")
CALLERS = ("rest-token", "rest-request", "http-1.0", "http-2.0", "websocket", "appsync", "iot")
OTHER_METHODS = ["PROPFIND", "TRACE", "CONNECT", "get", "Get", "post", "LOCK", "GETX", "X-ANY"]
SECRET_KEY = "k" * 24


def b64(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def number(value, size=None):
    return b64(value.to_bytes(size or (value.bit_length() + 7) // 8, "big"))


def compact_json(value):
    return json.dumps(value, separators=(",", ":")).encode()


class Mint:
    """One RSA key that signs all tokens, and one of a client for proofs of possession."""

    def __init__(self):
        self.key = rsa.generate_private_key(65537, 2048)
        public = self.key.public_key().public_numbers()
        self.jwks = json.dumps({"keys": [{"kty": "RSA", "kid": "k1", "n": number(public.n), "e": number(public.e)}]})
        self.client = ec.generate_private_key(ec.SECP256R1())
        point = self.client.public_key().public_numbers()
        self.jwk = {"crv": "P-256", "kty": "EC", "x": number(point.x, 32), "y": number(point.y, 32)}
        self.thumbprint = b64(hashlib.sha256(json.dumps(self.jwk, separators=(",", ":"), sort_keys=True).encode()).digest())
        self.known = {}

    def token(self, claims):
        payload = compact_json(claims)
        if payload not in self.known:
            text = b64(compact_json({"alg": "RS256", "typ": "JWT", "kid": "k1"})) + "." + b64(payload)
            self.known[payload] = text + "." + b64(self.key.sign(text.encode(), padding.PKCS1v15(), hashes.SHA256()))
        return self.known[payload]

    def proof(self, token, method, uri, jti):
        """RFC 9449 §4.2."""
        head = {"typ": "dpop+jwt", "alg": "ES256", "jwk": self.jwk}
        body = {"htm": method, "htu": uri, "iat": NOW, "jti": jti, "ath": b64(hashlib.sha256(token.encode()).digest())}
        text = b64(compact_json(head)) + "." + b64(compact_json(body))
        r, s = decode_dss_signature(self.client.sign(text.encode(), ec.ECDSA(hashes.SHA256())))
        return text + "." + b64(r.to_bytes(32, "big") + s.to_bytes(32, "big"))


# Rules.

ODD_WORDS = ["caf%C3%A9", "@me", "%40me", "a:b", "x;y", "a+b", "%20", "a%2Bb", "admin", "me", "it's", "(a)", "%25", "a=b", "%3Bx", "~x"]
RESOURCES = ["orders", "invoices", "payments", "customers", "products", "suppliers", "shipments", "employees", "reports",
             "contracts", "tickets", "projects", "documents", "quotes", "budgets", "devices", "sites", "teams", "vehicles", "assets"]


def crud_routes(count):
    """Nested routes like those of real APIs: for each resource the list and the item, for each item a sub-list, some with `*`."""
    routes = []
    depth = 0
    while True:
        for name in RESOURCES:
            base = "/v1/organizations/{org}/" + name if depth % 2 == 0 else "/v2/regions/{region}/sites/{site}/" + name
            if depth > 1:
                base += "-%d" % (depth // 2)
            for route in ("GET " + base, "POST " + base, "GET " + base + "/{id}", "PUT " + base + "/{id}", "DELETE " + base + "/{id}",
                          "GET " + base + "/{id}/items/{item}", "* " + base + "/{id}/comments"):
                routes.append(route)
                if len(routes) == count:
                    return routes
        depth += 1


def large_document(dice):
    routes = crud_routes(dice.choice([23, 23, 40, 65, 65, 90, 122, 160, 200]))
    listed = []
    for route in routes:
        kind = dice.random()
        listed.append({"route": route, "allow": "any_token" if kind < 0.6 else {"scopes": [dice.choice(["s1", "s2"])]}})
        if kind > 0.97:
            listed[-1] = {"route": route, "deny": "always"}
        elif kind > 0.93:
            listed[-1] = {"route": route, "public": True}
    return {"routes": listed}


# Texts for both claim values and path segments.
CLAIM_VALUES = ["a", "b", ["a", "ab"], "a*", "$", "..", ["c", "a/b"], ["b"], "auth0|abc", "alice@example.com", 123, "a b",
                "caf\u00e9", "50%", "it's", ["auth0|abc", "b"], "a:b", "a;b", "x?y", 0, "%61", "a#b"]


def tenant_document(dice):
    """Each tenant has its own paths. The paths below are for everyone, for some or for no caller."""
    claim = dice.choice(["t", "sub"])
    around = dice.choice(["tenant", "tenant", "{tenant}", "auth0|{tenant}", "a{tenant}"])
    own = {"claims": [{"claim": claim, "matches_variable": around}]}
    routes = [{"route": dice.choice(["GET", "*"]) + " /tenants/{tenant}/" + dice.choice(["*", "orders", "orders/{id}"]), "allow": own}]
    if dice.random() < 0.5:
        routes.append({"route": "* /tenants/{tenant}", "allow": dict(own, scopes=["s1"]) if dice.random() < 0.3 else own})
    if dice.random() < 0.4:
        routes.append({"route": "GET /tenants/shared/*", "allow": "any_token"})
    if dice.random() < 0.4:
        routes.append({"route": "* /*", "allow": dice.choice(["any_token", {"scopes": ["s2"]}])})
    if dice.random() < 0.3:
        routes.append({"route": "* /tenants/{tenant}/admin", "deny": dice.choice(["always", {"scopes": ["s3"]}])})
    return {"routes": routes}


def wide_document(dice):
    """A wide rule and narrower ones that exclude parts of it: the worst case if one of them is missed."""
    wide = dice.choice([{"allow": "any_token"}, {"allow": "any_token"}, {"public": True}, {"allow": {"any_of_scopes": ["s1", "s2"]}}])
    base = dice.choice(["", "", "/public", "/a", "/files/{v1}"])
    routes = [dict({"route": dice.choice(["GET", "GET", "*"]) + " " + base + "/*"}, **wide)]
    for _ in range(dice.choice([1, 1, 2, 3])):
        word = dice.choice(ODD_WORDS + ["secret", "admin", "@me", "caf%C3%A9"])
        tail = dice.choice(["", "", "/*", "/{id}", "/" + dice.choice(ODD_WORDS)])
        narrow = dice.choice([{"deny": "always"}, {"deny": {"scopes": ["s1"]}}, {"allow": {"scopes": ["admin"]}}, {"allow": {"roles": ["r1"]}},
                              {"deny": {"claims": [{"claim": "n", "at_least": 80}]}}])
        routes.append(dict({"route": dice.choice(["GET", "GET", "*", "POST"]) + " " + base + "/" + word + tail}, **narrow))
    return {"routes": routes}


def odd_document(dice):
    words = reference.WORDS + dice.sample(ODD_WORDS, 4)
    routes = [reference.random_rule(dice, reference.random_route(dice, words)) for _ in range(dice.choice([1, 2, 3, 4, 6]))]
    return {"routes": routes}


def catalogue_document(dice):
    """Many readable sections and a secret one: a long policy."""
    count = dice.choice([20, 40, 60])
    routes = [{"route": "GET /catalogue/section%02d/items/list" % n, "allow": "any_token"} for n in range(count)]
    return {"routes": routes + [{"route": "GET /secret/*", "allow": {"scopes": ["admin"]}}]}


def rules_document(dice):
    maker = dice.choices([reference.random_document, wide_document, odd_document, tenant_document, large_document, catalogue_document],
                         [25, 30, 15, 17, 8, 5])[0]
    document = maker(dice)
    if dice.random() < 0.12:
        document["default"] = dice.choice(["any_token", {"scopes": ["s1"]}, "refuse"])
    if dice.random() < 0.15:
        document["routes_are_complete"] = True
    if dice.random() < 0.12 and len(document["routes"]) < 200:
        document["routes"] += [{"route": dice.choice(["GET", "*"]) + " /public/*", "public": True}]
    return document


def special_document(dice, name):
    routes = [dict(reference.random_rule(dice, name)) for _ in range(dice.choice([0, 1, 1, 2]))]
    if name == "$appsync" and dice.random() < 0.5:
        routes.append({"route": "$appsync Query.orders", "allow": {"scopes": ["s1"]}})
    return {"routes": routes + [{"route": "GET /a", "allow": "any_token"}]}


# Settings.

CONTEXT_CLAIMS = ["tenant", "nick", "sub", "email", "tier", "roles", "flag", "n", "scope", "https://example.com/x", "object", "reason"]


def resource_entries(dice, prefix, path_words):
    arn, stage = prefix[:-1].rsplit("/", 1)
    head, api = arn.rsplit(":", 1)
    fields = head.split(":")
    entries = []
    for _ in range(dice.choice([1, 1, 1, 2, 3])):
        own = list(fields)
        if dice.random() < 0.35:
            own[3] = dice.choice(["*", "eu-*", "eu-central-?", "us-east-1"])
        if dice.random() < 0.35:
            own[4] = dice.choice(["*", "1234*", "12345678901?", "999999999999"])
        if dice.random() < 0.25:
            own[3] = own[4] = "*"
        end = dice.choice([api, api, api, api, "*", "zzzzzzzzzz", "a1b2c3d4e?"])
        end += "/" + dice.choice([stage, stage, stage, "*", "dev", "pro?"])
        if dice.random() < 0.9:
            end += "/" + dice.choice(["*", "*", "GET", "GET", "*", "POST", "G?T"])
        path = "/" + "/".join(dice.choice(path_words) for _ in range(dice.choice([1, 1, 2])))
        end += dice.choice(["", "/*", "/*", path, path + "/*", "/orders/{id}", "/*/b", path + "?", "/*" + path, "/"])
        if dice.random() < 0.06:
            end = dice.choice(["*", api, api + "/*", "*/*/GET/*"])
        entries.append(":".join(own) + ":" + end)
    return "*" if dice.random() < 0.04 else ",".join(dict.fromkeys(entries))


# Calls.

def respelled(dice, text):
    """Escapes some characters, and changes the case of digits in existing escapes."""
    def again(match):
        return "%" + dice.choice([str.upper, str.lower, str.swapcase])(match[0][1:])

    text = re.sub("%[0-9A-Fa-f]{2}", again, text)
    parts = re.split("(%[0-9A-Fa-f]{2}|/)", text)
    spots = [place for place, part in enumerate(parts) if part and part != "/" and not re.fullmatch("%[0-9A-Fa-f]{2}", part)]
    for place in dice.sample(spots, min(len(spots), dice.choice([1, 1, 2]))):
        at = dice.randrange(len(parts[place]))
        code = "%%%02X" % ord(parts[place][at]) if ord(parts[place][at]) < 128 else parts[place][at]
        parts[place] = parts[place][:at] + "%" + dice.choice([code[1:], code[1:].lower(), code[1:].swapcase()]) + parts[place][at + 1:]
    return "".join(parts)


def reserved_respelled(dice, text):
    """Escapes reserved characters, and decodes such escapes: equivalent for most servers, but not in RFC 3986."""
    def encoded(match):
        return dice.choice(["%%%02X", "%%%02x"]) % ord(match[0])

    other = decoded_once(text)
    return other if other != text and dice.random() < 0.5 else re.sub(r"[@:;+='()!,&]", encoded, text)


def decoded_once(text):
    """Decodes escapes of printable ASCII, also those of reserved characters."""
    return re.sub("%(2[1-9A-Fa-f]|[3-7][0-9A-Fa-f])", lambda m: m[0] if m[1].upper() in ("2F", "5C", "7F") else chr(int(m[1], 16)), text)


def hostile_path(dice, path, group):
    parts = path.split("/")[1:]
    spot = dice.randrange(len(parts))
    kind = dice.randrange(25)
    if group.document is None and dice.random() < 0.25:
        kind = 9
    if kind < 5:
        return respelled(dice, path)
    if kind == 5:
        return decoded_once(path)
    if kind == 6:
        return re.sub("%", "%25", respelled(dice, path), count=1)
    if kind in (7, 8):
        parts.insert(spot, dice.choice(["..;", "%2e%2e;", "..%3B", "..%3b", ".;", "%2E;x=1", ".%2e;a", "..;x", "..%253B", "..", ".", "%2e", "%2E%2e"]))
    elif kind in (9, 10):
        other = dice.choice(group.paths)
        entry = dice.choice(group.settings.get("RESOURCE", "*").split(","))
        if ":" in entry:
            # The path that RESOURCE names, after a prefix that a `*` for region and account could match.
            named = entry.split(":", 5)[5].replace("*", dice.choice(["a", "GET", group.stage])).replace("?", "E")
            return "/" + "/".join(parts[:spot + 1]) + "/:x:" + named
        return "/" + "/".join(parts[:spot + 1]) + "/:x:%s/%s/%s%s" % (API, group.stage, dice.choice(["GET", "POST"]), other)
    elif kind == 11:
        return "/" + "/".join(parts[:spot] + [":x:y:z", "a1:b2"] + parts[spot:])
    elif kind == 12:
        parts[spot] += dice.choice(["\x01", "\n", "\x7f", "\x00", "\t", "\x1f"])
    elif kind == 13:
        parts[spot] += dice.choice(["%00", "%01", "%0A", "%0d", "%1F", "%7F", "%7f", "%09", "%80", "%C3%A9", "%e2%82%ac"])
    elif kind == 14:
        parts[spot] = dice.choice(["x", "%2e", "a%2b", "~"]) * dice.choice([75, 150, 300])
    elif kind == 15:
        parts[spot] = parts[spot] + "y" * dice.choice([300, 5000])
    elif kind == 16:
        parts.insert(spot, "")
    elif kind == 17:
        parts[spot] = dice.choice(["*", "?", "$", "a*", "$b", "?x", "a$b", "${x}"]) if dice.random() < 0.5 else parts[spot] + dice.choice("*?$")
    elif kind == 18:
        return path + "/" if dice.random() < 0.7 else path.rstrip("/") or "/"
    elif kind == 19:
        parts[spot] += dice.choice(["\\", "%5C", "%5c", "%2F", "%2f", "%2Fx", "%252F", "%", "%2", "%zz", "%%61"])
    elif kind == 20:
        if dice.random() < 0.5:
            parts.insert(spot, dice.choice(reference.WORDS + ["admin", "secret"]))
        elif len(parts) > 1:
            del parts[spot]
    elif kind > 21:
        return reserved_respelled(dice, path)
    else:
        parts[spot] = dice.choice([str.upper, str.capitalize, str.swapcase])(parts[spot]) + dice.choice(["", ";x", ";", "+", "%20", "%22", "'"])
    return "/" + "/".join(parts)


def plain_path(dice, route, values):
    parts = []
    for part in route.split(" ")[1].split("/")[1:]:
        if part == "*":
            parts += [dice.choice(reference.WORDS + ["x", "admin", "secret"]) for _ in range(dice.choice([1, 1, 2, 3]))]
        elif part.startswith("{"):
            parts.append(dice.choice(values) if dice.random() < 0.6 else dice.choice(reference.WORDS + ["c", "7"]))
        else:
            parts.append(part)
    return "/" + "/".join(parts)


def segment_of(dice, value):
    """A claim's value in the form that clients use in a path."""
    text = ""
    for byte in str(value).encode():
        c = chr(byte)
        if re.fullmatch(r"[A-Za-z0-9._~-]", c) or (c in "@:;'!()+,=&" and dice.random() < 0.7):
            text += c
        else:
            text += dice.choice(["%%%02X", "%%%02x"]) % byte
    return text


class Situation:
    """One environment, one token, one caller, and calls."""

    index, token_kind, is_bound, stage = 0, "good", False, "prod"

    def __init__(self, mint, caller, settings, document, claims, calls):
        self.mint, self.caller, self.document, self.claims, self.calls, self.probes = mint, caller, document, claims, calls, []
        self.prefix = f"arn:aws:execute-api:eu-central-1:{ACCOUNT}:{API}/{self.stage}/"
        self.rules = reference.Rules(document)
        self.settings = dict(settings, JWKS=mint.jwks, ISSUER=ISSUER, AUDIENCE=AUDIENCE, RULES=json.dumps(document))
        self.token = mint.token(dict(claims, iss=ISSUER, aud=AUDIENCE, iat=NOW - 60, exp=NOW + 3600))

    @property
    def has_path(self):
        return self.caller not in ("websocket", "appsync", "iot")

    @property
    def is_simple(self):
        return self.caller == "http-2.0" and self.settings.get("HTTP_API_RESPONSE") == "simple"

    @property
    def gets_policy(self):
        return self.caller not in ("appsync", "iot") and not self.is_simple

    @property
    def cache(self):
        return self.settings.get("RESULT_CACHE")

    def arn(self, call):
        return self.prefix + ("$connect" if self.caller == "websocket" else call[0] + call[1])

    # Events.

    def event(self, place):
        verb, path = self.calls[place]
        arn, authorization = self.arn((verb, path)), None if self.token is None else ("DPoP " if self.is_bound else "Bearer ") + self.token
        if self.caller == "rest-token":
            return {"type": "TOKEN", "methodArn": arn, "authorizationToken": authorization or ""}
        if self.caller == "appsync":
            return {"authorizationToken": self.token or "", "requestHeaders": {}, "requestContext": {
                "apiId": APPSYNC_API, "accountId": ACCOUNT, "requestId": "r", "queryString": "query { orders }", "operationName": None, "variables": {}}}
        if self.caller == "iot":
            event = {"signatureVerified": False, "protocols": ["http"], "protocolData": {"http": {"headers": {}, "queryString": ""}},
                     "connectionMetadata": {"id": "c"}}
            return event if self.token is None else dict(event, token=self.token)
        headers = {} if authorization is None else {"Authorization": authorization}
        written = "/" + self.stage + path
        if self.is_bound and authorization:
            escaped = re.sub(r"[^A-Za-z0-9._~!$&'()*+,/:;=@%-]", lambda m: "".join("%%%02X" % b for b in m[0].encode()), written)
            headers["DPoP"] = self.mint.proof(self.token.encode("ascii", "replace").decode(), verb, "https://" + HOST + escaped, f"{self.index}/{place}")
        if self.caller == "http-2.0":
            return {"version": "2.0", "type": "REQUEST", "routeArn": arn, "identitySource": [], "routeKey": "$default", "rawPath": written, "rawQueryString": "",
                    "headers": {k.lower(): v for k, v in headers.items()},
                    "requestContext": {"accountId": ACCOUNT, "apiId": API, "domainName": HOST, "http": {"method": verb, "path": written}, "requestId": "r", "stage": self.stage}}
        event = {"type": "REQUEST", "methodArn": arn, "resource": "/{proxy+}", "path": path, "httpMethod": verb, "headers": headers,
                 "multiValueHeaders": {k: [v] for k, v in headers.items()}, "queryStringParameters": {}, "multiValueQueryStringParameters": {},
                 "pathParameters": {}, "stageVariables": {},
                 "requestContext": {"path": written, "accountId": ACCOUNT, "stage": self.stage, "requestId": "r", "domainName": HOST, "httpMethod": verb, "apiId": API}}
        if self.caller == "websocket":
            for member in ("httpMethod", "path", "resource"):
                del event[member]
            event["requestContext"] = {"stage": self.stage, "apiId": API, "routeKey": "$connect", "eventType": "CONNECT", "requestId": "r"}
        return dict(event, version="1.0") if self.caller == "http-1.0" else event


class Group(Situation):
    """A random one."""

    def __init__(self, seed, index, mint, limits=(), has_path_cache=True, call_count=12, probe_count=28):
        self.seed, self.index = seed, index
        dice = self.dice = random.Random(f"{seed}/{index}")
        self.caller = dice.choices(CALLERS, [20, 20, 19, 24, 6, 5, 6])[0]
        self.stage = "$default" if self.caller in HTTP_CALLERS and dice.random() < 0.25 else "prod"
        partition, region = dice.choice([("aws", "eu-central-1")] * 5 + [("aws-cn", "cn-north-1"), ("aws-us-gov", "us-gov-west-1")])
        self.prefix = f"arn:{partition}:execute-api:{region}:{ACCOUNT}:{API}/{self.stage}/"
        self.settings = {"JWKS": mint.jwks, "ISSUER": ISSUER, "AUDIENCE": AUDIENCE}
        self.document = self.rules = None
        self._claims(dice)
        self._settings(dice, limits, has_path_cache)
        self._token(dice, mint)
        self.calls = self._calls(dice, call_count)
        self.probes = self._calls(dice, probe_count) if self.has_path else []
        self.mint = mint

    # The token.

    def _claims(self, dice):
        claims = None
        while claims is None:
            claims = reference.random_claims(dice, CLAIM_VALUES)
        claims["sub"] = dice.choice(["x", "alice", "auth0|abc", "alice@example.com", "b"])
        if dice.random() < 0.1 and "scope" in claims:
            claims["scope"] += " admin"
        if dice.random() < 0.75:
            claims["tenant"] = dice.choice(["acme", "b", "Zürich", 'q"uote', "{\"a\":1}", "{no", ""])
        if dice.random() < 0.5:
            claims["nick"] = dice.choice(["al", "\x7f" * 1250, "\x7f" * 1400, "\x7f" * 1400, "x" * 3000, "y" * 7300, "\u20ac" * 40, "\"" * 2000])
        claims["email"] = "alice@example.com"
        claims["flag"] = dice.random() < 0.5
        claims["n"] = dice.choice([5, 80, 79, 1e30, 2**63 - 1, 2**63, 10**40, -1, "90"])
        claims["https://example.com/x"] = dice.choice(["v", 7, None])
        claims["object"] = {"a": 1}
        claims["key"] = SECRET_KEY
        if dice.random() < 0.1:
            claims["reason"] = "none"
        self.claims = claims

    def _token(self, dice, mint):
        kinds = ["good", "expired", "none", "garbage", "denied", "control"]
        self.token_kind = dice.choices(kinds, [74, 6, 10, 4, 3, 3])[0]
        claims = dict(self.claims, iss=ISSUER, aud=AUDIENCE, iat=NOW - 60, exp=NOW + 3600)
        if self.token_kind == "expired":
            claims["exp"] = NOW - 600
        if self.token_kind == "denied":
            claims["sub"] = self.claims["sub"] = "mallory"
        if self.token_kind == "control":
            claims["sub"] = self.claims["sub"] = "a\nb"
        if self.is_bound:
            claims["cnf"] = {"jkt": mint.thumbprint}
        self.token = mint.token(claims)
        if self.token_kind == "garbage":
            self.token = dice.choice(["abc", self.token[:-5], self.token.replace(".", ".A", 1), "a.b.c", self.token + "é"])
        if self.token_kind == "none":
            self.token = None

    # Settings.

    def _settings(self, dice, limits, has_path_cache):
        settings = self.settings
        settings["DENY_SUBJECTS"] = "mallory"
        if dice.random() < 0.8:
            settings["CONTEXT_CLAIMS"] = ",".join(dict.fromkeys(dice.sample(CONTEXT_CLAIMS + ["nick"] * 3, dice.choice([1, 2, 2, 3, 5]))))
        if dice.random() < 0.2:
            settings["USAGE_KEY_CLAIM"] = "key"
        caches = ["off", "keyed"] + ["path"] * has_path_cache
        if dice.random() < 0.4:
            settings["RESULT_CACHE"] = dice.choice(caches)
        if self.caller in REQUEST_CALLERS and dice.random() < 0.2:
            settings["DPOP"] = dice.choice(["require", "accept"])
            # A cache keyed by path would serve other senders: with such settings the function does not start.
            settings["RESULT_CACHE"] = dice.choice(["off", "keyed", "keyed", "keyed"])
            self.is_bound = True
        if self.caller in HTTP_CALLERS:
            if dice.random() < 0.45:
                settings["HTTP_API_RESPONSE"] = dice.choice(["simple", "iam", "simple"])
            if dice.random() < 0.3:
                settings["HTTP_API_UNAUTHORIZED"] = dice.choice(["error", "deny"])
        if limits and dice.random() < 0.25:
            settings["POLICY_MAX_BYTES"] = dice.choice(limits)
        if self.caller == "iot" and dice.random() < 0.9:
            settings["IOT_POLICY"] = json.dumps({"Version": "2012-10-17", "Statement": [
                {"Effect": "Allow", "Action": "iot:Connect", "Resource": f"arn:aws:iot:eu-central-1:{ACCOUNT}:client/c"}]})
        special = {"websocket": "$connect", "appsync": "$appsync", "iot": "$iot"}.get(self.caller)
        self.words = reference.WORDS + ["orders", "admin", "secret", "x"]
        if dice.random() < 0.72:
            self.document = special_document(dice, special) if special else rules_document(dice)
            self.rules = reference.Rules(self.document)
            settings["RULES"] = json.dumps(self.document)
        else:
            entries = resource_entries(dice, self.prefix, self.words)
            if self.caller == "websocket" and dice.random() < 0.5:
                entries = self.prefix + dice.choice(["*", "$connect", "*/*", "$conn?ct"])
            if self.caller == "appsync" and dice.random() < 0.7:
                entries = f"arn:aws:appsync:eu-central-1:{ACCOUNT}:apis/" + dice.choice([APPSYNC_API, "zzz"])
            settings["RESOURCE"] = entries
            if dice.random() < 0.25:
                settings["REQUIRED_SCOPES"] = dice.choice(["s1", "s1 s2"])
        if "IOT_POLICY" not in settings and self.caller == "iot" and self.document is None:
            settings["RESOURCE"] = "*"

    # Calls.

    def _calls(self, dice, count):
        """(verb, path)"""
        if not self.has_path:
            return [("", "")]
        values = [segment_of(dice, v.decode()) for claim in ("t", "sub", "u") for before in ("", "", "auth0|", "a", "b")
                  for v in tests.segment_values(self.claims.get(claim), before) if v] or ["a"]
        listed = [r["route"] for r in self.document["routes"] if not r["route"].startswith("$")] if self.document else []
        if len(listed) > 8:
            listed = dice.sample(listed, 6) + listed[-1:]
        routes = listed or ["GET " + "/" + "/".join(dice.choice(self.words + ["{v}"]) for _ in range(dice.choice([1, 1, 2, 3]))) for _ in range(4)]
        if not listed:
            routes += ["GET /orders/{id}"]
            for entry in self.settings["RESOURCE"].split(","):
                parts = entry.split(":", 5)[-1].split("/", 3)
                if len(parts) == 4:
                    routes.append("GET /" + parts[3].replace("?", "s"))
        self.paths = [plain_path(dice, dice.choice(routes), values) for _ in range(4)]
        calls = []
        for place in range(count):
            route = dice.choice(routes)
            verb = route.split(" ")[0]
            if verb == "*" or dice.random() < 0.15:
                verb = dice.choice(["GET", "POST"] + reference.VERBS)
            path = dice.choice(self.paths) if dice.random() < 0.5 else plain_path(dice, route, values)
            if place % 2:
                if dice.random() < 0.15:
                    verb = dice.choice(OTHER_METHODS)
                else:
                    path = hostile_path(dice, path, self)
                    if dice.random() < 0.15:
                        path = hostile_path(dice, path, self)
            if dice.random() < 0.01:
                path = dice.choice(["", "/"])
            calls.append((verb, path))
        return calls
