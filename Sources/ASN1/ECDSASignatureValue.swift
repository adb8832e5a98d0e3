// ECDSASignatureValue.swift - the pair (r, s) in its DER form.
//
// Spec:    RFC 5480 appendix A, RFC 3279 §2.2.3: ECDSA-Sig-Value ::= SEQUENCE { r INTEGER, s INTEGER }.
// Secret:  no.
// Reads:   DERReader, DERError. Read by: X509.

/// An ECDSA signature in the form used in certificates and TLS. The range of r and s is checked by the verification.
public struct ECDSASignatureValue: ~Escapable {
    /// Big-endian, without leading zeros; zero is one zero byte.
    public let r: Span<UInt8>
    /// Big-endian, without leading zeros; zero is one zero byte.
    public let s: Span<UInt8>

    /// - Parameter der: the whole signature.
    /// - Throws: the first error in the encoding; `integerNegative` for a negative number.
    /// - Source: RFC 5480 appendix A.
    @_lifetime(copy der)
    public init(der: Span<UInt8>) throws(DERError) {
        var outer = DERReader(der)
        var pair = try outer.readSequence()
        try outer.expectEnd()
        r = try pair.readNatural()
        s = try pair.readNatural()
        try pair.expectEnd()
    }
}
