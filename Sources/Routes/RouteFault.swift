// RouteFault.swift - why the rules refuse a call.
//
// Spec:    README "Rules".
// Secret:  no.
// Reads:   nothing. Read by: RouteVerdict; Authorizer (Refusal), the commands, Conformance.

/// Why the rules refuse a call.
public enum RouteFault: Equatable, Sendable {
    /// No route matches.
    case unknown
    /// A denying rule matches.
    case denied
    /// The token does not meet the rule's requirements.
    case unmet
    /// The path is ambiguous: `//`, dot segments, escaped slashes.
    case path
    /// The rules allow the call, but every policy that allows it would allow too much.
    case notExpressible

    /// A stable code for logs and for the caller.
    public var reasonCode: StaticString {
        switch self {
        case .unknown: "route_unknown"
        case .denied: "route_denied"
        case .unmet: "route_requirement"
        case .path: "route_path"
        case .notExpressible: "route_not_expressible"
        }
    }
}
