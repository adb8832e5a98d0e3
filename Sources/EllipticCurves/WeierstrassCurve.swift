// WeierstrassCurve.swift - curves y^2 = x^3 - 3x + b of prime order over a prime field, and the validation of points.
//
// Spec:    SP 800-186 §2.1.1, §3.2.1; SEC 1 §2.3.4; SP 800-56A rev. 3 §5.6.2.3.3 (full validation).
// Secret:  no: points are public in this file.
// Reads:   PrimeField, Limbs, CurveError. Read by: Curve, JacobianPoint, ECDSA, ScalarMultiplication.

/// A curve of prime order with a = -3. Because the order is prime, there are no small subgroups to check for: every
/// point except infinity generates the whole group.
final class WeierstrassCurve<let limbCount: Int>: Sendable {
    /// Integers modulo p, for coordinates.
    let field: PrimeField<limbCount>
    /// Integers modulo n, for scalars.
    let scalars: PrimeField<limbCount>
    let b: FieldElement<limbCount>
    let generator: AffinePoint<limbCount>
    /// The length of p, and of n, in bits.
    let bitCount: Int

    /// The length of a coordinate in bytes.
    var byteCount: Int { (bitCount + 7) / 8 }

    @inline(never)
    init(
        prime: StaticString, order: StaticString, b: StaticString, generatorX: StaticString,
        generatorY: StaticString, bitCount: Int
    ) {
        let field = PrimeField<limbCount>(.init(hexadecimal: prime))
        self.field = field
        scalars = PrimeField<limbCount>(.init(hexadecimal: order))
        self.b = field.element(.init(hexadecimal: b))
        generator = AffinePoint(
            x: field.element(.init(hexadecimal: generatorX)), y: field.element(.init(hexadecimal: generatorY))
        )
        self.bitCount = bitCount
    }
}

/// A point in affine coordinates; it cannot be infinity.
struct AffinePoint<let limbCount: Int>: Sendable {
    var x, y: FieldElement<limbCount>
}

extension WeierstrassCurve {
    /// Decodes a point of the form 04 || X || Y.
    ///
    /// - Throws: `pointAtInfinity`, `pointFormat`, `pointLength`, `coordinateNotBelowPrime`, `pointNotOnCurve`.
    /// - Source: SEC 1 §2.3.4.
    func point(uncompressed bytes: Span<UInt8>) throws(CurveError) -> AffinePoint<limbCount> {
        // §2.3.4 step 1: infinity is a valid point, but not a valid key.
        if bytes.count == 1, bytes[0] == 0 { throw .pointAtInfinity }
        // §2.3.4 step 2 (compressed points) is omitted: TLS 1.3 and JOSE do not use them.
        guard bytes.count > 0, bytes[0] == 4 else { throw .pointFormat }
        // §2.3.4 step 3.
        guard bytes.count == 1 + 2 * byteCount else {
            throw .pointLength(expected: 1 + 2 * byteCount, actual: bytes.count)
        }
        return try point(
            x: bytes.extracting(1..<(1 + byteCount)), y: bytes.extracting((1 + byteCount)..<bytes.count))
    }

    /// The point with these coordinates.
    ///
    /// - Throws: `coordinateLength`, `coordinateNotBelowPrime`, `pointNotOnCurve`.
    /// - Source: SP 800-56A §5.6.2.3.3.
    @inline(never)
    func point(x: Span<UInt8>, y: Span<UInt8>) throws(CurveError) -> AffinePoint<limbCount> {
        // §5.6.2.3.3 step 1 (not infinity) is always met: infinity has no affine coordinates.
        // Step 2: both coordinates are in [0, p - 1].
        let point = AffinePoint(x: try coordinate(x), y: try coordinate(y))
        // Step 3: y^2 = x^3 + a x + b = (x^2 - 3) x + b.
        let three = field.add(field.double(field.one), field.one)
        let cubic = field.multiply(field.subtract(field.square(point.x), three), point.x)
        guard field.square(point.y).equalsVariableTime(field.add(cubic, b)) else { throw .pointNotOnCurve }
        // Step 4 (n times the point is infinity) follows from step 3, because the order of the curve is the prime n.
        return point
    }

    private func coordinate(_ bytes: Span<UInt8>) throws(CurveError) -> FieldElement<limbCount> {
        guard bytes.count == byteCount else {
            throw .coordinateLength(expected: byteCount, actual: bytes.count)
        }
        let integer = InlineArray<limbCount, Limb>(bigEndian: bytes)
        guard integer.isLessVariableTime(than: field.modulus) else { throw .coordinateNotBelowPrime }
        return field.element(integer)
    }
}
