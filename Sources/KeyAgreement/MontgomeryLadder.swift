// MontgomeryLadder.swift - multiplies a point of curve25519 by a secret scalar, using x-coordinates only.
//
// Spec:    RFC 7748 §5.
// Secret:  the scalar and all values derived from it. No branch and no index depends on them: there are always 255
//          steps, and values are swapped with masks.
// Reads:   Integer25519; Bytes (wiping). Read by: X25519PrivateKey.

import Bytes

/// The ladder's two points, (x2 : z2) and (x3 : z3). All four are reduced.
private struct LadderPoints {
    var x2, z2, x3, z3: Integer25519

    /// Swaps the two points if `mask` is all ones.
    @inline(__always)
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
///   - scalar: 32 random bytes. The function sets the fixed bits itself.
///   - u: 32 bytes, little-endian. The top bit is ignored, and every value is accepted (§5).
/// - Returns: 32 bytes; all zero if u has small order.
/// - Source: RFC 7748 §5.
@_optimize(speed)
func x25519(scalar: borrowing SecretBytes, u: Span<UInt8>) -> SecretBytes {
    precondition(scalar.count == 32)
    // §5, decodeUCoordinate: the unused bit is ignored.
    let x1 = Integer25519(littleEndian: u)
    var points = LadderPoints(x2: Integer25519(1), z2: Integer25519(0), x3: x1, z3: Integer25519(1))
    var swap: UInt64 = 0
    for place in (0..<255).reversed() {
        // §5, decodeScalar25519: bit 254 is set, the lowest three bits are cleared.
        var bit = UInt64(scalar.span[place / 8] >> UInt8(place % 8) & 1)
        if place == 254 { bit = 1 }
        if place < 3 { bit = 0 }
        swap ^= bit
        points.swap(0 &- swap)
        swap = bit
        step(&points, x1)
    }
    points.swap(0 &- swap)

    // §5: x_2 * (z_2^(p - 2)).
    var quotient = points.x2 * points.z2.inverse
    var result = SecretBytes(count: 32)
    var output = result.mutableSpan
    quotient.encode(into: &output)
    wipe(value: &points)
    wipe(value: &quotient)
    return result
}

/// One step: computes the sum of the two points, whose difference is x1, and the double of the first.
@inline(__always)
private func step(_ points: inout LadderPoints, _ x1: Integer25519) {
    // §5, with the names used there; a24 is 121665.
    let a = points.x2 + points.z2
    let aa = a.squared
    let b = points.x2 - points.z2
    let bb = b.squared
    let e = aa - bb
    let c = points.x3 + points.z3
    let d = points.x3 - points.z3
    let da = d * a
    let cb = c * b
    points.x3 = (da + cb).squared
    points.z3 = x1 * (da - cb).squared
    points.x2 = aa * bb
    points.z2 = e * (aa + e.times(121665))
}
