import Bytes
import TestSupport
import Testing

@testable import EllipticCurves

/// AUDIT 16: the edges of keys and signatures.
@Suite struct ECDSATests {
    /// A good signature, from the committed vectors.
    struct Good {
        let curve: Curve
        let x, y, digest, r, s: [UInt8]

        var size: Int { curve.coordinateByteCount }
        var key: ECDSAPublicKey { get throws(CurveError) { try makeKey(curve, x, y) } }
        var raw: [UInt8] { padded(r) + padded(s) }

        func padded(_ number: [UInt8]) -> [UInt8] {
            [UInt8](repeating: 0, count: size - number.count) + number
        }

        func verify(r: [UInt8], s: [UInt8]) -> String {
            outcome { () throws(CurveError) in try key.verify(digest: digest.span, r: r.span, s: s.span) }
        }
    }

    static func good(_ curve: Curve) throws -> Good {
        let fields: Set<String> = ["curve", "hash", "x", "y", "message", "r", "s", "expect"]
        for vector in try readVectors("ecdsa-rfc6979/signatures.txt", fields: fields) {
            let named = try EllipticCurvesTests.curve(named: vector.text("curve"))
            guard named == curve, try vector.text("hash") == "sha384", try vector.text("expect") == "valid"
            else {
                continue
            }
            return Good(
                curve: curve, x: try vector.bytes("x"), y: try vector.bytes("y"),
                digest: try digest("sha384", of: vector.bytes("message")), r: try vector.bytes("r"),
                s: try vector.bytes("s"))
        }
        throw VectorFileError.missingField("a valid case")
    }

    @Test(arguments: Curve.allCases) func encodedPoints(curve: Curve) throws {
        let good = try Self.good(curve)
        let (x, y, size) = (good.x, good.y, good.size)
        func refusal(_ point: [UInt8]) -> CurveError? {
            thrown { () throws(CurveError) in
                _ = try ECDSAPublicKey(curve: curve, uncompressedPoint: point.span)
            }
        }
        let encoded = [4] + x + y
        #expect(refusal(encoded) == nil)
        #expect(refusal([]) == .pointFormat)
        #expect(refusal([0]) == .pointAtInfinity)
        #expect(refusal([0] + x + y) == .pointFormat)
        for form: UInt8 in [1, 2, 3, 5, 6, 7, 0xFF] { #expect(refusal([form] + x + y) == .pointFormat) }
        #expect(refusal([2] + x) == .pointFormat)
        for count in [1, 2, 1 + size, 2 * size] {
            let cut = Array(encoded[..<count])
            #expect(refusal(cut) == .pointLength(expected: 1 + 2 * size, actual: count))
        }
        #expect(refusal(encoded + [0]) == .pointLength(expected: 1 + 2 * size, actual: 2 + 2 * size))
        #expect(refusal([4] + [UInt8](repeating: 0xFF, count: 2 * size)) == .coordinateNotBelowPrime)
        #expect(refusal([4] + [UInt8](repeating: 0, count: 2 * size)) == .pointNotOnCurve)
        #expect(refusal([4] + y + x) == .pointNotOnCurve)
    }

    @Test(arguments: Curve.allCases) func coordinatesOfAnotherLength(curve: Curve) throws {
        let good = try Self.good(curve)
        let (x, y, size) = (good.x, good.y, good.size)
        func refusal(_ x: [UInt8], _ y: [UInt8]) -> CurveError? {
            thrown { () throws(CurveError) in
                _ = try makeKey(curve, x, y)
            }
        }
        #expect(refusal(x, y) == nil)
        // RFC 7518 §6.2.1.2: the full length, neither stripped of zeros nor padded.
        #expect(refusal([0] + x, y) == .coordinateLength(expected: size, actual: size + 1))
        #expect(refusal(x, [0] + y) == .coordinateLength(expected: size, actual: size + 1))
        #expect(refusal(Array(x.dropFirst()), y) == .coordinateLength(expected: size, actual: size - 1))
        #expect(refusal(x, []) == .coordinateLength(expected: size, actual: 0))
        for other in Curve.allCases where other != curve {
            #expect(throws: CurveError.coordinateLength(expected: other.coordinateByteCount, actual: size)) {
                try makeKey(other, x, y)
            }
        }
    }

    @Test(arguments: Curve.allCases) func integersOfAnyLength(curve: Curve) throws {
        let good = try Self.good(curve)
        let (r, s) = (good.r, good.s)
        #expect(good.verify(r: r, s: s) == "valid")
        #expect(good.verify(r: [0] + r, s: [0, 0, 0] + s) == "valid")
        #expect(good.verify(r: [UInt8](repeating: 0, count: 300) + r, s: s) == "valid")
        #expect(good.verify(r: [], s: s) == "ecdsa_r_range")
        #expect(good.verify(r: r, s: []) == "ecdsa_s_range")
        #expect(good.verify(r: [0, 0], s: s) == "ecdsa_r_range")
        #expect(good.verify(r: [1] + good.padded(r), s: s) == "ecdsa_r_range")
        #expect(good.verify(r: r, s: [1] + good.padded(s)) == "ecdsa_s_range")
        #expect(good.verify(r: r, s: [UInt8](repeating: 0xFF, count: 1000)) == "ecdsa_s_range")
        #expect(good.verify(r: [0], s: [0]) == "ecdsa_r_range")
    }

