// KeyTimes.swift - the settings of caching and fetching keys, and of remembered tokens.
//
// Spec:    none; README "Settings". AUDIT 19.
// Secret:  no.
// Reads:   SettingValues, SettingsError, ConfiguredIssuer; Keys (KeyCachePolicy, FetchSettings), JOSE (JOSELimits), URI
//          (ProxyRules). Read by: Settings.

import JOSE
import Keys
import URI

/// How long keys are cached and how long a fetch may take; how many tokens are remembered.
struct KeyTimes {
    private(set) var policy = KeyCachePolicy()
    private var fetches = FetchSettings()
    let rememberedTokens: Int

    @inline(never)
    init(_ values: SettingValues) throws(SettingsError) {
        policy.timeToLiveSeconds =
            try values.number(.keysTTLSeconds, 1...86_400) ?? policy.timeToLiveSeconds
        policy.longestServerLifetimeSeconds =
            try values.number(.keysMaxTTLSeconds, KeyCachePolicy.shortestServerLifetimeSeconds...86_400)
            ?? policy.longestServerLifetimeSeconds
        policy.staleSeconds = try values.number(.keysStaleSeconds, 0...86_400) ?? policy.staleSeconds
        policy.unknownKeyIntervalSeconds =
            try values.number(.keysRefetchSeconds, 1...3600) ?? policy.unknownKeyIntervalSeconds
        policy.longestBackOffSeconds =
            try values.number(.keysCoolDownSeconds, 1...3600) ?? policy.longestBackOffSeconds
        fetches.resolveMilliseconds =
            try values.number(.keysResolveTimeoutMS, 50...10_000) ?? fetches.resolveMilliseconds
        fetches.connectMilliseconds =
            try values.number(.keysConnectTimeoutMS, 50...10_000) ?? fetches.connectMilliseconds
        let whole = try values.number(.keysFetchTimeoutMS, 100...25_000) ?? fetches.fetchMilliseconds
        fetches.fetchMilliseconds = whole
        // A Lambda function may take 10 seconds to start.
        fetches.prefetchMilliseconds =
            try values.number(.keysPrefetchTimeoutMS, 0...9000) ?? fetches.prefetchMilliseconds
        fetches.handshakeMilliseconds = try values.number(.keysHandshakeTimeoutMS, 50...25_000) ?? whole
        fetches.readMilliseconds = try values.number(.keysReadTimeoutMS, 50...25_000) ?? whole
        rememberedTokens = Int(
            try values.number(.rememberedTokens, 0...Int64(JOSELimits.memoEntryCount)) ?? 64)
    }

    /// How keys are fetched: the deadlines, CA_BUNDLE and the proxy.
    ///
    /// - Throws: `proxyForm` if a key set has an https address: no other fetch uses the proxy, and Lambda functions may share
    ///   a variable that is not meant for them.
    func fetches(
        _ values: SettingValues, for issuers: [ConfiguredIssuer]
    ) throws(SettingsError) -> FetchSettings {
        var fetches = fetches
        fetches.caBundle = try values.text(.caBundle)
        guard let proxy = values.firstFilled("HTTPS_PROXY", "https_proxy") else { return fetches }
        do throws(URLError) {
            fetches.proxies = try ProxyRules(
                proxy: proxy, exceptions: values.firstFilled("NO_PROXY", "no_proxy") ?? [])
        } catch {
            let isUsed = issuers.contains { $0.keys.sources.contains { $0.isHTTPS } }
            if isUsed { throw SettingsError(.httpsProxy, .proxyForm) }
        }
        return fetches
    }
}
