// TrustedIssuer.swift - an issuer whose tokens are accepted, and the requirements for its tokens.
//
// Spec:    RFC 7519 §4.1.1; AUDIT 6, 18, 22.
// Secret:  no.
// Reads:   JOSE (ClaimRules, Algorithm), Routes (ClaimPlaces), Bytes. Read by: Authorization, ShadowRules; Settings, Reports.

import Bytes
import JOSE
import Routes

/// An issuer and the requirements for its tokens. `IssuerKeys` (Keys) has the source of its keys.
public struct TrustedIssuer: Sendable {
    /// Its name in logs and routes: the name from the settings, else the first form of its `iss`, else `default`.
    public let name: [UInt8]
    /// `claims.issuers` contains the forms of its `iss`.
    public var claims: ClaimRules
    public let algorithms: [Algorithm]
    /// The claim paths of scopes and roles in its tokens.
    package let places: ClaimPlaces

    public init(name: [UInt8]? = nil, claims: ClaimRules, algorithms: [Algorithm] = Algorithm.standard) {
        self.init(name: name, claims: claims, algorithms: algorithms, places: .standard)
    }

    package init(
        name: [UInt8]?, claims: ClaimRules, algorithms: [Algorithm], places: ClaimPlaces
    ) {
        self.name = name ?? claims.issuers.first ?? [UInt8]("default")
        self.claims = claims
        self.algorithms = algorithms
        self.places = places
    }

    /// Whether an `iss` is one of this issuer's, byte for byte.
    package func issues(_ iss: Span<UInt8>) -> Bool { claims.isIssuer(iss) }
}
