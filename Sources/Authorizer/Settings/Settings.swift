// Settings.swift - what the user has set, checked before the first request.
//
// Spec:    none; README "Settings". security-checklist 17, 19, 22, 31.
// Secret:  no; JWKS_URI is not logged, it may hold what its owner thinks secret.
// Reads:   SettingName, SettingsError, TrustedIssuer, Rules, AnswerSettings, KeyTimes, ReportSettings, KeyCache, ResourceARN; JOSE. Read by: LambdaRuntime, the commands.

import Bytes
import JOSE

/// How much is logged, from all to next to nothing.
public enum LogLevel: Int, Comparable, Sendable, CaseIterable {
    case trace, debug, info, warn, error, fatal

    public var name: StaticString {
        switch self {
        case .trace: "TRACE"
        case .debug: "DEBUG"
        case .info: "INFO"
        case .warn: "WARN"
        case .error: "ERROR"
        case .fatal: "FATAL"
        }
    }

    /// The level of a name in whatever case.
    public init?(name: Span<UInt8>) {
        for level in LogLevel.allCases where bytesEqualIgnoringASCIICase(name, level.name) {
            self = level
            return
        }
        return nil
    }

    public static func < (a: LogLevel, b: LogLevel) -> Bool { a.rawValue < b.rawValue }
}

/// All settings.
public final class Settings: Sendable {
    /// Whose tokens are taken; never empty. The environment's variables give exactly one.
    public let issuers: [TrustedIssuer]
    /// Whether the document of RULES names them.
    public let rulesNameIssuers: Bool
    /// What does not depend on the issuer.
    public let rules: Rules
    public let keyCachePolicy: KeyCachePolicy
    public let connectTimeoutMilliseconds: Int64
    public let fetchTimeoutMilliseconds: Int64
    /// For all issuers together, at the start; 0: no keys are fetched before the first event.
    public let prefetchTimeoutMilliseconds: Int64
    /// For the TLS handshake, and for each piece of a response: the whole fetch's time unless set.
    public let handshakeTimeoutMilliseconds: Int64
    public let readTimeoutMilliseconds: Int64
    /// HTTPS_PROXY and NO_PROXY, or their names in small letters; nil and empty when there is none.
    public let httpsProxy: [UInt8]?
    public let noProxy: [UInt8]
    /// A file of trust anchors in place of the system's: absolute, or in the zip.
    public let caBundle: [UInt8]?
    /// How many tokens are recognised without verifying their signature again; 0: none.
    public let rememberedTokens: Int
    public let logLevel: LogLevel
    /// What is logged of allowed decisions, and whether metrics are written.
    public let reports: ReportSettings

    /// Things that work but that the user should know of.
    public let warnings: [Warning]

    public enum Warning: Sendable, Equatable {
        /// Neither ISSUER nor AUDIENCE: any token of the key set's issuer is let in (security-checklist 22).
        case issuerAndAudienceNotChecked
        case issuerNotChecked
        case audienceNotChecked
        /// RESOURCE=*: the policy allows every API.
        case resourceIsEverything
        /// A device may do everything.
        case iotPolicyIsEverything
        /// JWKS_SNAPSHOT with KEYS_STALE_SECONDS=0.
        case snapshotIsNeverUsed
        /// DPOP or MTLS is ignore.
        case sendersIgnored
        /// DPoP with answers that the gateway keeps.
        case proofsCached

        public var message: StaticString {
            switch self {
            case .issuerAndAudienceNotChecked:
                "ISSUER and AUDIENCE are not set: every unexpired token signed by a key of the set is let in"
            case .issuerNotChecked: "ISSUER is not set: iss is not checked"
            case .audienceNotChecked: "AUDIENCE is not set: tokens for other services are let in"
            case .iotPolicyIsEverything: "IOT_POLICY lets every device do everything"
            case .resourceIsEverything: "RESOURCE is *: the policy allows every API of the account's caller"
            case .snapshotIsNeverUsed:
                "KEYS_STALE_SECONDS is 0: the keys of JWKS_SNAPSHOT are never used"
            case .sendersIgnored:
                "DPOP or MTLS is ignore: a token that is bound to its sender is taken from anybody"
            case .proofsCached:
                "RESULT_CACHE is keyed: for as long as the gateway keeps an answer a DPoP proof can be sent again with its token"
            }
        }
    }

