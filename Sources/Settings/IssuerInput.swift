// IssuerInput.swift - what is written of one issuer, before it is validated.
//
// Spec:    none; README "Settings", RULES.md.
// Secret:  no; an address may hold what its owner considers secret.
// Reads:   Routes (ClaimPlaces). Read by: VariableIssuer, DocumentIssuers (they fill it), ConfiguredIssuer (validates it).
//
// An issuer is written in variables (JWKS_URI, ISSUER ...) or as an element of `issuers` in the rules' document. Each of the
// two has a reader that checks the types and the lengths; the meaning is validated once, in ConfiguredIssuer. A fault names the
// field and the element of its list (IssuerFault); the reader's side turns it into the message for the variable or the path.

import Routes

/// The fields of an issuer as they are written; nil or empty: not written.
struct IssuerInput {
    /// Whether it is an element of `issuers` in the rules' document.
    let isInDocument: Bool
    /// The name that routes and logs use.
    var name: [UInt8]?
    /// The values of `iss`.
    var issuers: [[UInt8]] = []
    var audiences: [[UInt8]] = []
    var profile: [UInt8]?
    /// The IDs of the accepted tenants, where the issuer leaves the tenant open.
    var tenants: [[UInt8]] = []
    /// Names of RFC 7518 and RFC 8037.
    var algorithms: [[UInt8]]?
    /// The address of the key set, and the one that is used when it fails.
    var jwksURI: [UInt8]?
    var fallbackJWKSURI: [UInt8]?
    /// The text of the key set itself.
    var jwks: [UInt8]?
    /// The name of a file with a key set, for a start without network.
    var snapshot: [UInt8]?
    var clockSkewSeconds: Int64?
    var issuedNotBeforeSeconds: Int64?
    var maximumAgeSeconds: Int64?
    var maximumLifetimeSeconds: Int64?
    var minimumRemainingSeconds: Int64?
    var maximumAuthAgeSeconds: Int64?
    /// The claims with scopes and roles.
    var places = ClaimPlaces()

    init(isInDocument: Bool) {
        self.isInDocument = isInDocument
    }

    static let clockSkews: ClosedRange<Int64> = 0...300
    /// Seconds of a token's life that may be required: up to a year.
    static let tokenAges: ClosedRange<Int64> = 1...31_536_000
}
