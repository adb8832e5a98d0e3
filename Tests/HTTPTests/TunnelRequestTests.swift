import Testing
import URI

@testable import HTTP

/// The request for a tunnel has only the credentials of the proxy (AUDIT 17).
@Suite struct TunnelRequestTests {
    @Test func theConnectRequest() throws {
        func request(_ proxyText: String, _ target: String) throws -> String {
            let proxy = try Proxy(Array(proxyText.utf8).span)
            let target = try URL(Array(target.utf8).span)
            return String(
                decoding: HTTPRequest(through: proxy, to: target.hostAndPort).bytes, as: UTF8.self)
        }
        #expect(
            try request("proxy", "https://idp.example/keys")
                == "CONNECT idp.example:443 HTTP/1.1\r\nHost: idp.example:443\r\n\r\n")
        #expect(
            try request("http://a:b@proxy", "https://[2001:db8::1]:8443")
                == "CONNECT [2001:db8::1]:8443 HTTP/1.1\r\nHost: [2001:db8::1]:8443\r\nProxy-Authorization: Basic YTpi\r\n\r\n"
        )
    }
}
