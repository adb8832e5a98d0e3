"""Policies of 23 to 200 routes: their statements, their lengths, the next calls that a cached answer denies, and the number of rules
about which check-config warns."""
import json
import os
import subprocess

from . import rules as reference
from .answers import Check
from .cases import Situation, crud_routes

SIZES = (23, 65, 122, 200)
PROGRAM = ".build/release/authorizer"
CALLERS = [("rest-token", {}), ("rest-request", {}), ("http-1.0", {}), ("http-2.0", {}), ("http-2.0", {"HTTP_API_RESPONSE": "simple"})]


def document(count):
    """Nested CRUD routes; a third of them requires a scope."""
    return {"routes": [{"route": route, "allow": {"scopes": ["all"]} if place % 3 == 0 else "any_token"} for place, route in enumerate(crud_routes(count))]}


def calls_of(route):
    """Of `*` a call with each method."""
    verb, path = route.split(" ")
    path = "/".join("17" if part.startswith("{") else part for part in path.split("/"))
    return [(v, path) for v in (reference.VERBS if verb == "*" else [verb])]


def warned(rules, caller):
    """The number of rules for which check-config reports that no policy for this caller names them."""
    settings = {"JWKS_URI": "/keys.json", "ISSUER": "iss", "AUDIENCE": "aud", "RULES": json.dumps(rules)}
    report = subprocess.run([PROGRAM, "check-config", "--json"], env={**os.environ, **settings}, check=True, stdout=subprocess.PIPE).stdout
    kind = "http-1.0" if caller.startswith("http") else "rest-request"
    for policies in json.loads(report)["policies"]:
        if policies["caller"] == kind:
            return rule_count(policies["omittedForLength"]) + rule_count(policies["notExpressible"])
    return 0


def rule_count(text):
    """The length of a list in a report: `routes[0] routes[3] and 12 more`."""
    words = text.split()
    further = int(words[-2]) if words[-1:] == ["more"] else 0
    return further + sum(word.startswith("routes[") or word == "default" for word in words)


def run(mint, decide):
    """Prints the table. - Returns: the exit status: 1 if a call of a token with all rights is refused."""
    subprocess.run(["swift", "build", "-c", "release", "--product", "authorizer"], check=True, stdout=subprocess.DEVNULL)
    rows, refused, faults = [], 0, 0
    situations = []
    for count in SIZES:
        rules = document(count)
        calls, owners = [], []
        for place, rule in enumerate(rules["routes"]):
            for call in calls_of(rule["route"]):
                calls.append(call)
                owners.append(place)
        for caller, settings in CALLERS:
            settings = dict(settings, CONTEXT_CLAIMS="sub,tenant")
            situations.append((count, Situation(mint, caller, settings, rules, {"sub": "alice", "tenant": "acme", "scope": "all"}, calls), owners))
    for (count, situation, owners), given in zip(situations, decide([s for _, s, _ in situations])):
        check = Check(situation, given).run()
        faults += len(check.faults)
        for kind, place, text in check.faults[:1]:
            print(f"check-answers: {count} routes, {situation.caller}, call {' '.join(situation.calls[place])}: {kind}: {text}")
        refused += sum(not one.is_allowed for one in given)
        allowed = sum(one.is_allowed for one in given)
        row = [str(count), situation.caller + (" simple" if situation.is_simple else ""), f"{allowed} of {len(given)}"]
        sizes = [len(one.body.encode()) for one in given if one.is_allowed]
        if situation.gets_policy and sizes:
            named = []
            for one in given:
                if one.is_allowed:
                    mask = check.arns.allowed("W", one.allow, one.deny) & check.arns.allowed("F", one.allow, one.deny)
                    closed = {owner for place, owner in enumerate(owners) if not mask >> 2 * place & 1}
                    named.append(count - len(closed))
            row += [between(sizes), between(named), between([count - n for n in named]), f"{100 * check.closed / max(1, check.reachable):.1f} %", str(warned(document(count), situation.caller))]
        else:
            row += [between(sizes) if sizes else "-", "-", "-", "-", "-"]
        rows.append(row)
    head = ["routes", "caller", "calls allowed", "bytes of an answer", "routes named", "routes missing", "next calls closed", "rules in warnings"]
    widths = [max(len(row[column]) for row in [head] + rows) for column in range(len(head))]
    for row in [head] + rows:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip())
    print(f"check-answers: of a token with all rights {refused} calls are refused; {faults} disagreements")
    return 1 if refused or faults else 0


def between(numbers):
    return str(min(numbers)) if min(numbers) == max(numbers) else f"{min(numbers)} to {max(numbers)}"
