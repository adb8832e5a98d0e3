"""A naive implementation of the tests of claims: patterns by trying every split, elements one after the other."""
import functools
import re


@functools.lru_cache(1 << 16)
def like(pattern, text):
    """`*` is any run, `?` one character; every split is tried."""
    if pattern == "":
        return text == ""
    if pattern[0] == "*":
        return like(pattern[1:], text) or (text != "" and like(pattern, text[1:]))
    return text != "" and pattern[0] in ("?", text[0]) and like(pattern[1:], text[1:])


def strings(value):
    """A string, or the strings of an array."""
    return [v for v in (value if isinstance(value, list) else [value]) if isinstance(v, str)]


def is_equal(value, wanted):
    """No type is converted; 7.0 is 7."""
    if isinstance(value, bool) or isinstance(wanted, bool) or isinstance(value, str) or isinstance(wanted, str):
        return type(value) is type(wanted) and value == wanted
    return isinstance(value, (int, float)) and value == wanted


def value_at(claims, path):
    value = claims
    for name in path if isinstance(path, list) else path.split("."):
        if not isinstance(value, dict) or name not in value:
            return False, None
        value = value[name]
    return True, value


def holds(test, claims):
    """A test other than `matches_variable`."""
    is_there, value = value_at(claims, test["claim"])
    (kind, wanted), = ((k, v) for k, v in test.items() if k != "claim")
    if kind == "present":
        return is_there == wanted
    if not is_there:
        return False
    if kind == "equals":
        return is_equal(value, wanted)
    if kind == "one_of":
        return any(is_equal(value, one) for one in wanted)
    if kind == "contains":
        listed = value if isinstance(value, list) else value.split(" ") if isinstance(value, str) else []
        return any(is_equal(one, wanted) for one in listed)
    if kind in ("at_least", "at_most", "greater_than", "less_than"):
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            return False
        return {"at_least": value >= wanted, "at_most": value <= wanted, "greater_than": value > wanted, "less_than": value < wanted}[kind]
    if kind == "starts_with":
        return any(text[:len(wanted)] == wanted for text in strings(value))
    if kind == "ends_with":
        return any(len(text) >= len(wanted) and text[len(text) - len(wanted):] == wanted for text in strings(value))
    if kind == "like":
        return any(like(wanted, text) for text in strings(value))
    assert kind == "any_element", kind
    return isinstance(value, list) and any(isinstance(one, dict) and all(holds(inner, one) for inner in wanted) for one in value)


def variable_of(text):
    """(text before, variable, text after) of `matches_variable`."""
    found = re.fullmatch(r"([^{}]*){(\w+)}([^{}]*)", text)
    return found.groups() if found else ("", text, "")


def segment_values(value, before="", after=""):
    """What a claim demands of the segment: the strings without the text around, and the digits of whole numbers if there is no such text."""
    found = []
    for one in value if isinstance(value, list) else [value]:
        if isinstance(one, str) and one.startswith(before) and one.endswith(after) and len(one) > len(before) + len(after):
            found.append(one[len(before):len(one) - len(after)])
        elif isinstance(one, int) and not isinstance(one, bool) and not before + after:
            found.append(str(one))
    return [v.encode() for v in found]


def fits_variable(segment, value, before="", after=""):
    """- segment: percent-decoded once."""
    if segment == b"" or re.search(rb"[*?$/\\%#\x00-\x1f\x7f]", segment) or segment.split(b";")[0] in (b".", b"..") or len(segment) > 256:
        return False
    return segment in segment_values(value, before, after)
