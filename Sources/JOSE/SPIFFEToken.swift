// SPIFFEToken.swift - JWT-SVIDs: their header and subject, and the bundle with the keys of a trust domain.
//
// Spec:    SPIFFE JWT-SVID §2, §3.1, §5; SPIFFE ID §2; SPIFFE Trust Domain and Bundle §4.
// Secret:  the token's claims.
// Reads:   UnverifiedToken, JOSEHeader, ClaimRules, KeySet, JOSEError; JSON, Bytes. Read by: JOSEHeader, TokenTypes;
//          Authorizer (IssuerChoice), KeyFetching, Settings.
//
// Such a token needs no `iss`: the trust domain in `sub` is its issuer.

import Bytes
import JSON

extension JOSEHeader {
    /// JWT-SVID §2: the header has no members besides these, and `typ` is one of two values.
    ///
    /// - Throws: `headerNotSupported`, `tokenTypeMismatch`.
    static func checkSVID(_ header: JSONValue) throws(JOSEError) {
        var walk = header.children
        while let member = walk.next() {
            let name = member.name.span
            if bytesEqual(name, "typ") {
                guard member.value.isString("JWT") || member.value.isString("JOSE") else {
                    throw .tokenTypeMismatch
                }
            } else if !bytesEqual(name, "alg"), !bytesEqual(name, "kid") {
                throw .headerNotSupported(.other)
            }
        }
    }
}

extension UnverifiedToken {
    /// The trust domain in `sub` of the unverified payload, `spiffe://…`; nil if there is none. It may be used only to select
    /// the keys to verify with.
    package var unverifiedTrustDomain: [UInt8]? {
        guard let payload = try? decode(encodedPayload), let claims = try? claimsDocument(payload) else {
            return nil
        }
        return claims.root.member("sub")?.stringBytes.flatMap { trustDomain(of: $0) }
    }
}

extension ClaimRules {
    /// JWT-SVID §3.1: `sub` is the SPIFFE ID of a workload. Its trust domain is the issuer.
    ///
    /// - Throws: `claimMissing`, `issuerMismatch`.
    func checkSVID(_ claims: JSONValue) throws(JOSEError) {
        guard form == .svid else { return }
        guard let sub = claims.member("sub")?.stringBytes else { throw .claimMissing(.sub) }
        guard let domain = trustDomain(of: sub), issuers.contains(domain.span) else {
            throw .issuerMismatch
        }
    }
}

/// The trust domain of a SPIFFE ID with a path, including the scheme; nil for another text.
///
/// - Source: SPIFFE ID §2.1 to §2.4.
func trustDomain(of id: [UInt8]) -> [UInt8]? {
    let scheme: StaticString = "spiffe://"
    guard id.count <= JOSELimits.spiffeIDByteCount, bytesStart(id.span, with: scheme) else { return nil }
    let start = scheme.utf8ByteCount
    var segment = start
    var domainEnd: Int?
    for end in start...id.count where end == id.count || id[end] == 0x2F {
        let text = id[segment..<end]
        guard !text.isEmpty, text.count > 2 || !text.allSatisfy({ $0 == 0x2E }) || domainEnd == nil else {
            return nil
        }
        for byte in text {
            switch byte {
            case 0x61...0x7A, 0x30...0x39, 0x2D, 0x2E, 0x5F: break
            case 0x41...0x5A: guard domainEnd != nil else { return nil }
            default: return nil
            }
        }
        domainEnd = domainEnd ?? end
        segment = end + 1
    }
    // Without a path it is the trust domain's own name, which no workload has.
    guard let domainEnd, domainEnd < id.count, domainEnd - start <= 255 else { return nil }
    return [UInt8](id[..<domainEnd])
}

extension KeySet {
    /// A SPIFFE bundle. Its keys for JWT-SVIDs have `use` and `kid`; others are skipped. It may have none: then the trust domain
    /// has withdrawn all.
    ///
    /// - Throws: as `init(parsing:)`.
    /// - Source: SPIFFE Trust Domain and Bundle §4.1, §4.2.
    public init(parsingBundle bytes: [UInt8]) throws(JOSEError) {
        guard bytes.count <= JOSELimits.keySetByteCount else {
            throw .keySetTooLong(limit: JOSELimits.keySetByteCount, actual: bytes.count)
        }
        let document: JSONDocument
        do { document = try JSONDocument(parsing: bytes, limits: JOSELimits.keySet) } catch {
            throw .keySetJSON(error)
        }
        let root = document.root
        // SPIRE writes null for no keys.
        let isNull = root.member("keys")?.isNull ?? false
        let set = isNull ? KeySet([]) : try KeySet(parsing: bytes, use: "jwt-svid")
        var keys: [JSONWebKey] = []
        var skipped: [SkippedKey] = []
        var (key, other) = (0, 0)
        for (index, value) in (root.member("keys")?.elements ?? []).enumerated() {
            if other < set.skipped.count, set.skipped[other].index == index {
                skipped.append(set.skipped[other])
                other += 1
                continue
            }
            let candidate = set.keys[key]
            key += 1
            let use = value.member("use")?.isString("jwt-svid") ?? false
            if use, let kid = candidate.kid, !kid.isEmpty {
                keys.append(candidate)
            } else {
                skipped.append(
                    SkippedKey(
                        index: index, kid: candidate.kid, reason: use ? .missingMember : .notForSignatures))
            }
        }
        self.keys = keys
        self.skipped = skipped
        let hint = root.member("spiffe_refresh_hint")?.number?.floor ?? 0
        refreshSeconds = hint > 0 ? hint : JOSELimits.bundleRefreshSeconds
    }
}
