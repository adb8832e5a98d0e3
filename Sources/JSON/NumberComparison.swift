// NumberComparison.swift - converts a number to an integer, and compares it with one, exactly.
//
// Spec:    RFC 8259 §6.
// Secret:  no.
// Reads:   JSONNumber. Read by: Routes (ClaimTest), Settings.

extension JSONNumber {
    /// The value if it is an integer and fits into 64 bits, also when written as "1e3" or "10.0".
    public var integer: Int64? {
        let parts = wholeAndFraction
        guard let whole = parts.whole, !parts.hasFraction else { return nil }
        return whole
    }

    /// The result of a comparison with an integer. It is exact, also beyond 64 bits.
    public enum Order: Sendable, Equatable {
        case less, equal, greater
    }

    /// Compares the value with an integer.
    public func compared(with bound: Int64) -> Order {
        let parts = wholeAndFraction
        // A value that does not fit into 64 bits is greater or less than every bound, depending on its sign.
        guard let whole = parts.whole else { return isNegative ? .less : .greater }
        if whole != bound { return whole < bound ? .less : .greater }
        // The integer part was truncated towards zero, so a fraction lies further from zero.
        guard parts.hasFraction else { return .equal }
        return isNegative ? .less : .greater
    }
}
