// Hex.swift - base 16.
//
// Spec:    RFC 4648 §8.
// Secret:  no: decoding branches on its input.
// Reads:   BytesError. Read by: Conformance, logs, tests.

/// Base 16 (RFC 4648 §8). Writes small letters, reads both cases.
public enum Hex {
    /// Two small hexadecimal digits per byte.
    public static func encode(_ bytes: Span<UInt8>) -> [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity(2 * bytes.count)
        for index in bytes.indices {
            text.append(digit(bytes[index] >> 4))
            text.append(digit(bytes[index] & 0x0F))
        }
        return text
    }

    /// - Throws: `invalidLength` for an odd count, `invalidCharacter` at its position.
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

    /// The digit of a value below 16.
    public static func digit(_ value: UInt8) -> UInt8 {
        value < 10 ? 0x30 + value : 0x61 + (value - 10)
    }

    /// The value of a digit of either case, or nil.
    public static func value(_ digit: UInt8) -> UInt8? {
        switch digit {
        case 0x30...0x39: digit - 0x30
        case 0x41...0x46: digit - 0x41 + 10
        case 0x61...0x66: digit - 0x61 + 10
        default: nil
        }
    }
}
