import JSON
import Settings
import TestSupport
import Testing

@testable import Reports

private let path = "/.well-known/oauth-protected-resource"
private let link = ("RESOURCE_METADATA_URI", "https://api.example.com\(path)")

/// The document of RFC 9728, made of the settings.
@Suite struct ResourceMetadataTests {
    private func document(_ further: [(String, String)]) throws -> String? {
        let settings = try Settings(environment: variables(further))
        return resourceMetadata(of: settings).map { text($0) }
    }

    private func ofVariables(_ further: [(String, String)]) throws -> String? {
        try document(
            [("JWKS_URI", "/keys.json"), ("RESOURCE", "*"), ("ISSUER", "https://idp.example.com/")] + further)
    }

    @Test func withVariables() throws {
        #expect(try ofVariables([]) == nil)
        #expect(
            try ofVariables([link])
                == #"{"resource":"https://api.example.com","authorization_servers":["https://idp.example.com/"],"bearer_methods_supported":["header"]}"#
        )
        let all = try ofVariables([
            ("RESOURCE_METADATA_URI", "https://api.example.com:8443\(path)/v1/orders"),
            ("REQUIRED_SCOPES", "orders:read orders:write"),
            ("TOKEN_SOURCES", "header:authorization:bearer,query:access_token,cookie:session"),
            ("DPOP", "require"), ("MTLS", "accept"), ("RESULT_CACHE", "off"), ("ALGORITHMS", "ES256,PS256"),
        ])
        #expect(
            all
                == #"{"resource":"https://api.example.com:8443/v1/orders","authorization_servers":["https://idp.example.com/"],"scopes_supported":["orders:read","orders:write"],"bearer_methods_supported":["header","query"],"tls_client_certificate_bound_access_tokens":true,"dpop_signing_alg_values_supported":["ES256","PS256"],"dpop_bound_access_tokens_required":true}"#
        )
        let accepting = try ofVariables([
            link, ("DPOP", "accept"), ("RESULT_CACHE", "off"), ("ALGORITHMS", "ES256"),
        ])
        #expect(accepting?.hasSuffix(#","dpop_signing_alg_values_supported":["ES256"]}"#) == true)
        let ignoring = try ofVariables([link, ("DPOP", "ignore"), ("MTLS", "ignore")])
        #expect(try ignoring == ofVariables([link]))
    }

    /// RFC 9728 §2: no member with an empty array.
    @Test func emptyListsAreOmitted() throws {
        let settings = [("JWKS_URI", "/keys.json"), ("RESOURCE", "*"), link]
        #expect(
            try document(settings + [("ISSUER", "not-a-url"), ("TOKEN_SOURCES", "cookie:session")])
                == #"{"resource":"https://api.example.com"}"#)
        #expect(
            try document(
                settings + [("TOKEN_SOURCES", "header:X-Token,query:token,header:Authorization:Token")])
                == #"{"resource":"https://api.example.com"}"#)
    }

    /// The well-known path of `https://api.example.com/` is that of `https://api.example.com`: the audience decides.
    @Test func theSlashOfTheResource() throws {
        for (uri, audience, resource) in [
            (path, "https://api.example.com/", "https://api.example.com/"),
            (path, "https://api.example.com", "https://api.example.com"),
            (path, "https://api.example.com/,https://api.example.com", "https://api.example.com"),
            (path, "https://api.example.com/v1", "https://api.example.com"),
            (path + "/mcp", "https://api.example.com/mcp/", "https://api.example.com/mcp/"),
            (path + "/mcp", "https://api.example.com/mcp", "https://api.example.com/mcp"),
            (path + "/mcp/", "x", "https://api.example.com/mcp/"),
        ] {
            let found = try ofVariables([
                ("RESOURCE_METADATA_URI", "https://api.example.com\(uri)"), ("AUDIENCE", audience),
            ])
            #expect(found?.hasPrefix(#"{"resource":"\#(resource)","#) == true, "\(uri) \(audience)")
        }
    }

    /// Scopes of allowing rules, each once; issuers that are URLs.
    @Test func withADocument() throws {
        let rules = #"""
            {"issuers":[
              {"name":"a","issuer":"https://a.example.com","jwks_uri":"/a.json"},
              {"name":"b","issuer":"https://b.example.com/x","jwks_uri":"/b.json"},
              {"name":"c","issuer":"plain","jwks_uri":"/c.json"}],
             "routes":[
              {"route":"GET /a","allow":{"scopes":["one","two"]}},
              {"route":"GET /b","allow":{"any_of_scopes":["two","three"],"any_of_scopes_like":["p:*"]}},
              {"route":"GET /c","deny":{"scopes":["blocked"]}},
              {"route":"GET /d","public":true}],
             "default":{"scopes":["four"]}}
            """#
        let found = try document([("RULES", rules), link])
        #expect(
            found
                == #"{"resource":"https://api.example.com","authorization_servers":["https://a.example.com","https://b.example.com/x"],"scopes_supported":["one","two","three","four"],"bearer_methods_supported":["header"]}"#
        )
    }

    /// A mapping template of API Gateway would expand `$` and `#`.
    @Test func nothingThatATemplateExpands() throws {
        let found = try #require(
            try ofVariables([
                ("RESOURCE_METADATA_URI", "https://api.example.com\(path)/$input.body"),
                ("REQUIRED_SCOPES", "a$b ##c #set($x=1) $"),
            ]))
        #expect(!found.contains("$") && !found.contains("#"))
        let root = try JSONDocument(parsing: Array(found.utf8)).root
        let scopes = root.member("scopes_supported")?.elements?.map { text($0.stringBytes ?? []) }
        #expect(scopes == ["a$b", "##c", "#set($x=1)", "$"])
        #expect(root.member("resource")?.stringBytes == Array("https://api.example.com/$input.body".utf8))
    }
}
