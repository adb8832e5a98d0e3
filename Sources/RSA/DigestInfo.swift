// DigestInfo.swift - the DigestInfo prefixes of PKCS #1 v1.5 for SHA-384 and SHA-512.
//
// Spec:    RFC 8017 §9.2, note 1.
// Secret:  no.
// Reads:   RSAHash. Read by: PKCS1v15.

/// The DER of DigestInfo before the digest: the algorithm with NULL parameters, and the header of the octet string.
///
/// - Requires: `hash` is not SHA-256.
/// - Source: RFC 8017 §9.2, note 1.
func digestInfoPrefix(ofOther hash: RSAHash) -> InlineArray<19, UInt8> {
    precondition(hash != .sha256)
    // Object identifiers 2.16.840.1.101.3.4.2.2 and 2.16.840.1.101.3.4.2.3.
    let (name, digestByteCount): (UInt8, UInt8) = hash == .sha384 ? (0x02, 0x30) : (0x03, 0x40)
    return [
        0x30, 0x11 + digestByteCount, 0x30, 0x0D, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02,
        name,
        0x05, 0x00, 0x04, digestByteCount,
    ]
}
