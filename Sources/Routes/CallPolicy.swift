// CallPolicy.swift - the policy in the answer to a call: the calls that the token may make, and this call as decided.
//
// Spec:    IAM policy version 2012-10-17; API Gateway Developer Guide, "Output from an API Gateway Lambda authorizer".
// Secret:  no.
// Reads:   RouteVerdict, RoutePolicy, CallStatements, PolicyForm, PolicyReader; Bytes, Events, JSON. Read by: Authorizer,
//          Conformance, RouteReport.
//
// The policy of an allowed call allows it under every interpretation by the gateway; the policy of a refused call allows it
// under no interpretation. This is checked by parsing the policy's bytes. Apart from this call, the policy depends on the
// token alone, so it is cached with the token.

import Bytes
import Events
import JSON

/// A policy's statements, and the rules that they omit.
package struct CallPolicy: Sendable {
    /// The value of `Statement`; nil if nothing is allowed.
    package let statements: [UInt8]?
    /// Rules whose routes the token may call but the policy omits, by their indices in the document, in the order of
    /// evaluation; -1 is the default.
    package let omittedRules: [Int]

    static let denyingAll = CallPolicy(statements: nil, omittedRules: [])
}

extension RouteVerdict {
    /// The policy for the call of this verdict.
    ///
    /// - Parameters:
    ///   - caller: the kind of caller whose gateway evaluates the policy.
    ///   - byteLimit: the most bytes of the statements.
    package func policy(for caller: Caller, byteLimit: Int) -> CallPolicy? {
        var note: PolicyNote?
        return policy(for: caller, byteLimit: byteLimit, &note)
    }

    /// - Parameter note: the policy that an earlier call of the same token cached; replaced for later calls.
    /// - Returns: nil if the call is allowed and every policy that allows it would allow too much.
    package func policy(for caller: Caller, byteLimit: Int, _ note: inout PolicyNote?) -> CallPolicy? {
        guard let called, let routes, called.arn.text.count <= 2 * RouteLimits.calledPathByteCount else {
            return .denyingAll
        }
        let form = PolicyForm(called, caller)
        let whole = Self.policyOfToken(routes, form, byteLimit, &note)
        // By construction (RoutePolicy) the policy allows exactly the allowed calls, if they are in their usual spelling. The
        // finished answer is parsed and checked again (AnswerCheck). There are two exceptions: if `routes_are_complete` is set,
        // paths that no rule matches are not denied; and a Deny of a literal with escapes may match more than the literal.
        if whole.omittedRules.isEmpty, whole.statements != nil, called.isOrdinary, called.isPlain,
            called.hasKnownMethod, refusal == nil || !routes.table.isComplete, !routes.table.isDecoded
        {
            return whole
        }
        let effect =
            whole.statements.map { Routes.effect(of: $0, on: called.arn.text.span) } ?? PolicyEffect()
        guard refusal == nil else {
            guard let statements = whole.statements, mayAllow(statements, called.arn) else { return whole }
            // The call contains a byte that no rule can contain, or a method that the verb `*` of a policy matches.
            guard let text = statementsDenying(called.arn, beside: statements), text.count <= byteLimit else {
                return .denyingAll
            }
            return CallPolicy(statements: text, omittedRules: whole.omittedRules)
        }
        if effect.allowsInEveryReading { return whole }
        guard called.arn.canBeNamed else {
            // The policy may allow the call by its route, if that route is added before the others.
            let other = Self.make(routes, form, byteLimit, called: deciding)
            guard let statements = other.statements,
                Routes.effect(of: statements, on: called.arn.text.span).allowsInEveryReading
            else { return nil }
            return other
        }
        // In this order: the call, its route, and as many other routes as fit.
        let room = byteLimit - called.arn.text.count - PolicyForm.emptyAllowByteCount
        let preferring = Self.make(routes, form, room, called: deciding)
        for further in [preferring, whole] {
            if let joined = further.allowing(called.arn.text), joined.count <= byteLimit,
                Routes.effect(of: joined, on: called.arn.text.span).allowsInEveryReading
            {
                return CallPolicy(statements: joined, omittedRules: further.omittedRules)
            }
        }
        // A Deny of the policy matches this spelling.
        let own = statementText("Allow", [called.arn.text])
        return own.count <= byteLimit ? CallPolicy(statements: own, omittedRules: whole.omittedRules) : nil
    }

    /// The token's policy: cached by an earlier call, or computed.
    private static func policyOfToken(
        _ routes: TokenRoutes, _ form: PolicyForm, _ byteLimit: Int, _ note: inout PolicyNote?
    ) -> CallPolicy {
        var subject = form.allowedPrefix
        subject.append(form.writesMethodsOut ? " HTTP " : " REST ")
        subject.append(decimal: byteLimit)
        if let note, bytesEqual(note.subject.span, subject.span) {
            return CallPolicy(statements: note.text, omittedRules: note.omitted)
        }
        let policy = make(routes, form, byteLimit)
        // If a claim has more values than the policy can name, the policy depends on the call and is not cached.
        if !routes.hasMoreValues, let text = policy.statements, text.count <= RouteLimits.notedByteCount {
            note = PolicyNote(subject: subject, text: text, omitted: policy.omittedRules)
        }
        return policy
    }

    private static func make(
        _ routes: TokenRoutes, _ form: PolicyForm, _ byteLimit: Int, called: Int? = nil
    ) -> CallPolicy {
        let policy = RoutePolicy(routes, form, byteLimit: byteLimit, called: called)
        var omitted: [Int] = []
        for omission in policy.omitted {
            let place = routes.finding(omission.route)?.place ?? -1
            if !omitted.contains(place) { omitted.append(place) }
        }
        for rule in routes.rulesWithMoreValues {
            let place = routes.table.rules[rule].place ?? -1
            if !omitted.contains(place) { omitted.append(place) }
        }
        let statements = policy.statements(form)
        // RoutePolicy counts bytes before it writes them. This checks the written length.
        guard let statements, statements.count <= byteLimit else {
            return CallPolicy(statements: nil, omittedRules: omitted)
        }
        return CallPolicy(statements: statements, omittedRules: omitted)
    }
}

extension CallPolicy {
    /// The statements with a call inserted before the other Resources.
    fileprivate func allowing(_ arn: [UInt8]) -> [UInt8]? {
        guard let statements else { return statementText("Allow", [arn]) }
        // `[{…,"Resource":[` of an Allow, which is the first statement.
        let start: StaticString = "[{\"Action\":\"execute-api:Invoke\",\"Effect\":\"Allow\",\"Resource\":["
        guard bytesStart(statements.span, with: start) else { return nil }
        var text = [UInt8](start)
        text += quoted(arn)
        text.append(0x2C)
        text.append(statements.span.extracting(start.utf8ByteCount..<statements.count))
        return text
    }
}

private func quoted(_ text: [UInt8]) -> [UInt8] {
    var writer = JSONWriter()
    writer.string(text.span)
    return writer.bytes
}
