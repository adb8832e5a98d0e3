// PointMultiples.swift - precomputed multiples of a point, for u G + v Q with a quarter of the doublings.
//
// Spec:    none; Shamir's trick (HAC algorithm 14.88) with signed digits, each scalar in four strands.
// Secret:  no: scalars and points are public.
// Reads:   JacobianPoint, SignedDigits. Read by: Curve, ECDSAPublicKey, ECDSA.
//
// A scalar of 256 bits is split into four strands of 65 signed digits: k = k0 + 2^65 k1 + 2^130 k2 + 2^195 k3. With
// precomputed multiples of P, 2^65 P, 2^130 P and 2^195 P, computing k P takes 65 doublings instead of 256. The other
// doublings are done once per key, when the table is built, instead of once per signature.

/// Odd multiples of 2^(strandDigitCount i) P. Strand i contains the multiples by 1, 3, 5 … 2^(width - 1) - 1.
final class PointMultiples<let limbCount: Int>: Sendable {
    /// The width of a digit in bits.
    let width: Int
    /// The points of strand 0, then those of strand 1, and so on.
    let points: [AffinePoint<limbCount>]

    /// - Parameter powers: 2^(strandDigitCount i) P for i from 1 on, if known. Computing them is most of the work.
    @inline(never)
    init(
        of point: AffinePoint<limbCount>, on curve: WeierstrassCurve<limbCount>, width: Int,
        powers: [AffinePoint<limbCount>] = []
    ) {
        self.width = width
        points = curve.multiplesVariableTime(of: point, width: width, powers)
    }

    /// P itself.
    var point: AffinePoint<limbCount> { points[0] }
}

extension WeierstrassCurve {
    /// The number of digits per strand. A scalar has at most one more digit than bits.
    var strandDigitCount: Int { (bitCount + 1 + SignedDigits.strandCount - 1) / SignedDigits.strandCount }

    /// Computes the points of the table.
    fileprivate func multiplesVariableTime(
        of point: AffinePoint<limbCount>, width: Int, _ powers: [AffinePoint<limbCount>]
    ) -> [AffinePoint<limbCount>] {
        // 2^(strandDigitCount i) P for each strand, and its double.
        var power = JacobianPoint(x: point.x, y: point.y, z: field.one)
        var bases = [JacobianPoint<limbCount>](repeating: power, count: 2 * SignedDigits.strandCount)
        for strand in 0..<SignedDigits.strandCount {
            if strand > 0, powers.isEmpty {
                for _ in 1..<strandDigitCount { doubleVariableTime(&power) }
            } else if strand > 0 {
                power = JacobianPoint(x: powers[strand - 1].x, y: powers[strand - 1].y, z: field.one)
            }
            bases[2 * strand] = power
            doubleVariableTime(&power)
            bases[2 * strand + 1] = power
        }
        let affineBases = affine(bases)
        let count = 1 << (width - 2)
        var multiples = [JacobianPoint<limbCount>](repeating: power, count: SignedDigits.strandCount * count)
        for strand in 0..<SignedDigits.strandCount {
            var multiple = bases[2 * strand]
            multiples[strand * count] = multiple
            for index in 1..<count {
                addVariableTime(&multiple, affineBases[2 * strand + 1])
                multiples[strand * count + index] = multiple
            }
        }
        return affine(multiples)
    }

    /// Converts points to affine coordinates (denominator 1).
    ///
    /// - Requires: no point is infinity. This is so because small multiples and powers of two are not multiples of the
    ///   order.
    @inline(never)
    private func affine(_ points: [JacobianPoint<limbCount>]) -> [AffinePoint<limbCount>] {
        var inverses = [FieldElement<limbCount>](repeating: .zero, count: points.count)
        for index in points.indices { inverses[index] = points[index].z }
        field.invertAll(&inverses)
        var result = [AffinePoint<limbCount>](repeating: AffinePoint(x: .zero, y: .zero), count: points.count)
        for index in points.indices {
            let square = field.square(inverses[index])
            result[index].x = field.multiply(points[index].x, square)
            result[index].y = field.multiply(field.multiply(points[index].y, square), inverses[index])
        }
        return result
    }

    /// `u` times the point of the first table plus `v` times that of the second.
    @inline(never)
    func sumVariableTime(
        _ u: InlineArray<limbCount, Limb>, _ first: PointMultiples<limbCount>,
        _ v: InlineArray<limbCount, Limb>, _ second: PointMultiples<limbCount>
    ) -> JacobianPoint<limbCount> {
        let firstDigits = SignedDigits(u, width: first.width, strandDigitCount: strandDigitCount)
        let secondDigits = SignedDigits(v, width: second.width, strandDigitCount: strandDigitCount)
        var sum = infinity
        for place in (0..<strandDigitCount).reversed() {
            doubleVariableTime(&sum)
            for strand in 0..<SignedDigits.strandCount {
                addVariableTime(&sum, firstDigits.digit(strand, place), strand, first)
                addVariableTime(&sum, secondDigits.digit(strand, place), strand, second)
            }
        }
        return sum
    }

    /// P = P + digit 2^(strandDigitCount strand) Q.
    private func addVariableTime(
        _ point: inout JacobianPoint<limbCount>, _ digit: Int, _ strand: Int,
        _ multiples: PointMultiples<limbCount>
    ) {
        if digit == 0 { return }
        var multiple = multiples.points[SignedDigits.tableIndex(digit, strand, width: multiples.width)]
        if digit < 0 { multiple.y = field.negate(multiple.y) }
        addVariableTime(&point, multiple)
    }
}
