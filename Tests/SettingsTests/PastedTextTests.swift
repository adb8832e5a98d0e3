import DecisionSupport
import JSON
import TestSupport
import Testing

@testable import Settings

/// Mistakes of pasted settings. A value that can match no token stops the start, and an unlikely value is a warning
/// (AUDIT 31).
@Suite struct PastedTextTests {
    private static let arn = "arn:aws:execute-api:eu-central-1:123456789012:a1b2c3d4e5/prod/*"

    private func made(_ name: String, _ value: [UInt8]) throws(SettingsError) -> Settings {
        let base = [("JWKS_URI", "/keys.json"), ("RESOURCE", Self.arn)].filter { $0.0 != name }
        return try Settings(
            environment: variables(base) + [(Array(name.utf8), value)])
    }

    private func problem(_ name: String, _ value: String) -> SettingsError.Problem? {
        do throws(SettingsError) {
            _ = try made(name, Array(value.utf8))
            return nil
        } catch { return error.problem }
    }

    private func warnings(_ name: String, _ value: String) throws -> [Settings.Warning] {
        try made(name, Array(value.utf8)).warnings.filter {
            ![.issuerAndAudienceNotChecked, .issuerNotChecked, .audienceNotChecked].contains($0)
        }
    }

    private static let single = ["ISSUER", "PRINCIPAL_CLAIM", "USAGE_KEY_CLAIM"]
    private static let lists = [
        "AUDIENCE", "CONTEXT_CLAIMS", "DENY_KIDS", "DENY_JTIS", "DENY_SUBJECTS", "DENY_CLIENTS",
    ]

