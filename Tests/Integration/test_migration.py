"""The table of MIGRATION.md, "From conditions in CEL": each row decides a token that meets it and one that does not (AUDIT 22)."""
import json, os, re

import jwt, pytest

from conftest import AUDIENCE, ISSUER, ROOT, run

# The CEL expression's beginning, claims that meet it, claims that do not.
ROWS = [
    ('claims.role ==', {"role": "admin"}, {"role": "Admin"}),
    ('claims.role in', {"role": "owner"}, {"role": ["owner"]}),
    ('"admin" in', {"realm": {"groups": ["x", "admin"]}}, {"realm": {"groups": ["administrators"]}}),
    ('claims.sub.startsWith', {"sub": "spiffe://prod.example.com/ns/payments/api"}, {"sub": "spiffe://prod.example.com/ns/payments-evil/api"}),
    ('claims.email.endsWith', {"email": "a@example.com"}, {"email": "a@example.com.evil.example"}),
    ('claims.sub.matches', {"sub": "repo:acme/shop:ref:refs/heads/main"}, {"sub": "repo:acme/shop:ref:refs/heads/main2"}),
    ('has(claims.org)', {"org": None}, {}),
    ('!has(claims.act)', {}, {"act": {"sub": "x"}}),
    ('claims.level >=', {"level": 3}, {"level": 2.9999999999}),
    ('claims.details.exists', {"details": [{"type": "x"}, {"type": "payment", "org": {"id": "12"}}]}, {"details": [{"type": "payment"}, {"org": {"id": "12"}}]}),
    ('claims.scope.split(" ").exists(s, s ==', {"scope": "a orders.read"}, {"scope": "orders.read.all"}),
    ('claims.scope.split(" ").exists(s, s.startsWith', {"scope": "orders:write"}, {"scope": "orders"}),
    ('claims.tier == "gold" &&', {"tier": "gold", "level": 3}, {"tier": "gold", "level": 2}),
    ('claims.tier == "gold" \\|\\|', {"tier": "x", "level": 3}, {"tier": "silver"}),
]


def table():
    """CEL expression to requirement, as the page prints them."""
    with open(os.path.join(ROOT, "MIGRATION.md")) as file:
        section = file.read().split("## From conditions in CEL")[1]
    return [(cel, json.loads(rule)) for cel, rule in re.findall(r"^\| `(.+?)` \| `(\{.+?\})`(?: \||;)", section, re.M)]


def test_every_row_has_tokens():
    rows = table()
    assert len(rows) == len(ROWS)
    assert all(cel.startswith(start) for (cel, _), (start, _, _) in zip(rows, ROWS)), rows


@pytest.mark.parametrize("row", range(len(ROWS)))
def test_row(row, issuer):
    _, met, unmet = ROWS[row]
    settings = {"JWKS": json.dumps(issuer.key_set()), "ISSUER": ISSUER, "AUDIENCE": AUDIENCE,
                "RULES": json.dumps({"routes": [{"route": "GET /", "allow": table()[row][1]}]})}
    for claims, reason in ((met, "allowed"), (unmet, "route_requirement")):
        payload = {**issuer.claims(), **claims}
        token = jwt.encode(payload, issuer.key, algorithm="RS256", headers={"kid": issuer.kid})
        status, out, error = run("explain", "--json", "--token", "-", settings=settings, stdin=token.encode())
        assert status in (0, 1) and json.loads(out)["reason"] == reason, (claims, out, error)
