// SettingEntries.swift - each setting's name and what it is, defaults filled in.
//
// Spec:    README "Settings", in its order.
// Secret:  no: of an address only the kind is shown, a proxy without its credentials.
// Reads:   IssuerSummary (joined, names); Settings, Authorizer, Keys, Events, JOSE, Bytes. Read by: SettingsReport.

import Authorizer
import Bytes
import Events
import JOSE
import Keys
import Settings

/// The settings as names and texts.
struct SettingEntries {
    typealias Entry = (name: StaticString, value: [UInt8])

    private(set) var all: [Entry] = []

    /// - Parameter proxyName: what lies on the way to the keys, without its credentials.
    init(_ settings: Settings, _ proxyName: [UInt8]?) {
        let rules = settings.rules
        if !settings.rulesNameIssuers { addIssuer(settings.issuers[0]) }
        if rules.routes == nil {
            add("RESOURCE", rules.resources + rules.appSyncResources, orElse: "(none)")
        } else {
            add("RESOURCE", "(the routes of RULES)")
        }
        add("REQUIRED_SCOPES", rules.requiredScopes, orElse: "(none)")
        add("PRINCIPAL_CLAIM", rules.principalClaim, orElse: "(sub, else client_id, azp, cid)")
        add("CONTEXT_CLAIMS", rules.contextClaims.map { $0.written }, orElse: "(none)")
        addAnswers(rules)
        addSender(settings)
        addTimes(settings)
        add("HTTPS_PROXY", proxyName, orElse: "(none for the key servers)")
        add("CA_BUNDLE", settings.fetches.caBundle, orElse: "(the system's)")
        add("LOG_LEVEL", settings.logLevel.name)
        add("METRICS", settings.reports.writesMetrics ? "emf" : "off")
        add("METRICS_NAMESPACE", settings.reports.metricsNamespace)
    }

    // MARK: An entry

    private mutating func add(_ name: StaticString, _ value: [UInt8]) { all.append((name, value)) }

    private mutating func add(_ name: StaticString, _ value: StaticString) { add(name, [UInt8](value)) }

    private mutating func add(_ name: StaticString, _ value: [UInt8]?, orElse absent: StaticString) {
        add(name, value ?? [UInt8](absent))
    }

    private mutating func add(_ name: StaticString, _ list: [[UInt8]], orElse absent: StaticString) {
        add(name, joined(list, orElse: absent))
    }

    private mutating func add(_ name: StaticString, _ number: Int64) {
        var text: [UInt8] = []
        text.append(decimal: number)
        add(name, text)
    }

    // MARK: Groups

    /// The one issuer that variables name.
    private mutating func addIssuer(_ issuer: ConfiguredIssuer) {
        for (index, source) in issuer.keys.sources.enumerated() {
            let name: StaticString = index == 0 ? "JWKS_URI" : "JWKS_URI_FALLBACK"
            switch source {
            case .url: add(name, "a URL")
            case .file(let path): add(name, path)
            case .inline: add("JWKS", "the key set itself")
            case .discovery: add(name, "(from the issuer's discovery document)")
            }
        }
        let claims = issuer.trusted.claims
        add("JWKS_SNAPSHOT", issuer.keys.snapshot, orElse: "(none)")
        add("ISSUER", claims.issuers, orElse: "(not checked)")
        add("AUDIENCE", claims.audiences, orElse: "(not checked)")
        add("PROFILE", issuer.profile, orElse: "(none)")
        add("ALGORITHMS", algorithmNames(issuer.trusted.algorithms))
        for (name, seconds) in [
            ("CLOCK_SKEW_SECONDS", claims.clockSkewSeconds),
            ("TOKEN_MAX_AGE_SECONDS", claims.maximumAgeSeconds),
            ("TOKEN_MAX_LIFETIME_SECONDS", claims.maximumLifetimeSeconds),
            ("TOKEN_MIN_REMAINING_SECONDS", claims.minimumRemainingSeconds),
            ("AUTH_MAX_AGE_SECONDS", claims.maximumAuthAgeSeconds),
        ] as [(StaticString, Int64?)] {
            if let seconds { add(name, seconds) } else { add(name, "(not checked)") }
        }
    }

