// PEM.swift - certificates in text.
//
// Spec:    RFC 7468 §2, §5; explanatory text around the blocks is allowed (§5.2).
// Secret:  no.
// Reads:   Bytes, X509Error. Read by: TrustAnchors, Bootstrap.

import Bytes

/// Finds the blocks `-----BEGIN CERTIFICATE-----` … `-----END CERTIFICATE-----` of a text. Blocks
/// of other labels and lines outside blocks are passed over.
struct PEMScanner: ~Escapable {
    private let text: Span<UInt8>
    private var position = 0

    private static let begin: StaticString = "-----BEGIN CERTIFICATE-----"
    private static let end: StaticString = "-----END CERTIFICATE-----"

    @_lifetime(copy text)
    init(_ text: Span<UInt8>) {
        self.text = text
    }

    /// Where the base 64 of the next block begins, or nil at the end of the text.
    ///
    /// - Throws: `pemForm` for an END without its BEGIN.
    mutating func nextBlockStart() throws(X509Error) -> Int? {
        while position < text.count {
            let line = position
            skipLine()
            // Only a line of dashes can be of interest: the others cost one comparison.
            guard text[line] == UInt8(ascii: "-") else { continue }
            if starts(Self.begin, at: line) { return position }
            guard !starts(Self.end, at: line) else { throw .pemForm(offset: line) }
        }
        return nil
    }

    /// The base 64 from `start` to its END line, which is then passed over.
    ///
    /// - Parameters:
    ///   - start: what `nextBlockStart` gave.
    ///   - byteCount: how many bytes the block is said to encode, or 0. With a true count and
    ///     lines of 64 the end is found without looking at the lines between.
    /// - Throws: `pemForm` for a block without END.
    mutating func endBlock(from start: Int, byteCount: Int) throws(X509Error) -> Range<Int> {
        let characterCount = (byteCount + 2) / 3 * 4
        let guess = start + characterCount + (characterCount + 63) / 64
        if byteCount > 0, guess < text.count, starts(Self.end, at: guess),
            text[guess - 1] == UInt8(ascii: "\n")
        {
            position = guess
            skipLine()
            return start..<guess
        }
        while position < text.count {
            let line = position
            skipLine()
            guard text[line] == UInt8(ascii: "-") else { continue }
            guard starts(Self.end, at: line) else { break }
            return start..<line
        }
        throw .pemForm(offset: start)
    }

    private mutating func skipLine() {
        while position < text.count, text[position] != UInt8(ascii: "\n") { position += 1 }
        if position < text.count { position += 1 }
    }

    private func starts(_ line: StaticString, at index: Int) -> Bool {
        bytesStart(text.extracting(index...), with: line)
    }
}

/// The bytes of a block's base 64, of which line ends and spaces around them are no part.
///
/// - Parameter limit: stop after this many characters; a multiple of four.
/// - Throws: what `Base64.decode` throws.
func decodePEM(_ block: Span<UInt8>, limit: Int = .max) throws(BytesError) -> [UInt8] {
    var digits: [UInt8] = []
    digits.reserveCapacity(min(block.count, limit))
    for index in block.indices {
        switch block[index] {
        case 0x0A, 0x0D, 0x20, 0x09: continue
        default: digits.append(block[index])
        }
        if digits.count == limit { break }
    }
    return try Base64.decode(digits.span)
}
