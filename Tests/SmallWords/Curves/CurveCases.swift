// CurveCases.swift - points, scalars and signatures of toy curves, all of them.
//
// Spec:    none. Serves AUDIT 51.
// Secret:  no.
// Reads:   ToyCurves, FieldCases, the Weierstrass curves of EllipticCurves, Report. Read by: Scripts/check-small-words.

import Bytes

@main
struct CurveCases {
    static func main() {
        let report = Report()
        fields(report)
        let short = Group(p: 239, n: 227, b: 215, x: 1, y: 90)
        let middle = Group(p: 487, n: 509, b: 100, x: 0, y: 10)
        let long = Group(p: 131071, n: 130639, b: 38, x: 1, y: 6)
        decoding(report, short, middle)
        additions(report, "239", curveP256, short, scales: [1, 2, 3, 119, 238])
        additions(report, "487", curveP384, middle, scales: report.isFull ? [1, 2, 486] : [2])
        sums(report, short)
        secretProducts(report, .p256, "239", short, 1)
        secretProducts(report, .p384, "487", middle, report.isFull ? 1 : 4)
        scalarRanges(report)
        signatures(report, short)
        madeSignatures(report, .p384, "487", middle, keyStep: report.isFull ? 1 : 101, nonceStep: 1)
        madeSignatures(report, .p521, "2^17 - 1", long, keyStep: 50021, nonceStep: report.isFull ? 1 : 97)
    }
}

/// Big-endian bytes.
func bytes(_ value: Int, _ count: Int) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * (count - 1 - $0))) }
}

private func affine<let limbCount: Int>(
    _ point: (x: Int, y: Int), _ curve: WeierstrassCurve<limbCount>
) -> AffinePoint<limbCount> {
    AffinePoint(x: curve.field.element(limbs(point.x)), y: curve.field.element(limbs(point.y)))
}

/// Whether `point` is `index` times the generator.
private func isMultiple<let limbCount: Int>(
    _ point: JacobianPoint<limbCount>, _ index: Int, _ curve: WeierstrassCurve<limbCount>,
    _ table: [AffinePoint<limbCount>]
) -> Bool {
    if index == 0 { return curve.isInfinityVariableTime(point) }
    let zz = curve.field.square(point.z)
    return !curve.isInfinityVariableTime(point)
        && curve.field.multiply(table[index].x, zz).equalsVariableTime(point.x)
        && curve.field.multiply(table[index].y, curve.field.multiply(zz, point.z)).equalsVariableTime(point.y)
}

private func decoding(_ report: Report, _ short: Group, _ middle: Group) {
    func check<let limbCount: Int>(
        _ curve: WeierstrassCurve<limbCount>, _ group: Group, _ length: Int, _ limit: Int
    ) -> Int {
        var found = 0
        for x in 0..<limit {
            let xBytes = bytes(x, length)
            for y in 0..<limit {
                let yBytes = bytes(y, length)
                let isOn = x < group.p && y < group.p && (y * y - x * x * x + 3 * x - group.b) % group.p == 0
                let accepted = (try? curve.point(x: xBytes.span, y: yBytes.span)) != nil
                require(accepted == isOn, "(\(x), \(y)) modulo \(group.p)")
                found += isOn ? 1 : 0
            }
        }
        require(found == group.n - 1, "\(found) points modulo \(group.p)")
        return limit * limit
    }
    report.cover("p = 239: every pair of bytes as coordinates") { check(curveP256, short, 1, 256) }
    report.cover("p = 487: every pair of coordinates below 1024") { check(curveP384, middle, 2, 1024) }
}

private func additions<let limbCount: Int>(
    _ report: Report, _ name: String, _ curve: WeierstrassCurve<limbCount>, _ group: Group, scales: [Int]
) {
    report.cover("p = \(name): the sum of every two points, the double of each, \(scales.count) denominators")
    {
        let field = curve.field
        let table = group.points.map { affine($0, curve) }
        for scale in scales {
            let z = field.element(limbs(scale))
            let zz = field.square(z)
            let zzz = field.multiply(zz, z)
            for i in 0..<group.n {
                var point = curve.infinity
                if i > 0 {
                    point = JacobianPoint(
                        x: field.multiply(table[i].x, zz), y: field.multiply(table[i].y, zzz), z: z)
                }
                var double = point
                curve.doubleVariableTime(&double)
                require(
                    isMultiple(double, 2 * i % group.n, curve, table), "2 times point \(i) modulo \(name)")
                for j in 1..<group.n {
                    var sum = point
                    curve.addVariableTime(&sum, table[j])
                    require(
                        isMultiple(sum, (i + j) % group.n, curve, table), "points \(i) + \(j) modulo \(name)")
                }
            }
        }
        return scales.count * group.n * group.n
    }
}

private func sums(_ report: Report, _ group: Group) {
    let step = report.isFull ? 1 : 5
    report.cover("p = 239: u G + v Q, every u and v below n, \(step == 1 ? "every Q" : "one Q of 5")") {
        let table = group.points.map { affine($0, curveP256) }
        var count = 0
        for d in stride(from: 1, to: group.n, by: step) {
            let key = PointMultiples(of: table[d], on: curveP256, width: 5)
            for u in 0..<group.n {
                for v in 0..<group.n {
                    let sum = curveP256.sumVariableTime(limbs(u), generatorMultiplesP256, limbs(v), key)
                    require(isMultiple(sum, (u + v * d) % group.n, curveP256, table), "\(u) G + \(v) \(d) G")
                    count += 1
                }
            }
        }
        return count
    }
}

private func secretProducts(_ report: Report, _ curve: Curve, _ name: String, _ group: Group, _ step: Int) {
    report.cover(
        "p = \(name): every secret scalar times \(step == 1 ? "every point" : "one point of \(step)"), and times the generator"
    ) {
        let length = curve.coordinateByteCount
        func check(_ product: borrowing SecretBytes, _ index: Int, _ what: String) {
            let expected = bytes(group.points[index].x, length) + bytes(group.points[index].y, length)
            for place in expected.indices {
                require(product.span[place] == expected[place], "\(what) modulo \(name)")
            }
        }
        var count = 0
        for scalar in 1..<group.n {
            let scalarBytes = bytes(scalar, length)
            let secret = SecretBytes(copying: scalarBytes.span)
            let own = curve.multiplyGenerator(by: secret)
            check(own, scalar, "\(scalar) G")
            for index in stride(from: 1, to: group.n, by: step) {
                let point = group.points[index]
                let encoded = [4] + bytes(point.x, length) + bytes(point.y, length)
                guard let product = try? curve.multiply(uncompressedPoint: encoded.span, by: secret) else {
                    return count
                }
                check(product, scalar * index % group.n, "\(scalar) times \(index) G")
                count += 1
            }
            count += 1
        }
        return count
    }
}

private func scalarRanges(_ report: Report) {
    report.cover("scalarRangeMask: every scalar of 8 and of 16 bits") {
        for (curve, n) in [(Curve.p256, 227), (.p384, 509)] {
            for scalar in 0..<(1 << (8 * curve.coordinateByteCount)) {
                let scalarBytes = bytes(scalar, curve.coordinateByteCount)
                let secret = SecretBytes(copying: scalarBytes.span)
                require(
                    curve.scalarRangeMask(secret) == (scalar > 0 && scalar < n ? .max : 0),
                    "the range of \(scalar)")
            }
        }
        return 256 + 65536
    }
}
