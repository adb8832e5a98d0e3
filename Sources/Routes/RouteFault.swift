// RouteFault.swift - why the rules refuse a call.
//
// Spec:    README "Rules".
// Secret:  no.
// Reads:   nothing. Read by: RouteVerdict, MCPCall; Authorizer (Refusal), the commands, Conformance.

/// Why the rules refuse a call.
public enum RouteFault: Error, Equatable, Sendable {
    /// No route matches.
    case unknown
    /// A denying rule matches.
    case denied
    /// The token does not meet the rule's requirements.
    case unmet
    /// The login is not of a class that the rule accepts.
    case authContext
    /// The login was too long ago for the rule, or its time is unknown.
    case authAge
    /// The path is ambiguous: `//`, dot segments, escaped slashes.
    case path
    /// The rules allow the call, but every policy that allows it would allow too much.
    case notExpressible
    /// A call of MCP whose headers the caller does not send.
    case mcpCaller
    /// A call of MCP without a version whose servers compare headers with the body.
    case mcpVersion
    /// A call of MCP with a header that is missing, repeated or not decodable.
    case mcpHeader
    /// A call of MCP that no `$mcp` rule matches.
    case mcpUnknown

    /// A stable code for logs and for the caller.
    public var reasonCode: StaticString {
        switch self {
        case .unknown: "route_unknown"
        case .denied: "route_denied"
        case .unmet: "route_requirement"
        case .authContext: "route_acr"
        case .authAge: "route_auth_age"
        case .path: "route_path"
        case .notExpressible: "route_not_expressible"
        case .mcpCaller: "route_mcp_caller"
        case .mcpVersion: "route_mcp_version"
        case .mcpHeader: "route_mcp_header"
        case .mcpUnknown: "route_mcp_unknown"
        }
    }
}
