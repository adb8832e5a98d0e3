// CheckConfigCommand.swift - are the settings good?
//
// Spec:    DESIGN 2, 3.
// Secret:  no: JWKS_URI is told by its kind alone.
// Reads:   SampleSettings, RulesReport; Authorizer, LambdaRuntime, JSON. Read by: Bootstrap.

import Authorizer
import Bytes
import JOSE
import JSON
import LambdaRuntime
import Platform

/// `authorizer check-config`.
func runCheckConfig(_ options: Options) -> Int32 {
    let settings: Settings
    var proxy: [UInt8]?
    do throws(SettingsError) {
        settings = try LambdaRuntime.settings(environment: Environment.all)
        for issuer in settings.issuers {
            let supply = try KeySupply(issuer, settings)
            proxy = proxy ?? supply.proxyName
        }
    } catch {
        guard options.json else { return settingsError(error) }
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("good")
        writer.bool(false)
        writer.key("setting")
        writer.string(error.setting.name)
        writer.key("error")
        writer.string(error.message.span)
        writer.endObject()
        StandardOutput.write(writer.bytes + [0x0A])
        return ExitStatus.usage
    }
    StandardOutput.write(options.json ? json(settings, proxy) : text(settings, proxy))
    return ExitStatus.allowed
}

/// The settings as name and text, defaults filled in.
///
/// - Parameter proxy: what lies on the way to the keys, without its credentials.
private func entries(_ settings: Settings, _ proxy: [UInt8]?) -> [(name: StaticString, value: [UInt8])] {
    let rules = settings.rules
    var entries: [(name: StaticString, value: [UInt8])] = []
    if !settings.rulesNameIssuers { entries += issuerEntries(settings.issuers[0]) }
    let resources = orElse(rules.resources + rules.appSyncResources, "(none)")
    entries.append(("RESOURCE", rules.routes == nil ? resources : [UInt8]("(the routes of RULES)")))
    entries.append(("REQUIRED_SCOPES", orElse(rules.requiredScopes, "(none)")))
    entries.append(("PRINCIPAL_CLAIM", rules.principalClaim ?? [UInt8]("(sub, else client_id, azp, cid)")))
    entries.append(("CONTEXT_CLAIMS", orElse(rules.contextClaims, "(none)")))
    entries += answerEntries(rules)
    entries += senderEntries(settings)
    let policy = settings.keyCachePolicy
    for (name, number) in [
        ("KEYS_TTL_SECONDS", policy.timeToLiveSeconds), ("KEYS_STALE_SECONDS", policy.staleSeconds),
        ("KEYS_REFETCH_SECONDS", policy.unknownKeyIntervalSeconds),
        ("KEYS_COOLDOWN_SECONDS", policy.longestCoolDownSeconds),
        ("KEYS_CONNECT_TIMEOUT_MS", settings.connectTimeoutMilliseconds),
        ("KEYS_HANDSHAKE_TIMEOUT_MS", settings.handshakeTimeoutMilliseconds),
        ("KEYS_READ_TIMEOUT_MS", settings.readTimeoutMilliseconds),
        ("KEYS_FETCH_TIMEOUT_MS", settings.fetchTimeoutMilliseconds),
        ("LOG_ALLOWED_SAMPLE", settings.reports.allowedSample),
        ("REMEMBERED_TOKENS", Int64(settings.rememberedTokens)),
        ("KEYS_PREFETCH_TIMEOUT_MS", settings.prefetchTimeoutMilliseconds),
    ] as [(StaticString, Int64)] {
        var text: [UInt8] = []
        text.append(decimal: number)
        entries.append((name, text))
    }
    entries.append(("HTTPS_PROXY", proxy ?? [UInt8]("(none on the way to the keys)")))
    entries.append(("CA_BUNDLE", settings.caBundle ?? [UInt8]("(the system's)")))
    entries.append(("LOG_LEVEL", [UInt8](settings.logLevel.name)))
    entries.append(("METRICS", [UInt8](settings.reports.writesMetrics ? "emf" : "off")))
    entries.append(("METRICS_NAMESPACE", settings.reports.metricsNamespace))
    return entries
}

