// MontgomeryLadder.swift - multiplies a point of curve25519 by a secret scalar, using x-coordinates only.
//
// Spec:    RFC 7748 §5.
// Secret:  the scalar and all values derived from it. No branch and no index depends on them: there are always 255
//          steps, and values are swapped with masks.
// Reads:   EdwardsCurve (the field), PrimeField, Bytes (wiping). Read by: KeyAgreement.

import Bytes

/// The ladder's two points, (x2 : z2) and (x3 : z3).
private struct LadderPoints {
    var x2, z2, x3, z3: FieldElement<4>

    /// Swaps the two points if `mask` is all ones.
    mutating func swap(_ mask: Limb) {
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
///   - scalar: 32 random bytes. The function sets the fixed bits itself.
///   - u: 32 bytes, little-endian. The top bit is ignored, and every value is accepted (§5).
/// - Returns: 32 bytes; all zero if u has small order.
/// - Source: RFC 7748 §5.
@export(interface)
package func x25519(scalar: borrowing SecretBytes, u: Span<UInt8>) -> SecretBytes {
    precondition(scalar.count == 32 && u.count == 32)
    let field = field25519
    // §5, decodeUCoordinate: the unused bit is masked, and values of at least p are reduced.
    var integer = InlineArray<4, Limb>(littleEndian: u)
    integer[3] &= .max >> 1
    let x1 = field.element(integer)
    let a24 = field.element([121665, 0, 0, 0])

    var points = LadderPoints(x2: field.one, z2: .zero, x3: x1, z3: field.one)
    var swap: Limb = 0
    for place in (0..<255).reversed() {
        // §5, decodeScalar25519: bit 254 is set, the lowest three bits are cleared.
        var bit = Limb(scalar.span[place / 8] >> UInt8(place % 8) & 1)
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

/// One step: computes the sum of the two points, whose difference is x1, and the double of the first.
private func step(_ points: inout LadderPoints, _ x1: FieldElement<4>, _ a24: FieldElement<4>) {
    // §5, with the names used there.
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
