// ResourceMetadata.swift - the document of the protected resource, made of the settings.
//
// Spec:    RFC 9728 §2 (members), §3 (the resource within the address); README "Challenges".
// Secret:  no: the document is public. It names issuers and scopes.
// Reads:   Outline; Settings, Authorizer, Routes, Events, JOSE, URI, Bytes. Read by: the resource-metadata command.

import Authorizer
import Bytes
import Events
import JOSE
import Routes
import Settings
import URI

/// One JSON object without a line feed, of which `$` and `#` are escaped: API Gateway's mapping templates would expand them.
/// Nil without RESOURCE_METADATA_URI.
package func resourceMetadata(of settings: Settings) -> [UInt8]? {
    guard let address = settings.rules.answers.resourceMetadataURI else { return nil }
    var outline = Outline()
    outline.add("resource", resource(at: address, settings))
    var servers: [[UInt8]] = []
    var algorithms: [StaticString] = []
    for issuer in settings.trustedIssuers {
        // Only a URL leads to the server's own metadata (RFC 8414 §2).
        for text in issuer.claims.issuers where IssuerAddress(text) != nil && !servers.contains(text.span) {
            servers.append(text)
        }
        for algorithm in issuer.algorithms where !algorithms.contains(where: { same($0, algorithm.name) }) {
            algorithms.append(algorithm.name)
        }
    }
    // §2: members with an empty array are omitted.
    if !servers.isEmpty { outline.add("authorization_servers", servers) }
    let rules = settings.rules
    let scopes = rules.requiredScopes + (rules.routes?.scopesOfAllowingRules ?? [])
    if !scopes.isEmpty { outline.add("scopes_supported", scopes) }
    let methods = bearerMethods(rules.tokenSources)
    if !methods.isEmpty { outline.add("bearer_methods_supported", methods) }
    if rules.sender.mtls.isChecked { outline.add("tls_client_certificate_bound_access_tokens", true) }
    if rules.sender.dpop.isChecked {
        outline.add("dpop_signing_alg_values_supported", algorithms)
        if rules.sender.dpop == .require { outline.add("dpop_bound_access_tokens_required", true) }
    }
    var text: [UInt8] = []
    for byte in outline.json {
        switch byte {
        case 0x23: text.append("\\u0023")
        case 0x24: text.append("\\u0024")
        default: text.append(byte)
        }
    }
    return text
}

/// The address without the well-known path. The address of `https://api.example.com/` has no slash for it: if that is an
/// audience it is the resource.
private func resource(at address: [UInt8], _ settings: Settings) -> [UInt8] {
    let path: StaticString = "/.well-known/oauth-protected-resource"
    var start = 0
    while !bytesStart(address.span.extracting(start..<address.count), with: path) { start += 1 }
    let end = start + path.utf8ByteCount
    let resource = [UInt8](address[0..<start] + address[end...])
    let other = resource + [0x2F]
    for issuer in settings.trustedIssuers {
        let audiences = issuer.claims.audiences
        if !audiences.contains(resource.span), audiences.contains(other.span) { return other }
    }
    return resource
}

/// §2: the methods of RFC 6750 §2 by which a token may be sent.
private func bearerMethods(_ sources: [TokenSource]) -> [StaticString] {
    var methods: [StaticString] = []
    for source in sources {
        switch source {
        case .header(let name, let scheme):
            if bytesEqualIgnoringASCIICase(name.span, "Authorization"),
                bytesEqualIgnoringASCIICase(scheme.span, "Bearer")
            {
                methods.append("header")
            }
        case .query(let name): if bytesEqual(name.span, "access_token") { methods.append("query") }
        default: break
        }
    }
    return methods
}

private func same(_ a: StaticString, _ b: StaticString) -> Bool { bytesEqual([UInt8](a).span, b) }
