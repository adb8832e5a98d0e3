"""Faults of earlier versions are put into correct answers: each must be found.

The correct answers are emulated and not the product's: an allowed call gets only its called ARN, a refused call a Deny of
everything. Unchanged they must pass every check; then one fault at a time is put in.
"""
import json

from . import rules as reference
from .answers import ALLOWED, REFUSED, Check, Given, can_be_named, context_of, expected, has_usage_key, least_bytes, limit_of, principal_of
from .cases import HTTP_CALLERS, SECRET_KEY
from .gateway import ACTION

GROUPS = 500
REASONS = {"token": "token_expired", "principal": "principal_not_usable"}


def statement(effect, resources):
    return {"Action": ACTION, "Effect": effect, "Resource": resources}


def policy(group, statements, context, with_key=True):
    answer = {"principalId": principal_of(group), "policyDocument": {"Version": "2012-10-17", "Statement": statements}, "context": context}
    if with_key and has_usage_key(group):
        answer["usageIdentifierKey"] = SECRET_KEY
    return answer


def given(reason, answer, kind="response"):
    return Given(reason, kind, json.dumps(answer, ensure_ascii=False, separators=(",", ":")))


def refusal(group, reason):
    if group.caller == "appsync":
        return given(reason, {"isAuthorized": False, "ttlOverride": 0})
    if group.caller == "iot":
        return given(reason, {"isAuthenticated": False, "policyDocuments": []})
    if group.is_simple:
        return given(reason, {"isAuthorized": False, "context": {"reason": reason}})
    return given(reason, policy(group, [statement("Deny", "*")], {"reason": reason}, with_key=False))


def grant(group, call):
    context = context_of(group)
    if group.caller == "appsync":
        return given("allowed", {"isAuthorized": True, "resolverContext": context})
    if group.caller == "iot":
        return given("allowed", {"isAuthenticated": True, "policyDocuments": [{}]})
    if group.is_simple:
        return given("allowed", {"isAuthorized": True, "context": context})
    return given("allowed", policy(group, [statement("Allow", [group.arn(call)])], context))


def right(group, call):
    wanted = expected(group, call)
    if wanted.cause == "token" and group.caller in ("rest-token", "rest-request", "websocket"):
        return given("token_expired", {"errorMessage": "Unauthorized", "errorType": "Unauthorized"}, "error")
    if wanted.outcome != ALLOWED:
        return refusal(group, REASONS.get(wanted.cause, wanted.cause or "route_unknown"))
    if group.caller != "iot" and least_bytes(group, call) > limit_of(group):
        return refusal(group, "answer_too_long")
    if group.gets_policy and not can_be_named(group, call):
        return refusal(group, "route_not_expressible")
    return grant(group, call)


# The faults. Each takes a group, its correct answers and a place; None if it does not apply.

def other_allowed(group, answers, place):
    """The ARN of an allowed call that is not this one."""
    own = group.arn(group.calls[place])
    return next((r for one in answers if one.is_allowed for r in one.allow if r != own), None)


def too_long_with_policy(group, answers, place):
    """A refusal has a policy that allows everything, without its context (A1)."""
    if answers[place].reason == "answer_too_long" and group.gets_policy and can_be_named(group, group.calls[place]):
        return given("answer_too_long", policy(group, [statement("Allow", [group.arn(group.calls[place])])], {"reason": "answer_too_long"}))


def keyed_refusal_with_policy(group, answers, place):
    """With RESULT_CACHE a refusal has the policy of all calls that the token may make (A2, A3)."""
    other = other_allowed(group, answers, place)
    if group.gets_policy and group.cache and answers[place].reason.startswith("route_") and other:
        reason = answers[place].reason
        return given(reason, policy(group, [statement("Allow", [other])], dict(context_of(group), reason=reason)))


def region_wildcard(group, answers, place):
    """Region and account as `*`, which in one reading matches any text including colons (A4)."""
    if group.rules and group.gets_policy and group.has_path and not group.cache and answers[place].is_allowed:
        named = [r for one in answers if one.is_allowed for r in one.allow]
        short = [":".join(r.split(":", 5)[:3] + ["*", "*"] + r.split(":", 5)[5:]) for r in dict.fromkeys(named)]
        return given("allowed", policy(group, [statement("Allow", short)], context_of(group)))


def any_method(group, answers, place):
    """`*` for the method also matches methods that no rule can name (A6)."""
    verb, path = group.calls[place]
    if group.rules and group.gets_policy and group.caller in HTTP_CALLERS and verb not in reference.VERBS and answers[place].reason.startswith("route_"):
        if reference.is_plain(path) and can_be_named(group, (verb, path)):
            return given("allowed", policy(group, [statement("Allow", [group.prefix + "*" + path])], context_of(group)))


