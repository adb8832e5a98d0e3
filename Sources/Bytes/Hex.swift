// Hex.swift - base 16 encoding and decoding.
//
// Spec:    RFC 4648 §8.
// Secret:  no: decoding branches on its input.
// Reads:   HexDigit, BytesError. Read by: Conformance, logs, tests.

extension Hex {
    /// Encodes each byte as two hexadecimal digits in lower case.
    public static func encode(_ bytes: Span<UInt8>) -> [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity(2 * bytes.count)
        for index in bytes.indices {
            text.append(digit(bytes[index] >> 4))
            text.append(digit(bytes[index] & 0x0F))
        }
        return text
    }

    /// - Throws: `invalidLength` for an odd count; `invalidCharacter` with the offset of the character.
    public static func decode(_ text: Span<UInt8>) throws(BytesError) -> [UInt8] {
        guard text.count % 2 == 0 else { throw .invalidLength(count: text.count) }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count / 2)
        var index = 0
        while index < text.count {
            guard let high = value(text[index]) else { throw .invalidCharacter(offset: index) }
            guard let low = value(text[index + 1]) else { throw .invalidCharacter(offset: index + 1) }
            bytes.append(high << 4 | low)
            index += 2
        }
        return bytes
    }
}
