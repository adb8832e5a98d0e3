// ByteRuns.swift - finds the end of a run of bytes, eight bytes at a time.
//
// Spec:    none; the byte tests within a word are those of Hacker's Delight, 6-1.
// Secret:  a search stops at the first byte that ends the run: never over secrets. A word's bytes may be secret, its offset is not.
// Reads:   nothing. Read by: JSON, Events, URI, JOSE, ByteComparison, Token68, HTTPText; KeyAgreement.
//
// A test of a whole word sets the top bit of each matching byte. A borrow can also set the top bit of a byte that does
// not match, but only above a byte that does. The lowest set bit is therefore always correct.

extension Span<UInt8> {
    /// Eight bytes as one integer; the first byte is the least significant.
    ///
    /// - Requires: at least eight bytes from `offset` on.
    @inline(__always)
    package func littleEndianWord(at offset: Int) -> UInt64 {
        let word = extracting(offset..<(offset + 8))
        return UInt64(word[0]) | UInt64(word[1]) << 8 | UInt64(word[2]) << 16 | UInt64(word[3]) << 24
            | UInt64(word[4]) << 32 | UInt64(word[5]) << 40 | UInt64(word[6]) << 48 | UInt64(word[7]) << 56
    }

    /// The index of the first byte with this value at or after `start`; the count if there is no such byte.
    @inline(never) @_optimize(speed)
    public func firstIndex(of byte: UInt8, from start: Int = 0) -> Int {
        var index = start
        while count - index >= 8 {
            let found = matches(littleEndianWord(at: index), byte)
            if found != 0 { return index + found.trailingZeroBitCount / 8 }
            index += 8
        }
        while index < count, self[index] != byte { index += 1 }
        return index
    }

    /// The index of the first byte at or after `start` that cannot be copied unchanged into a JSON string: a control
    /// character, `"`, `\`, DEL, or a byte outside ASCII. The count if there is no such byte.
    @inline(never) @_optimize(speed)
    public func plainTextEnd(from start: Int) -> Int {
        var index = start
        while count - index >= 8 {
            let word = littleEndianWord(at: index)
            let found =
                (word | (word &- 0x2020_2020_2020_2020)) & topBits
                | matches(word, 0x22) | matches(word, 0x5C)
                | matches(word, 0x7F)
            if found != 0 { return index + found.trailingZeroBitCount / 8 }
            index += 8
        }
        while index < count {
            let byte = self[index]
            if byte < 0x20 || byte >= 0x7F || byte == 0x22 || byte == 0x5C { return index }
            index += 1
        }
        return index
    }
}

let topBits: UInt64 = 0x8080_8080_8080_8080

/// Sets the top bit of each byte that has this value; correct up to the lowest set bit.
@inline(__always)
func matches(_ word: UInt64, _ byte: UInt8) -> UInt64 {
    let difference = word ^ UInt64(byte) &* 0x0101_0101_0101_0101
    return (difference &- 0x0101_0101_0101_0101) & ~difference & topBits
}
