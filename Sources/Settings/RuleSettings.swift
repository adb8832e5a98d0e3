// RuleSettings.swift - the settings of the decision that do not depend on the issuer.
//
// Spec:    RFC 6749 §3.3 (scope); README "Settings"; AUDIT 31.
// Secret:  no.
// Reads:   SettingValues, SettingsError, RulesDocument, AnswerSettings, SenderSettings, ResourceARN, Limits; Authorizer (Rules,
//          ShadowRules, ContextEntry), Events (TokenSource), Routes, Bytes. Read by: Settings.

import Authorizer
import Bytes
import Events
import Routes

extension Rules {
    /// - Parameter document: of RULES.
    /// - Throws: the first problem.
    @inline(never)
    init(_ values: SettingValues, _ document: RulesDocument?) throws(SettingsError) {
        let answers = try AnswerForms(values)
        self.init(resources: [])
        try readResources(
            values, hasRoutes: document?.routes != nil, hasIoTPolicies: !answers.iotPolicies.isEmpty)
        tokenSources = try TokenSource.list(values)
        self.answers = answers
        requiredScopes = try Self.scopes(values)
        principalClaim = try values.text(.principalClaim)
        contextClaims = try Self.contextClaims(values)
        routes = document?.routes
        sender = try SenderPolicy(values)
        deny = try EmergencyDeny(values)
    }

    /// RESOURCE. It conflicts with routes, as REQUIRED_SCOPES does, and is required without them; with IOT_POLICY alone
    /// only devices of IoT Core are allowed.
    private mutating func readResources(
        _ values: SettingValues, hasRoutes: Bool, hasIoTPolicies: Bool
    ) throws(SettingsError) {
        let entries = try values.list(.resource, separatedBy: 0x2C, limit: SettingsLimits.resourceCount)
        if hasRoutes {
            for name in [.resource, .requiredScopes] as [SettingName] where values.foreign(name.name) != nil {
                throw SettingsError(name, .routesInDocument)
            }
        } else if entries == nil && !hasIoTPolicies {
            throw SettingsError(.resource, .missing)
        }
        for entry in entries ?? [] {
            switch try checkResourceARN(entry.span) {
            case .gatewayAPI: resources.append(entry)
            case .appSyncAPI: appSyncResources.append(entry)
            }
        }
    }

    /// REQUIRED_SCOPES, separated by spaces as in a token, or by commas.
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
        guard scopes.count <= SettingsLimits.listCount else {
            throw SettingsError(.requiredScopes, .tooManyEntries(limit: SettingsLimits.listCount))
        }
        return scopes
    }

    /// CONTEXT_CLAIMS. A context key has `_` for most characters of its claim's name: no two claims may have one key.
    private static func contextClaims(_ values: SettingValues) throws(SettingsError) -> [[UInt8]] {
        let claims = try values.list(.contextClaims, separatedBy: 0x2C) ?? []
        var keys: [[UInt8]] = []
        for claim in claims {
            let key = ContextEntry.key(of: claim)
            guard !keys.contains(key.span) else { throw SettingsError(.contextClaims, .contextKeysCollide) }
            keys.append(key)
        }
        return claims
    }
}
