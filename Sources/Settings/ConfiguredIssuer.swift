// ConfiguredIssuer.swift - a validated issuer: what its tokens must be, and the sources of its keys.
//
// Spec:    RFC 7519 §4.1.1, §4.1.3; AUDIT 17, 18, 22, 31.
// Secret:  no.
// Reads:   IssuerInput, IssuerFault, Profile, KeySourceSetting, PastedText, SettingsError; Authorizer (TrustedIssuer),
//          Keys (IssuerKeys), JOSE, Routes, Bytes. Read by: Settings, RulesDocument, DocumentIssuers, KeyTimes, SettingsWarning;
//          LambdaRuntime, Reports, CommandLine.

import Authorizer
import Bytes
import JOSE
import Keys
import Routes

/// An issuer of the settings.
public struct ConfiguredIssuer: Sendable {
    public private(set) var trusted: TrustedIssuer
    public let keys: IssuerKeys
    /// The name of its profile.
    public let profile: [UInt8]?
    /// Whether it is written in the rules' document, not in variables.
    let isInDocument: Bool

    public var name: [UInt8] { trusted.name }

    /// Validates the fields of an issuer. A field that is not written is as the profile defines it, else the default.
    ///
    /// - Parameter hasRoutes: whether the rules' document has routes.
    /// - Throws: the first fault.
    @inline(never)
    init(_ input: IssuerInput, hasRoutes: Bool) throws(IssuerFault) {
        try Self.checkTexts(input)
        let profile = try Self.profile(input, hasRoutes: hasRoutes)
        let claims = Self.claims(input, profile)
        let isPerKey = profile?.form == .loadBalancer
        let sources = try Self.keySources(input, profile, claims.issuers.first, isPerKey: isPerKey)
        trusted = TrustedIssuer(
            name: input.name, claims: claims,
            algorithms: try Self.algorithms(input, profile) ?? profile?.allowed ?? Algorithm.standard,
            places: input.places.orElse(profile?.places ?? ClaimPlaces()).orElse(.standard))
        keys = IssuerKeys(
            sources: sources, snapshot: input.snapshot, isPerKey: isPerKey,
            isBundle: profile?.form == .svid)
        self.profile = profile?.word
        isInDocument = input.isInDocument
    }

    /// Refuses tokens with an `iat` before this instant as well.
    mutating func refuseTokens(issuedBefore seconds: Int64) {
        let written = trusted.claims.issuedNotBeforeSeconds ?? seconds
        trusted.claims.issuedNotBeforeSeconds = max(written, seconds)
    }

    // MARK: Several issuers

    /// Whether a value of its `iss` is also one of another issuer.
    func sharesForm(with others: ArraySlice<ConfiguredIssuer>) -> Bool {
        for form in trusted.claims.issuers {
            for other in others where other.trusted.issues(form.span) { return true }
        }
        return false
    }

    // MARK: One field each

    /// Values that are compared with tokens: no token has them if they were pasted with something else.
    private static func checkTexts(_ input: IssuerInput) throws(IssuerFault) {
        for (index, issuer) in input.issuers.enumerated() {
            if let fault = PasteFault(inIssuer: issuer) {
                throw IssuerFault(.issuer, element: index, .pasted(fault))
            }
        }
        for (index, audience) in input.audiences.enumerated() {
            if bytesEqual(audience.span, "*") {
                throw IssuerFault(.audiences, element: index, .audienceWildcard)
            }
            if let fault = PasteFault(in: audience) {
                throw IssuerFault(.audiences, element: index, .pasted(fault))
            }
        }
    }

    private static func profile(_ input: IssuerInput, hasRoutes: Bool) throws(IssuerFault) -> Profile? {
        guard let name = input.profile else { return nil }
        let profile = try Profile(
            name, issuers: input.issuers, audiences: input.audiences, tenants: input.tenants)
        if let reason = profile.routesNeeded, !hasRoutes { throw IssuerFault(.profile, .profile(reason)) }
        return profile
    }

    private static func claims(_ input: IssuerInput, _ profile: Profile?) -> ClaimRules {
        var claims = ClaimRules(
            issuers: profile?.issuers ?? input.issuers, audiences: profile?.audiences ?? input.audiences,
            clockSkewSeconds: input.clockSkewSeconds ?? 60)
        claims.issuedNotBeforeSeconds = input.issuedNotBeforeSeconds
        claims.maximumAgeSeconds = input.maximumAgeSeconds
        claims.maximumLifetimeSeconds = input.maximumLifetimeSeconds
        claims.minimumRemainingSeconds = input.minimumRemainingSeconds
        profile?.complete(&claims)
        return claims
    }

    /// The key set itself; or an address with a second one. Without both the address is that of the profile, else the
    /// one that the issuer's document contains.
    private static func keySources(
        _ input: IssuerInput, _ profile: Profile?, _ issuer: [UInt8]?, isPerKey: Bool
    ) throws(IssuerFault) -> [KeySource] {
        if let keySet = input.jwks {
            guard input.jwksURI == nil else { throw IssuerFault(.jwksURI, .twoKeySources) }
            guard input.fallbackJWKSURI == nil else { throw IssuerFault(.fallbackJWKSURI, .onlyForAddress) }
            guard input.snapshot == nil else { throw IssuerFault(.snapshot, .onlyForAddress) }
            return [try KeySource(keySet: keySet, isBundle: profile?.form == .svid)]
        }
        let first: KeySource
        if let address = input.jwksURI {
            first = try KeySource(address: address, .jwksURI, isPerKey: isPerKey)
        } else if let address = profile?.keyAddress {
            // The profile makes the address from the issuer.
            first = try KeySource(address: address, .issuer, isPerKey: isPerKey)
        } else {
            try profile?.checkKeyAddress()
            guard let issuer else { throw IssuerFault(.jwksURI, .noKeySource) }
            first = try KeySource(discoveredFrom: issuer)
        }
        guard let fallback = input.fallbackJWKSURI else { return [first] }
        let second = try KeySource(address: fallback, .fallbackJWKSURI, isPerKey: isPerKey)
        // In a document the fallback may be the address of the profile; elsewhere it must be another one.
        let mayRepeat = input.isInDocument && input.jwksURI == nil
        guard second != first || mayRepeat else { throw IssuerFault(.fallbackJWKSURI, .sameAddress) }
        return [first, second]
    }

    private static func algorithms(
        _ input: IssuerInput, _ profile: Profile?
    ) throws(IssuerFault) -> [Algorithm]? {
        guard let names = input.algorithms else { return nil }
        var algorithms: [Algorithm] = []
        for (index, name) in names.enumerated() {
            guard let algorithm = Algorithm(name: name.span) else {
                throw IssuerFault(.algorithms, element: index, .unknownAlgorithm)
            }
            // `EdDSA` and `Ed25519` are two names of one algorithm (RFC 9864 §2.2).
            if !algorithms.contains(algorithm) { algorithms.append(algorithm) }
        }
        try profile?.check(algorithms)
        return algorithms
    }
}
