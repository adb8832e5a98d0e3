// KeyTimes.swift - the settings of the keys' times, and of the tokens that are remembered.
//
// Spec:    none; README "Settings". security-checklist 19.
// Secret:  no.
// Reads:   SettingValues, SettingsError, KeyCache; JOSE. Read by: Settings.

import JOSE

/// How long keys are kept and waited for, and how many tokens are remembered. Read apart from what has memory of its
/// own: each number can be a fault.
struct KeyTimes {
    var policy = KeyCachePolicy()
    let connect: Int64
    let fetch: Int64
    let prefetch: Int64
    let handshake: Int64
    let read: Int64
    let rememberedTokens: Int

    @inline(never)
    init(_ values: SettingValues) throws(SettingsError) {
        policy.timeToLiveSeconds =
            try values.number(.keysTTLSeconds, 1...86_400) ?? policy.timeToLiveSeconds
        policy.staleSeconds = try values.number(.keysStaleSeconds, 0...86_400) ?? policy.staleSeconds
        policy.unknownKeyIntervalSeconds =
            try values.number(.keysRefetchSeconds, 1...3600) ?? policy.unknownKeyIntervalSeconds
        policy.longestCoolDownSeconds =
            try values.number(.keysCoolDownSeconds, 1...3600) ?? policy.longestCoolDownSeconds
        connect = try values.number(.keysConnectTimeoutMS, 50...10_000) ?? 1000
        fetch = try values.number(.keysFetchTimeoutMS, 100...25_000) ?? 3000
        // Lambda gives a start 10 seconds.
        prefetch = try values.number(.keysPrefetchTimeoutMS, 0...9000) ?? 5000
        handshake = try values.number(.keysHandshakeTimeoutMS, 50...25_000) ?? fetch
        read = try values.number(.keysReadTimeoutMS, 50...25_000) ?? fetch
        rememberedTokens = Int(
            try values.number(.rememberedTokens, 0...Int64(JOSELimits.memoEntryCount)) ?? 64)
    }
}
