// EdwardsMultiples.swift - precomputed multiples of a point, for u B + v A with a quarter of the doublings.
//
// Spec:    none; the method of PointMultiples with four strands: k = k0 + 2^64 k1 + 2^128 k2 + 2^192 k3.
// Secret:  no: scalars and points are public.
// Reads:   EdwardsCurve, SignedDigits. Read by: Ed25519PublicKey.

/// Multiples of B, computed when the first signature is verified.
let edwards25519GeneratorMultiples = EdwardsMultiples(of: edwards25519.generator, width: 6)

/// The number of digits per strand. A scalar below L has 253 bits and at most one more digit.
private let strandDigitCount = 64

/// Odd multiples of 2^(64 i) P. Strand i contains the multiples by 1, 3, 5 … 2^(width - 1) - 1.
final class EdwardsMultiples: Sendable {
    /// The width of a digit in bits.
    let width: Int
    /// The points of strand 0, then those of strand 1, and so on.
    private let points: [EdwardsMultiple]

    @inline(never)
    init(of point: AffinePoint<4>, width: Int) {
        self.width = width
        let curve = edwards25519
        // 2^(64 i) P for each strand, and its double.
        var power = curve.extended(point)
        var bases = [EdwardsPoint](repeating: power, count: 2 * SignedDigits.strandCount)
        for strand in 0..<SignedDigits.strandCount {
            if strand > 0 { for _ in 1..<strandDigitCount { curve.double(&power) } }
            bases[2 * strand] = power
            curve.double(&power)
            bases[2 * strand + 1] = power
        }
        let steps = curve.multiples(bases)
        let count = 1 << (width - 2)
        var multiples = [EdwardsPoint](repeating: power, count: SignedDigits.strandCount * count)
        for strand in 0..<SignedDigits.strandCount {
            var multiple = bases[2 * strand]
            multiples[strand * count] = multiple
            for index in 1..<count {
                curve.add(&multiple, steps[2 * strand + 1])
                multiples[strand * count + index] = multiple
            }
        }
        points = curve.multiples(multiples)
    }

    /// The table's point multiplied by a digit that is not 0.
    fileprivate func multiple(_ digit: Int, _ strand: Int) -> EdwardsMultiple {
        let multiple = points[SignedDigits.tableIndex(digit, strand, width: width)]
        if digit > 0 { return multiple }
        // -(x, y) = (-x, y).
        return EdwardsMultiple(
            sum: multiple.difference, difference: multiple.sum,
            product: edwards25519.field.negate(multiple.product))
    }
}

extension EdwardsCurve {
    /// Converts points into the form for addition.
    @inline(never)
    fileprivate func multiples(_ points: [EdwardsPoint]) -> [EdwardsMultiple] {
        var inverses = [FieldElement<4>](repeating: .zero, count: points.count)
        for index in points.indices { inverses[index] = points[index].z }
        field.invertAll(&inverses)
        let zero = EdwardsMultiple(sum: .zero, difference: .zero, product: .zero)
        var result = [EdwardsMultiple](repeating: zero, count: points.count)
        for index in points.indices {
            let x = field.multiply(points[index].x, inverses[index])
            let y = field.multiply(points[index].y, inverses[index])
            result[index] = EdwardsMultiple(
                sum: field.add(y, x), difference: field.subtract(y, x),
                product: field.multiply(field.double(d), field.multiply(x, y)))
        }
        return result
    }

    /// `u` times the point of the first table minus `v` times that of the second.
    @inline(never)
    func differenceVariableTime(
        _ u: InlineArray<4, Limb>, _ first: EdwardsMultiples,
        _ v: InlineArray<4, Limb>, _ second: EdwardsMultiples
    ) -> EdwardsPoint {
        let firstDigits = SignedDigits(u, width: first.width, strandDigitCount: strandDigitCount)
        let secondDigits = SignedDigits(v, width: second.width, strandDigitCount: strandDigitCount)
        var sum = identity
        for place in (0..<strandDigitCount).reversed() {
            double(&sum)
            for strand in 0..<SignedDigits.strandCount {
                let firstDigit = firstDigits.digit(strand, place)
                if firstDigit != 0 { add(&sum, first.multiple(firstDigit, strand)) }
                let secondDigit = secondDigits.digit(strand, place)
                if secondDigit != 0 { add(&sum, second.multiple(-secondDigit, strand)) }
            }
        }
        return sum
    }
}