    /// Where the token is, and what the answers look like.
    private mutating func addAnswers(_ rules: Rules) {
        let forms = rules.answers
        add("TOKEN_SOURCES", joined(rules.tokenSources.map { $0.text }))
        add("HTTP_API_RESPONSE", forms.isSimpleHTTPAPI ? "simple" : "iam")
        add("HTTP_API_UNAUTHORIZED", forms.isErrorHTTPAPI ? "error" : "deny")
        add("POLICY_MAX_BYTES", Int64(forms.policyByteCount))
        add("APPSYNC_TTL_SECONDS", forms.appSyncTTLSeconds)
        add(
            "IOT_POLICY",
            forms.iotPolicies.isEmpty ? [UInt8]("(none: IoT Core is not served)") : forms.iotPolicies)
        add("IOT_REFRESH_SECONDS", forms.iotRefreshSeconds)
        add("USAGE_KEY_CLAIM", forms.usageKeyClaim, orElse: "(none)")
    }

    /// Who may send a token, and which tokens are not taken any more.
    private mutating func addSender(_ settings: Settings) {
        let sender = settings.rules.sender
        let deny = settings.rules.deny
        add("DPOP", sender.dpop.name)
        add("DPOP_MAX_AGE_SECONDS", sender.proofMaximumAgeSeconds)
        add("DPOP_ORIGINS", sender.origins, orElse: "(the called host)")
        add("MTLS", sender.mtls.name)
        add(
            "RESULT_CACHE",
            sender.resultCache?.name ?? "(not set: an answer may be cached for all calls of a token)")
        add("DENY_KIDS", deny.kids, orElse: "(none)")
        add("DENY_JTIS", deny.jtis, orElse: "(none)")
        add("DENY_SUBJECTS", deny.subjects, orElse: "(none)")
        add("DENY_CLIENTS", deny.clients, orElse: "(none)")
        if settings.rulesNameIssuers {
            add("ISSUED_NOT_BEFORE", "(see RULES)")
        } else {
            let instant = settings.issuers[0].trusted.claims.issuedNotBeforeSeconds
            add("ISSUED_NOT_BEFORE", instant.map { timestampText($0 * 1000) }, orElse: "(not checked)")
        }
        add("SHADOW_RULES", settings.shadow == nil ? "(none)" : "a document")
    }

    private mutating func addTimes(_ settings: Settings) {
        let policy = settings.keyCachePolicy
        let fetches = settings.fetches
        add("KEYS_TTL_SECONDS", policy.timeToLiveSeconds)
        add("KEYS_MAX_TTL_SECONDS", policy.longestServerLifetimeSeconds)
        add("KEYS_STALE_SECONDS", policy.staleSeconds)
        add("KEYS_REFETCH_SECONDS", policy.unknownKeyIntervalSeconds)
        add("KEYS_COOLDOWN_SECONDS", policy.longestBackOffSeconds)
        add("KEYS_RESOLVE_TIMEOUT_MS", fetches.resolveMilliseconds)
        add("KEYS_CONNECT_TIMEOUT_MS", fetches.connectMilliseconds)
        add("KEYS_HANDSHAKE_TIMEOUT_MS", fetches.handshakeMilliseconds)
        add("KEYS_READ_TIMEOUT_MS", fetches.readMilliseconds)
        add("KEYS_FETCH_TIMEOUT_MS", fetches.fetchMilliseconds)
        add("LOG_ALLOWED_SAMPLE", settings.reports.allowedSample)
        add("REMEMBERED_TOKENS", Int64(settings.rememberedTokens))
        add("KEYS_PREFETCH_TIMEOUT_MS", fetches.prefetchMilliseconds)
    }
}
