// ScalarMultiplication.swift - multiplies a point of P-256 or P-384 by a secret scalar.
//
// Spec:    SP 800-56A rev. 3 §5.7.1.2 (the product of ECC CDH; the cofactor is 1); Renes,
//          Costello, Batina, "Complete addition formulas for prime order elliptic curves"
//          (2015), algorithm 4, for a = -3.
// Secret:  the scalar, and every point except the input point. No branch and no index depends on them: every
//          scalar takes the same additions, and every table entry is read each time. Lengths and the input point are
//          public.
// Reads:   WeierstrassCurve, PrimeField, Bytes (masks, wiping). Read by: KeyAgreement.

import Bytes

extension Curve {
    /// All ones if the scalar is in [1, n - 1], else 0.
    ///
    /// - Parameter scalar: big-endian, `coordinateByteCount` bytes.
    @export(interface)
    package func scalarRangeMask(_ scalar: borrowing SecretBytes) -> UInt64 {
        switch self {
        case .p256: curveP256.scalarRangeMask(scalar)
        case .p384: curveP384.scalarRangeMask(scalar)
        case .p521: preconditionFailure("no key agreement on P-521")
        }
    }

    /// The scalar times the generator, as X || Y.
    ///
    /// - Requires: the curve is P-256 or P-384, and the scalar is in [1, n - 1].
    @export(interface)
    package func multiplyGenerator(by scalar: borrowing SecretBytes) -> SecretBytes {
        switch self {
        case .p256: curveP256.multiply(curveP256.generator, by: scalar)
        case .p384: curveP384.multiply(curveP384.generator, by: scalar)
        case .p521: preconditionFailure("no key agreement on P-521")
        }
    }

    /// The scalar times a point, as X || Y.
    ///
    /// - Parameter point: 04 || X || Y.
    /// - Throws: `pointAtInfinity`, `pointFormat`, `pointLength`, `coordinateNotBelowPrime`, `pointNotOnCurve`.
    /// - Requires: the curve is P-256 or P-384, and the scalar is in [1, n - 1].
    @export(interface)
    package func multiply(
        uncompressedPoint point: Span<UInt8>, by scalar: borrowing SecretBytes
    ) throws(CurveError) -> SecretBytes {
        switch self {
        case .p256: curveP256.multiply(try curveP256.point(uncompressed: point), by: scalar)
        case .p384: curveP384.multiply(try curveP384.point(uncompressed: point), by: scalar)
        case .p521: preconditionFailure("no key agreement on P-521")
        }
    }
}

/// The point (X / Z, Y / Z), or infinity if Z is 0, as (0 : 1 : 0).
private struct ProjectivePoint<let limbCount: Int> {
    var x, y, z: FieldElement<limbCount>

    /// Assigns `other` if `mask` is all ones.
    @inline(never)
    mutating func replace(_ mask: Limb, by other: Self) {
        x = other.x.selected(mask, else: x)
        y = other.y.selected(mask, else: y)
        z = other.z.selected(mask, else: z)
    }
}

extension WeierstrassCurve {
    @inline(never)
    fileprivate func scalarRangeMask(_ scalar: borrowing SecretBytes) -> UInt64 {
        precondition(scalar.count == byteCount)
        var integer = InlineArray<limbCount, Limb>(bigEndian: scalar.span)
        var union: UInt64 = 0
        for index in 0..<limbCount { union |= UInt64(integer[index]) }
        let mask = nonZeroMask(union) & (0 &- UInt64(integer.subtracting(scalars.modulus).borrow))
        wipe(value: &integer)
        return mask
    }

    /// Processes four bits of the scalar at a time, from the top.
    @inline(never)
    fileprivate func multiply(
        _ point: AffinePoint<limbCount>, by scalar: borrowing SecretBytes
    ) -> SecretBytes {
        precondition(scalar.count == byteCount)
        // multiples[i] = i P, which are public.
        var multiples = [ProjectivePoint<limbCount>](
            repeating: ProjectivePoint(x: .zero, y: field.one, z: .zero), count: 16)
        multiples[1] = ProjectivePoint(x: point.x, y: point.y, z: field.one)
        for index in 2..<16 {
            multiples[index] = multiples[index - 1]
            add(&multiples[index], multiples[1])
        }

        var sum = multiples[0]
        var multiple = multiples[0]
        for place in 0..<(2 * byteCount) {
            for _ in 0..<4 {
                multiple = sum
                add(&sum, multiple)
            }
            let digit = UInt64(scalar.span[place / 2] >> (place % 2 == 0 ? 4 : 0) & 15)
            for index in 0..<16 {
                let mask = Limb(truncatingIfNeeded: equalityMask(digit, UInt64(index)))
                multiple.replace(mask, by: multiples[index])
            }
            add(&sum, multiple)
        }
        // Z is not 0, because the order of P is a prime that is greater than the scalar.
        var inverse = field.invert(sum.z)
        var coordinates = SecretBytes(count: 2 * byteCount)
        var output = coordinates.mutableSpan
        write(field.multiply(sum.x, inverse), to: &output, at: 0)
        write(field.multiply(sum.y, inverse), to: &output, at: byteCount)
        wipe(value: &sum)
        wipe(value: &multiple)
        wipe(value: &inverse)
        return coordinates
    }

    private func write(
        _ element: FieldElement<limbCount>, to output: inout MutableSpan<UInt8>, at offset: Int
    ) {
        var integer = field.integer(element)
        for index in 0..<byteCount { output[offset + index] = integer.byte(byteCount - 1 - index) }
        wipe(value: &integer)
    }

    /// P = P + Q for any two points. Equal points, opposite points and infinity take the same steps.
    ///
    /// - Source: Renes, Costello, Batina, algorithm 4, with its steps grouped by the values that they compute.
    @inline(never)
    private func add(_ p: inout ProjectivePoint<limbCount>, _ q: ProjectivePoint<limbCount>) {
        // The products X1 X2, Y1 Y2, Z1 Z2, and the sums of mixed products such as X1 Y2 + X2 Y1.
        let xx = field.multiply(p.x, q.x)
        let yy = field.multiply(p.y, q.y)
        let zz = field.multiply(p.z, q.z)
        let xy = field.subtract(
            field.multiply(field.add(p.x, p.y), field.add(q.x, q.y)), field.add(xx, yy))
        let yz = field.subtract(
            field.multiply(field.add(p.y, p.z), field.add(q.y, q.z)), field.add(yy, zz))
        let xz = field.subtract(
            field.multiply(field.add(p.x, p.z), field.add(q.x, q.z)), field.add(xx, zz))
        // A, B = Y1 Y2 -/+ 3 (XZ - b Z1 Z2).
        let u = triple(field.subtract(xz, field.multiply(b, zz)))
        let minus = field.subtract(yy, u)
        let plus = field.add(yy, u)
        // C = 3 (b XZ - 3 Z1 Z2 - X1 X2), D = 3 (X1 X2 - Z1 Z2).
        let zz3 = triple(zz)
        let c = triple(field.subtract(field.subtract(field.multiply(b, xz), zz3), xx))
        let d = field.subtract(triple(xx), zz3)
        // X3 = XY B - YZ C, Y3 = A B + C D, Z3 = YZ A + XY D.
        p.x = field.subtract(field.multiply(xy, plus), field.multiply(yz, c))
        p.y = field.add(field.multiply(plus, minus), field.multiply(d, c))
        p.z = field.add(field.multiply(yz, minus), field.multiply(xy, d))
    }

    private func triple(_ a: FieldElement<limbCount>) -> FieldElement<limbCount> {
        field.add(field.double(a), a)
    }
}
