// BigIntError.swift - what can be wrong with a number.
//
// Spec:    none.
// Secret:  no. Counts and positions only, never a value.
// Reads:   nothing. Read by: the rest of BigInt, RSA.

/// Why a number could not be read, written or computed. Positions count from 0.
public enum BigIntError: Error, Equatable, Sendable {
    /// The text has no digit.
    case emptyText
    /// The character at `offset` is not a digit of the base.
    case invalidDigit(offset: Int)
    /// The value needs `needed` bytes and was to be written into `available`.
    case doesNotFit(needed: Int, available: Int)
    /// The difference would be below zero.
    case negativeDifference
    /// The divisor is zero.
    case divisionByZero
    /// Montgomery arithmetic needs an odd modulus.
    case evenModulus
    /// A modulus is 3 or more.
    case modulusTooSmall
    /// The value is not in 0 ..< modulus.
    case notBelowModulus

    /// A stable word for logs.
    public var reasonCode: StaticString {
        switch self {
        case .emptyText: "number_text_empty"
        case .invalidDigit: "number_digit"
        case .doesNotFit: "number_does_not_fit"
        case .negativeDifference: "number_negative"
        case .divisionByZero: "number_division_by_zero"
        case .evenModulus: "modulus_even"
        case .modulusTooSmall: "modulus_too_small"
        case .notBelowModulus: "number_not_below_modulus"
        }
    }
}