    @Test(arguments: single) func aSingleValueIsExact(name: String) {
        #expect(problem(name, "x") == nil)
        for text in [" x", "x ", " "] { #expect(problem(name, text) == .pasted(.whiteSpace), "\(text)") }
        for text in ["x\n", "\tx", "x\r\ny", "x\u{7F}"] {
            #expect(problem(name, text) == .pasted(.controlCharacter))
        }
        for text in [#""x""#, "'x'"] { #expect(problem(name, text) == .pasted(.quotationMarks)) }
        #expect(problem(name, #"["x"]"#) == .pasted(.jsonArray))
        #expect(throws: SettingsError.self) { try made(name, [0x78, 0xFF]) }
    }

    @Test(arguments: lists) func listsAreSeparatedOnlyByCommas(name: String) {
        #expect(problem(name, "x, y ") == nil)
        for text in ["x\ny", "x,\ny", "x,y\n", "x,y\r", "\tx"] {
            #expect(problem(name, text) == .pasted(.controlCharacter), "\(text)")
        }
        for text in [#"["x"]"#, #"["x","y"]"#, "[x]"] {
            #expect(problem(name, text) == .pasted(.jsonArray), "\(text)")
        }
        for text in [#""x""#, #"x,"y""#, "'x' , 'y'", #""x","y""#] {
            #expect(problem(name, text) == .pasted(.quotationMarks), "\(text)")
        }
        do throws(SettingsError) {
            _ = try made(name, [0x78, 0x2C, 0xC3])
            Issue.record("not refused")
        } catch { #expect(error.problem == .pasted(.notUTF8)) }
    }

    /// Lists whose entries have a specific form report a line break with the same text.
    @Test(arguments: ["RESOURCE", "ALGORITHMS", "DPOP_ORIGINS"]) func otherListsToo(name: String) {
        #expect(problem(name, "x\ny") == .pasted(.controlCharacter))
        #expect(problem(name, #"["x"]"#) == .pasted(.jsonArray))
    }

    @Test func anIssuerIsASingleValue() throws {
        for text in [
            "https://a/,https://b/", "https://a/, https://b/", "https://a/;https://b/",
            "https://a/ https://b/",
            "accounts.google.com,https://accounts.google.com", "https://a/,x+y-1.z://b",
        ] { #expect(problem("ISSUER", text) == .pasted(.severalIssuers), "\(text)") }
        for text in ["a,b", "https://a/x,y", "my issuer", "a;b"] {
            #expect(try warnings("ISSUER", text) == [.issuerLooksLikeSeveral], "\(text)")
        }
        for text in [
            "https://idp.example.com/", "https://a/b?c=https://d/", "accounts.google.com", "urn:x:y",
            "https://a/://",
        ] { #expect(try warnings("ISSUER", text) == [], "\(text)") }
    }

    @Test func theWrongSeparatorIsAWarning() throws {
        for separator in [" ", ";", "; "] {
            let text = "x\(separator)y"
            #expect(try warnings("AUDIENCE", text) == [.audienceLooksLikeSeveral])
            #expect(try warnings("CONTEXT_CLAIMS", text) == [.contextClaimLooksLikeSeveral])
            for name in Self.lists where name.hasPrefix("DENY_") {
                #expect(try warnings(name, text) == [.denyListLooksLikeSeveral], "\(name)")
            }
        }
    }

    @Test(arguments: single + lists) func invisibleCharactersAreWarnedOf(name: String) throws {
        for text in ["x\u{A0}", "\u{FEFF}x", "x\u{200B}y", "x\u{202E}"] {
            #expect(try warnings(name, text).contains(.invisibleCharacter), "\(name)")
        }
        #expect(try warnings(name, "schlüssel") == [])
    }

    @Test func aDocumentsIssuersToo() {
        func check(_ issuer: String, _ place: String, _ problem: DocumentFault.Problem) {
            let fault = Rule.fault(#"{"issuers":[\#(issuer)]}"#)
            #expect(fault.map { Rule.text($0.path) } == place)
            #expect(fault?.problem == problem)
        }
        let keys = #","jwks_uri":"/k""#
        check(#"{"issuer":"https://a/ "\#(keys)}"#, "issuers[0].issuer", .pasted(.whiteSpace))
        check(#"{"issuer":"https://a/,https://b/"\#(keys)}"#, "issuers[0].issuer", .pasted(.severalIssuers))
        check(#"{"issuer":["a","b\n"]\#(keys)}"#, "issuers[0].issuer[1]", .pasted(.controlCharacter))
        check(
            #"{"issuer":"a","audiences":["x","[\"y\"]"]\#(keys)}"#, "issuers[0].audiences[1]",
            .pasted(.jsonArray))
        check(#"{"issuer":"a","audiences":[" x"]\#(keys)}"#, "issuers[0].audiences[0]", .pasted(.whiteSpace))
    }

    @Test func messagesHaveAnExample() {
        let message = String(
            decoding: SettingsError(.denySubjects, .pasted(.controlCharacter)).message, as: UTF8.self)
        #expect(
            message.hasPrefix("DENY_SUBJECTS has a line break")
                && message.hasSuffix("for example DENY_SUBJECTS=alice"))
    }

    // MARK: Files

    private func warnings(_ pairs: [(String, String)], readable: Bool) throws -> [Settings.Warning] {
        var asked: [String] = []
        let settings = try Settings(
            environment: variables(pairs),
            isReadable: { file in
                switch file {
                case .keys(let path): asked.append("keys " + Rule.text(path))
                case .trustAnchors(let path): asked.append("anchors " + Rule.text(path))
                }
                return readable
            })
        #expect(!asked.isEmpty)
        return settings.warnings
    }

    @Test func aFileThatCannotBeReadNowIsAWarning() throws {
        let base = [("RESOURCE", Self.arn), ("ISSUER", "i"), ("AUDIENCE", "a")]
        for (pairs, warning) in [
            ([("JWKS_URI", "/k")], .keyFileNotRead), ([("JWKS_URI", "file:///k")], .keyFileNotRead),
            ([("JWKS_URI", "https://a/k"), ("JWKS_URI_FALLBACK", "/k")], .fallbackKeyFileNotRead),
            ([("JWKS_URI", "https://a/k"), ("CA_BUNDLE", "ca.pem")], .caBundleNotRead),
        ] as [([(String, String)], Settings.Warning)] {
            #expect(try warnings(base + pairs, readable: false) == [warning])
            #expect(try warnings(base + pairs, readable: true) == [])
        }
        let document =
            #"{"issuers":[{"issuer":"i","audiences":["a"],"jwks_uri":"/k"},{"issuer":"j","audiences":["a"],"jwks_uri":"/l"}]}"#
        #expect(
            try warnings([("RESOURCE", Self.arn), ("RULES", document)], readable: false) == [
                .documentKeyFileNotRead
            ])
    }

    // MARK: Names of issuers

    @Test func issuerNamesAreUnique() {
        func check(_ first: String, _ second: String, _ place: String?) {
            let document = #"{"issuers":[{\#(first),"jwks_uri":"/k"},{\#(second),"jwks_uri":"/l"}]}"#
            let fault = Rule.fault(document)
            #expect(fault.map { Rule.text($0.path) } == place)
            if place != nil { #expect(fault?.problem == .nameCollision) }
        }
        // The other issuer's default name, whichever comes first.
        check(#""issuer":"a","name":"b""#, #""issuer":"b""#, "issuers[0].name")
        // The name is also a form of the other issuer's `iss`.
        check(#""issuer":"a","name":"c""#, #""issuer":["b","c"]"#, "issuers[0].name")
        check(#""issuer":["b","c"]"#, #""issuer":"a","name":"c""#, "issuers[1].name")
        check(#""issuer":"a","name":"b""#, #""issuer":"b","name":"d""#, "issuers[0].name")
        check(
            #""issuer":"a","name":"https://login.microsoftonline.com/72f988bf-86f1-41af-91ab-2d7cd011db47/v2.0""#,
            #""issuer":"https://login.microsoftonline.com/{tenantid}/v2.0","profile":"entra","audiences":["x"]"#,
            "issuers[0].name")
        // A form of the issuer's own `iss`, and a name that no other issuer uses.
        check(#""issuer":["a","A"],"name":"A""#, #""issuer":"b""#, nil)
        check(#""issuer":"a","name":"x""#, #""issuer":"b","name":"y""#, nil)
    }
}
