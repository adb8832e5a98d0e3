// ClaimHints.swift - hints about a token's issuer and its audience.
//
// Spec:    RFC 7519 §4.1.1, §4.1.3; Microsoft's, Cognito's and Auth0's documents.
// Secret:  the token's iss and aud, which are compared and not shown.
// Reads:   HintFinder; Settings, Authorizer, JOSE, JSON, Bytes. Read by: HintFinder.

import Authorizer
import Bytes
import JOSE
import JSON
import Settings

extension HintFinder {
    // MARK: Issuer

    mutating func addIssuerHints() {
        guard let actual = claim("iss")?.stringBytes, !actual.isEmpty else { return }
        let isMismatch = isReason("issuer_mismatch") || isReason("issuer_unknown")
        var isAnother = isReason("key_unknown")
        for issuer in decided.settings.trustedIssuers {
            if issuer.claims.issuers.isEmpty || issuer.claims.isLoadBalancer
                || issuer.claims.isIssuer(actual.span)
            {
                isAnother = false
            }
            guard isMismatch else { continue }
            for form in issuer.claims.issuers { compareIssuers(form.span, actual.span) }
        }
        hint(.otherIssuer, if: isAnother)
    }

    private mutating func compareIssuers(_ configured: Span<UInt8>, _ actual: Span<UInt8>) {
        let (ours, theirs) = (nameCore(configured), nameCore(actual))
        let isSlash = bytesEqual(
            configured.extracting(0..<ours.upperBound), actual.extracting(0..<theirs.upperBound))
        let (a, b) = (configured.extracting(ours), actual.extracting(theirs))
        hint(.issuerSlash, if: isSlash)
        // Of the forms that a profile has another may differ by more.
        if hints.contains(.issuerSlash) { return }
        hint(.issuerSchemeOrCase, if: bytesEqualIgnoringASCIICase(a, b))
        hint(.cognitoIssuer, if: isOnePool(a, b) || isOnePool(b, a))
        hint(.entraVersion, if: isOneTenant(a, b) || isOneTenant(b, a))
    }

    /// A pool's first name, and its second one.
    private func isOnePool(_ first: Span<UInt8>, _ second: Span<UInt8>) -> Bool {
        let more: StaticString = "issuer-"
        return bytesStart(first, with: "cognito-idp.") && bytesStart(second, with: more)
            && bytesEqual(first, second.extracting(more.utf8ByteCount..<second.count))
    }

    /// A tenant's name in tokens of version 1, and in those of version 2.
    private func isOneTenant(_ first: Span<UInt8>, _ second: Span<UInt8>) -> Bool {
        let one: StaticString = "sts.windows.net/"
        let two: StaticString = "login.microsoftonline.com/"
        guard bytesStart(first, with: one), bytesStart(second, with: two) else { return false }
        let start = two.utf8ByteCount
        return bytesEqual(
            first.extracting(one.utf8ByteCount..<first.count),
            second.extracting(start..<second.firstIndex(of: 0x2F, from: start)))
    }

    // MARK: Audience

    mutating func addAudienceHints() {
        let graph =
            claim("aud", is: "00000003-0000-0000-c000-000000000000")
            || claim("aud", is: "https://graph.microsoft.com")
            || claim("aud", is: "https://graph.microsoft.com/")
        hint(
            .microsoftGraph,
            if: !decided.isAllowed && graph
                || isReason("signature_mismatch") && headerHas("nonce"))
        hint(.audienceAbsent, if: isReason("claim_aud_missing") && has("client_id"))
        hint(.idToken, if: isReason("token_is_id_token") || looksLikeIDToken)
        hint(.sessionPending, if: isReason("token_type_mismatch") && claim("sts", is: "pending"))
        // A token of Clerk without `aud`: its origin is compared.
        guard isReason("audience_mismatch"), let claim = claim("aud") ?? claim("azp") else { return }
        hint(.audienceArray, if: claim.kind == .array)
        for issuer in decided.settings.trustedIssuers {
            for audience in issuer.claims.audiences {
                compareAudience(audience.span, claim)
                for element in claim.elements ?? [] { compareAudience(audience.span, element) }
            }
        }
    }

    private var looksLikeIDToken: Bool {
        // Some providers issue ID tokens only.
        for issuer in decided.settings.trustedIssuers where issuer.claims.takesIDTokens { return false }
        if has("token_use") { return claim("token_use", is: "id") }
        return (has("nonce") || has("at_hash") || has("c_hash")) && !has("scope") && !has("scp")
    }

    private mutating func compareAudience(_ configured: Span<UInt8>, _ claim: JSONValue) {
        guard let text = claim.stringBytes, !bytesEqual(text.span, configured) else { return }
        hint(
            .audienceForm,
            if: bytesEqualIgnoringASCIICase(
                configured.extracting(nameCore(configured)), text.span.extracting(nameCore(text.span))))
    }
}

/// Without its scheme and without a slash at its end.
private func nameCore(_ text: Span<UInt8>) -> Range<Int> {
    let colon = text.firstIndex(of: 0x3A)
    let hasScheme = colon + 2 < text.count && text[colon + 1] == 0x2F && text[colon + 2] == 0x2F
    let start = hasScheme ? colon + 3 : 0
    let end = text.count
    return start..<(end > start && text[end - 1] == 0x2F ? end - 1 : end)
}