    /// - Parameter variables: the environment. Where it names a file of RULES or IOT_POLICY, what that holds.
    /// - Throws: the first problem.
    public init(environment variables: [(name: [UInt8], value: [UInt8])]) throws(SettingsError) {
        let values = SettingValues(variables)
        try values.checkSpelling()
        let document = try Self.document(values, .rules)
        rulesNameIssuers = document?.issuers != nil
        if let given = document?.issuers {
            for name in Self.issuerSettings where values.foreign(name.name) != nil {
                throw SettingsError(name, .issuersInDocument)
            }
            issuers = try Self.stoppingOldTokens(of: given, values)
        } else {
            let issuer = try Self.issuer(
                values, document?.places ?? ClaimPlaces(), hasRoutes: document?.routes != nil)
            issuers = try Self.stoppingOldTokens(of: [issuer], values)
        }
        try TrustedIssuer.checkTellable(issuers)
        rules = try Self.rules(values, document)
        let times = try KeyTimes(values)
        keyCachePolicy = times.policy
        connectTimeoutMilliseconds = times.connect
        fetchTimeoutMilliseconds = times.fetch
        prefetchTimeoutMilliseconds = times.prefetch
        handshakeTimeoutMilliseconds = times.handshake
        readTimeoutMilliseconds = times.read
        httpsProxy = values.firstFilled("HTTPS_PROXY", "https_proxy")
        noProxy = values.firstFilled("NO_PROXY", "no_proxy") ?? []
        caBundle = try values.text(.caBundle)
        rememberedTokens = times.rememberedTokens
        logLevel = try Self.logLevel(values)
        reports = try ReportSettings(values)
        warnings = Self.warnings(issuers, rules, times.policy)
    }

    // MARK: Several settings

    /// What does not depend on the issuer.
    @inline(never)
    private static func rules(
        _ values: SettingValues, _ document: RulesDocument?
    ) throws(SettingsError) -> Rules {
        let answers = try AnswerForms(values)
        let entries = try values.list(.resource, separatedBy: 0x2C, limit: AuthorizerLimits.resourceCount)
        if document?.routes != nil {
            for name in [.resource, .requiredScopes] as [SettingName] where values.foreign(name.name) != nil {
                throw SettingsError(name, .routesInDocument)
            }
        } else if entries == nil && answers.iotPolicies.isEmpty {
            // Who serves IoT Core alone has IOT_POLICY, and lets nobody call anything else.
            throw SettingsError(.resource, .missing)
        }
        var rules = Rules(resources: [])
        for entry in entries ?? [] {
            switch try checkResourceARN(entry.span) {
            case .gatewayAPI: rules.resources.append(entry)
            case .appSyncAPI: rules.appSyncResources.append(entry)
            }
        }
        rules.tokenSources = try tokenSources(values)
        rules.answers = answers
        rules.requiredScopes = try scopes(values)
        rules.principalClaim = try values.text(.principalClaim)
        rules.contextClaims = try contextClaims(values)
        rules.routes = document?.routes
        rules.sender = try SenderPolicy(values)
        rules.deny = try EmergencyDeny(values)
        rules.shadow = try Self.document(values, .shadowRules).map { ShadowRules($0) }
        return rules
    }

    // MARK: One setting each

    private static func document(
        _ values: SettingValues, _ setting: SettingName
    ) throws(SettingsError) -> RulesDocument? {
        guard let text = try values.text(setting, limit: AuthorizerLimits.documentByteCount) else {
            return nil
        }
        do throws(SettingsError) { return try RulesDocument(parsing: text) } catch {
            throw SettingsError(setting, error.problem)
        }
    }

    /// ISSUED_NOT_BEFORE holds for every issuer; the document may name a later instant for one.
    private static func stoppingOldTokens(
        of issuers: [TrustedIssuer], _ values: SettingValues
    ) throws(SettingsError) -> [TrustedIssuer] {
        guard let cutoff = try issuedNotBefore(values) else { return issuers }
        var stopped = issuers
        for index in stopped.indices {
            stopped[index].claims.issuedNotBeforeSeconds = max(
                stopped[index].claims.issuedNotBeforeSeconds ?? cutoff, cutoff)
        }
        return stopped
    }

