// SenderSettings.swift - DPOP, MTLS and their further settings; the emergency lists; ISSUED_NOT_BEFORE.
//
// Spec:    SENDER.md, ROLLOUT.md.
// Secret:  no.
// Reads:   SettingValues, SettingsError, Instant; Authorizer (SenderPolicy, EmergencyDeny), URI (normalURI), Bytes. Read by:
//          RuleSettings, Settings.

import Authorizer
import Bytes
import URI

extension SenderPolicy {
    /// - Throws: the first problem.
    init(_ values: SettingValues) throws(SettingsError) {
        self.init()
        dpop = try Self.mode(values, .dpop)
        mtls = try Self.mode(values, .mtls)
        origins = try Self.origins(values)
        if let seconds = try values.number(.dpopMaxAgeSeconds, 1...300) { proofMaximumAgeSeconds = seconds }
        if let word = try values.text(.resultCache) {
            for choice in ResultCache.allCases where bytesEqual(word.span, choice.name) {
                resultCache = choice
            }
            guard resultCache != nil else { throw SettingsError(.resultCache, .resultCacheValue) }
        }
        if dpop.isChecked || mtls.isChecked {
            // The gateway would use a cached Allow for every caller with the token, without a request to this function.
            guard let resultCache else { throw SettingsError(.resultCache, .resultCacheMissing) }
            // A request of another sender for the same path would get it.
            if resultCache == .path { throw SettingsError(.resultCache, .resultCachePath) }
        }
    }

    private static func mode(_ values: SettingValues, _ name: SettingName) throws(SettingsError) -> Mode {
        guard let word = try values.text(name) else { return .off }
        for mode in Mode.allCases where bytesEqual(word.span, mode.name) { return mode }
        throw SettingsError(name, .senderMode)
    }

    /// https URIs without query and fragment; a slash at the end is omitted, since a path is appended.
    private static func origins(_ values: SettingValues) throws(SettingsError) -> [[UInt8]] {
        var origins: [[UInt8]] = []
        for entry in try values.list(.dpopOrigins, separatedBy: 0x2C) ?? [] {
            guard !entry.contains(0x3F), !entry.contains(0x23), var origin = normalURI(of: entry.span) else {
                throw SettingsError(.dpopOrigins, .originForm)
            }
            if origin.last == 0x2F { origin.removeLast() }
            origins.append(origin)
        }
        return origins
    }
}

extension EmergencyDeny {
    /// - Throws: the first problem.
    init(_ values: SettingValues) throws(SettingsError) {
        self.init()
        kids = try values.list(.denyKids, separatedBy: 0x2C) ?? []
        jtis = try values.list(.denyJTIs, separatedBy: 0x2C) ?? []
        subjects = try values.list(.denySubjects, separatedBy: 0x2C) ?? []
        clients = try values.list(.denyClients, separatedBy: 0x2C) ?? []
    }
}

/// ISSUED_NOT_BEFORE in seconds since 1970; nil if it is not set.
///
/// - Throws: `empty`, `tooLong`, `instantForm`.
func issuedNotBefore(_ values: SettingValues) throws(SettingsError) -> Int64? {
    guard let text = try values.text(.issuedNotBefore) else { return nil }
    guard let seconds = secondsSince1970(text.span) else {
        throw SettingsError(.issuedNotBefore, .instantForm)
    }
    return seconds
}