    @Test(arguments: Curve.allCases) func digestsOfAnotherLength(curve: Curve) throws {
        let good = try Self.good(curve)
        let (key, raw) = (try good.key, good.raw)
        for count in [0, 20, 28, 31, 33, 47, 49, 63, 65, 128] {
            let digest = [UInt8](repeating: 1, count: count)
            #expect(throws: CurveError.digestLength(actual: count)) {
                try key.verifyRaw(digest: digest.span, signature: raw.span)
            }
        }
    }

    /// A good signature stops being one with any bit changed, and nothing traps.
    @Test(arguments: Curve.allCases) func flippedBits(curve: Curve) throws {
        var random = SystemRandomNumberGenerator()
        let seed = random.next()
        var generator = SplitMix(state: seed)
        let good = try Self.good(curve)
        let (key, raw, digest) = (try good.key, good.raw, good.digest)
        func verify(_ digest: [UInt8], _ signature: [UInt8]) -> String {
            outcome { () throws(CurveError) in
                try key.verifyRaw(digest: digest.span, signature: signature.span)
            }
        }
        #expect(verify(digest, raw) == "valid")
        // P-256 drops the digest's last 16 bytes.
        let used = Array(digest[..<min(48, good.size)])
        let unused = Array(digest[used.count...])
        for _ in 0..<200 {
            #expect(verify(digest, generator.flippingOneBit(of: raw)) != "valid", "seed \(seed)")
            #expect(verify(generator.flippingOneBit(of: used) + unused, raw) != "valid", "seed \(seed)")
            let point = generator.flippingOneBit(of: good.x + good.y)
            let (x, y) = (Array(point[..<good.size]), Array(point[good.size...]))
            let refused = outcome { () throws(CurveError) in _ = try makeKey(curve, x, y) }
            #expect(["curve_point_not_on_curve", "curve_coordinate_range"].contains(refused), "seed \(seed)")
        }
    }

    @Test func equality() throws {
        let keys = try Curve.allCases.map { try Self.good($0).key }
        for (index, key) in keys.enumerated() {
            for (otherIndex, other) in keys.enumerated() { #expect((key == other) == (index == otherIndex)) }
            let again = try Self.good(key.curve).key
            #expect(key == again)
        }
        let (x, y) = (try Self.good(.p256).x, try Self.good(.p256).y)
        // (x, -y) is another key.
        let opposite = curveP256.field.integer(
            curveP256.field.negate(curveP256.field.element(InlineArray(bigEndian: y.span))))
        let negated = (0..<32).map { opposite.byte(31 - $0) }
        let other = try makeKey(.p256, x, negated)
        #expect(try other != makeKey(.p256, x, y))
    }

    @Test func reasonCodesAreDistinct() {
        let all: [CurveError] = [
            .pointFormat, .pointAtInfinity, .pointLength(expected: 1, actual: 2),
            .coordinateLength(expected: 1, actual: 2), .coordinateNotBelowPrime, .pointNotOnCurve,
            .signOfZero,
            .keyLength(expected: 1, actual: 2), .smallOrder, .digestLength(actual: 1),
            .signatureLength(expected: 1, actual: 2), .rOutOfRange, .sOutOfRange, .sNotCanonical,
            .signatureMismatch,
        ]
        #expect(Set(all.map { "\($0.reasonCode)" }).count == all.count)
    }
}

/// The group: tables, sums and secret products against each other (AUDIT 16).
@Suite struct PointTests {
    @Test func multiplesOfTheGenerators() {
        check(curveP256, generatorMultiplesP256)
        check(curveP384, generatorMultiplesP384)
        check(curveP521, generatorMultiplesP521)
    }

