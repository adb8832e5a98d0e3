// AnswerSettings.swift - the settings of where a token is and what an answer looks like.
//
// Spec:    README "Settings"; security-checklist 31.
// Secret:  no.
// Reads:   SettingValues, IoTPolicy, TokenSource, AnswerForms, ResourceARN. Read by: Settings.

import Bytes

extension AnswerForms {
    /// - Throws: the first problem.
    init(_ values: SettingValues) throws(SettingsError) {
        self.init()
        isSimpleHTTPAPI = try values.isSecond(.httpAPIResponse, of: "iam", "simple")
        isErrorHTTPAPI = try values.isSecond(.httpAPIUnauthorized, of: "deny", "error")
        appSyncTTLSeconds = try values.number(.appSyncTTLSeconds, 0...3600) ?? appSyncTTLSeconds
        iotRefreshSeconds =
            try values.number(
                .iotRefreshSeconds, AuthorizerLimits.iotLeastSeconds...AuthorizerLimits.iotMostSeconds)
            ?? iotRefreshSeconds
        usageKeyClaim = try values.text(.usageKeyClaim)
        if let text = try values.text(.iotPolicy, limit: AuthorizerLimits.iotPolicySettingByteCount) {
            iotPolicies = try checkedIoTPolicies(text)
        }
    }
}

/// TOKEN_SOURCES; `Authorization: Bearer` without it.
///
/// - Throws: `tokenSourceForm`; `repeatedEntry` for two that would find one token twice.
func tokenSources(_ values: SettingValues) throws(SettingsError) -> [TokenSource] {
    guard
        let entries = try values.list(
            .tokenSources, separatedBy: 0x2C, limit: AuthorizerLimits.tokenSourceCount)
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
