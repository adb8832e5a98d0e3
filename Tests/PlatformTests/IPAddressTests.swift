import Platform
import Testing

private func bytes(_ literal: String) -> [UInt8]? { IPAddress(literal: Array(literal.utf8))?.bytes }

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
}