    /// Strand 0 holds 1, 3, 5 … times the generator, made by adding it one by one.
    private func check<let count: Int>(_ curve: WeierstrassCurve<count>, _ table: PointMultiples<count>) {
        #expect(table.points.count == 4 << (table.width - 2))
        var point = curve.infinity
        for multiple in 1...(1 << (table.width - 1)) {
            curve.addVariableTime(&point, curve.generator)
            if multiple % 2 == 0 { continue }
            #expect(isEqual(curve, point, table.points[multiple / 2]), "\(multiple)")
        }
        // Strand i: the same of 2^(strandDigitCount i) G.
        var power = JacobianPoint(x: curve.generator.x, y: curve.generator.y, z: curve.field.one)
        for strand in 1..<4 {
            for _ in 0..<curve.strandDigitCount { curve.doubleVariableTime(&power) }
            #expect(isEqual(curve, power, table.points[strand << (table.width - 2)]), "strand \(strand)")
        }
        // n G and (n - 1) G + G are infinity; (n - 1) G = -G; 0 + 0 is infinity.
        var one = InlineArray<count, UInt64>.zero
        one[0] = 1
        let minusOne = curve.scalars.modulus.subtracting(one).difference
        let sum = curve.sumVariableTime(minusOne, table, one, table)
        #expect(curve.isInfinityVariableTime(sum))
        #expect(curve.isInfinityVariableTime(curve.sumVariableTime(.zero, table, .zero, table)))
        let opposite = curve.sumVariableTime(minusOne, table, .zero, table)
        let negated = AffinePoint(x: curve.generator.x, y: curve.field.negate(curve.generator.y))
        #expect(isEqual(curve, opposite, negated))
        // Doubling through the addition, and infinity doubled.
        var two = JacobianPoint(x: curve.generator.x, y: curve.generator.y, z: curve.field.one)
        curve.addVariableTime(&two, curve.generator)
        #expect(isEqual(curve, curve.sumVariableTime(one, table, one, table), two, curve))
        var infinity = curve.infinity
        curve.doubleVariableTime(&infinity)
        #expect(curve.isInfinityVariableTime(infinity))
        curve.addVariableTime(&infinity, curve.generator)
        #expect(isEqual(curve, infinity, curve.generator))
    }

    private func isEqual<let count: Int>(
        _ curve: WeierstrassCurve<count>, _ point: JacobianPoint<count>, _ other: AffinePoint<count>
    ) -> Bool {
        let field = curve.field
        let zz = field.square(point.z)
        return point.x.equalsVariableTime(field.multiply(other.x, zz))
            && point.y.equalsVariableTime(field.multiply(field.multiply(other.y, zz), point.z))
            && !curve.isInfinityVariableTime(point)
    }

    private func isEqual<let count: Int>(
        _ curve: WeierstrassCurve<count>, _ a: JacobianPoint<count>, _ b: JacobianPoint<count>,
        _: WeierstrassCurve<count>
    ) -> Bool {
        let inverse = curve.field.invert(b.z)
        let square = curve.field.square(inverse)
        let affine = AffinePoint(
            x: curve.field.multiply(b.x, square),
            y: curve.field.multiply(b.y, curve.field.multiply(square, inverse)))
        return isEqual(curve, a, affine)
    }

    /// The product that keeps its scalar secret against the one that does not.
    @Test func secretProducts() throws {
        try compare(.p256, curveP256, generatorMultiplesP256)
        try compare(.p384, curveP384, generatorMultiplesP384)
    }

    private func compare<let count: Int>(
        _ curve: Curve, _ group: WeierstrassCurve<count>, _ table: PointMultiples<count>
    ) throws {
        var generator = SplitMix(state: 11)
        let size = curve.coordinateByteCount
        for round in 0..<40 {
            var bytes = (0..<size).map { _ in UInt8.random(in: 0...255, using: &generator) }
            // Below n, and short ones too: a part of the rounds has leading zeros.
            for index in 0..<(1 + round / 2) { bytes[index] = 0 }
            let scalar = InlineArray<count, UInt64>(bigEndian: bytes.span)
            let expected = group.sumVariableTime(scalar, table, .zero, table)
            let secret = SecretBytes(copying: bytes.span)
            #expect(curve.scalarRangeMask(secret) == .max)
            let product = curve.multiplyGenerator(by: secret)
            let point = try group.point(
                x: product.span.extracting(0..<size), y: product.span.extracting(size..<(2 * size)))
            let isRight = isEqual(group, expected, point)
            #expect(isRight, "round \(round)")
        }
    }

    @Test func rangeOfSecretScalars() {
        for curve in [Curve.p256, .p384] {
            let size = curve.coordinateByteCount
            func mask(_ bytes: [UInt8]) -> UInt64 { curve.scalarRangeMask(SecretBytes(copying: bytes.span)) }
            let n = (0..<size).map {
                curve == .p256
                    ? curveP256.scalars.modulus.byte(size - 1 - $0)
                    : curveP384.scalars.modulus.byte(size - 1 - $0)
            }
            var (below, above) = (n, n)
            below[size - 1] -= 1
            above[size - 1] += 1
            let zero = [UInt8](repeating: 0, count: size)
            #expect(mask(zero) == 0)
            #expect(mask(Array(zero.dropLast()) + [1]) == .max)
            #expect(mask([0x80] + Array(zero.dropLast())) == .max)
            #expect(mask(below) == .max)
            #expect(mask(n) == 0)
            #expect(mask(above) == 0)
            #expect(mask([UInt8](repeating: 0xFF, count: size)) == 0)
        }
    }
}
