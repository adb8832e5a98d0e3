"""A naive implementation of the `$mcp` rules, and generated rules and headers for them.

A call is one of MCP if some backend could take its path for `mcp_path`: decoded, in any case, with or without a slash at the end,
without what follows `;`, `?` or `#`. Its headers decide; two values, or one that cannot be decoded, refuse.
"""
import base64
import re

from . import rules as reference

VERSION = "2026-07-28"
NAMED = ("tools/call", "resources/read", "prompts/get")


def names(parts):
    """The segments' names as a careless backend reads them."""
    text = re.split(rb"[?#]", b"/".join(parts))[0]
    found = [part.split(b";")[0].lower() for part in text.split(b"/")]
    return found[:-1] if found[-1] == b"" else found


def endpoint(document):
    return names(reference.decoded_form(document.get("mcp_path", "/mcp")))


def is_call(document, verb, path):
    return verb == "POST" and names(reference.decoded_form(path)) == endpoint(document)


def is_reached(document):
    """Whether a rule for paths may allow a call of MCP."""
    own = endpoint(document)
    routes = [rule["route"] for rule in document["routes"] if "deny" not in rule]
    if document.get("default", "refuse") != "refuse":
        routes.append("* /*")
    for route in routes:
        if route.startswith("$"):
            continue
        verb, path = route.split(" ")
        parts = path.split("/")[1:]
        if verb not in ("POST", "*"):
            continue
        # The variables and the rest are filled in from the path itself, with and without the slash.
        for called in (own, own + [b""]):
            rest = parts[-1] == "*"
            fixed = parts[:-1] if rest else parts
            if len(called) < len(parts) if rest else len(called) != len(parts):
                shorter = [reference.decoded_bytes(p) for p in fixed if not p.startswith("{")]
                if rest or not any(re.search(rb"[?#]", p) for p in shorter):
                    continue
            filled = []
            for place, part in enumerate(fixed):
                if part.startswith("{"):
                    filled.append(called[place] if place < len(called) and called[place] else b"\0")
                else:
                    filled.append(reference.decoded_bytes(part))
            if names(filled + (called[len(fixed):] if rest else [])) == own:
                return True
    return False


def value_of(headers, name, caller):
    """The one value; None without one. - Raises: ValueError."""
    values = [value for key, value in headers if key.lower() == name]
    if caller == "http-2.0" and values:
        values = ",".join(values).split(",")
    if not values:
        return None
    if len(values) > 1 or not re.fullmatch(r"[!-~]([ -~]*[!-~])?", values[0]):
        raise ValueError("header")
    return values[0]


def decoded(value):
    if value is None or not value.startswith("=?base64?"):
        return value
    match = re.fullmatch(r"=\?base64\?(.+)\?=", value)
    if not match or base64.b64encode(base64.b64decode(match[1], validate=True)).decode() != match[1]:
        raise ValueError("base64")
    text = base64.b64decode(match[1]).decode()
    if re.search(r"[\x00-\x1f\x7f]", text):
        raise ValueError("control character")
    return text


def decide(rules, claims, headers, caller):
    """The reason for a call whose path is allowed."""
    if caller == "rest-token":
        return "route_mcp_caller"
    try:
        version = value_of(headers, "mcp-protocol-version", caller)
        is_date = version is None or re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", version)
        if version is None or not is_date or version < VERSION:
            return "allowed" if is_date and rules.document.get("mcp_accepts_older_versions") else "route_mcp_version"
        method, name = (decoded(value_of(headers, key, caller)) for key in ("mcp-method", "mcp-name"))
    except ValueError:
        return "route_mcp_header"
    if not method or (method in NAMED and not name):
        return "route_mcp_header"
    groups = {}
    for place, rule in rules.mcp:
        _, of_method, *of_name = rule["route"].split(" ", 2)
        key = of_method, of_name[0] if of_name else "*"
        groups.setdefault(key, []).append((place, rule))

    def fits(pattern, text):
        return text.startswith(pattern[:-1]) if pattern.endswith("*") else text == pattern

    def rank(key):
        return [measure for part in key for measure in (part.endswith("*"), -len(part))]

    for key in sorted((key for key in groups if fits(key[0], method) and fits(key[1], name if method in NAMED else "")), key=rank):
        found = reference.Rules._decide_group(groups[key], claims, [])
        if found:
            return found[0]
    return "route_mcp_unknown"


