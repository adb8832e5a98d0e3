import Bytes
import SHA256
import Testing

private func hash(_ message: [UInt8]) -> String {
    let digest = SHA256.hash(message.span)
    return String(decoding: Hex.encode(digest.span), as: UTF8.self)
}

private func hash(inParts parts: [[UInt8]]) -> String {
    var running = SHA256()
    for part in parts { running.update(part.span) }
    let digest = running.finalize()
    return String(decoding: Hex.encode(digest.span), as: UTF8.self)
}

/// FIPS 180-4's examples, and the same digest however a message is cut (AUDIT 12, 27).
@Suite struct SHA256Tests {
    /// The examples that NIST publishes with FIPS 180-4; the full CAVP sets run in ConformanceTests.
    @Test(arguments: [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        ),
    ]) func publishedExamples(message: String, digest: String) {
        #expect(hash(Array(message.utf8)) == digest)
    }

    @Test func aMillionLettersInUnevenParts() {
        let parts = (0..<1000).map { [UInt8](repeating: 0x61, count: $0 % 2 == 0 ? 999 : 1001) }
        #expect(
            hash(inParts: parts) == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
    }

    @Test func everyCutGivesTheSameDigest() {
        for count in 0...200 {
            let message = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ count) }
            let whole = hash(message)
            for cut in 0...count {
                #expect(hash(inParts: [Array(message[..<cut]), [], Array(message[cut...])]) == whole)
            }
        }
    }

    @Test func aCopyIsIndependent() {
        var first = SHA256()
        first.update([1, 2, 3].span)
        var second = first
        first.update([4].span)
        let digest = second.finalize()
        #expect(String(decoding: Hex.encode(digest.span), as: UTF8.self) == hash([1, 2, 3]))
        let longer = first.finalize()
        #expect(String(decoding: Hex.encode(longer.span), as: UTF8.self) == hash([1, 2, 3, 4]))
    }
}
