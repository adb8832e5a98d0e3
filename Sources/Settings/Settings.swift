// Settings.swift - the settings, validated before the first request.
//
// Spec:    none; README "Settings". AUDIT 17, 19, 22, 31.
// Secret:  no; JWKS_URI is not logged, it may hold what its owner considers secret.
// Reads:   SettingValues, SettingName, SettingsError, RulesDocument, VariableIssuer, ConfiguredIssuer, KeyTimes,
//          SenderSettings, ReportSettings, LogLevel, SettingsWarning; Authorizer (Rules, TrustedIssuer), Keys, Routes.
//          Read by: LambdaRuntime, Reports, Conformance, CommandLine.

import Authorizer
import Keys
import Routes

/// All settings.
public final class Settings: Sendable {
    /// The issuers whose tokens are accepted; never empty. Variables describe exactly one.
    public let issuers: [ConfiguredIssuer]
    /// The requirements on their tokens, in the same order.
    public let trustedIssuers: [TrustedIssuer]
    /// Whether the issuers are those of the document in RULES.
    public let rulesNameIssuers: Bool
    /// The settings of the decision that do not depend on the issuer.
    public let rules: Rules
    /// Rules that are applied to every request and answer none.
    public let shadow: ShadowRules?
    public let keyCachePolicy: KeyCachePolicy
    /// How keys are fetched.
    public let fetches: FetchSettings
    /// How many verified tokens are remembered, so that their signature is not verified again; 0: none.
    public let rememberedTokens: Int
    public let logLevel: LogLevel
    /// Which allowed decisions are logged, and whether metrics are written.
    public let reports: ReportSettings
    /// Settings that are valid and possibly not intended.
    public let warnings: [Warning]

    /// - Parameters:
    ///   - variables: the environment. A variable that names a file (RULES, SHADOW_RULES, IOT_POLICY) has the file's contents
    ///     as its value.
    ///   - isReadable: whether a file can be read now and has the expected contents; asked for warnings only.
    /// - Throws: the first problem.
    public init(
        environment variables: [(name: [UInt8], value: [UInt8])],
        isReadable: (DeferredFile) -> Bool = { _ in true }
    ) throws(SettingsError) {
        let values = SettingValues(variables)
        try values.checkSpelling()
        try values.checkPasted()
        let document = try RulesDocument.read(.rules, of: values)
        rulesNameIssuers = document?.issuers != nil
        issuers = try Self.issuers(values, document)
        trustedIssuers = issuers.map { $0.trusted }
        rules = try Rules(values, document)
        let tried = try RulesDocument.read(.shadowRules, of: values)
        let current = trustedIssuers
        shadow = tried.map {
            ShadowRules(
                issuers: $0.issuers?.map { $0.trusted }, else: current, routes: $0.routes, places: $0.places)
        }
        let times = try KeyTimes(values)
        keyCachePolicy = times.policy
        fetches = try times.fetches(values, for: issuers)
        rememberedTokens = times.rememberedTokens
        logLevel = try LogLevel(values)
        reports = try ReportSettings(values)
        warnings =
            Warning.unchecked(issuers, rules, times.policy) + Warning.pasted(values, issuers, rules)
            + Warning.unreadFiles(issuers, fetches.caBundle, isReadable)
    }

    /// The issuers of the document; else the one that variables describe.
    @inline(never)
    private static func issuers(
        _ values: SettingValues, _ document: RulesDocument?
    ) throws(SettingsError) -> [ConfiguredIssuer] {
        var issuers: [ConfiguredIssuer]
        if let written = document?.issuers {
            for name in IssuerInput.variables where values.foreign(name.name) != nil {
                throw SettingsError(name, .issuersInDocument)
            }
            issuers = written
        } else {
            let input = try IssuerInput(values, document?.places ?? ClaimPlaces())
            do throws(IssuerFault) {
                issuers = [try ConfiguredIssuer(input, hasRoutes: document?.routes != nil)]
            } catch { throw error.ofVariable }
        }
        // ISSUED_NOT_BEFORE applies to every issuer; the document may have a later instant for one.
        if let cutoff = try issuedNotBefore(values) {
            for index in issuers.indices { issuers[index].refuseTokens(issuedBefore: cutoff) }
        }
        return issuers
    }
}
