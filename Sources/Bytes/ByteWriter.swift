// ByteWriter.swift - appends text to a byte array.
//
// Spec:    none.
// Secret:  no.
// Reads:   nothing. Read by: every module that builds a message.
//
// Never inlined: there are about a thousand calls, and each inlined copy would add a hundred bytes to the binary.

extension [UInt8] {
    /// An array with the bytes of a span.
    @inline(never) @_optimize(speed)
    public init(_ span: Span<UInt8>) {
        self.init(capacity: span.count) { output in copy(span, to: &output) }
    }

    /// An array with the UTF-8 bytes of a literal.
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
}

/// Appends the bytes of a span: zeros first, then one block copy. The compiler does not turn an `append` per byte into
/// a block copy.
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
