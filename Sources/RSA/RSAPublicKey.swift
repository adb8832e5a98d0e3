// RSAPublicKey.swift - a public key (n, e), its size policy, and the public-key operation.
//
// Spec:    RFC 8017 §3.1 (keys), §5.2.2 (RSAVP1), §4 (octet strings); AUDIT 12, 13.
// Secret:  no: verification works on public data.
// Reads:   BigInt, RSAError, Limits. Read by: PKCS1v15, PSS; JOSE, X509, Conformance.

import BigInt

/// An RSA public key of an accepted size. The initializer precomputes values that depend only on the key, so keep the
/// key as long as it is in use.
public struct RSAPublicKey: Equatable, Sendable {
    private let modulus: Modulus
    private let publicExponent: UInt64

    /// - Parameters:
    ///   - modulus: n, big-endian, without leading zeros.
    ///   - publicExponent: e, big-endian, without leading zeros; odd, 3 ... 2^32 - 1.
    ///   - sizes: the accepted sizes of n.
    /// - Throws: `emptyInteger`, `leadingZero`, `modulusSize`, `evenModulus`,
    ///   `exponentTooLarge`, `exponentTooSmall`, `evenExponent`.
    /// - Source: RFC 8017 §3.1; RFC 7518 §6.3.1 for the shortest form.
    public init(
        modulus: Span<UInt8>, publicExponent: Span<UInt8>, sizes: KeySizePolicy = .standard
    ) throws(RSAError) {
        // The sizes are checked before any arithmetic, so that the cost is bounded.
        try Self.checkShortestForm(modulus)
        let bitCount = modulus.count * 8 - modulus[0].leadingZeroBitCount
        guard sizes.modulusBits.contains(bitCount) else {
            throw .modulusSize(
                bitCount: bitCount, minimum: sizes.modulusBits.lowerBound,
                maximum: sizes.modulusBits.upperBound)
        }
        guard modulus[modulus.count - 1] & 1 == 1 else { throw .evenModulus }

        try Self.checkShortestForm(publicExponent)
        guard publicExponent.count <= RSALimits.publicExponentByteCount else {
            throw .exponentTooLarge(byteCount: publicExponent.count)
        }
        var exponent: UInt64 = 0
        for index in publicExponent.indices { exponent = exponent << 8 | UInt64(publicExponent[index]) }
        guard exponent & 1 == 1 else { throw .evenExponent }
        guard exponent >= 3 else { throw .exponentTooSmall }

        do throws(BigIntError) {
            self.modulus = try Modulus(bigEndianBytes: modulus)
        } catch {
            // The modulus has at least 1024 bits, so the only possible error is that it is even.
            throw .evenModulus
        }
        self.publicExponent = exponent
    }

    /// k of RFC 8017: the length of the modulus and of every signature, in bytes.
    public var modulusByteCount: Int { modulus.byteCount }

    public var modulusBitCount: Int { modulus.bitCount }

    /// `I2OSP(RSAVP1((n, e), OS2IP(signature)), k)`.
    ///
    /// - Throws: `signatureLength`, `signatureNotBelowModulus`.
    func recoverEncodedMessage(_ signature: Span<UInt8>) throws(RSAError) -> [UInt8] {
        // §8.1.2 step 1, §8.2.2 step 1: length check.
        guard signature.count == modulusByteCount else {
            throw .signatureLength(expected: modulusByteCount, actual: signature.count)
        }
        do throws(BigIntError) {
            // §5.2.2 step 1: the signature representative is in 0 ... n - 1. Step 2: m = s^e mod n.
            return try modulus.powerVariableTime(bigEndianBytes: signature, publicExponent)
        } catch {
            throw .signatureNotBelowModulus
        }
    }

    private static func checkShortestForm(_ integer: Span<UInt8>) throws(RSAError) {
        guard integer.count > 0 else { throw .emptyInteger }
        guard integer[0] != 0 else { throw .leadingZero }
    }
}
