import DecisionSupport
import JSON
import Settings
import TestSupport
import Testing

@testable import Reports

/// Settings are reported as they are in force (AUDIT 31).
@Suite struct SettingsReportTests {
    private func report(_ pairs: (String, String)..., proxy: String? = nil) throws -> SettingsReport {
        SettingsReport(
            try Settings(environment: variables(pairs)),
            proxyName: proxy.map(bytes))
    }

    private func value(_ report: SettingsReport, _ name: String) -> String? {
        report.entries.first { text([UInt8]($0.name)) == name }.map { text($0.value) }
    }

    /// Each entry is a line of the text and a member of the JSON.
    private func expectAgreement(_ report: SettingsReport) throws {
        let lines = text(report.text(plain)).split(separator: "\n").map(String.init)
        let root = try report.outline.parsed()
        let settings = try #require(root.member("settings"))
        #expect(root.member("valid")?.bool == true && settings.count == report.entries.count)
        for (name, value) in report.entries {
            #expect(settings.string(name) == text(value))
            let label = text(name).padding(28)
            #expect(lines.contains(label + text(value)))
        }
        for warning in root.strings("warnings") { #expect(lines.contains("warning: " + warning)) }
        #expect(lines.last == "The settings are valid.")
    }

    @Test func defaults() throws {
        let report = try report(("JWKS_URI", "/keys.json"), ("RESOURCE", "*"))
        for (name, expected) in [
            ("JWKS_URI", "/keys.json"), ("JWKS_URI_FALLBACK", nil), ("JWKS_SNAPSHOT", "(none)"),
            ("ISSUER", "(not checked)"), ("AUDIENCE", "(not checked)"), ("PROFILE", "(none)"),
            ("ALGORITHMS", "RS256,RS384,RS512,PS256,PS384,PS512,ES256,ES384,ES512,EdDSA"),
            ("CLOCK_SKEW_SECONDS", "60"), ("TOKEN_MAX_AGE_SECONDS", "(not checked)"),
            ("RESOURCE", "*"), ("REQUIRED_SCOPES", "(none)"),
            ("PRINCIPAL_CLAIM", "(sub, else client_id, azp, cid)"),
            ("TOKEN_SOURCES", "header:Authorization:Bearer"),
            ("HTTP_API_RESPONSE", "iam"), ("IOT_POLICY", "(none: IoT Core is not served)"), ("DPOP", "off"),
            ("DPOP_ORIGINS", "(the called host)"), ("ISSUED_NOT_BEFORE", "(not checked)"),
            ("RESULT_CACHE", "(not set: an answer may be cached for all calls of a token)"),
            ("SHADOW_RULES", "(none)"), ("HTTPS_PROXY", "(none for the key servers)"),
            ("CA_BUNDLE", "(the system's)"), ("METRICS", "off"),
        ] {
            #expect(value(report, name) == expected, "\(name)")
        }
        #expect(report.issuers == nil && report.rules == nil && report.policies.isEmpty)
        #expect(report.warnings.count == 2)
        try expectAgreement(report)
    }

    /// Of an address only the kind is shown, a proxy without its credentials.
    @Test func configuredValues() throws {
        let report = try report(
            ("JWKS_URI", "https://secret.example.com/keys"), ("JWKS_URI_FALLBACK", "/keys.json"),
            ("RESOURCE", "arn:aws:execute-api:r:1:a/p/*,arn:aws:appsync:r:1:apis/x"),
            ("ISSUER", "a\u{200B}b"),
            ("AUDIENCE", "x,y"), ("TOKEN_MAX_AGE_SECONDS", "5"),
            ("ISSUED_NOT_BEFORE", "2026-01-01T00:00:00Z"), ("DENY_KIDS", "k1,k2"), ("METRICS", "emf"),
            proxy: "proxy:8080")
        for (name, expected) in [
            ("JWKS_URI", "a URL"), ("JWKS_URI_FALLBACK", "/keys.json"), ("AUDIENCE", "x,y"),
            ("RESOURCE", "arn:aws:execute-api:r:1:a/p/*,arn:aws:appsync:r:1:apis/x"),
            ("TOKEN_MAX_AGE_SECONDS", "5"), ("ISSUED_NOT_BEFORE", "2026-01-01T00:00:00.000Z"),
            ("DENY_KIDS", "k1,k2"), ("METRICS", "emf"), ("HTTPS_PROXY", "proxy:8080"),
        ] {
            #expect(value(report, name) == expected, "\(name)")
        }
        let shown = text(report.text(plain))
        #expect(shown.contains("ISSUER                      a\\u200bb\n"))
        #expect(!(shown + report.outline.jsonText).contains("secret"))
    }

    @Test func aDocument() throws {
        let document = """
            {"issuers":[{"issuer":"one","name":"first","jwks_uri":"https://secret/","fallback_jwks_uri":"/f"},
            {"issuer":"https://two.example.com/","audiences":["a","b"],"algorithms":["ES256"],"jwks_uri":"/2","snapshot":"/s"}],
            "routes":[\(Rule.open("GET /a", "GET /a/"))]}
            """
        let report = try report(
            ("RULES", document), ("SHADOW_RULES", #"{"routes":[\#(Rule.open("GET /b"))]}"#))
        let all = "RS256,RS384,RS512,PS256,PS384,PS512,ES256,ES384,ES512,EdDSA"
        #expect(
            report.issuers.map { $0.map { text($0) } } == [
                "first: iss one; aud (not checked); \(all); keys from a URL, else from /f",
                "https://two.example.com/: iss https://two.example.com/; aud a,b; ES256; keys from /2; snapshot /s",
            ])
        #expect(value(report, "RESOURCE") == "(the routes of RULES)" && value(report, "JWKS_URI") == nil)
        #expect(value(report, "ISSUED_NOT_BEFORE") == "(see RULES)")
        #expect(value(report, "SHADOW_RULES") == "a document")
        let shown = text(report.text(plain))
        #expect(shown.hasPrefix("issuer                      first: iss one; "))
        #expect(shown.contains("\nSHADOW_RULES, which do not change answers:\nrules, in the order"))
        let root = try report.outline.parsed()
        #expect(root.strings("issuers").count == 2 && root.list("rules").count == report.rules?.rules.count)
        #expect(root.member("policies")?.count == 0 && root.string("valid") == nil)
        #expect(!(shown + report.outline.jsonText).contains("secret"))
    }

    @Test func oneIsWrong() throws {
        do throws(SettingsError) {
            _ = try Settings(environment: [(bytes("JWKS_URI"), bytes("/x"))])
            Issue.record("RESOURCE is missing")
        } catch {
            let root = try Outline(error).parsed()
            #expect(root.member("valid")?.bool == false && root.string("setting") == "RESOURCE")
            #expect(root.string("error") == text(error.message))
        }
    }
}

extension String {
    fileprivate func padding(_ count: Int) -> String {
        self + String(repeating: " ", count: max(1, count - utf8.count))
    }
}
