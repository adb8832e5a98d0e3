// NaturalText.swift - numbers as hexadecimal and decimal text.
//
// Spec:    none; Knuth, The Art of Computer Programming 2, §4.4, methods 1a and 1b, in base 10^19.
// Secret:  no.
// Reads:   Natural, Division, LimbArithmetic, BigIntError. Read by: tests, Conformance.
//
// Text is ASCII bytes, because Swift's String adds tens of kilobytes of tables to the release binary.

extension Natural {
    /// The value of hexadecimal digits in either case, without a prefix. Leading zeros are allowed.
    ///
    /// - Throws: `emptyText`, `invalidDigit`.
    public init(hexadecimal text: Span<UInt8>) throws(BigIntError) {
        guard text.count > 0 else { throw .emptyText }
        var limbs = [UInt64](repeating: 0, count: (text.count + 15) / 16)
        for offset in text.indices {
            guard let digit = digitValue(text[offset], base: 16) else { throw .invalidDigit(offset: offset) }
            let weight = text.count - 1 - offset
            limbs[weight / 16] |= digit << UInt64(weight % 16 * 4)
        }
        self.init(limbs: limbs)
    }

    /// The shortest hexadecimal text in lower case; zero is "0".
    public var hexadecimal: [UInt8] {
        var text: [UInt8] = []
        var weight = max((bitCount + 3) / 4, 1)
        while weight > 0 {
            weight -= 1
            let limb = weight / 16 < limbs.count ? limbs[weight / 16] : 0
            let digit = UInt8(truncatingIfNeeded: limb >> UInt64(weight % 16 * 4)) & 0x0F
            text.append(digit < 10 ? 0x30 + digit : 0x61 + (digit - 10))
        }
        return text
    }

    /// The value of decimal digits. Leading zeros are allowed.
    ///
    /// - Throws: `emptyText`, `invalidDigit`.
    public init(decimal text: Span<UInt8>) throws(BigIntError) {
        guard text.count > 0 else { throw .emptyText }
        var limbs: [UInt64] = []
        var offset = 0
        while offset < text.count {
            // limbs = limbs * 10^k + the next k digits, k <= 19.
            let end = min(offset + decimalChunkDigits, text.count)
            var chunk: UInt64 = 0
            var scale: UInt64 = 1
            while offset < end {
                guard let digit = digitValue(text[offset], base: 10) else {
                    throw .invalidDigit(offset: offset)
                }
                chunk = chunk * 10 + digit
                scale *= 10
                offset += 1
            }
            var carry = chunk
            for index in limbs.indices { limbs[index] = multiplyAdd(limbs[index], scale, 0, &carry) }
            if carry != 0 { limbs.append(carry) }
        }
        self.init(limbs: limbs)
    }

    /// The shortest decimal text; zero is "0".
    public var decimal: [UInt8] {
        // Chunks of 19 digits, the least significant one first. The text is reversed at the end.
        var reversed: [UInt8] = []
        var rest = self
        repeat {
            var chunk: UInt64
            (rest, chunk) = rest.dividedByLimb(decimalChunk)
            for _ in 0..<decimalChunkDigits {
                if rest.isZero && chunk == 0 && !reversed.isEmpty { break }
                reversed.append(0x30 + UInt8(truncatingIfNeeded: chunk % 10))
                chunk /= 10
            }
        } while !rest.isZero
        return reversed.reversed()
    }
}

/// The value of an ASCII digit of the base; nil for any other character.
private func digitValue(_ character: UInt8, base: UInt8) -> UInt64? {
    let value: UInt8
    switch character {
    case 0x30...0x39: value = character - 0x30
    case 0x41...0x46: value = character - 0x41 + 10
    case 0x61...0x66: value = character - 0x61 + 10
    default: return nil
    }
    return value < base ? UInt64(value) : nil
}

/// The largest power of ten below 2^64, and its exponent.
private let decimalChunk: UInt64 = 10_000_000_000_000_000_000
private let decimalChunkDigits = 19
