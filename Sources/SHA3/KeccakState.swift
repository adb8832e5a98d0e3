// KeccakState.swift - the permutation Keccak-f[1600].
//
// Spec:    FIPS 202 §3.1.2 (state), §3.2 (step mappings), §3.3 (Keccak-p[1600, 24]).
// Secret:  no: what is hashed is public here. Nothing branches or indexes by it nevertheless.
// Reads:   nothing. Read by: SHA3.
//
// The lane with the coordinates (x, y) has the number x + 5y (§3.1.2). The round is written out once over five planes
// of five lanes, and 24 turns of it are taken.

/// A plane: the five lanes with the same y.
private struct Plane {
    var x0, x1, x2, x3, x4: UInt64
}

/// The state of 1600 bits.
struct KeccakState: Sendable {
    private var lanes = InlineArray<25, UInt64>(repeating: 0)

    /// Combines a byte of a message with the state.
    ///
    /// - Requires: `index` is 0 to 199.
    mutating func absorb(_ byte: UInt8, at index: Int) {
        lanes[index >> 3] ^= UInt64(byte) << UInt64(8 * (index & 7))
    }

    /// Combines the eight bytes that begin at `offset` of a message with the lane that begins at byte `index`.
    ///
    /// - Requires: `index` is a multiple of 8 below 200.
    mutating func absorbLane(_ bytes: Span<UInt8>, _ offset: Int, at index: Int) {
        var lane: UInt64 = 0
        for place in 0..<8 { lane |= UInt64(bytes[offset &+ place]) << UInt64(8 &* place) }
        lanes[index >> 3] ^= lane
    }

    /// The lane that begins at byte `index`; its bytes are little-endian (§3.1.2).
    ///
    /// - Requires: `index` is 0 to 199.
    func lane(at index: Int) -> UInt64 {
        // The span avoids a copy of the state.
        let lanes = lanes.span
        return lanes[index >> 3]
    }

    /// §3.3: 24 rounds of ι(χ(π(ρ(θ(A))))).
    @export(interface)
    mutating func permute() {
        var (a, b, c, d, e) = (plane(0), plane(5), plane(10), plane(15), plane(20))
        for round in 0..<24 {
            // §3.2.1 θ steps 1 and 2: the parity of each column, then of two neighbours.
            let p = Plane(
                x0: a.x0 ^ b.x0 ^ c.x0 ^ d.x0 ^ e.x0, x1: a.x1 ^ b.x1 ^ c.x1 ^ d.x1 ^ e.x1,
                x2: a.x2 ^ b.x2 ^ c.x2 ^ d.x2 ^ e.x2, x3: a.x3 ^ b.x3 ^ c.x3 ^ d.x3 ^ e.x3,
                x4: a.x4 ^ b.x4 ^ c.x4 ^ d.x4 ^ e.x4)
            let t = Plane(
                x0: p.x4 ^ rotateLeft(p.x1, 1), x1: p.x0 ^ rotateLeft(p.x2, 1),
                x2: p.x1 ^ rotateLeft(p.x3, 1), x3: p.x2 ^ rotateLeft(p.x4, 1),
                x4: p.x3 ^ rotateLeft(p.x0, 1))
            // θ step 3; §3.2.2 ρ: each lane is rotated by its offset of Table 2; §3.2.3 π: the lane (x, y) comes from
            // (x + 3y, x); §3.2.4 χ works on a whole plane.
            let v = chi(
                a.x0 ^ t.x0,
                rotateLeft(b.x1 ^ t.x1, 44),
                rotateLeft(c.x2 ^ t.x2, 43),
                rotateLeft(d.x3 ^ t.x3, 21),
                rotateLeft(e.x4 ^ t.x4, 14))
            let w = chi(
                rotateLeft(a.x3 ^ t.x3, 28),
                rotateLeft(b.x4 ^ t.x4, 20),
                rotateLeft(c.x0 ^ t.x0, 3),
                rotateLeft(d.x1 ^ t.x1, 45),
                rotateLeft(e.x2 ^ t.x2, 61))
            let x = chi(
                rotateLeft(a.x1 ^ t.x1, 1),
                rotateLeft(b.x2 ^ t.x2, 6),
                rotateLeft(c.x3 ^ t.x3, 25),
                rotateLeft(d.x4 ^ t.x4, 8),
                rotateLeft(e.x0 ^ t.x0, 18))
            let y = chi(
                rotateLeft(a.x4 ^ t.x4, 27),
                rotateLeft(b.x0 ^ t.x0, 36),
                rotateLeft(c.x1 ^ t.x1, 10),
                rotateLeft(d.x2 ^ t.x2, 15),
                rotateLeft(e.x3 ^ t.x3, 56))
            let z = chi(
                rotateLeft(a.x2 ^ t.x2, 62),
                rotateLeft(b.x3 ^ t.x3, 55),
                rotateLeft(c.x4 ^ t.x4, 39),
                rotateLeft(d.x0 ^ t.x0, 41),
                rotateLeft(e.x1 ^ t.x1, 2))
            (a, b, c, d, e) = (v, w, x, y, z)
            // §3.2.5 ι.
            a.x0 ^= roundConstants[round]
        }
        setPlane(0, a)
        setPlane(5, b)
        setPlane(10, c)
        setPlane(15, d)
        setPlane(20, e)
    }

    private func plane(_ start: Int) -> Plane {
        Plane(
            x0: lanes[start], x1: lanes[start + 1], x2: lanes[start + 2], x3: lanes[start + 3],
            x4: lanes[start + 4])
    }

    private mutating func setPlane(_ start: Int, _ plane: Plane) {
        lanes[start] = plane.x0
        lanes[start + 1] = plane.x1
        lanes[start + 2] = plane.x2
        lanes[start + 3] = plane.x3
        lanes[start + 4] = plane.x4
    }
}

/// §3.2.4 χ: each lane is combined with the next two of its plane.
@inline(__always)
private func chi(_ x0: UInt64, _ x1: UInt64, _ x2: UInt64, _ x3: UInt64, _ x4: UInt64) -> Plane {
    Plane(
        x0: x0 ^ (~x1 & x2), x1: x1 ^ (~x2 & x3), x2: x2 ^ (~x3 & x4), x3: x3 ^ (~x4 & x0),
        x4: x4 ^ (~x0 & x1))
}

@inline(__always)
private func rotateLeft(_ x: UInt64, _ count: UInt64) -> UInt64 {
    x &<< count | x &>> (64 &- count)
}

/// §3.2.5: RC of each round, from the shift register of Algorithm 5.
private let roundConstants: InlineArray<24, UInt64> = [
    0x0000_0000_0000_0001, 0x0000_0000_0000_8082, 0x8000_0000_0000_808A, 0x8000_0000_8000_8000,
    0x0000_0000_0000_808B, 0x0000_0000_8000_0001, 0x8000_0000_8000_8081, 0x8000_0000_0000_8009,
    0x0000_0000_0000_008A, 0x0000_0000_0000_0088, 0x0000_0000_8000_8009, 0x0000_0000_8000_000A,
    0x0000_0000_8000_808B, 0x8000_0000_0000_008B, 0x8000_0000_0000_8089, 0x8000_0000_0000_8003,
    0x8000_0000_0000_8002, 0x8000_0000_0000_0080, 0x0000_0000_0000_800A, 0x8000_0000_8000_000A,
    0x8000_0000_8000_8081, 0x8000_0000_0000_8080, 0x0000_0000_8000_0001, 0x8000_0000_8000_8008,
]
