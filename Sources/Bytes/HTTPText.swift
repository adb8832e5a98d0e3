// HTTPText.swift - line endings, and the white space around a value.
//
// Spec:    RFC 9112 §2.2 (line endings), RFC 9110 §5.6.3 (OWS).
// Secret:  no: the search stops at the first byte that ends the run.
// Reads:   ByteRuns. Read by: HTTP, URI (ProxyRules).

extension Span<UInt8> {
    /// The index of the first CR, LF or NUL at or after `start`; the count if there is no such byte.
    @inline(never) @_optimize(speed)
    public func lineEnd(from start: Int) -> Int {
        var index = start
        while count - index >= 8 {
            let word = littleEndianWord(at: index)
            let found =
                matches(word, 0x0D) | matches(word, 0x0A) | matches(word, 0)
            if found != 0 { return index + found.trailingZeroBitCount / 8 }
            index += 8
        }
        while index < count, self[index] != 0x0D, self[index] != 0x0A, self[index] != 0 { index += 1 }
        return index
    }
}

/// A text without leading and trailing spaces and tabs (RFC 9110 §5.6.3, OWS).
@_lifetime(copy text)
public func trimmed(_ text: Span<UInt8>) -> Span<UInt8> {
    var start = 0
    var end = text.count
    while start < end, text[start] == 0x20 || text[start] == 0x09 { start += 1 }
    while end > start, text[end - 1] == 0x20 || text[end - 1] == 0x09 { end -= 1 }
    return text.extracting(start..<end)
}
