import Bytes
import Reports
import TestSupport
import Testing
import X509

@testable import CommandLine

/// What `certificates` reports of a path agrees with the validation (AUDIT 48).
@Suite struct PathVerdictTests {
    private let fields: Set<String> = ["section", "time", "anchors", "chain", "host", "expect"]

    /// A case of Vectors/x509/building.txt.
    private func verdict(
        _ comment: String, host: String? = nil, further: [[UInt8]] = []
    ) throws -> PathVerdict {
        let cases = try readVectors("x509/building.txt", fields: fields)
        let vector = try #require(cases.first { $0.comment == comment })
        func certificates(_ field: String) throws -> [[UInt8]] {
            try vector.text(field).split(separator: " ").map { try Hex.decode(bytes(String($0)).span) }
        }
        return PathVerdict(
            try certificates("chain") + further,
            try TrustAnchors(certificates: try certificates("anchors")), of: bytes("/anchors.pem"),
            host: bytes(try host ?? vector.text("host")),
            nowSeconds: try #require(Int64(try vector.text("time"))))
    }

    private func lines(_ verdict: PathVerdict) -> [String] {
        text(verdict.text(Paint(isOn: false))).split(separator: "\n").map(String.init)
    }

    @Test func aPathThatWasFound() throws {
        let verdict = try verdict("mixed, with the root between")
        #expect(verdict.isValid && verdict.messageError == nil && verdict.unreadable.isEmpty)
        let lines = lines(verdict)
        #expect(lines[0].hasPrefix("host     ") && lines[1].hasPrefix("at       "))
        #expect(lines[2] == "anchors  /anchors.pem" && lines[3] == "A path was found:")
        #expect(lines[4].hasPrefix("  server  CN=") && lines.last?.hasPrefix("  anchor  ") == true)
        #expect(lines.count == 4 + 6)
        let json = text(verdict.outline.json)
        #expect(json.hasPrefix(#"{"valid":true,"host":""#) && json.contains(#""path":[{"subject":"CN="#))
        #expect(json.contains(#""unreadable":[]"#))
    }

    @Test func eachDeadEnd() throws {
        let verdict = try verdict("cross-signed: the other one is expired and the first untrusted")
        #expect(!verdict.isValid)
        let shown = lines(verdict).joined(separator: "\n")
        #expect(shown.contains("\npath 1:\n  CN=Server,O=Example, serial "))
        #expect(shown.contains("\n  fails: path_untrusted_root ("))
        #expect(shown.contains("\npath 2:\n") && shown.contains("\nNo path: path_expired ("))
        #expect(shown.contains("\nAdvice: "))
        let json = text(verdict.outline.json)
        #expect(json.hasPrefix(#"{"valid":false,"#) && json.contains(#""reason":"path_expired","advice":""#))
        #expect(
            json.contains(
                #""attempts":[{"certificates":[{"subject":"CN=Server,O=Example","serialNumber":""#))
    }

    /// It counts as presented, and is named by its place.
    @Test func aBlockWithoutACertificate() throws {
        let verdict = try verdict("mixed, with the root between", further: [[0x30, 0x00]])
        #expect(verdict.unreadable.count == 1)
        let block = try #require(verdict.unreadable.first)
        #expect(lines(verdict).contains("block \(block.block)  \(text(block.reason))"))
        #expect(
            text(verdict.outline.json).contains(
                #""unreadable":[{"block":\#(block.block),"reason":"\#(text(block.reason))"}]"#))
    }

    /// A connection ends before the search, whatever the search would find.
    @Test func aMessageThatIsTooLong() throws {
        let verdict = try verdict(
            "mixed, with the root between", further: [[UInt8](repeating: 0, count: 1 << 20)])
        #expect(!verdict.isValid && verdict.messageError != nil)
        let shown = lines(verdict)
        #expect(shown.contains { $0.hasPrefix("No path: ") } && !shown.contains("A path was found:"))
        #expect(shown.last?.hasPrefix("Advice: let the server present only its own") == true)
        #expect(!text(verdict.outline.json).contains(#""path":"#))
    }
}
