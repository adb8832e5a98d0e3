// SettingName.swift - the settings' names, and the misspellings of them.
//
// Spec:    none; README "Settings". AUDIT 31.
// Secret:  no.
// Reads:   Bytes. Read by: SettingsError and every reader of settings; LambdaRuntime, CommandLine.

import Bytes

/// A setting: an environment variable.
public enum SettingName: Sendable, CaseIterable {
    case jwksURI, jwksURIFallback, jwks, jwksSnapshot
    case resource, issuer, audience, profile, algorithms, clockSkewSeconds, requiredScopes
    case tokenMaxAgeSeconds, tokenMaxLifetimeSeconds, tokenMinRemainingSeconds, authMaxAgeSeconds
    case principalClaim, contextClaims, usageKeyClaim, rules
    case tokenSources, httpAPIResponse, httpAPIUnauthorized, policyMaxBytes
    case appSyncTTLSeconds, iotPolicy, iotRefreshSeconds
    case keysTTLSeconds, keysMaxTTLSeconds, keysStaleSeconds, keysRefetchSeconds, keysCoolDownSeconds
    case keysResolveTimeoutMS, keysConnectTimeoutMS, keysHandshakeTimeoutMS, keysReadTimeoutMS,
        keysFetchTimeoutMS
    case keysPrefetchTimeoutMS, caBundle, httpsProxy
    case rememberedTokens, logLevel, logAllowedSample, metrics, metricsNamespace
    case dpop, mtls, dpopOrigins, dpopMaxAgeSeconds, resultCache
    case denyKids, denyJTIs, denySubjects, denyClients, issuedNotBefore, shadowRules

    public var name: StaticString {
        switch self {
        case .jwksURI: "JWKS_URI"
        case .jwksURIFallback: "JWKS_URI_FALLBACK"
        case .jwks: "JWKS"
        case .jwksSnapshot: "JWKS_SNAPSHOT"
        case .resource: "RESOURCE"
        case .issuer: "ISSUER"
        case .audience: "AUDIENCE"
        case .profile: "PROFILE"
        case .tokenMaxAgeSeconds: "TOKEN_MAX_AGE_SECONDS"
        case .tokenMaxLifetimeSeconds: "TOKEN_MAX_LIFETIME_SECONDS"
        case .tokenMinRemainingSeconds: "TOKEN_MIN_REMAINING_SECONDS"
        case .authMaxAgeSeconds: "AUTH_MAX_AGE_SECONDS"
        case .algorithms: "ALGORITHMS"
        case .clockSkewSeconds: "CLOCK_SKEW_SECONDS"
        case .requiredScopes: "REQUIRED_SCOPES"
        case .principalClaim: "PRINCIPAL_CLAIM"
        case .contextClaims: "CONTEXT_CLAIMS"
        case .usageKeyClaim: "USAGE_KEY_CLAIM"
        case .tokenSources: "TOKEN_SOURCES"
        case .httpAPIResponse: "HTTP_API_RESPONSE"
        case .httpAPIUnauthorized: "HTTP_API_UNAUTHORIZED"
        case .policyMaxBytes: "POLICY_MAX_BYTES"
        case .appSyncTTLSeconds: "APPSYNC_TTL_SECONDS"
        case .iotPolicy: "IOT_POLICY"
        case .iotRefreshSeconds: "IOT_REFRESH_SECONDS"
        case .rules: "RULES"
        case .keysTTLSeconds: "KEYS_TTL_SECONDS"
        case .keysMaxTTLSeconds: "KEYS_MAX_TTL_SECONDS"
        case .keysStaleSeconds: "KEYS_STALE_SECONDS"
        case .keysRefetchSeconds: "KEYS_REFETCH_SECONDS"
        case .keysCoolDownSeconds: "KEYS_COOLDOWN_SECONDS"
        case .keysResolveTimeoutMS: "KEYS_RESOLVE_TIMEOUT_MS"
        case .keysConnectTimeoutMS: "KEYS_CONNECT_TIMEOUT_MS"
        case .keysHandshakeTimeoutMS: "KEYS_HANDSHAKE_TIMEOUT_MS"
        case .keysReadTimeoutMS: "KEYS_READ_TIMEOUT_MS"
        case .keysFetchTimeoutMS: "KEYS_FETCH_TIMEOUT_MS"
        case .keysPrefetchTimeoutMS: "KEYS_PREFETCH_TIMEOUT_MS"
        case .caBundle: "CA_BUNDLE"
        case .httpsProxy: "HTTPS_PROXY"
        case .rememberedTokens: "REMEMBERED_TOKENS"
        case .logLevel: "LOG_LEVEL"
        case .logAllowedSample: "LOG_ALLOWED_SAMPLE"
        case .metrics: "METRICS"
        case .metricsNamespace: "METRICS_NAMESPACE"
        case .dpop: "DPOP"
        case .mtls: "MTLS"
        case .dpopOrigins: "DPOP_ORIGINS"
        case .dpopMaxAgeSeconds: "DPOP_MAX_AGE_SECONDS"
        case .resultCache: "RESULT_CACHE"
        case .denyKids: "DENY_KIDS"
        case .denyJTIs: "DENY_JTIS"
        case .denySubjects: "DENY_SUBJECTS"
        case .denyClients: "DENY_CLIENTS"
        case .issuedNotBefore: "ISSUED_NOT_BEFORE"
        case .shadowRules: "SHADOW_RULES"
        }
    }

