// PEM.swift - certificates and public keys in text.
//
// Spec:    RFC 7468 §2, §5, §13; explanatory text around the blocks is allowed (§5.2).
// Secret:  no.
// Reads:   Bytes, X509Error. Read by: TrustAnchors, PublicKeyText.

import Bytes

/// The label of a block.
enum PEMLabel { case certificate, publicKey }

/// Finds the blocks `-----BEGIN CERTIFICATE-----` … `-----END CERTIFICATE-----` of a text, or those of a public key.
/// Blocks with other labels and lines outside blocks are skipped.
struct PEMScanner: ~Escapable {
    private let text: Span<UInt8>
    private var position = 0

    private let begin: StaticString
    private let end: StaticString

    @_lifetime(copy text)
    init(_ text: Span<UInt8>, _ label: PEMLabel = .certificate) {
        self.text = text
        switch label {
        case .certificate:
            (begin, end) = ("-----BEGIN CERTIFICATE-----", "-----END CERTIFICATE-----")
        case .publicKey:
            (begin, end) = ("-----BEGIN PUBLIC KEY-----", "-----END PUBLIC KEY-----")
        }
    }

    /// The start of the next block's base 64; nil at the end of the text.
    ///
    /// - Throws: `pemForm` for an END without its BEGIN.
    @inline(never)
    mutating func nextBlockStart() throws(X509Error) -> Int? {
        while position < text.count {
            let line = position
            skipLine()
            // Only a line that begins with a dash can be a boundary.
            guard text[line] == UInt8(ascii: "-") else { continue }
            if starts(begin, at: line) { return position }
            guard !starts(end, at: line) else { throw .pemForm(offset: line) }
        }
        return nil
    }

    /// The base 64 from `start` to its END line. The scanner continues after that line.
    ///
    /// - Parameters:
    ///   - start: the result of `nextBlockStart`.
    ///   - byteCount: the expected length of the decoded block, or 0. If it is right and lines have 64 characters, the END
    ///     line is found without reading the lines before it.
    /// - Throws: `pemForm` for a block without END line.
    @inline(never)
    mutating func endBlock(from start: Int, byteCount: Int) throws(X509Error) -> Range<Int> {
        let characterCount = (byteCount + 2) / 3 * 4
        let guess = start + characterCount + (characterCount + 63) / 64
        if byteCount > 0, guess < text.count, starts(end, at: guess),
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
            guard starts(end, at: line) else { break }
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

/// The decoded certificate blocks of a text, in order. Their contents are not parsed.
///
/// - Throws: `anchorFileTooLong` for a text above that limit; `pemForm` for a block without END and for invalid base 64;
///   `noAnchors` for a text without a block.
public func certificateBlocks(_ text: [UInt8]) throws(X509Error) -> [[UInt8]] {
    guard text.count <= X509Limits.anchorFileByteCount else {
        throw .anchorFileTooLong(limit: X509Limits.anchorFileByteCount, actual: text.count)
    }
    var scanner = PEMScanner(text.span)
    var blocks: [[UInt8]] = []
    while let start = try scanner.nextBlockStart() {
        let range = try scanner.endBlock(from: start, byteCount: 0)
        do throws(BytesError) { blocks.append(try decodePEM(text.span.extracting(range))) } catch {
            throw .pemForm(offset: start)
        }
    }
    guard !blocks.isEmpty else { throw .noAnchors }
    return blocks
}

/// Decodes a block's base 64, without its line ends and the spaces around them.
///
/// - Throws: the errors of `Base64.decode`.
func decodePEM(_ block: Span<UInt8>) throws(BytesError) -> [UInt8] {
    var digits: [UInt8] = []
    digits.reserveCapacity(block.count)
    for index in block.indices {
        switch block[index] {
        case 0x0A, 0x0D, 0x20, 0x09: continue
        default: digits.append(block[index])
        }
    }
    return try Base64.decode(digits.span)
}

/// The beginning of a block, decoded line by line on demand. Works only for lines of 64 characters with a line end of
/// one byte, as in nearly all files.
struct PEMHead {
    /// The bytes decoded so far, 48 a line, and room for more.
    private var buffer = [UInt8](repeating: 0, count: 1024)
    private var byteCount = 0
    private var position = 0

    init() {}

    var decoded: Span<UInt8> {
        @_lifetime(borrow self)
        get { buffer.span.extracting(..<byteCount) }
    }

    /// Starts with another block.
    mutating func restart(at start: Int) {
        byteCount = 0
        position = start
    }

    /// Decodes the next line; false when the line has another length or an invalid character.
    mutating func decodeLine(of text: Span<UInt8>) -> Bool {
        guard text.count - position > 64, text[position + 64] == UInt8(ascii: "\n") else { return false }
        let values = digitValues.span
        if buffer.count < byteCount + 48 { buffer += [UInt8](repeating: 0, count: buffer.count) }
        let (lineStart, start) = (position, byteCount)
        var bytes = buffer.mutableSpan
        // A value above 63 sets a bit that valid values do not have.
        var faults: UInt32 = 0
        for group in 0..<16 {
            let source = lineStart + 4 * group
            let a = UInt32(values[Int(text[source])])
            let b = UInt32(values[Int(text[source + 1])])
            let c = UInt32(values[Int(text[source + 2])])
            let d = UInt32(values[Int(text[source + 3])])
            faults |= a | b | c | d
            let three = a << 18 | b << 12 | c << 6 | d
            bytes[start + 3 * group] = UInt8(truncatingIfNeeded: three >> 16)
            bytes[start + 3 * group + 1] = UInt8(truncatingIfNeeded: three >> 8)
            bytes[start + 3 * group + 2] = UInt8(truncatingIfNeeded: three)
        }
        byteCount += 48
        position += 65
        return faults < 64
    }
}

/// The values of the standard base 64 alphabet (RFC 4648 §4); 64 for every other character.
private let digitValues: [UInt8] = {
    var values = [UInt8](repeating: 64, count: 256)
    for value in UInt8(0)..<26 {
        values[Int(0x41 + value)] = value
        values[Int(0x61 + value)] = value + 26
    }
    for value in UInt8(0)..<10 { values[Int(0x30 + value)] = value + 52 }
    values[0x2B] = 62
    values[0x2F] = 63
    return values
}()
