// RouteVerdict.swift - one call held against the rules, and the policy that goes with it.
//
// Spec:    README "Rules", "The policy".
// Secret:  no.
// Reads:   TokenRoutes, RoutePolicy, CalledRoute, PolicyStatements. Read by: Authorization, the commands.

import Bytes
import JOSE
import JSON

/// What the rules say about a call.
package struct RouteVerdict: Sendable {
    /// Nil: the call is allowed.
    package let refusal: Refusal.RouteFault?
    package let finding: RouteFinding?
    /// The policy's `Statement`, of all that the token may call, whether or not that is what it called.
    /// Nil: it may call nothing. For AppSync the fields that it may not have, an array; nil: it may have all.
    package let statements: [UInt8]?
    /// How many routes that the token may call are not in the policy.
    package let leftOutRoutes: Int
}

extension RouteTable {
    /// - Parameters:
    ///   - arn: what is called.
    ///   - facts: what the token has; nil: there is no token.
    package func verdict(_ arn: RequestARN, _ facts: TokenFacts?) -> RouteVerdict {
        var note: TokenNote?
        return verdict(arn, facts, &note)
    }

    /// - Parameter note: what an earlier call of the same token left here: the statements, and the API and
    ///   stage that they are for. It is left where they depend on nothing else of the call.
    func verdict(_ arn: RequestARN, _ facts: TokenFacts?, _ note: inout TokenNote?) -> RouteVerdict {
        guard let called = CalledRoute(arn) else {
            return RouteVerdict(refusal: .path, finding: nil, statements: nil, leftOutRoutes: 0)
        }
        let routes = TokenRoutes(self, facts, call: called.call)
        let deciding = called.isPlain ? routes.deciding(called.call) : nil
        var refusal = called.isPlain ? refusal(deciding, routes) : .path
        let finding = deciding.flatMap { routes.finding($0) }
        let stage = called.arn.span.extracting(0..<called.prefixByteCount)
        if let note, bytesEqual(note.subject.span, stage) {
            return RouteVerdict(refusal: refusal, finding: finding, statements: note.text, leftOutRoutes: 0)
        }
        let isAllowed = deciding.map { routes.isAllowed($0) } ?? false
        let policy = RoutePolicy(routes, called: isAllowed ? deciding : nil, call: called.call)
        if policy.namesCall && !called.canBeNamed { refusal = .notExpressible }
        var statements = PolicyStatements(policy, called)
        if let long = statements, long.text.count > AuthorizerLimits.statementsByteCount {
            policy.dropHeldDenials()
            statements = PolicyStatements(policy, called, isShort: true)
        }
        if let long = statements,
            long.text.count > AuthorizerLimits.answerByteCount
                || long.longestARNByteCount > AuthorizerLimits.resourceByteCount
        {
            // A shorter policy would give too much, or forget a route at random.
            refusal = .policyTooLong
            statements = nil
        }
        let leftOut = policy.leftOut.count + (routes.hasMoreValues ? 1 : 0)
        // With every route of the token's in it the policy is the same whichever is called.
        if leftOut == 0, !policy.namesCall, let statements {
            note = TokenNote(subject: [UInt8](stage), text: statements.text)
        }
        return RouteVerdict(
            refusal: refusal, finding: finding, statements: statements?.text, leftOutRoutes: leftOut)
    }

    /// For a caller without a path: AppSync or IoT Core, which are routes of their own.
    func verdict(_ caller: Caller, _ facts: TokenFacts?) -> RouteVerdict {
        var call = SegmentPattern()
        let name = [UInt8](caller == .iotCore ? "$iot" : "$appsync")
        call.append(literal: name.span)
        let routes = TokenRoutes(self, facts, call: call)
        let deciding = routes.deciding(call)
        var fields: [UInt8]?
        if caller == .appSync, !routes.deniedFields.isEmpty {
            // Names of letters, digits, `_` and a dot: nothing to escape.
            var text: [UInt8] = []
            for rule in routes.deniedFields {
                text.append(text.isEmpty ? "[\"" : ",\"")
                let field = rules[rule].pattern
                text.append(field.text(1))
                text.append(0x22)
            }
            text.append(0x5D)
            fields = text
        }
        return RouteVerdict(
            refusal: refusal(deciding, routes), finding: deciding.flatMap { routes.finding($0) },
            statements: fields, leftOutRoutes: 0)
    }

    private func refusal(_ deciding: Int?, _ routes: TokenRoutes) -> Refusal.RouteFault? {
        guard let deciding else { return .unknown }
        guard case .refused(let rule, _) = routes.states[deciding] else { return nil }
        return rules[rule].effect == .deny ? .denied : .unmet
    }
}
