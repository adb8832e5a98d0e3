import JOSE
import Keys
import Routes
import TestSupport
import Testing
import URI

@testable import Settings

private let arn = "arn:aws:execute-api:eu-central-1:123456789012:a1b2c3d4e5/prod/*"

private func settings(_ pairs: [(String, String)]) throws(SettingsError) -> Settings {
    try Settings(environment: variables(pairs))
}

/// The two required settings, with further ones.
private func settings(with further: (String, String)...) throws(SettingsError) -> Settings {
    try settings([("JWKS_URI", "/keys.json"), ("RESOURCE", arn)] + further)
}

private func refusal(_ pairs: [(String, String)]) -> SettingsError? {
    thrown { () throws(SettingsError) in
        _ = try settings(pairs)
    }
}

private func refusal(with further: (String, String)...) -> SettingsError? {
    refusal([("JWKS_URI", "/keys.json"), ("RESOURCE", arn)] + further)
}

/// Every setting is read, or refused with a specific text. Misspellings are found (AUDIT 22, 31).
@Suite struct SettingsTests {
    @Test func theTwoVariablesOfTheOriginalAreEnough() throws {
        let settings = try settings(with: ("PATH", "/bin"), ("AWS_REGION", "eu-central-1"))
        #expect(settings.issuers[0].keys.sources[0] == .file(Array("/keys.json".utf8)))
        #expect(settings.rules.resources == [Array(arn.utf8)])
        #expect(
            settings.issuers[0].trusted.claims.issuers.isEmpty
                && settings.issuers[0].trusted.claims.audiences.isEmpty)
        #expect(settings.issuers[0].trusted.claims.clockSkewSeconds == 60)
        #expect(settings.issuers[0].trusted.algorithms == Algorithm.standard)
        #expect(settings.logLevel == .info)
        #expect(settings.fetches.resolveMilliseconds == 2000 && settings.fetches.connectMilliseconds == 2000)
        #expect(settings.fetches.fetchMilliseconds == 3000)
        // AUDIT 22: the drop-in warns.
        #expect(settings.warnings == [.issuerAndAudienceNotChecked])
    }

    @Test func everySettingIsRead() throws {
        let settings = try settings([
            ("JWKS_URI", "https://idp.example.com/keys"),
            ("RESOURCE", "\(arn), arn:aws-cn:execute-api:*:*:x/*"),
            ("ISSUER", "https://idp.example.com/"), ("AUDIENCE", "a, b"), ("ALGORITHMS", "PS256,RS256"),
            ("CLOCK_SKEW_SECONDS", "0"), ("REQUIRED_SCOPES", "x:read  y:write,z"),
            ("PRINCIPAL_CLAIM", "email"),
            ("CONTEXT_CLAIMS", "sub,https://x/y"), ("KEYS_TTL_SECONDS", "60"), ("KEYS_STALE_SECONDS", "0"),
            ("KEYS_MAX_TTL_SECONDS", "90"),
            ("KEYS_REFETCH_SECONDS", "5"), ("KEYS_COOLDOWN_SECONDS", "10"),
            ("KEYS_RESOLVE_TIMEOUT_MS", "400"),
            ("KEYS_CONNECT_TIMEOUT_MS", "500"),
            ("KEYS_FETCH_TIMEOUT_MS", "700"), ("REMEMBERED_TOKENS", "0"), ("LOG_LEVEL", "warn"),
            ("LOG_ALLOWED_SAMPLE", "100"), ("METRICS", "emf"), ("METRICS_NAMESPACE", "Shop/Tokens"),
        ])
        #expect(try settings.issuers[0].keys.sources[0] == urlSource("https://idp.example.com/keys"))
        #expect(settings.rules.resources.count == 2)
        #expect(settings.issuers[0].trusted.claims.issuers.map(text) == ["https://idp.example.com/"])
        #expect(settings.issuers[0].trusted.claims.audiences.map(text) == ["a", "b"])
        #expect(settings.issuers[0].trusted.algorithms == [.ps256, .rs256])
        #expect(settings.issuers[0].trusted.claims.clockSkewSeconds == 0)
        #expect(settings.rules.requiredScopes.map(text) == ["x:read", "y:write", "z"])
        #expect(settings.rules.principalClaim.map(text) == "email")
        #expect(settings.rules.contextClaims.map { text($0.written) } == ["sub", "https://x/y"])
        #expect(settings.keyCachePolicy.longestServerLifetimeSeconds == 90)
        #expect(settings.keyCachePolicy.timeToLiveSeconds == 60 && settings.keyCachePolicy.staleSeconds == 0)
        #expect(settings.keyCachePolicy.unknownKeyIntervalSeconds == 5)
        #expect(settings.keyCachePolicy.longestBackOffSeconds == 10)
        #expect(settings.fetches.resolveMilliseconds == 400)
        #expect(settings.fetches.connectMilliseconds == 500 && settings.fetches.fetchMilliseconds == 700)
        #expect(settings.rememberedTokens == 0)
        #expect(settings.logLevel == .warn && settings.warnings.isEmpty)
        #expect(settings.reports.allowedSample == 100 && settings.reports.writesMetrics)
        #expect(text(settings.reports.metricsNamespace) == "Shop/Tokens")
    }

    @Test func keySourcesAreDistinguished() throws {
        func source(_ value: String) throws -> KeySource {
            try settings([("JWKS_URI", value), ("RESOURCE", arn)]).issuers[0].keys.sources[0]
        }
        #expect(try source("file:///a/b") == .file(Array("/a/b".utf8)))
        #expect(try source("HTTP://localhost/x") == urlSource("HTTP://localhost/x"))
        let set = TestIssuer.first.keySet
        #expect(
            try settings([("JWKS", text(set)), ("RESOURCE", arn)]).issuers[0].keys.sources[0] == .inline(set))
    }

    @Test func aSecondAddressAndASnapshot() throws {
        let issuer = try settings(
            with: ("JWKS_URI_FALLBACK", "https://mirror.example.com/k"), ("JWKS_SNAPSHOT", "jwks.json")
        ).issuers[0]
        #expect(
            issuer.keys.sources == [
                .file(Array("/keys.json".utf8)), try urlSource("https://mirror.example.com/k"),
            ])
        #expect(issuer.keys.snapshot.map(text) == "jwks.json")
        #expect(
            refusal(with: ("JWKS_URI_FALLBACK", "/keys.json"))
                == SettingsError(.jwksURIFallback, .sameAddress))
        #expect(
            refusal(with: ("JWKS_URI_FALLBACK", "keys.json")) == SettingsError(.jwksURIFallback, .uriForm))
        #expect(refusal(with: ("JWKS_URI_FALLBACK", "")) == SettingsError(.jwksURIFallback, .empty))
        #expect(refusal(with: ("JWKS_SNAPSHOT", "")) == SettingsError(.jwksSnapshot, .empty))
        let inline = [("JWKS", text(TestIssuer.first.keySet)), ("RESOURCE", arn)]
        for (name, setting) in [
            ("JWKS_URI_FALLBACK", SettingName.jwksURIFallback), ("JWKS_SNAPSHOT", .jwksSnapshot),
        ] {
            #expect(refusal(inline + [(name, "/x")]) == SettingsError(setting, .withoutJWKSURI))
        }
        let closed = try settings(with: ("JWKS_SNAPSHOT", "x"), ("KEYS_STALE_SECONDS", "0"))
        #expect(closed.warnings.contains(.snapshotIsNeverUsed))
        #expect(try settings(with: ("KEYS_PREFETCH_TIMEOUT_MS", "0")).fetches.prefetchMilliseconds == 0)
        #expect(try settings().fetches.prefetchMilliseconds == 5000)
        #expect(
            refusal(with: ("KEYS_PREFETCH_TIMEOUT_MS", "9001"))
                == SettingsError(.keysPrefetchTimeoutMS, .outOfRange(minimum: 0, maximum: 9000)))
    }

    /// An unsupported address stops the start, and the error names its setting.
    @Test func unsupportedAddressesAreNamed() {
        for (name, setting) in [("JWKS_URI", SettingName.jwksURI), ("JWKS_URI_FALLBACK", .jwksURIFallback)] {
            let other = name == "JWKS_URI" ? "JWKS_URI_FALLBACK" : "JWKS_URI"
            for (address, problem) in [
                ("http://idp.example.com/keys", SettingsError.Problem.httpNotLoopback),
                ("https://user@idp.example.com/keys", .uriForm), ("https://idp.example.com:0/", .uriForm),
                ("https://" + String(repeating: "a", count: 2048), .uriForm), ("ftp://x", .uriForm),
            ] {
                #expect(
                    refusal([(name, address), (other, "/keys.json"), ("RESOURCE", arn)])
                        == SettingsError(setting, problem))
            }
        }
        let proxy = ("HTTPS_PROXY", "socks5://p")
        #expect(refusal(with: proxy) == nil)
        #expect(
            refusal([("JWKS_URI", "https://k"), ("RESOURCE", arn), proxy])
                == SettingsError(.httpsProxy, .proxyForm))
    }

    /// Without a key address the keys are discovered from the issuer.
    @Test func keysAreDiscoveredFromTheIssuer() throws {
        func source(_ issuer: String, _ further: (String, String)...) throws -> KeySource {
            try settings([("ISSUER", issuer), ("RESOURCE", arn)] + further).issuers[0].keys.sources[0]
        }
        #expect(try source("https://idp.example.com/") == discoverySource("https://idp.example.com/"))
        #expect(try source("HTTP://localhost") == discoverySource("HTTP://localhost"))
        #expect(try source("https://idp.example.com/", ("JWKS_URI", "/k")) == .file(Array("/k".utf8)))
        for issuer in ["accounts.google.com", "urn:issuer", "/k", "file:///k", "https:/x"] {
            #expect(refusal([("ISSUER", issuer), ("RESOURCE", arn)]) == SettingsError(.issuer, .issuerForm))
            #expect(refusal(with: ("ISSUER", issuer)) == nil)
        }
    }

    /// The same in a document of issuers: the keys are discovered from the first form of `iss`.
    @Test func keysAreDiscoveredFromADocumentsIssuer() throws {
        func sources(_ issuer: String) throws(SettingsError) -> [KeySource] {
            let document = #"{"issuers":[{"issuer":\#(issuer)}]}"#
            return try RulesDocument(parsing: Array(document.utf8)).issuers?.first?.keys.sources ?? []
        }
        let own = "https://accounts.google.com"
        #expect(try sources(#"["\#(own)","accounts.google.com"]"#) == [discoverySource(own)])
        #expect(
            try sources(#""\#(own)","fallback_jwks_uri":"/k""#)
                == [discoverySource(own), .file(Array("/k".utf8))])
        #expect(try sources(#""\#(own)","jwks_uri":"/k""#) == [.file(Array("/k".utf8))])
        for refused in [#""urn:a""#, #"["accounts.google.com","\#(own)"]"#] {
            #expect(throws: SettingsError.self) { try sources(refused) }
        }
    }

    /// The name in capitals takes precedence, as in Go. An empty one is ignored.
    @Test func proxiesComeFromEitherName() throws {
        /// The proxies for c.example and d.example.
        func proxies(_ further: (String, String)...) throws -> [String?] {
            let made = try settings([("JWKS_URI", "/k"), ("RESOURCE", arn)] + further)
            return try ["https://c.example/", "https://d.example/"].map { target in
                let url = try URL(Array(target.utf8).span)
                return made.fetches.proxies?.proxy(for: url).map { text($0.name) }
            }
        }
        #expect(try proxies() == [nil, nil])
        #expect(
            try proxies(
                ("https_proxy", "a"), ("HTTPS_PROXY", "b"), ("no_proxy", "c.example"),
                ("NO_PROXY", "d.example")) == ["b:80", nil])
        #expect(
            try proxies(
                ("https_proxy", "a"), ("HTTPS_PROXY", ""), ("no_proxy", "c.example"), ("NO_PROXY", ""))
                == [nil, "a:80"])
        #expect(try proxies(("HTTPS_PROXY", ""), ("HTTP_PROXY", "x"), ("ALL_PROXY", "y")) == [nil, nil])
    }

    @Test func stepTimesDefaultToTheWholeTime() throws {
        let plain = try settings(with: ("KEYS_FETCH_TIMEOUT_MS", "700"))
        #expect(plain.fetches.handshakeMilliseconds == 700 && plain.fetches.readMilliseconds == 700)
        let set = try settings(with: ("KEYS_HANDSHAKE_TIMEOUT_MS", "50"), ("KEYS_READ_TIMEOUT_MS", "60"))
        #expect(set.fetches.handshakeMilliseconds == 50 && set.fetches.readMilliseconds == 60)
        #expect(
            refusal(with: ("KEYS_READ_TIMEOUT_MS", "49"))
                == SettingsError(.keysReadTimeoutMS, .outOfRange(minimum: 50, maximum: 25_000)))
    }

    /// AUDIT 31: invalid settings stop the start, and the error names them.
    @Test func refusalsAreExact() {
        #expect(refusal([("RESOURCE", arn)]) == SettingsError(.jwksURI, .missing))
        #expect(refusal([("JWKS_URI", "/k")]) == SettingsError(.resource, .missing))
        #expect(refusal(with: ("JWKS", "{}")) == SettingsError(.jwksURI, .bothKeySources))
        #expect(refusal([("JWKS_URI", ""), ("RESOURCE", arn)]) == SettingsError(.jwksURI, .empty))
        for uri in ["keys.json", "ftp://x/y", "file://host/x", "https://", "/a b", "/a\n"] {
            #expect(refusal([("JWKS_URI", uri), ("RESOURCE", arn)]) == SettingsError(.jwksURI, .uriForm))
        }
        #expect(
            refusal([("JWKS", "x"), ("RESOURCE", arn)])
                == SettingsError(.jwks, .keySetRefused(.keySetJSON(.unexpectedByte(offset: 0)))))
        #expect(
            refusal([("JWKS", #"{"keys":[]}"#), ("RESOURCE", arn)])
                == SettingsError(.jwks, .keySetWithoutKeys(skipped: [])))
        // The error has the reasons of the first few keys.
        let keys = ["7"] + Array(repeating: #"{"kty":"oct","k":"AA","kid":"s"}"#, count: 8)
        let problem = refusal([
            ("JWKS", #"{"keys":[\#(keys.joined(separator: ","))]}"#), ("RESOURCE", arn),
        ])
        let message = String(decoding: problem?.message ?? [], as: UTF8.self)
        #expect(
            message.contains(
                "has no key that can verify tokens (key 0: key_not_object, key 1: key_symmetric, key 2: "
            ),
            "\(message)")
        #expect(message.contains("key 7: key_symmetric, …)") && !message.contains("key 8"), "\(message)")
        for issuer in [""] { #expect(refusal(with: ("ISSUER", issuer)) == SettingsError(.issuer, .empty)) }
        #expect(refusal(with: ("AUDIENCE", "*")) == SettingsError(.audience, .audienceWildcard))
        #expect(refusal(with: ("AUDIENCE", "a,,b")) == SettingsError(.audience, .emptyEntry))
        #expect(refusal(with: ("AUDIENCE", "a, a")) == SettingsError(.audience, .repeatedEntry))
        for algorithm in ["HS256", "none", "rs256", "RS256 PS256", "Ed448", "ed25519", "Ed25519,Ed448"] {
            #expect(refusal(with: ("ALGORITHMS", algorithm)) == SettingsError(.algorithms, .unknownAlgorithm))
        }
        #expect(refusal(with: ("CLOCK_SKEW_SECONDS", "1m")) == SettingsError(.clockSkewSeconds, .notANumber))
        #expect(refusal(with: ("CLOCK_SKEW_SECONDS", "-1")) == SettingsError(.clockSkewSeconds, .notANumber))
        #expect(
            refusal(with: ("CLOCK_SKEW_SECONDS", "301"))
                == SettingsError(.clockSkewSeconds, .outOfRange(minimum: 0, maximum: 300)))
        #expect(
            refusal(with: ("KEYS_MAX_TTL_SECONDS", "59"))
                == SettingsError(.keysMaxTTLSeconds, .outOfRange(minimum: 60, maximum: 86_400)))
        #expect(
            refusal(with: ("KEYS_MAX_TTL_SECONDS", "86401"))
                == SettingsError(.keysMaxTTLSeconds, .outOfRange(minimum: 60, maximum: 86_400)))
        #expect(
            refusal(with: ("KEYS_TTL_SECONDS", "0"))
                == SettingsError(.keysTTLSeconds, .outOfRange(minimum: 1, maximum: 86_400)))
        #expect(refusal(with: ("REQUIRED_SCOPES", " ")) == SettingsError(.requiredScopes, .empty))
        #expect(refusal(with: ("REQUIRED_SCOPES", "a\"b")) == SettingsError(.requiredScopes, .scopeForm))
        #expect(
            refusal(with: ("CONTEXT_CLAIMS", "a:b,a/b")) == SettingsError(.contextClaims, .contextKeysCollide)
        )
        #expect(
            refusal(with: ("CONTEXT_CLAIMS", "a:b,a_b=c"))
                == SettingsError(.contextClaims, .contextKeysCollide)
        )
        for entry in [
            "=a", "a-b=c", "k=", "k=.a", "k=a.", "k=a..b", "k=0", "k=a[0]", "k=a.0.b", "k=a/b", #"k="a"#,
            #"k="".a"#, #"k="a"b"#, #"k=a"b""#, #"k="a"."#, "k=a.b.c.d.e.f.g.h.i",
        ] {
            #expect(
                refusal(with: ("CONTEXT_CLAIMS", "sub,\(entry)"))
                    == SettingsError(.contextClaims, .claimPathForm), "\(entry)")
        }
        #expect(refusal(with: ("CONTEXT_CLAIMS", #"k="0"."a/b",l=a.b.c.d.e.f.g.h"#)) == nil)
        #expect(refusal(with: ("LOG_LEVEL", "LOUD")) == SettingsError(.logLevel, .logLevel))
        #expect(
            refusal(with: ("LOG_ALLOWED_SAMPLE", "0"))
                == SettingsError(.logAllowedSample, .outOfRange(minimum: 1, maximum: 1_000_000)))
        #expect(refusal(with: ("METRICS", "on")) == SettingsError(.metrics, .unknownValue))
        for namespace in ["AWS/Lambda", ":a", "a b", "a\u{E9}", String(repeating: "a", count: 256)] {
            #expect(
                refusal(with: ("METRICS_NAMESPACE", namespace))
                    == SettingsError(.metricsNamespace, .namespaceForm))
        }
        for namespace in ["A", "a:b#c.d-e_f/9", String(repeating: "a", count: 255)] {
            #expect(refusal(with: ("METRICS_NAMESPACE", namespace)) == nil)
        }
    }

    @Test func listsAndValuesEndAtTheirLimits() {
        func list(_ count: Int) -> String { (0..<count).map { "a\($0)" }.joined(separator: ",") }
        #expect(refusal(with: ("AUDIENCE", list(SettingsLimits.listCount))) == nil)
        #expect(
            refusal(with: ("AUDIENCE", list(SettingsLimits.listCount + 1)))
                == SettingsError(.audience, .tooManyEntries(limit: SettingsLimits.listCount)))
        let limit = SettingsLimits.settingByteCount
        #expect(refusal(with: ("ISSUER", String(repeating: "a", count: limit))) == nil)
        #expect(
            refusal(with: ("ISSUER", String(repeating: "a", count: limit + 1)))
                == SettingsError(.issuer, .tooLong(limit: limit)))
        let resources = (0...SettingsLimits.resourceCount).map { "arn:aws:execute-api:*:*:\($0)/*" }
        #expect(
            refusal([("JWKS_URI", "/k"), ("RESOURCE", resources.dropLast().joined(separator: ","))]) == nil)
        #expect(
            refusal([("JWKS_URI", "/k"), ("RESOURCE", resources.joined(separator: ","))])
                == SettingsError(.resource, .tooManyEntries(limit: SettingsLimits.resourceCount)))
    }

    @Test(arguments: [
        ("*", true), ("arn:aws:execute-api:*:*:*", true),
        ("arn:aws-us-gov:execute-api:*:*:a/b/GET/c:d", true),
        ("arn:aws:execute-api:us-east-1:123456789012:a/*/GET/*", true), ("**", false), ("arn", false),
        ("arn:aws:lambda:eu-central-1:1:function:x", false), ("arn:aws:execute-api:eu-central-1:1:", false),
        ("arn::execute-api:eu:1:a", false), ("arn:aws:execute-api:eu_1:1:a", false),
        ("arn:aws:execute-api:eu-1:1:a b", false), ("ARN:aws:execute-api:*:*:*", false),
        ("arn:aws:appsync:eu-central-1:123456789012:apis/abc", true),
        ("arn:aws:appsync:*:123456789012:apis/abc", true), ("arn:aws:appsync:r:1:apis/", false),
        ("arn:aws:appsync:r:1:abc", false), ("arn:aws:appsync:r:*:apis/abc", false),
        ("arn:aws:appsync:r:1:apis/*", false), ("arn:aws:appsync:r:1:apis/a b", false),
    ]) func resourcesHaveTheFormOfAnARN(resource: String, isGood: Bool) {
        let expected = isGood ? nil : SettingsError(.resource, .arnForm)
        #expect(refusal([("JWKS_URI", "/k"), ("RESOURCE", resource)]) == expected)
    }

    @Test func longARNsAreRefused() {
        let base = "arn:aws:execute-api:*:*:"
        let limit = RouteLimits.resourceByteCount
        let good = base + String(repeating: "a", count: limit - base.utf8.count)
        #expect(refusal([("JWKS_URI", "/k"), ("RESOURCE", good)]) == nil)
        #expect(
            refusal([("JWKS_URI", "/k"), ("RESOURCE", good + "a")])
                == SettingsError(.resource, .arnTooLong(limit: limit)))
    }

    @Test(arguments: [
        ("JWKS_URL", SettingName.jwksURI), ("jwks_uri", .jwksURI), ("JWKSURI", .jwksURI),
        ("JWKS_UIR", .jwksURI),
        ("RESOURCES", .resource), ("ISSUERS", .issuer), ("AUDIENCES", .audience), ("Audience", .audience),
        ("ALGORITHM", .algorithms), ("CLOCK_SKEW_SECOND", .clockSkewSeconds),
        ("REQUIRED_SCOPE", .requiredScopes), ("CONTEXT_CLAIM", .contextClaims), ("JWK", .jwks),
        ("LOGLEVEL", .logLevel),
    ]) func misspellingsAreNoticed(name: String, meant: SettingName) {
        #expect(refusal(with: (name, "x")) == SettingsError(meant, .misspelled(found: Array(name.utf8))))
    }

    @Test(arguments: [
        "AWS_LAMBDA_LOG_LEVEL", "HTTP_PROXY", "http_proxy", "https_proxy", "no_proxy", "NO_PROXY", "LANG",
        "RESOURCE_GROUP", "_HANDLER", "KEYS", "ISSUER_URL",
    ])
    func otherVariablesAreIgnored(name: String) {
        #expect(refusal(with: (name, "x")) == nil)
    }

    @Test func messagesHaveExamples() {
        #expect(
            text(SettingsError(.clockSkewSeconds, .outOfRange(minimum: 0, maximum: 300)).message)
                == "CLOCK_SKEW_SECONDS must be from 0 to 300; for example CLOCK_SKEW_SECONDS=60")
        #expect(
            text(SettingsError(.jwksURI, .misspelled(found: Array("JWKS_UR\u{1B}".utf8))).message)
                == "JWKS_UR? is not a setting: did you mean JWKS_URI?")
        for setting in SettingName.allCases {
            #expect(
                text(SettingsError(setting, .empty).message).hasPrefix(
                    "\(setting.name) is empty; for example"))
        }
    }

    @Test func ourLogLevelPrevailsInTextFormat() throws {
        #expect(try settings(with: ("AWS_LAMBDA_LOG_LEVEL", "ERROR")).logLevel == .error)
        #expect(
            try settings(with: ("AWS_LAMBDA_LOG_LEVEL", "ERROR"), ("LOG_LEVEL", "DEBUG")).logLevel == .debug)
        #expect(
            try settings(
                with: ("AWS_LAMBDA_LOG_LEVEL", "ERROR"), ("AWS_LAMBDA_LOG_FORMAT", "JSON"),
                ("LOG_LEVEL", "DEBUG")
            ).logLevel == .error)
    }

    @Test func warningsNameWhatIsNotChecked() throws {
        #expect(try settings(with: ("ISSUER", "x")).warnings == [.audienceNotChecked])
        #expect(try settings(with: ("AUDIENCE", "x")).warnings == [.issuerNotChecked])
        #expect(
            try settings([("JWKS_URI", "/k"), ("RESOURCE", "*")]).warnings
                == [.issuerAndAudienceNotChecked, .resourceIsEverything])
    }
}
