import Foundation
import TestSupport
import Testing

@testable import Conformance

private let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent("Vectors")

private struct Entry: CustomTestStringConvertible, Sendable {
    let path: String
    let suite: String
    let cases: Int
    var testDescription: String { path }
}

private func entries() -> [Entry] {
    let text = (try? String(contentsOf: folder.appendingPathComponent("INDEX"), encoding: .utf8)) ?? ""
    return text.split(separator: "\n").filter { !$0.hasPrefix("#") }.map { line in
        let words = line.split(separator: " ").map(String.init)
        return Entry(path: words[0], suite: words[1], cases: Int(words[2]) ?? -1)
    }
}

private func run(_ text: String) throws(ConformanceError) -> SuiteResult { try runVectors(Array(text.utf8)) }

private func refusal(_ text: String) -> ConformanceError? {
    thrown { () throws(ConformanceError) in
        _ = try run(text)
    }
}

/// A vector that is corrupted, missing or answered otherwise is a failure with its line (AUDIT 47).
@Suite struct ConformanceTests {
    /// Every file of the index, with the number of cases that the index says.
    @Test(arguments: entries()) fileprivate func everyFile(entry: Entry) throws {
        let text = try Data(contentsOf: folder.appendingPathComponent(entry.path))
        let result = try runVectors([UInt8](text))
        #expect(result.failures == [])
        #expect(result.cases == entry.cases && result.accepted + result.refused == entry.cases)
        #expect(String(decoding: result.suite, as: UTF8.self) == entry.suite)
    }

