// ReasonCodes.swift - the stable reason code of each error.
//
// Spec:    none.
// Secret:  no.
// Reads:   BigIntError. Read by: Conformance.

extension BigIntError {
    /// A stable code for logs.
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
