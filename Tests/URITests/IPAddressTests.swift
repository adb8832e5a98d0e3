import Glibc
import Testing
import URI

private func bytes(_ literal: String) -> [UInt8]? { IPAddress(literal: Array(literal.utf8))?.bytes }

/// Address literals are read as the C library reads them, and loopback is known (AUDIT 17).
@Suite struct IPAddressTests {
    @Test func literalsAreRead() {
        #expect(bytes("192.0.2.1") == [192, 0, 2, 1])
        #expect(bytes("2001:db8::1") == [0x20, 1, 0x0D, 0xB8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1])
        // RFC 4291 §2.5.5.2: the same address in another form.
        #expect(bytes("::ffff:192.0.2.1") == [192, 0, 2, 1])
        for other in ["", "192.0.2", "192.0.2.256", "example.com", "[::1]", "::1%lo", "1", "192.0.2.1\u{0}"] {
            #expect(bytes(other) == nil)
        }
    }

    @Test(arguments: [
        ("127.0.0.1", true), ("127.255.0.3", true), ("::1", true), ("::ffff:127.0.0.1", true),
        ("128.0.0.1", false),
        ("::2", false), ("::", false), ("1::1", false), ("0.0.0.0", false),
    ]) func loopbackIsKnown(literal: String, isLoopback: Bool) {
        #expect(IPAddress(literal: Array(literal.utf8))?.isLoopback == isLoopback)
    }

    /// What inet_pton(3) says of texts of few characters, in which most rules are broken.
    @Test func readsWhatTheLibraryReads() {
        var generator = SystemRandomNumberGenerator()
        let seed = UInt64.random(in: 0...UInt64.max, using: &generator)
        var state = seed
        func next(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % bound
        }
        let pieces = [
            "::", ":", "0", "1", "ffff", "abcd", "00", "255", "256", "1.2.3.4", "127.0.0.1", ".", "12345",
            "g", "F",
        ]
        var readCount = 0
        for _ in 0..<40_000 {
            var text = ""
            for _ in 0...next(16) { text += pieces[next(next(3) == 0 ? pieces.count : 8)] }
            if next(4) == 0 {
                text = (0..<(6 + next(4))).map { _ in String(next(70_000), radix: 16) }.joined(separator: ":")
            }
            if next(8) == 0 { text = (0..<4).map { _ in String(next(300)) }.joined(separator: ".") }
            let expected = libraryBytes(text)
            if expected != nil { readCount += 1 }
            #expect(bytes(text) == expected, "\(text), seed \(seed)")
        }
        #expect(readCount > 2000)
    }
}

private func libraryBytes(_ text: String) -> [UInt8]? {
    var v4 = [UInt8](repeating: 0, count: 4)
    if inet_pton(AF_INET, text, &v4) == 1 { return v4 }
    var v6 = [UInt8](repeating: 0, count: 16)
    guard inet_pton(AF_INET6, text, &v6) == 1 else { return nil }
    let isMapped = v6[..<10].allSatisfy { $0 == 0 } && v6[10] == 0xFF && v6[11] == 0xFF
    return isMapped ? [UInt8](v6[12...]) : v6
}
