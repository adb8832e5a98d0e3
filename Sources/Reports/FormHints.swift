// FormHints.swift - hints about a token's form, and about load balancers' tokens, which have one of their own.
//
// Spec:    RFC 7515 §7.1; Application Load Balancer User Guide, x-amzn-oidc-data.
// Secret:  the token, which stays inside.
// Reads:   HintFinder; Settings, Authorizer, JOSE, JSON, Bytes. Read by: HintFinder.

import Authorizer
import Bytes
import JOSE
import JSON
import Settings

extension HintFinder {
    mutating func addFormHints() {
        let (value, token, parts) = (decided.tokenValue, decided.token, decided.token.parts)
        let algorithm = token.header.member("alg")?.stringBytes ?? []
        let twice: StaticString = "bearer bearer "
        let start = value.span.extracting(0..<min(value.count, twice.utf8ByteCount))
        hint(.bearerTwice, if: bytesEqualIgnoringASCIICase(start, twice))
        hint(.quotes, if: isReason("token_character") && value.contains(0x22))
        var takesALB = false
        for issuer in decided.settings.trustedIssuers where issuer.claims.isLoadBalancer { takesALB = true }
        let isALB = headerHas("signer")
        let isOther = isReason("signer_mismatch")
        let hasHeader = token.header.document != nil
        hint(.padding, if: hasHeader && parts.count == 3 && !isALB && !isOther && value.contains(0x3D))
        hint(.albToken, if: isALB && !takesALB)
        hint(.noAlbToken, if: isOther && !isALB)
        hint(.otherAlb, if: isALB && takesALB && (isOther || isReason("issuer_unknown")))
        hint(.albKey, if: isALB && takesALB && isReason("key_unknown"))
        hint(.encrypted, if: parts.count == 5 || headerHas("enc"))
        hint(.opaque, if: isReason("token_part_count") && parts.count == 1)
        hint(.cut, if: looksTruncated(algorithm))
        hint(
            .sharedSecret, if: isReason("header_alg_not_allowed") && bytesStart(algorithm.span, with: "HS"))
        hint(.ed448, if: isReason("header_alg_not_allowed") && bytesEqual(algorithm.span, "Ed448"))
    }

    /// Two parts; a length that no encoding has; or fewer bytes than a signature of its algorithm has.
    private func looksTruncated(_ algorithm: [UInt8]) -> Bool {
        let (token, parts) = (decided.token, decided.token.parts)
        guard token.header.document != nil, !decided.isAllowed, parts.count == 2 || parts.count == 3 else {
            return false
        }
        guard parts.count == 3 else { return true }
        // JSON that is wrong in another way than its end, or passes a limit, was not cut.
        if let fault = token.payload.fault, fault != .unexpectedEnd { return false }
        guard token.payload.bytes != nil, token.payload.fault == nil else { return true }
        let length = parts[2].count
        if length % 4 == 1 { return true }
        guard isReason("signature_mismatch") || isReason("token_signature_encoding") else { return false }
        // ES256 and EdDSA have 64 bytes, ES384 has 96, ES512 132; ML-DSA-44 has 2420, the others more.
        var least = algorithm.first == 0x4D ? 2420 : 256
        if algorithm.first == 0x45 {
            least = algorithm.last == 0x34 ? 96 : bytesEqual(algorithm.span, "ES512") ? 132 : 64
        }
        return length * 3 / 4 < least
    }
}
