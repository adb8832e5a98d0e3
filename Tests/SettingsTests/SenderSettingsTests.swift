import TestSupport
import Testing

@testable import Settings

private func settings(_ pairs: [(String, String)]) throws(SettingsError) -> Settings {
    let needed = [("JWKS_URI", "/keys.json"), ("RESOURCE", "*"), ("ISSUER", "i"), ("AUDIENCE", "a")]
    return try Settings(environment: variables(needed + pairs))
}

private func refusal(_ pairs: (String, String)...) -> SettingsError? {
    thrown { () throws(SettingsError) in
        _ = try settings(pairs)
    }
}

private func seconds(_ text: String) -> Int64? {
    let bytes = Array(text.utf8)
    return secondsSince1970(bytes.span)
}

private func texts(_ list: [[UInt8]]) -> [String] { list.map { String(decoding: $0, as: UTF8.self) } }

/// Sender verification requires RESULT_CACHE, the handling of the gateway's result cache (AUDIT 42).
@Suite struct SenderSettingsTests {
    @Test func theDefaults() throws {
        let rules = try settings([]).rules
        #expect(rules.sender.dpop == .off && rules.sender.mtls == .off && rules.sender.resultCache == nil)
        #expect(rules.sender.origins.isEmpty && rules.sender.proofMaximumAgeSeconds == 60)
        #expect(rules.deny.kids.isEmpty && rules.deny.jtis.isEmpty)
        #expect(try settings([]).issuers[0].trusted.claims.issuedNotBeforeSeconds == nil)
    }

