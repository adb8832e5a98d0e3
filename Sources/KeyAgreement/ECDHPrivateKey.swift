// ECDHPrivateKey.swift - Diffie-Hellman key agreement on P-256 and P-384.
//
// Spec:    SP 800-56A rev. 3 §5.6.1.2.2 (keys by testing candidates), §5.6.2.3.3 (validation),
//          §5.7.1.2 (ECC CDH); RFC 8446 §4.2.8.2, §7.4.2.
// Secret:  the private key and the shared secret. Timing may reveal whether a candidate is in range.
// Reads:   EllipticCurves (scalar multiplication), Bytes, KeyAgreementError. Read by: TLS, Conformance.

import Bytes
import EllipticCurves

/// A private key for one key agreement.
public struct ECDHPrivateKey: ~Copyable {
    public let curve: Curve
    private let scalar: SecretBytes
    /// The public key, 04 || X || Y.
    public let publicKey: [UInt8]

    /// - Parameters:
    ///   - curve: P-256 or P-384.
    ///   - randomBytes: `curve.coordinateByteCount` unpredictable bytes.
    /// - Throws: `curveNotOffered`, `privateKeyLength`; `privateKeyOutOfRange` for less than one in 2^32 random values: the
    ///   caller must retry with new ones.
    /// - Source: SP 800-56A §5.6.1.2.2.
    public init(curve: Curve, randomBytes: consuming SecretBytes) throws(KeyAgreementError) {
        guard curve != .p521 else { throw .curveNotOffered }
        guard randomBytes.count == curve.coordinateByteCount else {
            throw .privateKeyLength(expected: curve.coordinateByteCount, actual: randomBytes.count)
        }
        // §5.6.1.2.2 steps 4 to 6: a candidate out of range is discarded, not reduced.
        guard curve.scalarRangeMask(randomBytes) != 0 else { throw .privateKeyOutOfRange }
        let point = curve.multiplyGenerator(by: randomBytes)
        self.curve = curve
        publicKey = [4] + copy(point)
        scalar = randomBytes
    }

    /// The secret shared with the owner of a public key.
    ///
    /// - Parameter peer: 04 || X || Y.
    /// - Returns: the x-coordinate, `curve.coordinateByteCount` bytes. It is input for a key derivation, not a key.
    /// - Throws: `peerKey`.
    /// - Source: SP 800-56A §5.7.1.2.
    public func sharedSecret(with peer: Span<UInt8>) throws(KeyAgreementError) -> SecretBytes {
        // Decoding the point includes the validation of §5.6.2.3.3. §5.7.1.2 step 1: P = h d Q with h = 1.
        // Step 2 (P is infinity) cannot occur: d is below the order of Q.
        do throws(CurveError) {
            let point = try curve.multiply(uncompressedPoint: peer, by: scalar)
            // §5.7.1.2 step 3: Z = x_P.
            return firstBytes(point, curve.coordinateByteCount)
        } catch {
            throw .peerKey(error)
        }
    }
}

private func firstBytes(_ bytes: borrowing SecretBytes, _ count: Int) -> SecretBytes {
    SecretBytes(copying: bytes.span.extracting(0..<count))
}
