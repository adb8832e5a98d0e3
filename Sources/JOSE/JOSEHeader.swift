// JOSEHeader.swift - what a token says about itself, before anything is believed.
//
// Spec:    RFC 7515 §4; RFC 8725 §3; security-checklist 4, 6 to 10.
// Secret:  no.
// Reads:   Algorithm, Limits; JSON. Read by: UnverifiedToken.

import Bytes
import JSON

/// The header of a signed token. Members that could point elsewhere for a key (`jku`,
/// `jwk`, `x5u`, `x5c`, `x5t`) are not read at all (security-checklist 7); DPoPProof reads a proof's own `jwk`.
public struct JOSEHeader: Sendable {
    /// The algorithm; one that exists here.
    public let algorithm: Algorithm
    /// `kid`, an opaque name (security-checklist 9).
    public let kid: [UInt8]?
    /// `typ`, as it stands.
    public let typ: [UInt8]?
    /// All members of a load balancer's header, told by `signer`: `client` and `exp` are among them.
    public let members: JSONDocument?

    /// - Parameters:
    ///   - encoded: the token's first part.
    ///   - padded: whether it may be a load balancer's, padded and with members that are kept.
    /// - Throws: `headerEncoding`, `headerJSON`, `headerNotObject`, `headerNotSupported`,
    ///   `algMissing`, `headerType`, `algNotAllowed`, `kidTooLong`.
    init(encoded: Span<UInt8>, padded: Bool = false) throws(JOSEError) {
        let bytes: [UInt8]
        do { bytes = try Base64URL.decode(encoded, padded: padded) } catch { throw .headerEncoding(error) }
        let document: JSONDocument
        do { document = try JSONDocument(parsing: bytes, limits: JOSELimits.header) } catch {
            throw .headerJSON(error)
        }
        let root = document.root
        members = padded && root.member("signer") != nil ? document : nil
        guard root.kind == .object else { throw .headerNotObject }

        // Security checklist 8: an extension that must be understood, or another way to
        // read the payload. Line 10: nothing encrypted, compressed or nested.
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

    /// Who signed, as a load balancer writes it: its ARN.
    public var signer: [UInt8]? { members?.root.member("signer")?.stringBytes }
}

/// A media type without `application/`, which may be left out when nothing else holds a
/// slash (RFC 7515 §4.1.9).
func withoutApplicationPrefix(_ type: [UInt8]) -> [UInt8] {
    let prefix: StaticString = "application/"
    guard type.count > prefix.utf8ByteCount else { return type }
    let head = type.span.extracting(0..<prefix.utf8ByteCount)
    guard bytesEqualIgnoringASCIICase(head, prefix) else { return type }
    return [UInt8](type.span.extracting(prefix.utf8ByteCount..<type.count))
}
