import Bytes
import TestSupport
import Testing

@testable import URI

private func url(_ text: String) throws -> URL { try URL(Array(text.utf8).span) }

private func proxy(_ text: String) throws(URLError) -> Proxy { try Proxy(Array(text.utf8).span) }

private func refusal(_ text: String) -> URLError? {
    thrown { () throws(URLError) in
        _ = try proxy(text)
    }
}

/// Addresses of proxies, their credentials and exceptions (AUDIT 17, 31).
@Suite struct ProxyTests {
    @Test func addressesAreTakenApart() throws {
        for text in [
            "http://proxy.example:3128", "HTTP://proxy.example:3128/", "proxy.example:3128",
            "http://proxy.example:3128/x?y#z",
        ] {
            let one = try proxy(text)
            #expect(one.name == Array("proxy.example:3128".utf8) && one.credentials == nil)
        }
        #expect(try proxy("http://proxy.example").port == 80)
        #expect(try proxy("[::1]:8080").name == Array("[::1]:8080".utf8))
    }

    /// RFC 7617 §2, with its own example; a user alone has an empty password.
    @Test func credentialsAreDecodedAndEncoded() throws {
        func credentials(_ text: String) throws -> String? {
            try proxy(text).credentials.map { String(decoding: $0, as: UTF8.self) }
        }
        #expect(try credentials("http://Aladdin:open%20sesame@proxy") == "QWxhZGRpbjpvcGVuIHNlc2FtZQ==")
        #expect(try credentials("Aladdin:open%20sesame@proxy:1") == "QWxhZGRpbjpvcGVuIHNlc2FtZQ==")
        #expect(try credentials("http://a@proxy") == "YTo=")
        #expect(try credentials("http://a:b@c@proxy") == "YTpiQGM=")
        #expect(try credentials("http://%c3%A9:%3a@proxy") == "w6k6Og==")
        #expect(try proxy("http://a:b@proxy:1").name == Array("proxy:1".utf8))
    }

    @Test func refusalsAreExact() {
        #expect(refusal("") == .hostMissing)
        #expect(refusal("http://") == .hostMissing)
        #expect(refusal("http://user:password@") == .hostMissing)
        #expect(refusal("https://proxy:443") == .schemeNotSupported)
        #expect(refusal("socks5://proxy") == .schemeNotSupported)
        #expect(refusal("http://a%2:b@proxy") == .userInformation)
        #expect(refusal("http://a%zz:b@proxy") == .userInformation)
        #expect(refusal("http://pro xy") == .invalidByte(offset: 10))
        #expect(refusal("proxy:x") == .portInvalid)
    }

    /// What golang.org/x/net/http/httpproxy says to each; Tests/Integration/test_https.py asks Go itself.
    @Test(arguments: [
        ("https://idp.example.com/", "", true),
        ("https://idp.example.com/", "*", false),
        ("https://idp.example.com/", "other.example, *", false),
        ("https://idp.example.com/", "example.com", false),
        ("https://idp.example.com/", "EXAMPLE.com", false),
        ("https://IDP.Example.com/", "idp.example.com", false),
        ("https://example.com/", "example.com", false),
        ("https://example.com/", ".example.com", true),
        ("https://idp.example.com/", ".example.com", false),
        ("https://example.com/", "*.example.com", true),
        ("https://idp.example.com/", "*.example.com", false),
        ("https://badexample.com/", "example.com", true),
        ("https://example.com.evil/", "example.com", true),
        ("https://com/", "example.com", true),
        ("https://idp.example.com/", "example.com:443", false),
        ("https://idp.example.com/", "example.com:8443", true),
        ("https://idp.example.com:8443/", "example.com:8443", false),
        ("https://idp.example.com/", "example.com:", false),
        ("https://idp.example.com/", "example.com:x", true),
        ("https://idp.example.com/", ":443", true),
        ("https://idp.example.com/", ",, ,", true),
        ("https://idp.example.com/", "idp.*", true),
        ("https://10.1.2.3/", "10.1.2.3", false),
        ("https://10.1.2.3/", "10.1.2.3:443", false),
        ("https://10.1.2.3/", "10.1.2.3:80", true),
        ("https://10.1.2.3/", "10.0.0.0/8", false),
        ("https://10.1.2.3/", "10.0.0.0/16", true),
        ("https://10.1.2.3/", "10.1.2.3/32", false),
        ("https://10.1.2.3/", "0.0.0.0/0", false),
        ("https://10.1.2.3/", "10.0.0.0/33", true),
        ("https://10.1.2.3/", "10.0.0.0/", true),
        ("https://10.1.2.3/", ".2.3", true),
        ("https://10.1.2.3/", "::/0", true),
        ("https://10.1.2.3/", "::ffff:10.1.2.3", false),
        ("https://[2001:db8::7]/", "2001:db8::7", false),
        ("https://[2001:db8::7]/", "2001:db8::/32", false),
        ("https://[2001:db8::7]/", "2001:db9::/32", true),
        ("https://[2001:db8::7]/", "[2001:db8::7]:443", false),
        ("https://[2001:db8::7]/", "[2001:db8::7]:444", true),
        ("https://[2001:db8::7]/", "10.0.0.0/8", true),
        // Never, whatever NO_PROXY says.
        ("https://localhost/", "", false), ("https://127.0.0.1:8443/", "", false),
        ("https://[::1]/", "", false),
        ("https://[::ffff:127.0.0.1]/", "", false), ("http://localhost/", "", false),
        ("http://idp.example.com/", "", false),
    ]) func exceptionsAgreeWithGo(target: String, exceptions: String, isUsed: Bool) throws {
        let rules = try ProxyRules(proxy: Array("proxy:1".utf8), exceptions: Array(exceptions.utf8))
        #expect(try (rules.proxy(for: url(target)) != nil) == isUsed)
    }
}