    /// What the variables say of issuers, and the document says otherwise.
    private static let issuerSettings: [SettingName] = [
        .jwksURI, .jwksURIFallback, .jwks, .jwksSnapshot, .issuer, .audience, .algorithms, .clockSkewSeconds,
        .profile, .tokenMaxAgeSeconds, .tokenMaxLifetimeSeconds, .tokenMinRemainingSeconds,
    ]

    /// The one issuer that the variables name.
    ///
    /// - Parameters:
    ///   - places: what the document says of scopes and roles.
    ///   - hasRoutes: whether it has routes.
    @inline(never)
    private static func issuer(
        _ values: SettingValues, _ places: ClaimPlaces, hasRoutes: Bool
    ) throws(SettingsError) -> TrustedIssuer {
        var forms = try values.text(.issuer).map { [$0] } ?? []
        var audiences = try values.list(.audience, separatedBy: 0x2C) ?? []
        for audience in audiences where bytesEqual(audience.span, "*") {
            throw SettingsError(.audience, .audienceWildcard)
        }
        let profile = try profile(values, forms, audiences)
        if let profile { (forms, audiences) = (profile.issuers, profile.audiences) }
        if let why = profile?.routesNeeded, !hasRoutes {
            throw SettingsError(.profile, .profile(why))
        }
        let keySources = try keySources(values, profile?.keyAddress)
        let snapshot = try values.text(.jwksSnapshot)
        if snapshot != nil, case .inline = keySources[0] {
            throw SettingsError(.jwksSnapshot, .withoutJWKSURI)
        }
        var claims = ClaimRules(
            issuers: forms, audiences: audiences,
            clockSkewSeconds: try values.number(.clockSkewSeconds, 0...300) ?? 60)
        claims.maximumAgeSeconds = try values.number(.tokenMaxAgeSeconds, tokenAges)
        claims.maximumLifetimeSeconds = try values.number(.tokenMaxLifetimeSeconds, tokenAges)
        claims.minimumRemainingSeconds = try values.number(.tokenMinRemainingSeconds, tokenAges)
        let issuer = TrustedIssuer(
            name: nil, claims, profile, algorithms: try algorithms(values), keySources: keySources,
            snapshot: snapshot,
            IssuerTraits(places, profile, documentPath: []))
        return issuer
    }

    /// Seconds of a token's life that can be asked for: to a year.
    static let tokenAges: ClosedRange<Int64> = 1...31_536_000

    private static func profile(
        _ values: SettingValues, _ forms: [[UInt8]], _ audiences: [[UInt8]]
    ) throws(SettingsError) -> Profile? {
        guard let word = try values.text(.profile) else { return nil }
        do throws(ProfileFault) { return try Profile(word, issuers: forms, audiences: audiences) } catch {
            let name: SettingName =
                switch error.subject {
                case .profile: .profile
                case .issuer: .issuer
                case .audience: .audience
                }
            throw SettingsError(name, .profile(error.text))
        }
    }

    /// - Parameter address: the profile's.
    @inline(never)
    private static func keySources(
        _ values: SettingValues, _ address: [UInt8]?
    ) throws(SettingsError) -> [KeySource] {
        let uri = try values.text(.jwksURI)
        let fallback = try values.text(.jwksURIFallback)
        let inline = try values.text(.jwks, limit: JOSELimits.keySetByteCount)
        if uri != nil && inline != nil { throw SettingsError(.jwksURI, .bothKeySources) }
        if let inline {
            if fallback != nil { throw SettingsError(.jwksURIFallback, .withoutJWKSURI) }
            return [try KeySource(keySet: inline, .jwks)]
        }
        let first: KeySource
        if let uri {
            first = try KeySource(address: uri, .jwksURI)
        } else if let address {
            first = try KeySource(address: address, .issuer)
        } else {
            guard let issuer = try values.text(.issuer) else { throw SettingsError(.jwksURI, .missing) }
            first = try KeySource(discoveredFrom: issuer, .issuer)
        }
        guard let fallback else { return [first] }
        let second = try KeySource(address: fallback, .jwksURIFallback)
        guard second != first else { throw SettingsError(.jwksURIFallback, .sameAddress) }
        return [first, second]
    }