    /// A file that the index does not name, or a suite without a file, would never be run.
    @Test func theIndexIsComplete() throws {
        let files = try #require(FileManager.default.enumerator(atPath: folder.path))
            .compactMap { $0 as? String }.filter { $0.hasSuffix(".txt") }
        #expect(files.count >= 100)
        #expect(files.sorted() == entries().map(\.path).sorted())
        let suites = Set(entries().map(\.suite))
        for suite in Suite.allCases { #expect(suites.contains("\(suite.name)"), "\(suite.name)") }
        #expect(suites.count == Suite.allCases.count)
    }

    /// For each suite a file whose first case is good, and the field whose last digit is changed.
    static let corruptions = [
        ("hashes-cavp/sha256-short.txt", "digest"), ("hashes-edges/digests.txt", "digest"),
        ("hashes-cavp/sha512-monte.txt", "seed"), ("bigint-differential/arithmetic.txt", "expect"),
        ("rsa-differential/pkcs1v15.txt", "signature"), ("rsa-differential/pss.txt", "modulus"),
        ("ecdsa-rfc6979/signatures.txt", "r"), ("ecdsa-wycheproof/secp256r1-sha256-p1363.txt", "signature"),
        ("ecdsa-cavp/pkv.txt", "y"), ("eddsa-rfc8032/ed25519.txt", "signature"),
        ("x25519-rfc7748/x25519.txt", "shared"), ("ecdh-differential/ecdh.txt", "shared"),
        ("jose-rfc/jws.txt", "payload"), ("jose-rfc/thumbprint.txt", "thumbprint"),
        ("key-derivation/hmac-sha384.txt", "code"), ("key-derivation/hkdf-rfc5869.txt", "prk"),
        ("key-derivation/hkdf-rfc5869.txt", "okm"), ("key-derivation/prf12.txt", "output"),
        ("aead-cavp/aes128-gcm-open.txt", "tag"), ("aead-wycheproof/chacha20-poly1305.txt", "plaintext"),
        ("x509/anchor.txt", "chain"), ("sponge-cavp/shake256-output.txt", "output"),
        ("sponge-cavp/sha3-512-short.txt", "output"), ("mldsa-kat/mldsa65.txt", "key"),
        ("mldsa-kat/mldsa87.txt", "context"),
    ]

    /// A changed digit is seen, and nothing else is.
    @Test(arguments: corruptions) func aCorruptedCaseFails(path: String, field: String) throws {
        var lines = try String(contentsOf: folder.appendingPathComponent(path), encoding: .utf8)
            .components(separatedBy: "\n")
        let first = try #require(lines.firstIndex { !$0.isEmpty && !$0.hasPrefix("#") })
        let place = try #require(lines[first...].firstIndex { $0.hasPrefix(field + " ") })
        let last = try #require(lines[place].last)
        lines[place] = lines[place].dropLast() + (last == "0" ? "1" : "0")
        #expect(try run(lines.joined(separator: "\n")).failures == [first + 1])
    }

    static let header = "#: suite hash\n#: source s\n"
    static let good =
        "hash = sha256\nmessage = 616263\ndigest = ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad\n"

    @Test func anOtherOutcomeIsAFailureWithItsLine() throws {
        let wrong = Self.good.replacingOccurrences(of: "616263", with: "616264")
        let text = "\(Self.header)#: cases 2 (valid 2, invalid 0)\n\n\(Self.good)\n# changed\n\(wrong)"
        let result = try run(text)
        #expect(result.failures == [10] && result.accepted == 1 && result.cases == 2)
    }

    /// An expected refusal for another reason is a failure too.
    @Test func theReasonMustBeTheExpectedOne() throws {
        let key = #"{"keys":[]}"#
        func text(_ reason: String) -> String {
            "#: suite jws-verify\n#: source s\n#: cases 1 (valid 0, invalid 1)\n\nkeys = \(key)\ntoken = e30.e30.AA\nexpect = \(reason)\n"
        }
        #expect(try run(text("header_alg_missing")).failures == [])
        #expect(try run(text("key_unknown")).failures == [5])
    }

    @Test func reasonCodesAreDistinct() {
        let all: [ConformanceError] = [
            .line(1), .header(.suite), .unknownSuite, .unknownField(line: 1), .repeatedField(line: 1),
            .missingField(line: 1), .value(line: 1), .count(said: 1, found: 2),
            .validCount(said: 1, found: 2),
        ]
        #expect(Set(all.map { "\($0.reasonCode)" }).count == all.count)
        #expect(all.map(\.line) == [1, nil, nil, 1, 1, 1, 1, nil, nil])
    }

    @Test func malformedFilesAreErrors() {
        let counted = "\(Self.header)#: cases 1 (valid 1, invalid 0)\n\n"
        #expect(refusal("") == .header(.suite))
        #expect(refusal("#: suite hash\n") == .header(.source))
        #expect(refusal(Self.header + "\n" + Self.good) == .header(.cases))
        #expect(refusal(Self.header + "#: cases 1 (valid 1, invalid 1)\n") == .header(.cases))
        #expect(refusal(Self.header + "#: cases 1\n") == .header(.cases))
        #expect(refusal(Self.header + "#: left-out some\n") == .header(.omitted))
        #expect(refusal(Self.header + "#: colour red\n") == .header(.unknown))
        #expect(refusal(counted) == .count(said: 1, found: 0))
        #expect(refusal(counted + Self.good + "\n" + Self.good) == .count(said: 1, found: 2))
        #expect(
            refusal(Self.header + "#: cases 1 (valid 0, invalid 1)\n\n" + Self.good)
                == .validCount(said: 0, found: 1))
        #expect(
            refusal(counted.replacingOccurrences(of: "suite hash", with: "suite x") + Self.good)
                == .unknownSuite)
        #expect(refusal(counted + Self.good + "extra = 1\n") == .unknownField(line: 8))
        #expect(refusal(counted + Self.good + "hash = sha256\n") == .repeatedField(line: 8))
        #expect(refusal(counted + "hash = sha256\nmessage = 00\n") == .missingField(line: 5))
        #expect(refusal(counted + "hash = md5\nmessage = 00\ndigest = 00\n") == .value(line: 5))
        #expect(refusal(counted + "hash = sha256\nmessage = 0g\ndigest = 00\n") == .value(line: 6))
        #expect(refusal(counted + "no field\n") == .line(5))
        #expect(refusal(counted + Self.good + "repeat = -1\n") == .value(line: 8))
    }
}
