// MontgomeryLadder.swift - a secret times a point of curve25519, by x-coordinates alone.
//
// Spec:    RFC 7748 §5.
// Secret:  the scalar, and what is made of it. No branch and no index depends on them: 255
//          equal steps, swaps by masks.
// Reads:   EdwardsCurve (the field), PrimeField, Bytes (wiping). Read by: KeyAgreement.

import Bytes

/// The ladder's two points, (x2 : z2) and (x3 : z3).
private struct LadderPoints {
    var x2, z2, x3, z3: FieldElement<4>

    /// Exchanges the two where `mask` is all ones.
    mutating func swap(_ mask: UInt64) {
        let (oldX2, oldZ2) = (x2, z2)
        x2 = x3.selected(mask, else: x2)
        z2 = z3.selected(mask, else: z2)
        x3 = oldX2.selected(mask, else: x3)
        z3 = oldZ2.selected(mask, else: z3)
    }
}

/// The function X25519.
///
/// - Parameters:
///   - scalar: 32 random bytes; which bits are fixed, the function knows.
///   - u: 32 bytes, little-endian; the top bit is passed over, and any value is one (§5).
/// - Returns: 32 bytes, all zero when u is of small order.
/// - Source: RFC 7748 §5.
@export(interface)
package func x25519(scalar: borrowing SecretBytes, u: Span<UInt8>) -> SecretBytes {
    precondition(scalar.count == 32 && u.count == 32)
    let field = field25519
    // §5, decodeUCoordinate: the unused bit is masked; values of p and more are reduced.
    var integer = InlineArray<4, UInt64>(littleEndian: u)
    integer[3] &= .max >> 1
    let x1 = field.element(integer)
    let a24 = field.element([121665, 0, 0, 0])

    var points = LadderPoints(x2: field.one, z2: .zero, x3: x1, z3: field.one)
    var swap: UInt64 = 0
    for place in (0..<255).reversed() {
        // §5, decodeScalar25519: bit 254 is set, the lowest three are clear.
        var bit = UInt64(scalar.span[place / 8] >> UInt8(place % 8) & 1)
        if place == 254 { bit = 1 }
        if place < 3 { bit = 0 }
        swap ^= bit
        points.swap(0 &- swap)
        swap = bit
        step(&points, x1, a24)
    }
    points.swap(0 &- swap)

    // §5: x_2 * (z_2^(p - 2)), little-endian.
    integer = field.integer(field.multiply(points.x2, field.invert(points.z2)))
    var result = SecretBytes(count: 32)
    var output = result.mutableSpan
    for index in 0..<32 { output[index] = integer.byte(index) }
    wipe(value: &points)
    wipe(value: &integer)
    return result
}

/// One step: the sum of the two points, whose difference is x1, and twice the first.
private func step(_ points: inout LadderPoints, _ x1: FieldElement<4>, _ a24: FieldElement<4>) {
    // §5, names as there.
    let field = field25519
    let a = field.add(points.x2, points.z2)
    let aa = field.square(a)
    let b = field.subtract(points.x2, points.z2)
    let bb = field.square(b)
    let e = field.subtract(aa, bb)
    let c = field.add(points.x3, points.z3)
    let d = field.subtract(points.x3, points.z3)
    let da = field.multiply(d, a)
    let cb = field.multiply(c, b)
    points.x3 = field.square(field.add(da, cb))
    points.z3 = field.multiply(x1, field.square(field.subtract(da, cb)))
    points.x2 = field.multiply(aa, bb)
    points.z2 = field.multiply(e, field.add(aa, field.multiply(a24, e)))
}