    /// A value that would be accepted.
    public var example: StaticString {
        switch self {
        case .jwksURI: "https://idp.example.com/.well-known/jwks.json"
        case .jwksURIFallback: "https://mirror.example.com/jwks.json"
        case .jwks: "{\"keys\":[{\"kty\":\"RSA\",\"kid\":\"1\",\"n\":\"…\",\"e\":\"AQAB\"}]}"
        case .jwksSnapshot: "jwks.json"
        case .resource: "arn:aws:execute-api:eu-central-1:123456789012:a1b2c3d4e5/prod/*"
        case .issuer: "https://idp.example.com/"
        case .audience: "https://api.example.com"
        case .profile: "cognito"
        case .tokenMaxAgeSeconds: "3600"
        case .tokenMaxLifetimeSeconds: "86400"
        case .tokenMinRemainingSeconds: "30"
        case .authMaxAgeSeconds: "43200"
        case .algorithms: "RS256,PS256"
        case .clockSkewSeconds: "60"
        case .requiredScopes: "orders:read orders:write"
        case .principalClaim: "sub"
        case .contextClaims: "sub,tenant=org.id"
        case .usageKeyClaim: "api_key"
        case .tokenSources: "header:Authorization,query:access_token"
        case .httpAPIResponse: "iam"
        case .httpAPIUnauthorized: "deny"
        case .policyMaxBytes: "8192"
        case .appSyncTTLSeconds: "300"
        case .iotPolicy: "iot-policy.json"
        case .iotRefreshSeconds: "3600"
        case .rules: "rules.json"
        case .keysTTLSeconds: "600"
        case .keysMaxTTLSeconds: "3600"
        case .keysStaleSeconds: "3600"
        case .keysRefetchSeconds: "30"
        case .keysCoolDownSeconds: "60"
        case .keysResolveTimeoutMS: "2000"
        case .keysConnectTimeoutMS: "2000"
        case .keysHandshakeTimeoutMS: "2000"
        case .keysReadTimeoutMS: "2000"
        case .keysFetchTimeoutMS: "3000"
        case .keysPrefetchTimeoutMS: "5000"
        case .caBundle: "ca.pem"
        case .httpsProxy: "http://proxy.example.com:3128"
        case .rememberedTokens: "64"
        case .logLevel: "INFO"
        case .logAllowedSample: "100"
        case .metrics: "emf"
        case .metricsNamespace: "Authorizer"
        case .dpop, .mtls: "accept"
        case .dpopOrigins: "https://api.example.com/v1"
        case .dpopMaxAgeSeconds: "60"
        case .resultCache: "off"
        case .denyKids: "key-2025"
        case .denyJTIs: "6e1b0c2f-7f0a-4c57-9d1c-1a2b3c4d5e6f"
        case .denySubjects: "alice"
        case .denyClients: "mobile-app"
        case .issuedNotBefore: "2026-11-25T14:00:00Z"
        case .shadowRules: "next-rules.json"
        }
    }

    /// The setting of exactly this name.
    init?(_ name: Span<UInt8>) {
        for setting in SettingName.allCases where bytesEqual(name, setting.name) {
            self = setting
            return
        }
        return nil
    }

    /// The setting that a name is one edit (a letter more, less, other, or two swapped) or a
    /// change of case away from.
    init?(misspelled name: Span<UInt8>) {
        guard !Self.isNameOfItsOwn(name) else { return nil }
        for setting in SettingName.allCases where Self.isOneEditAway(name, setting.name) {
            self = setting
            return
        }
        return nil
    }

    /// Variables of other programs.
    private static func isNameOfItsOwn(_ name: Span<UInt8>) -> Bool {
        for prefix in [
            "AWS_", "LAMBDA_", "_", "HTTP_PROXY", "HTTPS_", "NO_PROXY", "SSL_", "http_", "https_", "no_proxy",
        ] as [StaticString]
        where bytesStart(name, with: prefix) { return true }
        return false
    }

    /// Whether a text is one edit or a change of case away from a name.
    static func isOneEditAway(_ name: Span<UInt8>, _ setting: StaticString) -> Bool {
        let difference = name.count - setting.utf8ByteCount
        guard abs(difference) <= 1 else { return false }
        // The common head and the common tail; the edit is in the middle.
        let shorter = min(name.count, setting.utf8ByteCount)
        var head = 0
        while head < shorter, same(name[head], setting.utf8Byte(at: head)) { head += 1 }
        var tail = 0
        while tail < shorter - head,
            same(name[name.count - 1 - tail], setting.utf8Byte(at: setting.utf8ByteCount - 1 - tail))
        { tail += 1 }
        let middle = name.count - head - tail
        let settingMiddle = setting.utf8ByteCount - head - tail
        if middle <= 1 && settingMiddle <= 1 { return true }
        return middle == 2 && settingMiddle == 2
            && same(name[head], setting.utf8Byte(at: head + 1))
            && same(name[head + 1], setting.utf8Byte(at: head))
    }

    private static func same(_ a: UInt8, _ b: UInt8) -> Bool { asciiLowercased(a) == asciiLowercased(b) }
}