    private static func algorithms(_ values: SettingValues) throws(SettingsError) -> [Algorithm]? {
        guard let names = try values.list(.algorithms, separatedBy: 0x2C) else { return nil }
        var algorithms: [Algorithm] = []
        for name in names {
            guard let algorithm = Algorithm(name: name.span) else {
                throw SettingsError(.algorithms, .unknownAlgorithm)
            }
            algorithms.append(algorithm)
        }
        return algorithms
    }

    /// Separated by spaces, as in a token, or by commas.
    private static func scopes(_ values: SettingValues) throws(SettingsError) -> [[UInt8]] {
        guard let text = try values.text(.requiredScopes) else { return [] }
        var scopes: [[UInt8]] = []
        var scope: [UInt8] = []
        for byte in text + [0x20] {
            if byte == 0x20 || byte == 0x2C {
                if !scope.isEmpty { scopes.append(scope) }
                scope = []
                continue
            }
            // RFC 6749 §3.3: %x21 / %x23-5B / %x5D-7E.
            guard byte > 0x20, byte < 0x7F, byte != 0x22, byte != 0x5C else {
                throw SettingsError(.requiredScopes, .scopeForm)
            }
            scope.append(byte)
        }
        guard !scopes.isEmpty else { throw SettingsError(.requiredScopes, .empty) }
        guard scopes.count <= AuthorizerLimits.listCount else {
            throw SettingsError(.requiredScopes, .tooManyEntries(limit: AuthorizerLimits.listCount))
        }
        return scopes
    }

    private static func contextClaims(_ values: SettingValues) throws(SettingsError) -> [[UInt8]] {
        let claims = try values.list(.contextClaims, separatedBy: 0x2C) ?? []
        var keys: [[UInt8]] = []
        for claim in claims {
            let key = ContextEntry.key(of: claim)
            for earlier in keys where bytesEqual(earlier.span, key.span) {
                throw SettingsError(.contextClaims, .contextKeysCollide)
            }
            keys.append(key)
        }
        return claims
    }

    /// LOG_LEVEL. Lambda's own setting comes first when Lambda was told to log JSON, last otherwise.
    private static func logLevel(_ values: SettingValues) throws(SettingsError) -> LogLevel {
        var ours: LogLevel?
        if let name = try values.text(.logLevel) {
            guard let level = LogLevel(name: name.span) else { throw SettingsError(.logLevel, .logLevel) }
            ours = level
        }
        let lambdas = values.foreign("AWS_LAMBDA_LOG_LEVEL").flatMap { LogLevel(name: $0.span) }
        let isJSON = values.foreign("AWS_LAMBDA_LOG_FORMAT").map {
            bytesEqualIgnoringASCIICase($0.span, "JSON")
        }
        return (isJSON == true ? lambdas ?? ours : ours ?? lambdas) ?? .info
    }

    private static func warnings(
        _ issuers: [TrustedIssuer], _ rules: Rules, _ policy: KeyCachePolicy
    ) -> [Warning] {
        var warnings: [Warning] = []
        for issuer in issuers {
            let warning: Warning
            switch (issuer.claims.issuers.isEmpty, issuer.claims.audiences.isEmpty) {
            case (true, true): warning = .issuerAndAudienceNotChecked
            case (true, false): warning = .issuerNotChecked
            case (false, true): warning = .audienceNotChecked
            case (false, false): continue
            }
            if !warnings.contains(warning) { warnings.append(warning) }
        }
        for resource in rules.resources where bytesEqual(resource.span, "*") {
            warnings.append(.resourceIsEverything)
        }
        if iotPolicyIsEverything(rules.answers.iotPolicies) { warnings.append(.iotPolicyIsEverything) }
        if policy.staleSeconds == 0, issuers.contains(where: { $0.snapshot != nil }) {
            warnings.append(.snapshotIsNeverUsed)
        }
        let sender = rules.sender
        if sender.dpop == .ignore || sender.mtls == .ignore { warnings.append(.sendersIgnored) }
        if sender.dpop.isChecked && sender.resultCache == .keyed { warnings.append(.proofsCached) }
        return warnings
    }
}
