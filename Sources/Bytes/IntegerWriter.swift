// IntegerWriter.swift - appends integers to a byte array.
//
// Spec:    none; integers are big-endian, as in every protocol we write.
// Secret:  no.
// Reads:   nothing. Read by: every module that builds a message.

extension [UInt8] {
    /// Appends an integer in decimal ASCII.
    @inline(never)
    public mutating func append(decimal value: Int64) {
        if value < 0 { append(0x2D) }
        var digits = InlineArray<20, UInt8>(repeating: 0)
        var magnitude = value.magnitude
        var start = 20
        repeat {
            start -= 1
            digits[start] = 0x30 + UInt8(truncatingIfNeeded: magnitude % 10)
            magnitude /= 10
        } while magnitude > 0
        for index in start..<20 { append(digits[index]) }
    }

    /// Appends an integer in decimal ASCII.
    public mutating func append(decimal value: Int) {
        append(decimal: Int64(value))
    }

    /// Appends the low `byteCount` bytes of an integer, big-endian.
    public mutating func append(bigEndian value: UInt64, byteCount: Int) {
        precondition((0...8).contains(byteCount))
        for shift in (0..<byteCount).reversed() {
            append(UInt8(truncatingIfNeeded: value >> UInt64(8 * shift)))
        }
    }
}