# Generated rules and calls.

TOOLS = ["get", "get_a", "get_b", "get_a_b", "put", "Get_a", "a,b", "caf\u00e9", "a b", "=?base64?x?=", "file:///a/b"]
METHODS = ["tools/call"] * 6 + ["tools/list", "tools/lists", "resources/read", "prompts/get", "ping", "Tools/call", "server/discover"]


def random_pattern(dice):
    if dice.random() < 0.3:
        return dice.choice(["*", "tools/*", "tools/list", "ping", "t*", "tools/call", "tools/call *", "resources/*", "Tools/call"])
    name = dice.choice(TOOLS)
    if dice.random() < 0.4:
        name = name[:dice.randrange(len(name) + 1)] + "*"
    return dice.choice(["tools/call"] * 4 + ["resources/read", "prompts/get"]) + " " + name


def add_rules(dice, document):
    """`$mcp` rules, mostly with a rule for the path."""
    if dice.random() < 0.4:
        document["mcp_path"] = dice.choice(["/mcp/", "/a", "/a/b", "/@me", "/%40me/a", "/"])
    path = document.get("mcp_path", "/mcp")
    if dice.random() < 0.3:
        document["mcp_accepts_older_versions"] = dice.random() < 0.7
    if dice.random() < 0.85:
        path = dice.choice([path, path, "/*", path.rstrip("/") + "/*", path.upper()])
        document["routes"].append({"route": dice.choice(["POST ", "* "]) + path.replace("%40", "@"), **dice.choice([{"allow": "any_token"}] * 4 + [{"public": True}, {"allow": {"scopes": ["s1"]}}])})
    for _ in range(dice.choice([1, 2, 3, 5, 8])):
        document["routes"].append(reference.random_rule(dice, "$mcp " + random_pattern(dice)))


def written(dice, text):
    """A value as clients write it, sometimes wrongly."""
    coded = "=?base64?" + base64.b64encode(text.encode()).decode() + "?="
    kind = dice.random()
    if kind < 0.12:
        return coded
    if kind < 0.2:
        return dice.choice([coded.upper(), coded[:-1], coded[1:], coded.replace("=?=", "?="), "=?base64?" + coded[9:-2] + "=?=", text + " ", " " + text,
                            text + "\t", text.upper(), "", "=?base64??=", "=?base64?/w==?=", "=?base64?AA==?=", text + "\u00e9", text + "," + text])
    needs = not re.fullmatch(r"[!-~]([ -~]*[!-~])?", text) or text.startswith("=?base64?")
    return coded if needs and kind < 0.9 else text


def random_headers(dice):
    lines = []
    if dice.random() < 0.93:
        lines.append(("MCP-Protocol-Version", VERSION if dice.random() < 0.85 else dice.choice(["2025-11-25", "2026-07-27", "2027-01-01", "latest", "2026-07-28 ", ""])))
    if dice.random() < 0.96:
        lines.append(("Mcp-Method", written(dice, dice.choice(METHODS))))
    if dice.random() < 0.93:
        lines.append(("Mcp-Name", written(dice, dice.choice(TOOLS))))
    for name, value in list(lines):
        if dice.random() < 0.03:
            lines.append((name, value if dice.random() < 0.4 else written(dice, dice.choice(TOOLS))))
    return [(dice.choice([name] * 4 + [name.lower(), name.upper()]), value) for name, value in lines]


def random_path(dice, document):
    path = document.get("mcp_path", "/mcp")
    return dice.choice([path, path, path, path.rstrip("/") + "/", path.rstrip("/") or "/", path.upper(), path + ";x=1", path + "%3Fa/b", path + "x", path.rstrip("/") + "/a",
                        re.sub("[a-z]", lambda m: "%%%02x" % ord(m[0]), path, count=1), path.replace("%40", "@")])
