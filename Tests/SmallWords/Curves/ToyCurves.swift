// ToyCurves.swift - replaces Curve.swift: the three curves by name, with so few points that all can be tried.
//
// Spec:    none. y^2 = x^3 - 3x + b, of prime order, as the standards' curves. Serves AUDIT 51.
// Secret:  no.
// Reads:   WeierstrassCurve. Read by: every file of EllipticCurves that Scripts/check-small-words compiles.
//
// With limbs of 8 bits the "P-256" of this run fills its one limb, as P-256 fills four; "P-384" has two
// limbs of three, as P-384 has six of nine; "P-521" begins its last limb, as P-521 does.

public enum Curve: Sendable, Equatable, CaseIterable {
    case p256, p384, p521

    public var coordinateByteCount: Int {
        switch self {
        case .p256: 1
        case .p384: 2
        case .p521: 3
        }
    }
}

/// p = 239, n = 227: there are points with x = n, and with x above; r + n leaves the limb for most r.
let curveP256 = WeierstrassCurve<1>(
    prime: "ef", order: "e3", b: "d7", generatorX: "01", generatorY: "5a", bitCount: 8)

/// p = 487, n = 509: more points than coordinates.
let curveP384 = WeierstrassCurve<3>(
    prime: "1e7", order: "1fd", b: "64", generatorX: "00", generatorY: "0a", bitCount: 9)

/// p = 2^17 - 1, n = 130639.
let curveP521 = WeierstrassCurve<3>(
    prime: "1ffff", order: "1fe4f", b: "26", generatorX: "01", generatorY: "06", bitCount: 17)

let generatorMultiplesP256 = PointMultiples(of: curveP256.generator, on: curveP256, width: 6)
let generatorMultiplesP384 = PointMultiples(of: curveP384.generator, on: curveP384, width: 6)
let generatorMultiplesP521 = PointMultiples(of: curveP521.generator, on: curveP521, width: 6)

/// The limbs of a small integer.
func limbs<let count: Int>(_ value: Int) -> InlineArray<count, Limb> {
    var result = InlineArray<count, Limb>(repeating: 0)
    for index in 0..<count { result[index] = Limb(truncatingIfNeeded: value >> (8 * index)) }
    return result
}

func integer<let count: Int>(_ limbs: InlineArray<count, Limb>) -> Int {
    var value = 0
    for index in 0..<count { value |= Int(limbs[index]) << (8 * index) }
    return value
}

/// The group of a toy curve by the affine law of SEC 1 §2.2.1 on machine integers.
struct Group {
    let p: Int
    let n: Int
    let b: Int
    /// points[i] = i G for 0 < i < n.
    let points: [(x: Int, y: Int)]

    init(p: Int, n: Int, b: Int, x: Int, y: Int) {
        (self.p, self.n, self.b) = (p, n, b)
        var points = [(x: 0, y: 0), (x: x, y: y)]
        for index in 2..<n {
            let last = points[index - 1]
            let slope =
                index == 2
                ? (3 * x * x - 3 + p) * inverse(2 * y, p) % p
                : (last.y - y + p) * inverse(last.x - x + p, p) % p
            let sumX = (slope * slope - last.x - x + 2 * p) % p
            points.append((x: sumX, y: (slope * (x - sumX + p) + p - y) % p))
        }
        require(points[n - 1] == (x: x, y: p - y), "the order of the toy curve modulo \(p)")
        self.points = points
    }
}

/// 1 / a modulo a prime, by Euclid.
func inverse(_ a: Int, _ prime: Int) -> Int {
    var (r, next) = (prime, a % prime)
    var (s, nextS) = (0, 1)
    while next != 0 {
        let quotient = r / next
        (r, next) = (next, r - quotient * next)
        (s, nextS) = (nextS, s - quotient * nextS)
    }
    return (s % prime + prime) % prime
}
