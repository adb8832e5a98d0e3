import TestSupport
import Testing

@testable import X509

/// Matching of host names and addresses (AUDIT 48).
@Suite struct HostNameTests {
    private func refusal(_ bytes: [UInt8]) -> X509Error? {
        thrown { () throws(X509Error) in _ = try HostName(bytes.span) }
    }

    /// Bytes that a text file cannot hold. The other cases are in Vectors/x509/host.txt.
    @Test func invalidBytes() {
        #expect(refusal(Array("www.example.com".utf8)) == nil)
        #expect(refusal(Array("www.example.com\0".utf8)) == .hostNameForm)
        #expect(refusal(Array("www\0.example.com".utf8)) == .hostNameForm)
        #expect(refusal(Array("bücher.example".utf8)) == .hostNameForm)
        #expect(refusal([0xFF]) == .hostNameForm)
        #expect(refusal(Array("www.example.com\n".utf8)) == .hostNameForm)
        #expect(refusal(Array("www.example.com..".utf8)) == .hostNameForm)
        #expect(refusal(Array(".".utf8)) == .hostNameForm)
    }

    /// A trailing dot marks a DNS name as absolute and is not part of it.
    @Test func trailingDot() throws {
        let absolute = Array("example.com.".utf8)
        let relative = Array("example.com".utf8)
        let (a, b) = (try HostName(absolute.span), try HostName(relative.span))
        #expect(a == b)
    }

    @Test(arguments: [
        ("0.0.0.0", true), ("255.255.255.255", true), ("1.2.3.4", true), ("1.2.3.04", false),
        ("1.2.3.4.", false), ("1.2.3.256", false), ("1.2.3", false), ("1.2.3.4.5", false),
        ("1..3.4", false), ("0x1.2.3.4", false), ("4294967295", false),
        ("::", true), ("::1", true), ("1::", true), ("1:2:3:4:5:6:7:8", true), ("1:2:3:4:5:6:7::", true),
        ("::2:3:4:5:6:7:8", true), ("1:2:3:4:5:6:1.2.3.4", true), ("::1.2.3.4", true),
        ("abcd:EF01::", true), (":1", false), ("1:", false), (":::", false), ("1:::2", false),
        ("1:2:3:4:5:6:7", false), ("1:2:3:4:5:6:7:8:9", false), ("1:2:3:4:5:6:7:1.2.3.4", false),
        ("::1.2.3", false), ("1.2.3.4::", false), ("::g", false), ("::12345", false),
    ]) func addresses(_ text: String, _ isAddress: Bool) {
        #expect((refusal(Array(text.utf8)) == nil) == isAddress)
    }

    /// The cost of a crafted long text is proportional to its length.
    @Test func longTexts() {
        #expect(refusal([UInt8](repeating: 0x3A, count: 100_000)) == .hostNameForm)
        #expect(refusal(Array(String(repeating: "1:", count: 50_000).utf8)) == .hostNameForm)
        #expect(refusal(Array(String(repeating: "a.", count: 50_000).utf8)) == .hostNameForm)
    }
}
