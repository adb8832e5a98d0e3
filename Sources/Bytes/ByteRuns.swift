// ByteRuns.swift - how far a run of bytes of one kind reaches, eight bytes at a time.
//
// Spec:    none; the byte tests within a word are those of Hacker's Delight, 6-1.
// Secret:  no: stops at the first byte that ends the run.
// Reads:   nothing. Read by: JSON, HTTP, JOSE, ByteComparison.
//
// A test of a whole word sets the top bit of each byte that it is about. A borrow can set
// it wrongly, but only above a byte where it is set rightly: the lowest one is exact.

extension Span<UInt8> {
    /// Eight bytes as one integer, the first one lowest.
    ///
    /// - Requires: eight bytes from `offset` on.
    @inline(__always)
    func littleEndianWord(at offset: Int) -> UInt64 {
        let word = extracting(offset..<(offset + 8))
        return UInt64(word[0]) | UInt64(word[1]) << 8 | UInt64(word[2]) << 16 | UInt64(word[3]) << 24
            | UInt64(word[4]) << 32 | UInt64(word[5]) << 40 | UInt64(word[6]) << 48 | UInt64(word[7]) << 56
    }

    /// The place of the first byte of a value from `start` on; the count if there is none.
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

    /// The place of the first byte from `start` on that does not stand for itself in a JSON
    /// text: a control character, `"`, `\`, DEL, or what is no ASCII; the count if there is none.
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

    /// The place of the first byte from `start` on that no token of an Authorization header holds:
    /// not `ALPHA / DIGIT / "-" / "." / "_" / "~" / "+" / "/" / "="`; the count if there is none.
    ///
    /// - Source: RFC 9110 §11.2, `token68`; RFC 6750 §2.1, `b64token`.
    @inline(never) @_optimize(speed)
    public func token68End(from start: Int) -> Int {
        var index = start
        // Blocks without a branch: the compiler makes vector instructions of them.
        while count - index >= 16 {
            let block = extracting(index..<(index + 16))
            var others: UInt8 = 0
            for place in 0..<16 { others |= otherThanToken68(block[place]) }
            if others != 0 { break }
            index += 16
        }
        while index < count, otherThanToken68(self[index]) == 0 { index += 1 }
        return index
    }

    /// The place of the first CR, LF or NUL from `start` on; the count if there is none.
    @inline(never) @_optimize(speed)
    public func lineEnd(from start: Int) -> Int {
        var index = start
        while count - index >= 8 {
            let word = littleEndianWord(at: index)
            let found =
                matches(word, 0x0D) | matches(word, 0x0A) | matches(word, 0)
            if found != 0 { return index + found.trailingZeroBitCount / 8 }
            index += 8
        }
        while index < count, self[index] != 0x0D, self[index] != 0x0A, self[index] != 0 { index += 1 }
        return index
    }
}

private let topBits: UInt64 = 0x8080_8080_8080_8080

/// The top bit of each byte of a word that has a value; exact up to the lowest one.
@inline(__always)
private func matches(_ word: UInt64, _ byte: UInt8) -> UInt64 {
    let difference = word ^ UInt64(byte) &* 0x0101_0101_0101_0101
    return (difference &- 0x0101_0101_0101_0101) & ~difference & topBits
}

/// 0 for a byte of a token68, else 1.
@inline(__always)
private func otherThanToken68(_ byte: UInt8) -> UInt8 {
    let letter: UInt8 = (byte | 0x20) &- 0x61 < 26 ? 1 : 0
    // "-", ".", "/" and the digits stand side by side.
    let digit: UInt8 = byte &- 0x2D < 13 ? 1 : 0
    let sign: UInt8 = byte == 0x5F || byte == 0x7E || byte == 0x2B || byte == 0x3D ? 1 : 0
    return (letter | digit | sign) ^ 1
}
