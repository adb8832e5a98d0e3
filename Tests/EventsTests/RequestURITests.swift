import DecisionSupport
import Testing
import URI

@testable import Events

private func normal(_ uri: String) -> String? {
    let bytes = Array(uri.utf8)
    return normalURI(of: bytes.span).map { String(decoding: $0, as: UTF8.self) }
}

private func uris(_ event: String, _ origins: [String] = []) throws -> [String] {
    try parsed(event).requestURIs(behind: origins.map { Array($0.utf8) }).map {
        String(decoding: $0, as: UTF8.self)
    }
}

private func rest(_ path: String, _ routePath: String = "/orders/42", host: String = "api.example.com")
    -> String
{
    #"{"type":"REQUEST","methodArn":"arn:aws:execute-api:eu-central-1:123456789012:a1b2c3d4e5/prod/GET\#(routePath)","httpMethod":"GET","path":"/x","requestContext":{"path":"\#(path)","domainName":"\#(host)"}}"#
}

private func http2(_ path: String, stage: String = "prod", route: String = "/orders/42") -> String {
    #"{"version":"2.0","type":"REQUEST","routeArn":"arn:aws:execute-api:eu-central-1:123456789012:a1b2c3d4e5/\#(stage)/GET\#(route)","requestContext":{"domainName":"api.example.com","http":{"method":"GET","path":"\#(path)"}}}"#
}

