"""Two readings of how API Gateway matches a called ARN with a policy, written independently of the product.

W compares the whole text: `*` is any run of characters, colons and slashes too; `?` is one character.
F splits pattern and ARN at the first five colons and compares field by field: `*` stays within its field, and the last
field is the rest.
In both readings Allow and Deny are matched in the same way, an explicit Deny takes precedence, an unmatched call is denied, and a
Resource of `*` alone matches everything. None of this was tested on AWS, so an answer must be correct in both readings.
"""
import json
import re

READINGS = ("W", "F")
ACTION = "execute-api:Invoke"


def as_sent(path):
    return path


def unescaped(path):
    """The path with escapes of unreserved characters decoded, as a gateway may do before it compares."""
    return re.sub(r"%([0-9A-Fa-f]{2})", lambda m: c if re.fullmatch(r"[A-Za-z0-9._~-]", c := chr(int(m[1], 16))) else m[0], path)


def glob(pattern):
    """`*` and `?` as a regular expression. Each literal between two stars matches at its first place without backtracking: the
    later star matches any text, so an earlier place is never worse. The time is at most the text's length times the number of stars."""
    pieces = ["".join("." if c == "?" else re.escape(c) for c in piece) for piece in pattern.split("*")]
    if len(pieces) == 1:
        return re.compile(pieces[0], re.S)
    return re.compile(pieces[0] + "".join(f"(?>.*?{p})" for p in pieces[1:-1]) + ".*" + pieces[-1], re.S)


def whole_matcher(pattern):
    return glob(pattern).fullmatch


def field_matcher(pattern):
    if pattern == "*":
        return lambda text: True
    fields = [glob(field) for field in pattern.split(":", 5)]
    if len(fields) != 6:
        return lambda text: False

    def matches(text):
        parts = text.split(":", 5)
        return len(parts) == 6 and all(field.fullmatch(part) for field, part in zip(fields, parts))
    return matches


MATCHERS = {"W": whole_matcher, "F": field_matcher}


def statements(document):
    """(Allow's resources, Deny's) of a policyDocument; AssertionError for a form that IAM does not accept."""
    assert set(document) == {"Version", "Statement"} and document["Version"] == "2012-10-17", "policyDocument"
    allow, deny = [], []
    assert document["Statement"], "a policy without a statement"
    for statement in document["Statement"]:
        assert set(statement) == {"Action", "Effect", "Resource"} and statement["Action"] == ACTION, "statement"
        resources = statement["Resource"] if isinstance(statement["Resource"], list) else [statement["Resource"]]
        assert resources and all(isinstance(r, str) and r for r in resources), "Resource"
        {"Allow": allow, "Deny": deny}[statement["Effect"]].extend(resources)
    return allow, deny


class Calls:
    """Some ARNs, and a mask of those that a policy allows: bit n is for the n-th ARN. Each pattern is matched once."""

    def __init__(self, arns):
        self.arns = arns
        self.known = {}

    def mask(self, reading, pattern):
        key = reading, pattern
        if key not in self.known:
            matches = MATCHERS[reading](pattern)
            mask = 0
            for place, arn in enumerate(self.arns):
                if matches(arn):
                    mask |= 1 << place
            self.known[key] = mask
        return self.known[key]

    def allowed(self, reading, allow, deny):
        given = taken = 0
        for pattern in allow:
            given |= self.mask(reading, pattern)
        if given:
            for pattern in deny:
                taken |= self.mask(reading, pattern)
        return given & ~taken


def hexadecimal(value):
    """A text, or a value as JSON, in the form of the lines to `measure answer`."""
    return (value if isinstance(value, str) else json.dumps(value)).encode().hex()
