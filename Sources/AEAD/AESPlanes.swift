// AESPlanes.swift - eight AES blocks in bitsliced form: eight planes of bits.
//
// Spec:    FIPS 197 §3.4 (the state), §5.1.2 (ShiftRows), §5.1.3 (MixColumns), §5.1.4 (AddRoundKey).
// Secret:  everything. Shifts and masks are constants; no branch and no index depends on the data.
// Reads:   AESSubBytes. Read by: AESKey, AESGCM.
//
// The position of a byte: each half of a plane (one UInt64) contains four blocks. Bit 16·row + 4·column + block of
// plane i is bit i of the byte (row, column) of that block's state. ShiftRows therefore rotates each 16-bit lane (a
// row) by 4 bits per column. For MixColumns, the next row is obtained by rotating the whole 64-bit half by 16 bits.

/// Eight blocks in bitsliced form: blocks 0 to 3 in the first half, 4 to 7 in the second.
struct AESPlanes {
    var planes = InlineArray<8, Plane>(repeating: Plane(repeating: 0))

    /// - Parameter columns: 32 words; word 4·b + c is column c of block b, little-endian.
    init(columns: borrowing InlineArray<32, UInt32>) {
        // Word k of a half is (c0, block): the bytes of columns c0 and c0 + 2 alternate, so that byte lane j is (row,
        // c1). Transposing the bits within each byte lane then gives the planes.
        for k in 0..<8 {
            let block = k & 3
            let c0 = k >> 2
            let first = 4 * block + c0
            let second = 16 + first
            planes[k] = Plane(
                interleave(columns[first], columns[first + 2]),
                interleave(columns[second], columns[second + 2]))
        }
        transpose()
    }

    /// Converts back to columns, in the order of `init`.
    func columns() -> InlineArray<32, UInt32> {
        var copy = self
        copy.transpose()
        var columns = InlineArray<32, UInt32>(repeating: 0)
        for k in 0..<8 {
            let first = 4 * (k & 3) + (k >> 2)
            (columns[first], columns[first + 2]) = deinterleave(copy.planes[k][0])
            (columns[16 + first], columns[18 + first]) = deinterleave(copy.planes[k][1])
        }
        return columns
    }

    /// AddRoundKey, with the sixteen limbs of a round in an expanded key.
    @inline(__always)
    mutating func add(_ keys: Span<UInt64>, round: Int) {
        for i in 0..<8 {
            planes[i] ^= Plane(keys[16 &* round &+ 2 &* i], keys[16 &* round &+ 2 &* i &+ 1])
        }
    }

    @inline(__always)
    mutating func shiftRows() {
        // Row r rotates left by r columns, which rotates its lane right by 4·r bits.
        for i in 0..<8 {
            let x = planes[i]
            let row0 = x & Plane(repeating: 0x0000_0000_0000_FFFF)
            let row1 =
                ((x &>> 4) & Plane(repeating: 0x0000_0000_0FFF_0000))
                | ((x &<< 12) & Plane(repeating: 0x0000_0000_F000_0000))
            let row2 =
                ((x &>> 8) & Plane(repeating: 0x0000_00FF_0000_0000))
                | ((x &<< 8) & Plane(repeating: 0x0000_FF00_0000_0000))
            let row3 =
                ((x &>> 12) & Plane(repeating: 0x000F_0000_0000_0000))
                | ((x &<< 4) & Plane(repeating: 0xFFF0_0000_0000_0000))
            planes[i] = row0 | row1 | row2 | row3
        }
    }

    /// MixColumns: 2·a + 3·b + c + d, where b, c and d are the next rows.
    @inline(__always)
    mutating func mixColumns() {
        // 2·a + 3·b + c + d = 2·(a + b) + b + (c + d). Multiplying by 2 moves each plane up by one. The carry out of
        // plane 7 is added as 0x1B in planes 0, 1, 3 and 4.
        let q = planes
        var sum = InlineArray<8, Plane>(repeating: Plane(repeating: 0))
        for i in 0..<8 { sum[i] = q[i] ^ nextRow(q[i]) }
        let carry = sum[7]
        for i in 0..<8 {
            let doubled: Plane =
                switch i {
                case 0: carry
                case 1, 3, 4: sum[i - 1] ^ carry
                default: sum[i - 1]
                }
            // c + d is the sum two rows further on.
            planes[i] = doubled ^ nextRow(q[i]) ^ nextRow(nextRow(sum[i]))
        }
    }

    @inline(__always)
    private func nextRow(_ x: Plane) -> Plane {
        (x &>> 16) | (x &<< 48)
    }

    /// Transposes the 8 by 8 bits of each byte lane over the eight words.
    @inline(__always)
    private mutating func transpose() {
        exchange(0, 1, 0x5555_5555_5555_5555, 1)
        exchange(2, 3, 0x5555_5555_5555_5555, 1)
        exchange(4, 5, 0x5555_5555_5555_5555, 1)
        exchange(6, 7, 0x5555_5555_5555_5555, 1)
        exchange(0, 2, 0x3333_3333_3333_3333, 2)
        exchange(1, 3, 0x3333_3333_3333_3333, 2)
        exchange(4, 6, 0x3333_3333_3333_3333, 2)
        exchange(5, 7, 0x3333_3333_3333_3333, 2)
        exchange(0, 4, 0x0F0F_0F0F_0F0F_0F0F, 4)
        exchange(1, 5, 0x0F0F_0F0F_0F0F_0F0F, 4)
        exchange(2, 6, 0x0F0F_0F0F_0F0F_0F0F, 4)
        exchange(3, 7, 0x0F0F_0F0F_0F0F_0F0F, 4)
    }

    /// Swaps the high bits of each group in word a with the low bits in word b.
    @inline(__always)
    private mutating func exchange(_ a: Int, _ b: Int, _ low: UInt64, _ shift: UInt64) {
        let mask = Plane(repeating: low)
        let distance = Plane(repeating: shift)
        let difference = ((planes[a] &>> distance) ^ planes[b]) & mask
        planes[b] ^= difference
        planes[a] ^= difference &<< distance
    }
}

/// Interleaves the bytes of two words: a0 b0 a1 b1 a2 b2 a3 b3.
@inline(__always)
private func interleave(_ a: UInt32, _ b: UInt32) -> UInt64 {
    spread(a) | spread(b) << 8
}

@inline(__always)
private func spread(_ word: UInt32) -> UInt64 {
    var x = UInt64(word)
    x = (x | x << 16) & 0x0000_FFFF_0000_FFFF
    return (x | x << 8) & 0x00FF_00FF_00FF_00FF
}

@inline(__always)
private func deinterleave(_ x: UInt64) -> (UInt32, UInt32) {
    (gather(x), gather(x >> 8))
}

@inline(__always)
private func gather(_ word: UInt64) -> UInt32 {
    var x = word & 0x00FF_00FF_00FF_00FF
    x = (x | x >> 8) & 0x0000_FFFF_0000_FFFF
    return UInt32(truncatingIfNeeded: x | x >> 16)
}
