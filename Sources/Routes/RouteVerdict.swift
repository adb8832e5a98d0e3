// RouteVerdict.swift - decides a call by the rules.
//
// Spec:    README "Rules"; RFC 3986 §6.2.2 (a call is decided in two forms, CalledRoute).
// Secret:  no.
// Reads:   RouteDecision (TokenRoutes), CalledRoute; Bytes, Events, JSON. Read by: CallPolicy; Authorizer (Authorization,
//          ShadowRules).

import Bytes
import Events
import JSON

/// The result of the rules for a call.
package struct RouteVerdict {
    /// Nil: the call is allowed.
    package let refusal: RouteFault?
    /// The rule that decided.
    package let finding: RouteFinding?
    /// The AppSync fields that the token may not access, as a JSON array; nil: it may access all.
    package var deniedFields: [UInt8]?
    /// The call, for the policy; nil for a caller without a path.
    let called: CalledRoute?
    let routes: TokenRoutes?
    /// The index in `routes` of the deciding route; nil if no route decides.
    var deciding: Int?
}

extension RouteTable {
    /// Decides a call, in its normal form and decoded: both must allow it.
    ///
    /// - Parameters:
    ///   - arn: the called ARN.
    ///   - facts: the token's properties; nil without a token.
    package func verdict(_ arn: RequestARN, _ facts: TokenFacts?) -> RouteVerdict {
        guard let called = CalledRoute(arn) else {
            return RouteVerdict(refusal: .path, finding: nil, called: nil, routes: nil)
        }
        let routes = TokenRoutes(policyTable, facts, call: called.decoded)
        guard called.isPlain else {
            return RouteVerdict(refusal: .path, finding: nil, called: called, routes: routes)
        }
        // Rules can name only API Gateway's seven methods. Another method would match the verb `*` of a broad rule, but not the
        // rules for named methods that restrict it.
        guard called.hasKnownMethod else {
            return RouteVerdict(refusal: .unknown, finding: nil, called: called, routes: routes)
        }
        // The normal form first. If neither the call nor the rules have escapes, both decisions are the same.
        if called.hasEscapes || decoded != nil {
            let normal =
                decoded == nil ? routes : TokenRoutes(self, facts, call: called.decoded, form: called.normal)
            let deciding = normal.deciding(called.normal, decoded: called.decoded)
            if let refusal = normal.refusal(deciding) {
                return RouteVerdict(
                    refusal: refusal, finding: deciding.flatMap { normal.finding($0) }, called: called,
                    routes: routes)
            }
        }
        let deciding = routes.deciding(called.decoded, decoded: called.decoded)
        return RouteVerdict(
            refusal: routes.refusal(deciding), finding: deciding.flatMap { routes.finding($0) },
            called: called,
            routes: routes, deciding: deciding)
    }

    /// For a caller without a path: AppSync or IoT Core, which have their own routes.
    package func verdict(_ caller: Caller, _ facts: TokenFacts?) -> RouteVerdict {
        var call = SegmentPattern()
        let name = [UInt8](caller == .iotCore ? "$iot" : "$appsync")
        call.append(literal: name.span)
        let routes = TokenRoutes(self, facts, call: call)
        let deciding = routes.deciding(call, decoded: call)
        var fields: [UInt8]?
        if caller == .appSync, !routes.deniedFields.isEmpty {
            // Names consist of letters, digits, `_` and a dot, so nothing needs an escape.
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
            refusal: routes.refusal(deciding), finding: deciding.flatMap { routes.finding($0) },
            deniedFields: fields, called: nil, routes: nil)
    }
}

extension TokenRoutes {
    /// The reason for a refusal by the deciding route; nil: the call is allowed.
    fileprivate func refusal(_ deciding: Int?) -> RouteFault? {
        guard let deciding else { return .unknown }
        guard case .refused(let rule, _) = states[deciding] else { return nil }
        return table.rules[rule].effect == .deny ? .denied : .unmet
    }
}
