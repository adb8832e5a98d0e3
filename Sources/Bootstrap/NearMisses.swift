// NearMisses.swift - what a token looks like, good or not, beside what the settings want.
//
// Spec:    RFC 7515 §7.1, RFC 7519 §4.1; identity providers' documents.
// Secret:  the token and its claims; they are compared here and never handed out.
// Reads:   Hints; Authorizer (Event, Decision, Settings), JOSE, JSON, Bytes. Read by: ExplainCommand.

import Authorizer
import Bytes
import JOSE
import JSON

/// A decided event, and its token taken apart as far as that goes.
final class NearMisses {
    private let decision: Decision
    private let settings: Settings
    private var parts: [[UInt8]] = []
    private var header: JSONDocument?
    private var payload: JSONDocument?
    private(set) var hints = HintSet()

    /// - Parameter cacheSeconds: how long the gateway keeps an answer.
    init(
        _ decision: Decision, event bytes: [UInt8], _ settings: Settings, nowSeconds: Int64,
        cacheSeconds: Int64
    ) {
        self.decision = decision
        self.settings = settings
        // The token's place as it was sent, with its scheme.
        var value: [UInt8] = []
        do throws(Refusal) {
            let event = try Event(parsing: bytes)
            if let arn = event.arn, settings.rules.routes == nil { lookAtResources(arn) }
            value = try event.tokenValue(from: settings.rules.tokenSources)
        } catch {
            // An event that is none has no token: no hint about one applies.
        }
        // Behind the last space: whatever the scheme is.
        for byte in value {
            if byte == 0x20 { parts = [] } else if parts.isEmpty || byte == 0x2E { parts.append([]) }
            if byte != 0x20 && byte != 0x2E && byte != 0x22 { parts[parts.count - 1].append(byte) }
        }
        header = object(0)
        payload = object(1)
        lookAtForm(value)
        lookAtIssuer()
        lookAtAudience()
        lookAtTimes(nowSeconds, cacheSeconds)
    }

    private func object(_ index: Int) -> JSONDocument? {
        guard index < parts.count else { return nil }
        var text = parts[index]
        while text.last == 0x3D { text.removeLast() }
        do throws(BytesError) {
            let bytes = try Base64URL.decode(text.span)
            do throws(JSONError) {
                let document = try JSONDocument(parsing: bytes)
                return document.root.kind == .object ? document : nil
            } catch { return nil }
        } catch { return nil }
    }

    // Out of line: each of these is asked for many times.

    @inline(never)
    private func isReason(_ code: StaticString) -> Bool { bytesEqual(decision.reasonCode.utf8Span, code) }

    private var isAllowed: Bool { isReason("allowed") }

    @inline(never)
    private func claim(_ name: StaticString) -> JSONValue? { payload?.root.member(name) }

    private func has(_ name: StaticString) -> Bool { claim(name) != nil }

    @inline(never)
    private func claim(_ name: StaticString, is text: StaticString) -> Bool {
        claim(name)?.isString(text) ?? false
    }

    @inline(never)
    private func headerHas(_ name: StaticString) -> Bool { header?.root.member(name) != nil }

    @inline(never)
    private func hint(_ hint: Hint, if applies: Bool) { hints.insert(hint, if: applies) }

    // MARK: The token's form

    private func lookAtForm(_ value: [UInt8]) {
        let algorithm = header?.root.member("alg")?.stringBytes ?? []
        let twice: StaticString = "bearer bearer "
        let start = value.span.extracting(0..<min(value.count, twice.utf8ByteCount))
        hint(.bearerTwice, if: bytesEqualIgnoringASCIICase(start, twice))
        hint(.quotes, if: isReason("token_character") && value.contains(0x22))
        var takesALB = false
        for issuer in settings.issuers where issuer.claims.isLoadBalancer { takesALB = true }
        let isALB = headerHas("signer")
        let isOther = isReason("signer_mismatch")
        hint(.padding, if: header != nil && parts.count == 3 && !isALB && !isOther && value.contains(0x3D))
        hint(.albToken, if: isALB && !takesALB)
        hint(.noAlbToken, if: isOther && !isALB)
        hint(.otherAlb, if: isALB && takesALB && (isOther || isReason("issuer_unknown")))
        hint(.albKey, if: isALB && takesALB && isReason("key_unknown"))
        hint(.encrypted, if: parts.count == 5 || headerHas("enc"))
        hint(.opaque, if: isReason("token_part_count") && parts.count == 1)
        hint(.cut, if: looksCut(algorithm))
        hint(
            .sharedSecret, if: isReason("header_alg_not_allowed") && bytesStart(algorithm.span, with: "HS"))
    }

    /// Two parts; a length that no encoding has; or fewer bytes than a signature of its algorithm has.
    private func looksCut(_ algorithm: [UInt8]) -> Bool {
        guard header != nil, !isAllowed, parts.count == 2 || parts.count == 3 else { return false }
        guard parts.count == 3, payload != nil else { return true }
        let length = parts[2].count
        if length % 4 == 1 { return true }
        guard isReason("signature_mismatch") || isReason("token_signature_encoding") else { return false }
        // ES256 and EdDSA have 64 bytes, ES384 has 96, ES512 132.
        var least = 256
        if algorithm.first == 0x45 {
            least = algorithm.last == 0x34 ? 96 : bytesEqual(algorithm.span, "ES512") ? 132 : 64
        }
        return length * 3 / 4 < least
    }

