import Bytes
import HTTP
import TestSupport
import Testing
import URI

@testable import KeyFetching

private func address(_ issuer: String) throws -> IssuerAddress {
    try #require(IssuerAddress(Array(issuer.utf8)))
}

private func keys(_ issuer: String, _ document: String) throws -> Result<URL, DiscoveryError> {
    let address = try address(issuer)
    do throws(DiscoveryError) { return .success(try address.keys(from: Array(document.utf8))) } catch {
        return .failure(error)
    }
}

private let issuer = "https://idp.example.com/tenant"

private func document(_ issuer: String = issuer, _ keys: String = "https://keys.example.com/jwks") -> String {
    #"{"issuer":"\#(issuer)","authorization_endpoint":"x","jwks_uri":"\#(keys)","scopes_supported":["a"]}"#
}

/// The document's address is built from the issuer, and its keys' address is checked (AUDIT 17, 18).
@Suite struct DiscoveryDocumentTests {
    /// OpenID Connect Discovery 1.0 §4 and RFC 8414 §3.1: a slash that ends the issuer is left out of both.
    @Test(arguments: [
        ("https://idp.example.com", "", ""), ("https://idp.example.com/", "", ""),
        ("https://idp.example.com/tenant", "/tenant", "/tenant"),
        ("https://idp.example.com/tenant/", "/tenant", "/tenant"),
        ("https://idp.example.com/a/b%20c/v2.0", "/a/b%20c/v2.0", "/a/b%20c/v2.0"),
        ("https://idp.example.com/a//", "/a/", "/a/"),
    ]) func addressesAreBuilt(issuer: String, before: String, behind: String) throws {
        let address = try address(issuer)
        #expect(try text(address.document(.openID).target) == before + "/.well-known/openid-configuration")
        #expect(
            try text(address.document(.oauth).target) == "/.well-known/oauth-authorization-server" + behind)
        for form in DiscoveryForm.allCases {
            let url = try address.document(form)
            #expect(url.scheme == .https && text(url.host) == "idp.example.com" && url.port == 443)
        }
    }

    @Test func portsAndLiteralsStay() throws {
        let url = try address("http://[::1]:8080/x").document(.openID)
        #expect(url.scheme == .http && url.isIPv6Literal && url.port == 8080)
        #expect(text(url.target) == "/x/.well-known/openid-configuration")
    }

    /// AUDIT 17: http on this machine alone.
    @Test(arguments: [
        "http://idp.example.com", "idp.example.com", "urn:issuer", "https://", "https://idp.example.com?x",
        "https://idp.example.com/a?x=y", "https://idp.example.com#a", "https://user@idp.example.com", "",
    ]) func otherIssuersAreRejected(issuer: String) {
        #expect(IssuerAddress(Array(issuer.utf8)) == nil)
    }

    @Test func addressesEndAtTheirLimit() throws {
        let long = "https://a/" + String(repeating: "b", count: URILimits.urlByteCount - 10)
        #expect(throws: URLError.self) { try address(long).document(.openID) }
    }

    @Test func theAddressOfTheKeysIsFound() throws {
        let url = try keys(issuer, document()).get()
        #expect(text(url.host) == "keys.example.com" && text(url.target) == "/jwks")
        // An escape is decoded to its byte.
        #expect(try keys(issuer, document("https:\\/\\/idp.example.com\\/tenant")).get() == url)
    }

    /// AUDIT 18: the document's issuer is this one, byte for byte.
    @Test(arguments: [
        "https://idp.example.com/tenant/", "https://IDP.example.com/tenant",
        "https://idp.example.com:443/tenant",
        "https://idp.example.com/", "https://evil.example/tenant", "", "https://idp.example.com/{tenantid}",
    ]) func anotherIssuersDocumentIsRefused(other: String) throws {
        #expect(try keys(issuer, document(other)) == .failure(.issuerMismatch))
    }

    @Test func refusalsAreExact() throws {
        #expect(try keys(issuer, "<html>") == .failure(.json(.unexpectedByte(offset: 0))))
        #expect(try keys(issuer, "[]") == .failure(.notObject))
        #expect(try keys(issuer, "null") == .failure(.notObject))
        #expect(try keys(issuer, "{}") == .failure(.issuerMissing))
        #expect(try keys(issuer, #"{"issuer":1}"#) == .failure(.issuerMissing))
        #expect(try keys(issuer, #"{"issuer":["\#(issuer)"]}"#) == .failure(.issuerMissing))
        #expect(try keys(issuer, #"{"issuer":"\#(issuer)"}"#) == .failure(.addressMissing))
        #expect(try keys(issuer, #"{"issuer":"\#(issuer)","jwks_uri":null}"#) == .failure(.addressMissing))
        #expect(try keys(issuer, document(issuer, "http://keys.example.com/")) == .failure(.addressNotSecure))
        // The issuer is not of this machine: nor are its keys, over http.
        #expect(try keys(issuer, document(issuer, "http://127.0.0.1/")) == .failure(.addressNotSecure))
        #expect(
            try keys(issuer, document(issuer, "file:///etc/passwd"))
                == .failure(.address(.schemeNotSupported)))
        #expect(try keys(issuer, document(issuer, "/jwks")) == .failure(.address(.schemeNotSupported)))
        #expect(try keys(issuer, document(issuer, "https://a@b/")) == .failure(.address(.userInformation)))
        #expect(
            try keys(issuer, #"{"issuer":"\#(issuer)","issuer":"\#(issuer)"}"#)
                == .failure(.json(.duplicateMember(offset: 43))))
    }

    @Test func loopbackIssuersMayHaveLoopbackKeys() throws {
        let local = "http://127.0.0.1:8080"
        #expect(try keys(local, document(local, "http://localhost:8081/jwks")).get().port == 8081)
        #expect(try keys(local, document(local)).get().scheme == .https)
        #expect(try keys(local, document(local, "http://keys.example.com/")) == .failure(.addressNotSecure))
    }

    @Test func theLimitHolds() throws {
        let good = document()
        let room = String(repeating: " ", count: FetchLimits.discoveryByteCount - good.utf8.count)
        #expect(try keys(issuer, good + room).get().port == 443)
        #expect(
            try keys(issuer, good + room + " ")
                == .failure(
                    .json(
                        .tooLong(
                            limit: FetchLimits.discoveryByteCount,
                            actual: FetchLimits.discoveryByteCount + 1))))
    }
}
