// ByteWriter.swift - appending integers and text to a byte array.
//
// Spec:    none; integers are big-endian, as in every protocol we write.
// Secret:  no.
// Reads:   nothing. Read by: every module that builds a message.
//
// Never inlined: there are a thousand calls, and each copy would weigh a hundred bytes.

extension [UInt8] {
    /// The bytes of a span.
    @inline(never) @_optimize(speed)
    public init(_ span: Span<UInt8>) {
        self.init(capacity: span.count) { output in copy(span, to: &output) }
    }

    /// The UTF-8 bytes of a literal.
    @inline(never)
    public init(_ text: StaticString) {
        self.init()
        append(text)
    }

    /// Appends the bytes of a span.
    @inline(never) @_optimize(speed)
    public mutating func append(_ span: Span<UInt8>) {
        append(addingCapacity: span.count) { output in copy(span, to: &output) }
    }

    /// Appends the UTF-8 bytes of a literal.
    @inline(never)
    public mutating func append(_ text: StaticString) {
        append(text.utf8Span)
    }

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

/// Appends the bytes of a span. Zeros first, then one block copy: `append` for each byte is
/// never turned into one.
@inline(__always)
private func copy(_ span: Span<UInt8>, to output: inout OutputSpan<UInt8>) {
    let start = output.count
    output.append(repeating: 0, count: span.count)
    var all = output.mutableSpan
    var target = all.extracting(start..<(start + span.count))
    copyBytes(span, to: &target)
}

@inline(never) @_optimize(speed)
private func copyBytes(_ span: Span<UInt8>, to target: inout MutableSpan<UInt8>) {
    for index in 0..<min(span.count, target.count) { target[index] = span[index] }
}
