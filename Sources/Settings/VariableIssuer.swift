// VariableIssuer.swift - the issuer that environment variables describe.
//
// Spec:    none; README "Settings". AUDIT 17, 18, 22, 31.
// Secret:  no; JWKS_URI is not repeated, it may hold what its owner considers secret.
// Reads:   SettingValues, SettingName, SettingsError, IssuerInput, IssuerFault; JOSE (JOSELimits), Routes (ClaimPlaces).
//          Read by: Settings.

import JOSE
import Routes

extension IssuerInput {
    /// The variables that this reads. They conflict with `issuers` in RULES.
    static let variables: [SettingName] = [
        .jwksURI, .jwksURIFallback, .jwks, .jwksSnapshot, .issuer, .audience, .algorithms, .clockSkewSeconds,
        .profile, .tokenMaxAgeSeconds, .tokenMaxLifetimeSeconds, .tokenMinRemainingSeconds,
        .authMaxAgeSeconds,
    ]

    /// - Parameter places: `scope_claims` and `role_claims` of RULES.
    /// - Throws: the first variable that is empty, too long, or not a list or number of its form.
    @inline(never)
    init(_ values: SettingValues, _ places: ClaimPlaces) throws(SettingsError) {
        self.init(isInDocument: false)
        if let issuer = try values.text(.issuer) { issuers = [issuer] }
        audiences = try values.list(.audience, separatedBy: 0x2C) ?? []
        profile = try values.text(.profile)
        jwksURI = try values.text(.jwksURI)
        fallbackJWKSURI = try values.text(.jwksURIFallback)
        jwks = try values.text(.jwks, limit: JOSELimits.keySetByteCount)
        snapshot = try values.text(.jwksSnapshot)
        clockSkewSeconds = try values.number(.clockSkewSeconds, Self.clockSkews)
        maximumAgeSeconds = try values.number(.tokenMaxAgeSeconds, Self.tokenAges)
        maximumLifetimeSeconds = try values.number(.tokenMaxLifetimeSeconds, Self.tokenAges)
        minimumRemainingSeconds = try values.number(.tokenMinRemainingSeconds, Self.tokenAges)
        maximumAuthAgeSeconds = try values.number(.authMaxAgeSeconds, Self.tokenAges)
        algorithms = try values.list(.algorithms, separatedBy: 0x2C)
        self.places = places
    }
}

extension IssuerFault {
    /// The fault as one of the variable.
    var ofVariable: SettingsError {
        let problem: SettingsError.Problem =
            switch problem {
            case .pasted(let fault): .pasted(fault)
            case .audienceWildcard: .audienceWildcard
            case .unknownAlgorithm: .unknownAlgorithm
            case .profile(let words): .profile(words)
            case .noKeySource: .missing
            case .twoKeySources: .bothKeySources
            case .onlyForAddress: .withoutJWKSURI
            case .addressForm: .uriForm
            case .httpNotLoopback: .httpNotLoopback
            case .sameAddress: .sameAddress
            case .issuerForm: .issuerForm
            case .keySetRefused(let error): .keySetRefused(error)
            case .keySetWithoutKeys(let skipped): .keySetWithoutKeys(skipped: skipped)
            }
        return SettingsError(field.variable, problem)
    }
}

extension IssuerField {
    fileprivate var variable: SettingName {
        switch self {
        case .issuer: .issuer
        case .audiences: .audience
        case .profile: .profile
        case .algorithms: .algorithms
        case .jwksURI: .jwksURI
        case .fallbackJWKSURI: .jwksURIFallback
        case .jwks: .jwks
        case .snapshot: .jwksSnapshot
        }
    }
}
