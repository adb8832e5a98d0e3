// JOSEHeader.swift - the header of a token that is not verified yet.
//
// Spec:    RFC 7515 §4; RFC 8725 §3; AUDIT 4, 6 to 10.
// Secret:  no.
// Reads:   Algorithm, SPIFFEToken, Limits; JSON, Bytes. Read by: UnverifiedToken.

import Bytes
import JSON

/// The header of a signed token. Members that carry or locate a key (`jku`, `jwk`, `x5u`, `x5c`, `x5t`) are never read
/// (AUDIT 7). Only DPoPProof reads the `jwk` of a proof.
public struct JOSEHeader: Sendable {
    /// `alg`, a supported algorithm.
    public let algorithm: Algorithm
    /// `kid`, an opaque identifier (AUDIT 9).
    public let kid: [UInt8]?
    /// `typ`, as received.
    public let typ: [UInt8]?
    /// The additional members in a load balancer's header; nil for other tokens, and without a `signer`.
    public let loadBalancer: LoadBalancerHeader?

    /// - Parameters:
    ///   - encoded: the token's first part.
    ///   - form: the serialization of the token.
    /// - Throws: `headerEncoding`, `headerJSON`, `headerNotObject`, `headerNotSupported`,
    ///   `algMissing`, `headerType`, `algNotAllowed`, `kidTooLong`.
    init(encoded: Span<UInt8>, form: TokenForm = .compact) throws(JOSEError) {
        let bytes: [UInt8]
        do throws(BytesError) {
            bytes =
                form == .loadBalancer
                ? try Base64URL.decode(encoded, padded: true) : try Base64URL.decode(encoded)
        } catch { throw .headerEncoding(error) }
        let document: JSONDocument
        do { document = try JSONDocument(parsing: bytes, limits: JOSELimits.header) } catch {
            throw .headerJSON(error)
        }
        let root = document.root
        loadBalancer = form == .loadBalancer ? LoadBalancerHeader(root) : nil
        guard root.kind == .object else { throw .headerNotObject }
        if form == .svid { try Self.checkSVID(root) }

        // AUDIT 8: reject extensions that must be understood, and other encodings of the payload. AUDIT 10: reject
        // encrypted, compressed and nested tokens.
        if root.member("crit") != nil { throw .headerNotSupported(.crit) }
        if root.member("b64") != nil { throw .headerNotSupported(.b64) }
        if root.member("enc") != nil { throw .headerNotSupported(.enc) }
        if root.member("zip") != nil { throw .headerNotSupported(.zip) }
        if let cty = root.member("cty") {
            guard let text = cty.stringBytes else { throw .headerType(.cty) }
            if bytesEqualIgnoringASCIICase(withoutApplicationPrefix(text).span, "jwt") {
                throw .headerNotSupported(.cty)
            }
        }

        guard let alg = root.member("alg") else { throw .algMissing }
        guard let name = alg.stringBytes else { throw .headerType(.alg) }
        guard let algorithm = Algorithm(name: name.span) else { throw .algNotAllowed }
        self.algorithm = algorithm

        if let member = root.member("kid") {
            guard let kid = member.stringBytes else { throw .headerType(.kid) }
            guard kid.count <= JOSELimits.kidByteCount else {
                throw .kidTooLong(limit: JOSELimits.kidByteCount, actual: kid.count)
            }
            self.kid = kid
        } else {
            kid = nil
        }
        if let member = root.member("typ") {
            guard let typ = member.stringBytes else { throw .headerType(.typ) }
            self.typ = typ
        } else {
            typ = nil
        }
    }
}

/// A media type without the prefix `application/`, which RFC 7515 §4.1.9 allows to omit if the rest contains no slash. Here it
/// is removed in any case: the result is only compared with names that contain no slash, or with one that was cut likewise.
func withoutApplicationPrefix(_ type: [UInt8]) -> [UInt8] {
    let prefix: StaticString = "application/"
    guard type.count > prefix.utf8ByteCount else { return type }
    let head = type.span.extracting(0..<prefix.utf8ByteCount)
    guard bytesEqualIgnoringASCIICase(head, prefix) else { return type }
    return [UInt8](type.span.extracting(prefix.utf8ByteCount..<type.count))
}
