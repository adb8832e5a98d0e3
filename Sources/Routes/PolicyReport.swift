// PolicyReport.swift - the length of the policy for a token with all permissions, and the routes that it omits.
//
// Spec:    README "Rules", "The policy".
// Secret:  no.
// Reads:   RouteTable, RoutePolicy, PolicyForm; Bytes, Events. Read by: Authorizer (Rules), Reports (PolicyReportText),
//          LambdaRuntime (the start).
//
// Before the first call neither the API nor the stage is known, so the lengths are those of an example ARN. A token may
// meet fewer rules than this report assumes, and its policy may then omit fewer routes.

import Bytes
import Events

/// The policy that one kind of API gets for a token that meets every rule.
public struct PolicyReport: Sendable {
    /// The kind of caller whose gateway evaluates the policy.
    public let caller: Caller
    /// Bytes of the answer with every route that a policy can contain, without context.
    public let byteCount: Int
    /// The most bytes of an answer.
    public let byteLimit: Int
    /// Rules that are omitted because the policy would be too long, by their indices in the document; -1 is the default.
    public let omittedForLength: [Int]
    /// Rules whose ARNs cannot be distinguished from those of other rules.
    public let notExpressible: [Int]

    package init(_ table: RouteTable, _ caller: Caller, byteLimit: Int) {
        self.caller = caller
        self.byteLimit = byteLimit
        // A long region name and a typical name of a stage.
        let example = [UInt8]("arn:aws:execute-api:ap-southeast-2:123456789012:a1b2c3d4e5/production/GET/")
        let routes = TokenRoutes(meetingAll: table.policyTable)
        guard let arn = RequestARN(example), let called = CalledRoute(arn) else {
            preconditionFailure("the example is an ARN")
        }
        let form = PolicyForm(called, caller)
        // `principalId` with a UUID, the version and the braces.
        let envelope = 112
        let whole = RoutePolicy(routes, form)
        byteCount = envelope + (whole.statements(form)?.count ?? 0)
        var (length, other): ([Int], [Int]) = ([], [])
        let shorter =
            byteCount <= byteLimit ? whole : RoutePolicy(routes, form, byteLimit: byteLimit - envelope)
        for omission in shorter.omitted {
            let place = routes.finding(omission.route)?.place ?? -1
            switch omission.cause {
            case .tooLong: if !length.contains(place) { length.append(place) }
            case .notExpressible: if !other.contains(place) { other.append(place) }
            }
        }
        omittedForLength = length
        notExpressible = other
    }

    /// Settings to change, or routes to rewrite.
    public var advice: StaticString {
        omittedForLength.isEmpty
            ? "calls of omitted routes are allowed when the authorizer is invoked, but refused by the gateway's cached answer: turn result caching off and set RESULT_CACHE=off, or add the method and the full path to the identity sources and set RESULT_CACHE=path; if the API has no other paths, set routes_are_complete, and policies can name more routes"
            : "set POLICY_MAX_BYTES to the size of the policy (REST and HTTP APIs), or combine routes; or turn result caching off and set RESULT_CACHE=off, or add the method and the full path to the identity sources and set RESULT_CACHE=path"
    }
}

/// `routes[0] routes[3] default`; at most 16 names, followed by the number of further ones.
public func ruleNames(_ places: [Int]) -> [UInt8] {
    var text: [UInt8] = []
    let most = 16
    for place in places.prefix(most) {
        if !text.isEmpty { text.append(0x20) }
        if place < 0 {
            text.append("default")
        } else {
            text.append("routes[")
            text.append(decimal: place)
            text.append("]")
        }
    }
    if places.count > most {
        text.append(" and ")
        text.append(decimal: places.count - most)
        text.append(" more")
    }
    return text
}
