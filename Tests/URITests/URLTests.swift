import Bytes
import TestSupport
import Testing

@testable import URI

private func parse(_ text: String) throws(URLError) -> URL {
    let bytes = Array(text.utf8)
    return try URL(bytes.span)
}

private func refusal(_ text: String) -> URLError? {
    thrown { () throws(URLError) in
        _ = try parse(text)
    }
}

/// URLs are read strictly; plain HTTP is for loopback alone (AUDIT 17).
@Suite struct URLTests {
    @Test func partsAreTakenApart() throws {
        let url = try parse("HTTPS://Idp.Example.com:8443/a/b?c=d")
        #expect(url.scheme == .https && url.port == 8443 && !url.isLoopback)
        #expect(url.host == Array("Idp.Example.com".utf8))
        #expect(url.target == Array("/a/b?c=d".utf8))
        #expect(url.authority == Array("Idp.Example.com:8443".utf8))
        #expect(try parse("http://a").port == 80 && parse("https://a:").port == 443)
        #expect(try parse("http://a").target == [0x2F])
        #expect(try parse("http://a?x").target == Array("/?x".utf8))
        #expect(try parse("http://[::1]:81/").authority == Array("[::1]:81".utf8))
    }

    /// AUDIT 17: http to this machine only, which is recognised by the form of the address.
    @Test(arguments: [
        ("http://localhost/", true), ("http://LOCALHOST:1/", true), ("http://127.0.0.1/", true),
        ("http://127.255.1.2/", true), ("http://[::1]/", true), ("http://128.0.0.1/", false),
        ("http://127.0.0.1.example.com/", false), ("http://localhost.example.com/", false),
        ("http://127.0.0.01/", false), ("http://127.1/", false), ("http://[::2]/", false),
        ("http://0x7f.0.0.1/", false), ("http://127.0.0.256/", false),
    ]) func loopbackIsRecognisedByItsForm(text: String, isLoopback: Bool) throws {
        #expect(try parse(text).isLoopback == isLoopback)
    }

    @Test func refusalsAreExact() {
        #expect(refusal("ftp://a/") == .schemeNotSupported)
        #expect(refusal("//a/") == .schemeNotSupported)
        #expect(refusal("http://") == .hostMissing)
        #expect(refusal("http://:80/") == .hostMissing)
        #expect(refusal("http://user@a/") == .userInformation)
        #expect(refusal("http://user:secret@a/") == .userInformation)
        #expect(refusal("http://a/#b") == .fragment)
        #expect(refusal("http://a b/") == .invalidByte(offset: 8))
        #expect(refusal("http://a/\r\nX: y") == .invalidByte(offset: 9))
        #expect(refusal("http://a/\u{E4}") == .invalidByte(offset: 9))
        #expect(refusal("http://a%41/") == .hostInvalid)
        #expect(refusal("http://-a/") == .hostInvalid)
        #expect(refusal("http://[::1/") == .hostInvalid)
        #expect(refusal("http://[x]/") == .hostInvalid)
        #expect(refusal("http://a:x/") == .portInvalid)
        #expect(refusal("http://a:0/") == .portInvalid)
        #expect(refusal("http://a:65536/") == .portInvalid)
        #expect(refusal("http://a:123456/") == .portInvalid)
        #expect(refusal("http://" + String(repeating: "a", count: 254) + "/") == .hostInvalid)
        #expect(refusal("http://" + String(repeating: "a", count: 253) + "/") == nil)
    }

    @Test func theLimitHolds() {
        let room = URILimits.urlByteCount - "http://a/".utf8.count
        #expect(refusal("http://a/" + String(repeating: "b", count: room)) == nil)
        #expect(
            refusal("http://a/" + String(repeating: "b", count: room + 1))
                == .tooLong(limit: URILimits.urlByteCount, actual: URILimits.urlByteCount + 1))
    }
}
