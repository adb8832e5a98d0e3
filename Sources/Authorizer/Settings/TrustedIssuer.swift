// TrustedIssuer.swift - one issuer whose tokens are taken, and where its keys are.
//
// Spec:    RFC 7519 §4.1.1; security-checklist 6, 17, 18, 22.
// Secret:  no.
// Reads:   KeySource, Limits; JOSE. Read by: Settings, Authorization, LambdaRuntime, the commands.

import Bytes
import JOSE

/// An issuer, what its tokens must be, and where its keys come from.
public struct TrustedIssuer: Sendable {
    /// What logs and routes call it: the name that the settings give it, else the first form of its `iss`,
    /// else `default`.
    public let name: [UInt8]
    /// `claims.issuers` holds the forms of its `iss`.
    public var claims: ClaimRules
    public var algorithms: [Algorithm]
    /// The first address, and those to turn to when it fails; never empty.
    public var keySources: [KeySource]
    /// A file with a key set for a start without network: absolute, or in the zip.
    public var snapshot: [UInt8]?

    public init(
        name: [UInt8]? = nil, claims: ClaimRules, algorithms: [Algorithm] = Algorithm.allCases,
        keySources: [KeySource],
        snapshot: [UInt8]? = nil
    ) {
        precondition(!keySources.isEmpty, "an issuer has a key source")
        self.name = name ?? claims.issuers.first ?? [UInt8]("default")
        self.claims = claims
        self.algorithms = algorithms
        self.keySources = keySources
        self.snapshot = snapshot
    }

    /// Whether an `iss` is this issuer's, byte for byte.
    func issues(_ iss: Span<UInt8>) -> Bool {
        for form in claims.issuers where bytesEqual(iss, form.span) { return true }
        return false
    }

    /// Among several issuers the token's `iss` chooses: each must have a form, and none
    /// may have another's.
    ///
    /// - Throws: `tooManyEntries`, `issuerWithoutForm`, `issuerFormRepeated`, each of ISSUER.
    static func checkTellable(_ issuers: [TrustedIssuer]) throws(SettingsError) {
        guard issuers.count <= AuthorizerLimits.issuerCount else {
            throw SettingsError(.issuer, .tooManyEntries(limit: AuthorizerLimits.issuerCount))
        }
        guard issuers.count > 1 else { return }
        for (index, issuer) in issuers.enumerated() {
            guard !issuer.claims.issuers.isEmpty else { throw SettingsError(.issuer, .issuerWithoutForm) }
            for form in issuer.claims.issuers {
                for earlier in issuers[..<index] where earlier.issues(form.span) {
                    throw SettingsError(.issuer, .issuerFormRepeated)
                }
            }
        }
    }
}
