// BigIntError.swift - the errors of this module.
//
// Spec:    none.
// Secret:  no. Counts and positions only, never a value.
// Reads:   nothing. Read by: the rest of BigInt; RSA, Conformance.

/// Why a number could not be parsed, encoded or computed. Offsets count from 0.
public enum BigIntError: Error, Equatable, Sendable {
    /// The text contains no digit.
    case emptyText
    /// The character at `offset` is not a digit of the base.
    case invalidDigit(offset: Int)
    /// The value needs `needed` bytes, but only `available` are available.
    case doesNotFit(needed: Int, available: Int)
    /// The difference would be negative.
    case negativeDifference
    /// The divisor is zero.
    case divisionByZero
    /// Montgomery arithmetic needs an odd modulus.
    case evenModulus
    /// The modulus is less than 3.
    case modulusTooSmall
    /// The value is not in 0 ..< modulus.
    case notBelowModulus
}
