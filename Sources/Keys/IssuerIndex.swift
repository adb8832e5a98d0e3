// IssuerIndex.swift - which of the configured issuers.
//
// Spec:    none.
// Secret:  no.
// Reads:   nothing. Read by: KeyRing; Authorizer, LambdaRuntime.

/// An issuer's position in the settings.
public struct IssuerIndex: Equatable, Sendable, ExpressibleByIntegerLiteral {
    /// From 0.
    public let position: Int

    public init(_ position: Int) { self.position = position }

    public init(integerLiteral position: Int) { self.init(position) }
}