    @Test func everySettingIsRead() throws {
        let settings = try settings([
            ("DPOP", "require"), ("MTLS", "accept"), ("RESULT_CACHE", "off"), ("DPOP_MAX_AGE_SECONDS", "5"),
            ("DPOP_ORIGINS", "https://API.example.com:443/v1/, https://cdn.example.com"),
            ("DENY_KIDS", "a, b"), ("DENY_JTIS", "c"), ("DENY_SUBJECTS", "d"), ("DENY_CLIENTS", "e,f"),
            ("ISSUED_NOT_BEFORE", "2026-11-25T14:00:00Z"),
        ])
        let rules = settings.rules
        #expect(
            rules.sender.dpop == .require && rules.sender.mtls == .accept && rules.sender.resultCache == .off)
        #expect(rules.sender.proofMaximumAgeSeconds == 5)
        #expect(texts(rules.sender.origins) == ["https://api.example.com/v1", "https://cdn.example.com"])
        #expect(texts(rules.deny.kids) == ["a", "b"] && texts(rules.deny.jtis) == ["c"])
        #expect(texts(rules.deny.subjects) == ["d"] && texts(rules.deny.clients) == ["e", "f"])
        #expect(settings.issuers[0].trusted.claims.issuedNotBeforeSeconds == 1_795_615_200)
        #expect(settings.warnings == [.resourceIsEverything])
    }

    /// With sender verification a setting must state that the gateway's cache does not answer for other callers.
    @Test func resultCacheIsRequired() throws {
        for name in ["DPOP", "MTLS"] {
            for mode in ["accept", "require"] {
                let error = try #require(refusal((name, mode)))
                #expect(error == SettingsError(.resultCache, .resultCacheMissing))
                let said = String(decoding: error.message, as: UTF8.self)
                #expect(said.hasPrefix("RESULT_CACHE is not set, but DPOP or MTLS is: "))
                #expect(said.hasSuffix("for example RESULT_CACHE=off"))
                #expect(refusal((name, mode), ("RESULT_CACHE", "off")) == nil)
                #expect(refusal((name, mode), ("RESULT_CACHE", "keyed")) == nil)
            }
            #expect(refusal((name, "off")) == nil && refusal((name, "ignore")) == nil)
        }
        for word in ["on", "OFF", "true"] {
            #expect(refusal(("RESULT_CACHE", word)) == SettingsError(.resultCache, .resultCacheValue))
        }
        let keyed = try settings([("DPOP", "accept"), ("RESULT_CACHE", "keyed")])
        #expect(keyed.warnings == [.resourceIsEverything, .proofsCached])
        #expect(
            try settings([("MTLS", "accept"), ("RESULT_CACHE", "keyed")]).warnings == [.resourceIsEverything])
        #expect(try settings([("MTLS", "ignore")]).warnings == [.resourceIsEverything, .sendersIgnored])
        #expect(try settings([("DPOP", "ignore")]).warnings == [.resourceIsEverything, .sendersIgnored])
    }

    /// A bound on the login's age, in either place, while the gateway may cache answers.
    @Test func cachedLogins() throws {
        let age = #"{"routes":[{"route":"GET /","allow":{"auth_max_age_seconds":60}}]}"#
        let acr = #"{"routes":[{"route":"GET /","allow":{"acr_values":["mfa"]}}]}"#
        for (cache, warns) in [(nil, true), ("off", false), ("path", true), ("keyed", true)]
            as [(String?, Bool)]
        {
            let further = cache.map { [("RESULT_CACHE", $0)] } ?? []
            let bounded = try settings([("AUTH_MAX_AGE_SECONDS", "60")] + further)
            #expect(bounded.warnings.contains(.loginsCached) == warns)
            for (rules, readsClock) in [(age, true), (acr, false)] {
                let all =
                    [("JWKS_URI", "/k"), ("ISSUER", "i"), ("AUDIENCE", "a"), ("RULES", rules)] + further
                let found = try Settings(environment: variables(all))
                #expect(found.warnings == (warns && readsClock ? [.loginsCached] : []))
            }
        }
    }

    /// The later one of the document's and the variable's instant applies.
    @Test func aCutoffForOneIssuer() throws {
        func cutoffs(_ variable: String?, _ members: String...) throws(SettingsError) -> [Int64?] {
            var issuers: [String] = []
            for (index, member) in members.enumerated() {
                issuers.append(#"{"issuer":"i\#(index)","jwks_uri":"/keys.json"\#(member)}"#)
            }
            var pairs = [("RULES", #"{"issuers":[\#(issuers.joined(separator: ","))]}"#), ("RESOURCE", "*")]
            if let variable { pairs.append(("ISSUED_NOT_BEFORE", variable)) }
            return try Settings(environment: variables(pairs)).issuers.map {
                $0.trusted.claims.issuedNotBeforeSeconds
            }
        }
        let member = #","issued_not_before":"#
        #expect(try cutoffs(nil, "", member + "100", member + #""1970-01-01T00:05:00Z""#) == [nil, 100, 300])
        #expect(try cutoffs("200", "", member + "100", member + "300") == [200, 200, 300])
        for (value, problem) in [
            (#""x""#, DocumentFault.Problem.instant), ("true", .notString), ("1.5", .notInteger),
            ("-1", .outOfRange(minimum: 0, maximum: 999_999_999_999)),
        ] {
            do throws(SettingsError) {
                _ = try cutoffs(nil, member + value)
                Issue.record("\(value)")
            } catch {
                let fault = DocumentFault(
                    path: Array("issuers[0].issued_not_before".utf8), problem: problem, example: "")
                #expect(error.problem == .document(fault))
            }
        }
    }

    @Test func wrongValues() {
        for name in [("DPOP", SettingName.dpop), ("MTLS", .mtls)] {
            for word in ["on", "Require", "required", "none"] {
                #expect(refusal((name.0, word)) == SettingsError(name.1, .senderMode))
            }
            #expect(refusal((name.0, "")) == SettingsError(name.1, .empty))
        }
        for origin in [
            "http://api.example.com", "api.example.com", "https://", "https://u@h", "https://h/?x",
            "https://h/#x",
            "https://h/a b",
        ] {
            #expect(
                refusal(("DPOP_ORIGINS", origin)) == SettingsError(.dpopOrigins, .originForm), "\(origin)")
        }
        for seconds in ["0", "301"] {
            #expect(
                refusal(("DPOP_MAX_AGE_SECONDS", seconds))
                    == SettingsError(.dpopMaxAgeSeconds, .outOfRange(minimum: 1, maximum: 300)))
        }
        #expect(refusal(("DENY_KIDS", "a,,b")) == SettingsError(.denyKids, .emptyEntry))
        #expect(refusal(("DENY_JTIS", "")) == SettingsError(.denyJTIs, .empty))
        #expect(refusal(("DENY_SUBJECTS", "a,a")) == SettingsError(.denySubjects, .repeatedEntry))
        let many = (0...SettingsLimits.listCount).map { "\($0)" }.joined(separator: ",")
        #expect(
            refusal(("DENY_CLIENTS", many))
                == SettingsError(.denyClients, .tooManyEntries(limit: SettingsLimits.listCount)))
        #expect(refusal(("ISSUED_NOT_BEFORE", "yesterday")) == SettingsError(.issuedNotBefore, .instantForm))
        #expect(
            refusal(("DENY_KID", "a")) == SettingsError(.denyKids, .misspelled(found: Array("DENY_KID".utf8)))
        )
    }

    /// The seconds were computed with Python's datetime.
    @Test(arguments: [
        ("1970-01-01T00:00:00Z", 0), ("2026-11-25T14:00:00Z", 1_795_615_200),
        ("2026-11-25T15:00:00+01:00", 1_795_615_200),
        ("2026-11-25T08:30:00-05:30", 1_795_615_200), ("2024-02-29T23:59:59Z", 1_709_251_199),
        ("2000-02-29T12:00:00Z", 951_825_600), ("2000-03-01T00:00:00Z", 951_868_800),
        ("2100-02-28T00:00:00Z", 4_107_456_000), ("2100-03-01T00:00:00Z", 4_107_542_400),
        ("9999-12-31T23:59:59Z", 253_402_300_799), ("0", 0), ("1795615200", 1_795_615_200),
        ("999999999999", 999_999_999_999),
    ]) func instants(text: String, expected: Int64) { #expect(seconds(text) == expected) }

    @Test(arguments: [
        "", "-1", "1795615200.5", "1000000000000", "2026-11-25", "2026-11-25T14:00:00",
        "2026-11-25 14:00:00Z",
        "2026-11-25T14:00:00z", "2026-11-25t14:00:00Z", "2026-11-25T14:00Z", "2026-11-25T14:00:00.5Z",
        "2026-13-25T14:00:00Z", "2026-00-25T14:00:00Z", "2026-11-31T14:00:00Z", "2025-02-29T00:00:00Z",
        "2100-02-29T00:00:00Z", "2026-11-00T14:00:00Z", "2026-11-25T24:00:00Z", "2026-11-25T14:60:00Z",
        "2016-12-31T23:59:60Z", "2026-11-25T14:00:00+1:00", "2026-11-25T14:00:00+24:00",
        "2026-11-25T14:00:00+01:60",
        "2026-11-25T14:00:00Zx", "1969-12-31T23:59:59Z", "1970-01-01T00:00:00+00:01", "2026/11/25T14:00:00Z",
        "٢",
    ]) func invalidInstants(text: String) { #expect(seconds(text) == nil) }
}
