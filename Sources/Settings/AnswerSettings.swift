// AnswerSettings.swift - the settings of token lookup and of answers.
//
// Spec:    README "Settings"; AUDIT 31.
// Secret:  no.
// Reads:   SettingValues, SettingsError, IoTPolicy, Limits; Authorizer (AnswerForms), Events (TokenSource), Bytes. Read by:
//          RuleSettings.

import Authorizer
import Bytes
import Events

extension AnswerForms {
    /// - Throws: the first problem.
    init(_ values: SettingValues) throws(SettingsError) {
        self.init()
        isSimpleHTTPAPI = try values.isSecond(.httpAPIResponse, of: "iam", "simple")
        isErrorHTTPAPI = try values.isSecond(.httpAPIUnauthorized, of: "deny", "error")
        if let count = try values.number(.policyMaxBytes, AuthorizerLimits.policyByteCounts) {
            policyByteCount = Int(count)
        }
        appSyncTTLSeconds = try values.number(.appSyncTTLSeconds, 0...3600) ?? appSyncTTLSeconds
        iotRefreshSeconds =
            try values.number(
                .iotRefreshSeconds, AuthorizerLimits.iotLeastSeconds...AuthorizerLimits.iotMostSeconds)
            ?? iotRefreshSeconds
        usageKeyClaim = try values.text(.usageKeyClaim)
        if let text = try values.text(.iotPolicy, limit: SettingsLimits.iotPolicySettingByteCount) {
            iotPolicies = try checkedIoTPolicies(text)
        }
    }
}

extension TokenSource {
    /// TOKEN_SOURCES; `Authorization: Bearer` without it.
    ///
    /// - Throws: `tokenSourceForm`; `repeatedEntry` for two that would find one token twice.
    static func list(_ values: SettingValues) throws(SettingsError) -> [TokenSource] {
        guard
            let entries = try values.list(
                .tokenSources, separatedBy: 0x2C, limit: EventLimits.tokenSourceCount)
        else { return TokenSource.standard }
        var sources: [TokenSource] = []
        for entry in entries {
            guard let source = TokenSource(entry.span) else {
                throw SettingsError(.tokenSources, .tokenSourceForm)
            }
            for earlier in sources where earlier.isSamePlace(as: source) {
                throw SettingsError(.tokenSources, .repeatedEntry)
            }
            sources.append(source)
        }
        return sources
    }
}