    // MARK: Whose it is

    private func lookAtIssuer() {
        guard let actual = claim("iss")?.stringBytes, !actual.isEmpty else { return }
        let isMismatch = isReason("issuer_mismatch") || isReason("issuer_unknown")
        var isAnother = isReason("key_unknown")
        for issuer in settings.issuers {
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

    private func compareIssuers(_ configured: Span<UInt8>, _ actual: Span<UInt8>) {
        let (ours, theirs) = (core(configured), core(actual))
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

    /// What stands behind a scheme and before a slash at the end.
    private func core(_ text: Span<UInt8>) -> Range<Int> {
        let colon = text.firstIndex(of: 0x3A)
        let hasScheme = colon + 2 < text.count && text[colon + 1] == 0x2F && text[colon + 2] == 0x2F
        let start = hasScheme ? colon + 3 : 0
        let end = text.count
        return start..<(end > start && text[end - 1] == 0x2F ? end - 1 : end)
    }

    // MARK: Whom it is for

    private func lookAtAudience() {
        let graph =
            claim("aud", is: "00000003-0000-0000-c000-000000000000")
            || claim("aud", is: "https://graph.microsoft.com")
            || claim("aud", is: "https://graph.microsoft.com/")
        hint(
            .microsoftGraph,
            if: !isAllowed && graph
                || isReason("signature_mismatch") && headerHas("nonce"))
        hint(.audienceAbsent, if: isReason("claim_aud_missing") && has("client_id"))
        hint(.idToken, if: isReason("token_is_id_token") || looksLikeIDToken)
        guard isReason("audience_mismatch"), let claim = claim("aud") else { return }
        hint(.audienceArray, if: claim.kind == .array)
        for issuer in settings.issuers {
            for audience in issuer.claims.audiences {
                hint(.audienceList, if: audience.first == 0x5B || audience.contains(0x22))
                compareAudience(audience.span, claim)
                for element in claim.elements ?? [] { compareAudience(audience.span, element) }
            }
        }
    }

    private var looksLikeIDToken: Bool {
        // Some providers have no other tokens for APIs.
        for issuer in settings.issuers where issuer.claims.takesIDTokens { return false }
        if has("token_use") { return claim("token_use", is: "id") }
        return (has("nonce") || has("at_hash") || has("c_hash")) && !has("scope") && !has("scp")
    }

    private func compareAudience(_ configured: Span<UInt8>, _ claim: JSONValue) {
        guard let text = claim.stringBytes else { return }
        hint(
            .audienceForm,
            if: bytesEqualIgnoringASCIICase(
                configured.extracting(core(configured)), text.span.extracting(core(text.span))))
    }

    // MARK: When

    private func lookAtTimes(_ nowSeconds: Int64, _ cacheSeconds: Int64) {
        for name in ["exp", "nbf", "iat"] as [StaticString] {
            // Past the year 5000, counted in seconds.
            guard let time = claim(name)?.number?.floor else { continue }
            hint(.milliseconds, if: time > 100_000_000_000)
        }
        switch decision.outcome {
        case .refuse(.token(.expired(let seconds))), .refuse(.token(.notYetValid(let seconds))),
            .refuse(.token(.issuedInFuture(let seconds))):
            hint(.clock, if: seconds <= 900)
        case .allow(let grant):
            // AppSync's and IoT Core's answers say themselves when they end; a WebSocket's is not kept.
            switch decision.caller {
            case .restToken, .restRequest, .httpAPI1, .httpAPI2:
                let end = grant.expirySeconds
                hint(.cache, if: end < .max && end - nowSeconds < cacheSeconds)
            default: break
            }
        default: break
        }
    }

    // MARK: What was called

    /// Whether RESOURCE covers not what was called, but would with one part as it has it.
    private func lookAtResources(_ arn: RequestARN) {
        let resources = settings.rules.resources
        for resource in resources where wildcardsMatch(resource.span, arn.text.span) { return }
        guard isAllowed || isReason("resource_not_covered") else { return }
        let called = parts(ofARN: arn.text)
        for resource in resources {
            let named = parts(ofARN: resource)
            for part in 0..<(arn.isConnect ? 2 : 3) where named.count > max(1, part) {
                var mixed: [UInt8] = []
                for index in called.indices { mixed += index == part ? named[part] : called[index] }
                guard let kind = Hint(rawValue: Hint.resourceApi.rawValue + part) else { continue }
                hint(kind, if: wildcardsMatch(resource.span, mixed.span))
            }
        }
    }

    /// Up to the API, the stage, the method, and the rest; each but the first begins with its slash.
    private func parts(ofARN text: [UInt8]) -> [[UInt8]] {
        var parts: [[UInt8]] = [[]]
        for byte in text {
            if byte == 0x2F && parts.count < 4 { parts.append([]) }
            parts[parts.count - 1].append(byte)
        }
        return parts
    }
}
