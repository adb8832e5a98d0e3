// Token68.swift - finds the end of a run of token68 characters.
//
// Spec:    RFC 9110 §11.2 (token68); RFC 6750 §2.1 (b64token).
// Secret:  no: the search stops at the first byte that ends the run.
// Reads:   nothing. Read by: Events (PresentedToken).

extension Span<UInt8> {
    /// The index of the first byte at or after `start` that is not a token68 character:
    /// `ALPHA / DIGIT / "-" / "." / "_" / "~" / "+" / "/" / "="`. The count if there is no such byte.
    ///
    /// - Source: RFC 9110 §11.2, `token68`; RFC 6750 §2.1, `b64token`.
    @inline(never) @_optimize(speed)
    public func token68End(from start: Int) -> Int {
        var index = start
        // Blocks of 16 without a branch, which the compiler vectorises.
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
}

/// 0 for a token68 character, else 1.
@inline(__always)
private func otherThanToken68(_ byte: UInt8) -> UInt8 {
    let letter: UInt8 = (byte | 0x20) &- 0x61 < 26 ? 1 : 0
    // "-", "." and "/" directly precede the digits in ASCII.
    let digit: UInt8 = byte &- 0x2D < 13 ? 1 : 0
    let sign: UInt8 = byte == 0x5F || byte == 0x7E || byte == 0x2B || byte == 0x3D ? 1 : 0
    return (letter | digit | sign) ^ 1
}
