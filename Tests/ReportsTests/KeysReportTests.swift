import JOSE
import Keys
import TestSupport
import Testing

@testable import Reports

/// `keys` lists the keys in use, and each skipped key with its reason (AUDIT 20).
@Suite struct KeysReportTests {
    private func report(
        _ keys: String, _ connection: ConnectionReport? = nil, maxAge: Int64? = nil
    ) throws -> KeysReport {
        KeysReport(
            try KeySet(parsing: bytes(#"{"keys":[\#(keys)]}"#)), connection, maxAgeSeconds: maxAge,
            KeyCachePolicy())
    }

    @Test func keysAndSkippedKeys() throws {
        let nameless = #"{"kty":"RSA","n":"\#(TestIssuer.second.modulusText)","e":"AQAB","alg":"PS256"}"#
        let report = try report(
            TestIssuer.first.jwk() + "," + nameless + #",{"kty":"oct","kid":"a\nb","k":"AA"}"#)
        let lines = text(report.text(plain)).split(separator: "\n").map(String.init)
        #expect(lines.count == 3)
        #expect(lines[0].hasPrefix("kid key-1  RSA 2048  any algorithm of its type  thumbprint "))
        #expect(lines[1].hasPrefix("kid (none)  RSA 2048  PS256  thumbprint "))
        #expect(lines[2].hasPrefix("skipped: key 2 (kid a\\u000ab): key_symmetric: "))
        let root = try report.outline.parsed()
        for (index, key) in root.list("keys").enumerated() {
            #expect(lines[index].hasSuffix("  thumbprint " + (key.string("thumbprint") ?? "-")))
        }
        #expect(root.list("keys")[1].member("kid") == nil && root.list("keys")[0].member("alg") == nil)
        #expect(root.list("skippedKeys").map { $0.string("kid") } == ["a\nb"])
        #expect(root.member("tls") == nil && root.member("maxAgeSeconds") == nil)
    }

    @Test(arguments: [
        (true, true, ""), (true, false, ", WARNING: no extended master secret"), (false, false, ""),
    ])
    func aConnection(needs: Bool, has: Bool, warning: String) throws {
        let connection = ConnectionReport(
            version: "V", suite: "S", group: "G", extendedMasterSecret: has, resumed: true,
            needsExtendedMasterSecret: needs)
        let report = try report(TestIssuer.first.jwk(), connection)
        #expect(text(report.text(plain)).hasSuffix("\nV, S, G\(warning).\n"))
        #expect(
            report.outline.jsonText.contains(
                #""tls":{"version":"V","suite":"S","group":"G","extendedMasterSecret":\#(has),"resumed":true}"#
            ))
    }

    @Test func howLongItIsUsed() throws {
        let policy = KeyCachePolicy()
        for (seconds, words) in [
            (Int64(1), "; it is used for "), (policy.longestServerLifetimeSeconds, ""),
            (policy.longestServerLifetimeSeconds + 1, "; KEYS_MAX_TTL_SECONDS limits that to "),
        ] {
            let report = try report(TestIssuer.first.jwk(), maxAge: seconds)
            let used = policy.lifetimeSeconds(serverSeconds: seconds)
            #expect(
                text(report.text(plain)).hasSuffix(
                    "\nThe server allows its use for \(seconds) seconds\(words)\(words.isEmpty ? "" : "\(used)").\n"
                ))
            #expect(
                report.outline.jsonText.hasSuffix(#","maxAgeSeconds":\#(seconds),"freshSeconds":\#(used)}"#))
        }
        #expect(
            try report(TestIssuer.first.jwk()).freshSeconds == policy.lifetimeSeconds(serverSeconds: nil))
    }

    @Test func aFailure() throws {
        var failure = FetchFailure(reason: "http_status", stage: "status", meaning: "M", advice: "A")
        #expect(
            text(failure.text(ofFallback: false))
                == "authorizer: the key set could not be fetched: http_status\nM.\nAdvice: A.\n")
        failure.status = 404
        failure.alert = ("bad_certificate", true)
        failure.cause = "c"
        failure.certificate = (bytes("CN=x\n"), bytes("0A"))
        failure.skipped = try KeySet(parsing: bytes(#"{"keys":[{"kty":"oct","k":"AA"}]}"#)).skipped
        #expect(
            text(failure.text(ofFallback: true)).hasPrefix(
                "authorizer: the key set could not be fetched from JWKS_URI_FALLBACK either: http_status 404\nM (the server's alert: bad_certificate) (c): CN=x\\u000a, serial number 0A.\nskipped: key 0: key_symmetric: "
            ))
        let entry = try #require(try Outline([failure]).parsed().list("errors").first)
        for (name, value) in [
            ("reason", "http_status"), ("stage", "status"), ("meaning", "M"), ("advice", "A"), ("cause", "c"),
            ("alertReceived", "bad_certificate"), ("certificate", "CN=x\n"), ("serialNumber", "0A"),
        ] as [(StaticString, String)] {
            #expect(entry.string(name) == value)
        }
        #expect(entry.list("skippedKeys").count == 1)
        failure.alert = ("close", false)
        #expect(text(failure.text(ofFallback: false)).contains(" (the alert that was sent: close)"))
        #expect(Outline([failure]).jsonText.contains(#""alertSent":"close""#))
        #expect(Outline([FetchFailure]()).jsonText == #"{"errors":[]}"#)
    }
}
