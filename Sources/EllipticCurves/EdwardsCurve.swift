// EdwardsCurve.swift - edwards25519: its parameters, its points, point addition and doubling.
//
// Spec:    RFC 8032 §5.1 (parameters), §5.1.2 (encoding), §5.1.3 (decoding), §5.1.4 (group);
//          Hisil, Wong, Carter, Dawson, "Twisted Edwards Curves Revisited" (2008), §3 for the formulas.
// Secret:  no: points are public in this file. Functions whose names end in VariableTime branch on them.
// Reads:   PrimeField, Limbs, CurveError. Read by: EdwardsMultiples, Ed25519PublicKey.

/// Integers modulo 2^255 - 19.
let field25519 = PrimeField<4>(
    .init(hexadecimal: "7fffffff ffffffff ffffffff ffffffff ffffffff ffffffff ffffffff ffffffed"))

let edwards25519 = EdwardsCurve()

/// -x^2 + y^2 = 1 + d x^2 y^2 modulo p = 2^255 - 19. Because d is not a square, the addition formula below is valid for
/// any two points.
final class EdwardsCurve: Sendable {
    let field: PrimeField<4>
    /// Integers modulo L, the order of B.
    let scalars: PrimeField<4>
    /// -121665 / 121666.
    let d: FieldElement<4>
    /// 2^((p - 1) / 4).
    private let rootOfMinusOne: FieldElement<4>

    @inline(never)
    init() {
        field = field25519
        scalars = PrimeField(
            .init(hexadecimal: "10000000 00000000 00000000 00000000 14def9de a2f79cd6 5812631a 5cf5d3ed"))
        let inverse = field.invert(field.element([121666, 0, 0, 0]))
        d = field.negate(field.multiply(field.element([121665, 0, 0, 0]), inverse))
        rootOfMinusOne = field.power(
            field.double(field.one),
            .init(hexadecimal: "1fffffff ffffffff ffffffff ffffffff ffffffff ffffffff ffffffff fffffffb"))
    }

    /// B: y = 4 / 5, x even.
    var generator: AffinePoint<4> {
        let y = field.multiply(field.element([4, 0, 0, 0]), field.invert(field.element([5, 0, 0, 0])))
        do throws(CurveError) {
            return try pointVariableTime(y: y, signOfX: 0)
        } catch {
            preconditionFailure("B is on the curve")
        }
    }
}

/// The point (X / Z, Y / Z), with T = X Y / Z.
struct EdwardsPoint {
    var x, y, z, t: FieldElement<4>
}

/// An affine point in the form for addition: y + x, y - x and 2 d x y.
struct EdwardsMultiple: Sendable {
    var sum, difference, product: FieldElement<4>
}

// MARK: Encodings.

extension EdwardsCurve {
    /// Decodes a point of 32 bytes.
    ///
    /// - Throws: `coordinateNotBelowPrime`, `pointNotOnCurve`, `signOfZero`.
    /// - Source: RFC 8032 §5.1.3.
    func pointVariableTime(encoded bytes: Span<UInt8>) throws(CurveError) -> AffinePoint<4> {
        precondition(bytes.count == 32)
        // §5.1.3 step 1: the top bit is the sign of x, the other bits are y. y >= p is an error.
        var y = InlineArray<4, Limb>(littleEndian: bytes)
        let signOfX = y[3] >> 63
        y[3] &= .max >> 1
        guard y.isLessVariableTime(than: field.modulus) else { throw .coordinateNotBelowPrime }
        return try pointVariableTime(y: field.element(y), signOfX: signOfX)
    }

    private func pointVariableTime(
        y: FieldElement<4>, signOfX: Limb
    ) throws(CurveError) -> AffinePoint<4> {
        // §5.1.3 step 2: x^2 = u / v; the candidate is u v^3 (u v^7)^((p - 5) / 8).
        let yy = field.square(y)
        let u = field.subtract(yy, field.one)
        let v = field.add(field.multiply(d, yy), field.one)
        let v3 = field.multiply(field.square(v), v)
        let uv3 = field.multiply(u, v3)
        let uv7 = field.multiply(uv3, field.square(field.square(v)))
        let root = field.power(
            uv7, .init(hexadecimal: "0fffffff ffffffff ffffffff ffffffff ffffffff ffffffff ffffffff fffffffd")
        )
        var x = field.multiply(uv3, root)
        // §5.1.3 step 3: v x^2 is u or -u; otherwise there is no square root.
        let check = field.multiply(v, field.square(x))
        if !check.equalsVariableTime(u) {
            guard check.equalsVariableTime(field.negate(u)) else { throw .pointNotOnCurve }
            x = field.multiply(x, rootOfMinusOne)
        }
        // §5.1.3 step 4: the sign is the lowest bit of x. If x is 0, a sign bit is an error.
        let lowestBit = field.integer(x)[0] & 1
        if lowestBit != signOfX {
            guard !x.equalsVariableTime(.zero) else { throw .signOfZero }
            x = field.negate(x)
        }
        return AffinePoint(x: x, y: y)
    }

    /// Encodes a point as 32 bytes; they are returned as a little-endian integer.
    ///
    /// - Source: RFC 8032 §5.1.2.
    func encodedVariableTime(_ point: EdwardsPoint) -> InlineArray<4, Limb> {
        let inverse = field.invert(point.z)
        var encoded = field.integer(field.multiply(point.y, inverse))
        encoded[3] |= field.integer(field.multiply(point.x, inverse))[0] << 63
        return encoded
    }
}

// MARK: The group.

extension EdwardsCurve {
    var identity: EdwardsPoint { EdwardsPoint(x: .zero, y: field.one, z: field.one, t: .zero) }

    func extended(_ point: AffinePoint<4>) -> EdwardsPoint {
        EdwardsPoint(x: point.x, y: point.y, z: field.one, t: field.multiply(point.x, point.y))
    }

    /// Whether 8 P is the identity, that is, the order of P divides the cofactor.
    func hasSmallOrderVariableTime(_ point: AffinePoint<4>) -> Bool {
        var multiple = extended(point)
        for _ in 0..<3 { double(&multiple) }
        return multiple.x.equalsVariableTime(.zero) && multiple.y.equalsVariableTime(multiple.z)
    }

    /// P = 2 P.
    @inline(never)
    func double(_ point: inout EdwardsPoint) {
        let a = field.square(point.x)
        let b = field.square(point.y)
        let c = field.double(field.square(point.z))
        let h = field.add(a, b)
        let e = field.subtract(h, field.square(field.add(point.x, point.y)))
        let g = field.subtract(a, b)
        let f = field.add(c, g)
        point = product(e, f, g, h)
    }

    /// P = P + Q.
    @inline(never)
    func add(_ point: inout EdwardsPoint, _ other: EdwardsMultiple) {
        let a = field.multiply(field.subtract(point.y, point.x), other.difference)
        let b = field.multiply(field.add(point.y, point.x), other.sum)
        let c = field.multiply(point.t, other.product)
        let d = field.double(point.z)
        point = product(
            field.subtract(b, a), field.subtract(d, c), field.add(d, c), field.add(b, a))
    }

    /// (E F : G H : F G) with T = E H.
    private func product(
        _ e: FieldElement<4>, _ f: FieldElement<4>, _ g: FieldElement<4>, _ h: FieldElement<4>
    ) -> EdwardsPoint {
        EdwardsPoint(
            x: field.multiply(e, f), y: field.multiply(g, h), z: field.multiply(f, g), t: field.multiply(e, h)
        )
    }
}
