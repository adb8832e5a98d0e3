// AnswerSettings.swift - the settings of token lookup and of answers.
//
// Spec:    RFC 9728 §3 (address of the metadata); README "Settings"; AUDIT 31.
// Secret:  no.
// Reads:   SettingValues, SettingsError, IoTPolicy, Limits; Authorizer (AnswerForms), Events (TokenSource), URI, Bytes. Read by:
//          RuleSettings.

import Authorizer
import Bytes
import Events
import URI

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
        resourceMetadataURI = try Self.resourceMetadataURI(values)
        if let text = try values.text(.iotPolicy, limit: SettingsLimits.iotPolicySettingByteCount) {
            iotPolicies = try checkedIoTPolicies(text)
        }
    }

    /// RESOURCE_METADATA_URI, in the form of RFC 9728 §3. A client finds the resource in it by removing the well-known path,
    /// so no other address is of use.
    private static func resourceMetadataURI(_ values: SettingValues) throws(SettingsError) -> [UInt8]? {
        guard
            let text = try values.text(.resourceMetadataURI, limit: SettingsLimits.resourceMetadataByteCount)
        else { return nil }
        let path: StaticString = "/.well-known/oauth-protected-resource"
        do throws(URLError) {
            let url = try URL(text.span)
            let end = path.utf8ByteCount
            let target = url.target
            // §3.1: the slash of a resource without a path is not inserted. A quotation mark would end a template's text.
            if bytesStart(text.span, with: "https://"), !url.hasQuery, bytesStart(target.span, with: path),
                target.count == end || (target[end] == 0x2F && target.count > end + 1), !text.contains(0x27)
            {
                return text
            }
        } catch {}
        throw SettingsError(.resourceMetadataURI, .resourceMetadataForm)
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