/// The URI that a client called, for each kind of origin (AUDIT 39).
@Suite struct RequestURITests {
    /// RFC 3986 §6.2.2, §6.2.3.
    @Test(arguments: [
        ("https://api.example.com/orders", "https://api.example.com/orders"),
        ("HTTPS://API.Example.COM:443/orders?a=b#c", "https://api.example.com/orders"),
        ("https://api.example.com", "https://api.example.com/"),
        ("https://api.example.com?x=/y", "https://api.example.com/"),
        ("https://api.example.com#/y", "https://api.example.com/"),
        ("https://api.example.com:/", "https://api.example.com/"),
        ("https://api.example.com:8443/", "https://api.example.com:8443/"),
        ("https://api.example.com/%7euser/%41%2d%2E%5f", "https://api.example.com/~user/A-._"),
        ("https://api.example.com/a%2fb%3a%c3%a4", "https://api.example.com/a%2Fb%3A%C3%A4"),
        ("https://api.example.com/a/./b/../c", "https://api.example.com/a/c"),
        ("https://api.example.com/a/%2e%2E/b/%2e", "https://api.example.com/b/"),
        ("https://api.example.com/../../a/..", "https://api.example.com/"),
        ("https://api.example.com/a/b/..", "https://api.example.com/a/"),
        ("https://api.example.com//a//", "https://api.example.com//a//"),
        ("https://api.example.com/a//../b", "https://api.example.com/a/b"),
        ("https://api.example.com/...", "https://api.example.com/..."),
        ("https://api.example.com/a;b=c,d/@:!$&'()*+=", "https://api.example.com/a;b=c,d/@:!$&'()*+="),
        ("https://x-y_z.1/", "https://x-y_z.1/"),
    ]) func normalForms(uri: String, expected: String) { #expect(normal(uri) == expected) }

    @Test(arguments: [
        "", "https://", "https:///a", "https://:443/", "http://api.example.com/", "wss://api.example.com/",
        "/orders",
        "api.example.com/orders", "https:/api.example.com", "https://user@api.example.com/", "https://[::1]/",
        "https://api.example.com:44a/", "https://api.example.com:443:443/", "https://api example.com/",
        "https://api.example.com/a b", "https://api.example.com/%", "https://api.example.com/%4",
        "https://api.example.com/%zz", "https://api.example.com/ä", "https://ä.example.com/",
        "https://%61.com/",
        "https://api.example.com/a\\b", "https://api.example.com/\"", "https://api.example.com/a\u{0}",
    ]) func invalidURIs(uri: String) { #expect(normal(uri) == nil) }

    @Test func theURIThatTheClientCalled() throws {
        // The API's own host name, with the stage; a custom domain, with a base path.
        #expect(try uris(rest("/prod/orders/42")) == ["https://api.example.com/prod/orders/42"])
        #expect(try uris(rest("/v1/orders/42/")) == ["https://api.example.com/v1/orders/42/"])
        #expect(try uris(rest("/", host: "API.example.com")) == ["https://api.example.com/"])
        #expect(try uris(http2("/prod/orders/42")) == ["https://api.example.com/prod/orders/42"])
        // Characters that the gateway may have decoded are escaped again. Escapes that it left are kept.
        #expect(try uris(rest("/a b/ä/%2F/%7E")) == ["https://api.example.com/a%20b/%C3%A4/%2F/~"])
        #expect(try uris(rest("/a%")) == [])
        // The event does not contain enough for a URI.
        #expect(try uris(rest("orders")) == [])
        #expect(try uris(rest("/a", host: "a/b@c")) == [])
        #expect(try uris(Shape.request(#""httpMethod":"GET""#)) == [])
        #expect(try uris(Shape.request(#""requestContext":{"path":"/a","domainName":1}"#)) == [])
        for text in [
            Shape.token("x"), Shape.webSocket(#""headers":{}"#), Shape.appSync("x"),
            Shape.iot(#""token":"x""#),
        ] {
            #expect(try uris(text) == [])
            #expect(try uris(text, ["https://api.example.com"]) == [])
            #expect(try parsed(text).method == nil)
        }
    }

    @Test func withConfiguredOrigins() throws {
        let origins = ["https://api.example.com/v1", "https://cdn.example.com"]
        #expect(
            try uris(rest("/prod/orders/42"), origins)
                == ["https://api.example.com/v1/orders/42", "https://cdn.example.com/orders/42"])
        #expect(try uris(rest("/prod", ""), origins)[1] == "https://cdn.example.com/")
        // An HTTP API: the stage is removed if it is present; the default stage is never in a path.
        for (path, stage) in [
            ("/prod/orders/42", "prod"), ("/orders/42", "prod"), ("/orders/42", "$default"),
        ] {
            #expect(try uris(http2(path, stage: stage), origins)[1] == "https://cdn.example.com/orders/42")
        }
        #expect(try uris(http2("/prod"), origins)[1] == "https://cdn.example.com/")
        #expect(try uris(http2("/production/a"), origins)[1] == "https://cdn.example.com/production/a")
    }

    /// A first segment with the stage's name is the stage only if the ARN's path does not start with it.
    @Test(arguments: [
        // The route itself starts with the stage's name, without and with the stage before it.
        ("/prod/orders", "/prod/orders", "/prod/orders"),
        ("/prod/prod/orders", "/prod/orders", "/prod/orders"),
        ("/prod", "/prod", "/prod"), ("/prod/prod", "/prod", "/prod"), ("/prod/", "/prod/", "/prod/"),
        // The stage before the route.
        ("/prod/orders", "/orders", "/orders"), ("/prod", "/", "/"), ("/prod/", "/", "/"), ("/prod", "", "/"),
        ("/orders", "/orders", "/orders"),
        // One of the two paths is percent-decoded.
        ("/prod/a b", "/prod/a%20b", "/prod/a%20b"), ("/prod/a%20b", "/prod/a b", "/prod/a%20b"),
        ("/prod/a/b", "/prod/a%2Fb", "/prod/a/b"), ("/prod/a b", "/a%20b", "/a%20b"),
        // The ARN contains the route's key.
        ("/prod/42", "/prod/{id}", "/prod/42"), ("/prod/prod/42", "/prod/{id}", "/prod/42"),
        ("/prod/orders/42", "/orders/{id}", "/orders/42"), ("/prod/a/b/c", "/prod/{rest+}", "/prod/a/b/c"),
        ("/prod/a/b/c", "/{rest+}", "/a/b/c"),
        // The ARN has an unrelated path.
        ("/prod/orders", "/other", "/orders"),
    ]) func aRouteThatStartsWithTheStage(path: String, route: String, expected: String) throws {
        #expect(
            try uris(http2(path, route: route), ["https://cdn.example.com"])
                == ["https://cdn.example.com" + expected])
    }

    @Test func methods() throws {
        func method(_ text: String) throws -> String? {
            try parsed(text).method.map { String(decoding: $0, as: UTF8.self) }
        }
        #expect(try method(rest("/")) == "GET")
        #expect(try method(Shape.http1(#""httpMethod":"DELETE""#)) == "DELETE")
        #expect(try method(http2("/")) == "GET")
        #expect(try method(Shape.request(#""httpMethod":1"#)) == nil)
        #expect(try method(Shape.request(#""headers":{}"#)) == nil)
        #expect(try method(Shape.http2(#""requestContext":{}"#)) == nil)
    }
}