/// The one issuer that variables name.
private func issuerEntries(_ issuer: TrustedIssuer) -> [(name: StaticString, value: [UInt8])] {
    var entries: [(name: StaticString, value: [UInt8])] = []
    for (index, source) in issuer.keySources.enumerated() {
        let name: StaticString = index == 0 ? "JWKS_URI" : "JWKS_URI_FALLBACK"
        switch source {
        case .url: entries.append((name, [UInt8]("a URL")))
        case .file(let path): entries.append((name, path))
        case .inline: entries.append(("JWKS", [UInt8]("the key set itself")))
        case .discovery: entries.append((name, [UInt8]("(as the issuer's document says)")))
        }
    }
    entries.append(("JWKS_SNAPSHOT", issuer.snapshot ?? [UInt8]("(none)")))
    entries.append(("ISSUER", orElse(issuer.claims.issuers, "(not checked)")))
    entries.append(("AUDIENCE", orElse(issuer.claims.audiences, "(not checked)")))
    entries.append(("PROFILE", issuer.profile ?? [UInt8]("(none)")))
    entries.append(("ALGORITHMS", names(issuer.algorithms)))
    let claims = issuer.claims
    for (name, seconds) in [
        ("CLOCK_SKEW_SECONDS", claims.clockSkewSeconds), ("TOKEN_MAX_AGE_SECONDS", claims.maximumAgeSeconds),
        ("TOKEN_MAX_LIFETIME_SECONDS", claims.maximumLifetimeSeconds),
        ("TOKEN_MIN_REMAINING_SECONDS", claims.minimumRemainingSeconds),
    ] as [(StaticString, Int64?)] {
        var text: [UInt8] = []
        if let seconds { text.append(decimal: seconds) } else { text.append("(not checked)") }
        entries.append((name, text))
    }
    return entries
}

/// An issuer of the document; addresses by their kind alone.
private func summary(_ issuer: TrustedIssuer) -> [UInt8] {
    var text = issuer.name
    if let profile = issuer.profile {
        text.append(": profile ")
        text.append(profile.span)
    }
    text.append(issuer.profile == nil ? ": iss " : ", iss ")
    text.append(joined(issuer.claims.issuers).span)
    text.append("; aud ")
    text.append(orElse(issuer.claims.audiences, "(not checked)").span)
    text.append("; ")
    text.append(names(issuer.algorithms).span)
    text.append("; keys from ")
    for (index, source) in issuer.keySources.enumerated() {
        if index > 0 { text.append(", else from ") }
        switch source {
        case .url: text.append("a URL")
        case .file(let path): text.append(path.span)
        case .inline: text.append("the document")
        case .discovery: text.append("where the issuer says")
        }
    }
    if let snapshot = issuer.snapshot {
        text.append("; snapshot ")
        text.append(snapshot.span)
    }
    return text
}

private func names(_ algorithms: [Algorithm]) -> [UInt8] {
    var list: [[UInt8]] = []
    for algorithm in algorithms { list.append([UInt8](algorithm.name)) }
    return joined(list)
}

/// Where the token is, and what the answers look like.
private func answerEntries(_ rules: Rules) -> [(name: StaticString, value: [UInt8])] {
    let forms = rules.answers
    var seconds: ([UInt8], [UInt8]) = ([], [])
    seconds.0.append(decimal: forms.appSyncTTLSeconds)
    seconds.1.append(decimal: forms.iotRefreshSeconds)
    var sources: [[UInt8]] = []
    for source in rules.tokenSources { sources.append(source.text) }
    return [
        ("TOKEN_SOURCES", joined(sources)),
        ("HTTP_API_RESPONSE", [UInt8](forms.isSimpleHTTPAPI ? "simple" : "iam")),
        ("HTTP_API_UNAUTHORIZED", [UInt8](forms.isErrorHTTPAPI ? "error" : "deny")),
        ("APPSYNC_TTL_SECONDS", seconds.0),
        (
            "IOT_POLICY",
            forms.iotPolicies.isEmpty ? [UInt8]("(none: IoT Core is not served)") : forms.iotPolicies
        ),
        ("IOT_REFRESH_SECONDS", seconds.1),
        ("USAGE_KEY_CLAIM", forms.usageKeyClaim ?? [UInt8]("(none)")),
    ]
}

