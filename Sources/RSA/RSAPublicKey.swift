// RSAPublicKey.swift - a public key (n, e), its policy, and its one operation.
//
// Spec:    RFC 8017 §3.1 (keys), §5.2.2 (RSAVP1), §4 (octet strings); security-checklist 12, 13.
// Secret:  no: verification works on public data.
// Reads:   BigInt, RSAError, Limits. Read by: PKCS1v15, PSS, JOSE, X509.

import BigInt

/// An RSA public key that met the size policy. Making one does the work that depends on the
/// key alone, so keep it as long as the key is in use.
public struct RSAPublicKey: Equatable, Sendable {
    private let modulus: Modulus
    private let publicExponent: UInt64

    /// - Parameters:
    ///   - modulus: n, big-endian, without leading zeros.
    ///   - publicExponent: e, big-endian, without leading zeros; odd, 3 ... 2^32 - 1.
    ///   - sizes: which sizes of n are accepted.
    /// - Throws: `emptyInteger`, `leadingZero`, `modulusSize`, `evenModulus`,
    ///   `exponentTooLarge`, `exponentTooSmall`, `evenExponent`.
    /// - Source: RFC 8017 §3.1; RFC 7518 §6.3.1 for the shortest form.
    public init(
        modulus: Span<UInt8>, publicExponent: Span<UInt8>, sizes: KeySizePolicy = .standard
    ) throws(RSAError) {
        // Sizes come before arithmetic: the cost of a key is bounded before it is paid.
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
            self.modulus = try Modulus(Natural(bigEndianBytes: modulus))
        } catch {
            // An odd number of 1024 bits or more is a modulus.
            throw .evenModulus
        }
        self.publicExponent = exponent
    }

    /// k of RFC 8017: the length of the modulus, and so of every signature, in bytes.
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
            // §5.2.2 step 1: the representative is in 0 ... n - 1. Step 2: m = s^e mod n.
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
