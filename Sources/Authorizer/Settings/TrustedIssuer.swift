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
    let traits: IssuerTraits

    /// The word of its profile.
    public var profile: [UInt8]? { traits.profile }
    /// Where its tokens have their scopes and roles.
    var places: ClaimPlaces { traits.places }

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
        traits = IssuerTraits(ClaimPlaces(), nil, documentPath: [])
    }

    /// An issuer of the settings: what was not set is as the profile says.
    @inline(never)
    init(
        name: [UInt8]?, _ claims: ClaimRules, _ profile: Profile?, algorithms: [Algorithm]?,
        keySources: [KeySource],
        snapshot: [UInt8]?, _ traits: IssuerTraits
    ) {
        self.name = name ?? claims.issuers.first ?? [UInt8]("default")
        self.claims = claims
        profile?.complete(&self.claims)
        self.algorithms = algorithms ?? profile?.allowed ?? Algorithm.allCases
        self.keySources = keySources
        self.snapshot = snapshot
        self.traits = traits
    }

    /// Whether its keys are fetched one by one: an address has a slash and the key's ID behind it, and there is
    /// the PEM text of a P-256 key.
    public var hasSingleKeys: Bool {
        guard traits.isLoadBalancer, case .url = keySources[0] else { return false }
        return true
    }

    /// Whether an `iss` is this issuer's, byte for byte.
    func issues(_ iss: Span<UInt8>) -> Bool { claims.isIssuer(iss) }

    /// What is told of an address that cannot be fetched from: the variable's name, or the place in the document.
    ///
    /// - Parameters:
    ///   - error: of JWKS_URI or ISSUER.
    ///   - index: the address's among the sources.
    public func fault(_ error: SettingsError, at index: Int) -> SettingsError {
        let isDiscovery = error.setting == .issuer
        guard isDiscovery || error.setting == .jwksURI else { return error }
        if traits.documentPath.isEmpty {
            return isDiscovery || index == 0 ? error : SettingsError(.jwksURIFallback, error.problem)
        }
        var path = traits.documentPath
        path.append(isDiscovery ? ".issuer" : index == 0 ? ".jwks_uri" : ".fallback_jwks_uri")
        let problem: DocumentFault.Problem = isDiscovery ? .issuerAddress : .address
        return SettingsError(.rules, .document(DocumentFault(path: path, problem: problem, example: "")))
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

/// What seldom matters of an issuer. An object, so that issuers stay small.
final class IssuerTraits: Sendable {
    let places: ClaimPlaces
    let profile: [UInt8]?
    /// Its place in the rules' document, `issuers[0]`; empty: variables name it.
    let documentPath: [UInt8]
    /// Whether it is a load balancer of AWS's.
    let isLoadBalancer: Bool

    /// - Parameter places: what is written; the rest is as the profile says, or as everywhere.
    init(_ places: ClaimPlaces, _ profile: Profile?, documentPath: [UInt8]) {
        self.places = places.orElse(profile?.places ?? ClaimPlaces()).orElse(.standard)
        self.profile = profile?.word
        isLoadBalancer = profile?.isLoadBalancer ?? false
        self.documentPath = documentPath
    }
}