/// Who may send a token, and which tokens are not taken any more.
private func senderEntries(_ settings: Settings) -> [(name: StaticString, value: [UInt8])] {
    let sender = settings.rules.sender
    let deny = settings.rules.deny
    var seconds: [UInt8] = []
    seconds.append(decimal: sender.proofMaximumAgeSeconds)
    var cutoff: [UInt8] = []
    if !settings.rulesNameIssuers, let instant = settings.issuers[0].claims.issuedNotBeforeSeconds {
        cutoff = timestampText(instant * 1000)
    }
    let cache: StaticString =
        switch sender.resultCache {
        case .off?: "off"
        case .keyed?: "keyed"
        case nil: "(not said)"
        }
    return [
        ("DPOP", [UInt8](sender.dpop.name)), ("DPOP_MAX_AGE_SECONDS", seconds),
        ("DPOP_ORIGINS", orElse(sender.origins, "(the host that is called)")),
        ("MTLS", [UInt8](sender.mtls.name)), ("RESULT_CACHE", [UInt8](cache)),
        ("DENY_KIDS", orElse(deny.kids, "(none)")), ("DENY_JTIS", orElse(deny.jtis, "(none)")),
        ("DENY_SUBJECTS", orElse(deny.subjects, "(none)")), ("DENY_CLIENTS", orElse(deny.clients, "(none)")),
        (
            "ISSUED_NOT_BEFORE",
            cutoff.isEmpty ? [UInt8](settings.rulesNameIssuers ? "(see RULES)" : "(not checked)") : cutoff
        ),
        ("SHADOW_RULES", [UInt8](settings.rules.shadow == nil ? "(none)" : "a document")),
    ]
}

private func orElse(_ list: [[UInt8]], _ absent: StaticString) -> [UInt8] {
    list.isEmpty ? [UInt8](absent) : joined(list)
}

private func joined(_ list: [[UInt8]]) -> [UInt8] {
    var text: [UInt8] = []
    for entry in list {
        if !text.isEmpty { text.append(0x2C) }
        text.append(entry.span)
    }
    return text
}

private func text(_ settings: Settings, _ proxy: [UInt8]?) -> [UInt8] {
    var text: [UInt8] = []
    if settings.rulesNameIssuers {
        for issuer in settings.issuers {
            text.append("issuer                      ")
            appendPrintable(&text, summary(issuer))
            text.append(0x0A)
        }
    }
    for entry in entries(settings, proxy) {
        text.append(entry.name)
        for _ in 0..<max(1, 28 - entry.name.utf8ByteCount) { text.append(0x20) }
        for byte in entry.value { text.append(byte >= 0x20 && byte != 0x7F ? byte : 0x3F) }
        text.append(0x0A)
    }
    for warning in settings.warnings {
        text.append("warning: ")
        text.append(warning.message)
        text.append(0x0A)
    }
    if let routes = settings.rules.routes { RouteReport(routes).appendText(routes, to: &text) }
    if let routes = settings.rules.shadow?.routes {
        text.append("SHADOW_RULES, which answer nothing:\n")
        RouteReport(routes).appendText(routes, to: &text)
    }
    text.append("The settings are good.\n")
    return text
}

private func json(_ settings: Settings, _ proxy: [UInt8]?) -> [UInt8] {
    var writer = JSONWriter()
    writer.beginObject()
    writer.key("good")
    writer.bool(true)
    writer.key("settings")
    writer.beginObject()
    for entry in entries(settings, proxy) {
        writer.key(entry.name)
        writer.string(entry.value.span)
    }
    writer.endObject()
    writer.key("warnings")
    writer.beginArray()
    for warning in settings.warnings { writer.string(warning.message) }
    writer.endArray()
    if settings.rulesNameIssuers {
        writer.key("issuers")
        writer.beginArray()
        for issuer in settings.issuers { writer.string(summary(issuer).span) }
        writer.endArray()
    }
    if let routes = settings.rules.routes { RouteReport(routes).write(routes, to: &writer) }
    writer.endObject()
    return writer.bytes + [0x0A]
}