def dot_segment(group, answers, place):
    """`..;` is taken for a name (A7), another spelling for another path (A8): allowed by the wider rule."""
    call = group.calls[place]
    if group.rules and group.has_path and answers[place].reason.startswith("route_") and not reference.has_raw_controls(call[1]):
        if call[0] in reference.VERBS and (";" in call[1] or "%" in call[1]) and expected(group, call).outcome == REFUSED:
            return grant(group, call)


def bare_context(group, answers, place):
    """A refusal whose policy allows other calls, with only the reason as context (A10)."""
    other = other_allowed(group, answers, place)
    if group.gets_policy and not group.cache and answers[place].reason.startswith("route_") and other and set(context_of(group)) - {"reason"}:
        reason = answers[place].reason
        return given(reason, policy(group, [statement("Allow", [other])], {"reason": reason}))


def more_than_called(group, answers, place):
    """With RESULT_CACHE=off or path an allowed call's policy names another call too."""
    other = other_allowed(group, answers, place)
    if group.gets_policy and group.cache in ("off", "path") and answers[place].is_allowed and other:
        return given("allowed", policy(group, [statement("Allow", answers[place].allow + [other])], context_of(group)))


def other_boolean(group, answers, place):
    """A Boolean that differs from the decision."""
    one = answers[place]
    if group.caller == "appsync" or group.is_simple:
        return None if one.is_error else given(one.reason, dict(one.value, isAuthorized=not one.is_allowed))
    if group.caller == "iot" and not one.is_error:
        return given(one.reason, dict(one.value, isAuthenticated=not one.is_allowed))


def refused_for_length(group, answers, place):
    """An allowed call is refused because the policy of all other calls leaves no room for it (B1)."""
    if answers[place].is_allowed and group.gets_policy:
        return refusal(group, "policy_too_long")


def too_many_bytes(group, answers, place):
    """An answer above its limit."""
    if answers[place].is_allowed and group.gets_policy:
        denials = [group.prefix + "GET/%04d" % n + "x" * 400 for n in range(limit_of(group) // 400 + 1)]
        return given("allowed", policy(group, [statement("Allow", answers[place].allow), statement("Deny", denials)], context_of(group)))


def long_resource(group, answers, place):
    """A Resource of more than 512 characters."""
    if not answers[place].is_allowed and answers[place].is_policy:
        reason = answers[place].reason
        return given(reason, policy(group, [statement("Deny", ["*", group.prefix + "x" * 512])], {"reason": reason}, with_key=False))


# (fault, kinds that must all be reported where it is put in, kinds that must be reported at least once)
FAULTS = [
    (too_long_with_policy, {"own-call", "refusal-allows"}, set()),
    (keyed_refusal_with_policy, {"refusal-allows"}, set()),
    (region_wildcard, {"form"}, {"other-call"}),
    (any_method, {"decision", "form"}, set()),
    (dot_segment, {"decision"}, set()),
    (bare_context, {"context"}, set()),
    (more_than_called, {"not-alone"}, set()),
    (other_boolean, {"own-call"}, set()),
    (refused_for_length, {"locked-out"}, set()),
    (too_many_bytes, {"limit"}, set()),
    (long_resource, {"form"}, set()),
]


def run(seed, make):
    """The exit status."""
    applied = {fault: 0 for fault, _, _ in FAULTS}
    missed = {fault: 0 for fault, _, _ in FAULTS}
    seen = {fault: set() for fault, _, _ in FAULTS}
    wrong = decisions = 0
    for index in range(GROUPS):
        group = make(index)
        answers = [right(group, call) for call in group.calls]
        decisions += len(answers)
        check = Check(group, answers).run()
        for kind, place, text in check.faults:
            wrong += 1
            if wrong <= 5:
                print(f"check-answers: seed {seed}, group {index}, call {place} {group.calls[place]}: a right answer is taken for a fault: {kind}: {text}")
        for fault, always, _ in FAULTS:
            for place in range(len(answers)):
                planted = fault(group, answers, place)
                if planted is None:
                    continue
                applied[fault] += 1
                check.faults = []
                check.one(place, planted)
                kinds = {kind for kind, _, _ in check.faults}
                seen[fault] |= kinds
                if not always <= kinds:
                    missed[fault] += 1
                    print(f"check-answers: seed {seed}, group {index}, call {place}: {fault.__name__} is not reported: {sorted(kinds)}")
                break  # one a group
    for fault, _, once in FAULTS:
        print(f"  {fault.__doc__.splitlines()[0]} planted {applied[fault]}, found {applied[fault] - missed[fault]}, as {', '.join(sorted(seen[fault]))}")
    lacking = [fault.__name__ for fault, _, once in FAULTS if not applied[fault] or missed[fault] or not once <= seen[fault]]
    print(f"check-answers: seed {seed}: {decisions} right answers, {wrong} of them taken for faults; planted faults that are not found: {', '.join(lacking) or 'none'}")
    return 1 if wrong or lacking else 0
