// HexDigit.swift - one digit of base 16.
//
// Spec:    RFC 4648 §8.
// Secret:  no: both functions branch on their input.
// Reads:   nothing. Read by: Hex; most modules.

/// Base 16 (RFC 4648 §8). Writes lower case, reads both cases.
public enum Hex {
    /// The digit for a value below 16.
    public static func digit(_ value: UInt8) -> UInt8 {
        value < 10 ? 0x30 + value : 0x61 + (value - 10)
    }

    /// The value of a digit in either case; nil for any other byte.
    public static func value(_ digit: UInt8) -> UInt8? {
        switch digit {
        case 0x30...0x39: digit - 0x30
        case 0x41...0x46: digit - 0x41 + 10
        case 0x61...0x66: digit - 0x61 + 10
        default: nil
        }
    }
}
