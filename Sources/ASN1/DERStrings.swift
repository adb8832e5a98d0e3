// DERStrings.swift - checks that the characters of a string are allowed in its type.
//
// Spec:    X.680 §41 (the types), RFC 3629 §4 (UTF-8).
// Secret:  no.
// Reads:   DERReader, DERTag, DERError. Read by: X509.

extension DERValue {
    /// Whether the type is one of the character string types used in names.
    public var isString: Bool {
        switch tag {
        case .utf8String, .numericString, .printableString, .teletexString, .ia5String, .visibleString,
            .universalString, .bmpString:
            true
        default: false
        }
    }

    /// Throws an error if a character is not allowed in the string's type. TeletexString is not checked, because its
    /// character set is not a fixed one.
    ///
    /// - Throws: `stringCharacter`.
    public func checkCharacters() throws(DERError) {
        let isValid =
            switch tag {
            case .utf8String: isUTF8(content)
            case .numericString: allBytes(content) { $0 == 0x20 || (0x30...0x39).contains($0) }
            case .printableString: allBytes(content, isPrintable)
            case .ia5String: allBytes(content) { $0 < 0x80 }
            case .visibleString: allBytes(content) { (0x20...0x7E).contains($0) }
            case .universalString: content.count % 4 == 0
            case .bmpString: content.count % 2 == 0
            default: true
            }
        guard isValid else { throw .stringCharacter(offset: encodedRange.lowerBound) }
    }
}

private func allBytes(_ bytes: Span<UInt8>, _ isAllowed: (UInt8) -> Bool) -> Bool {
    for index in bytes.indices where !isAllowed(bytes[index]) { return false }
    return true
}

/// Letters, digits, space and `'()+,-./:=?` (X.680 §41.4), and in addition `&`, `*`, `@`, `_`, which public
/// certification authorities have used in this type for decades.
private func isPrintable(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x41...0x5A, 0x61...0x7A, 0x30...0x39, 0x20, 0x27...0x29, 0x2B...0x2F, 0x3A, 0x3D, 0x3F: true
    case 0x26, 0x2A, 0x40, 0x5F: true
    default: false
    }
}

/// Whether the bytes are well-formed UTF-8: no overlong forms, no surrogates, nothing past U+10FFFF.
private func isUTF8(_ bytes: Span<UInt8>) -> Bool {
    var index = 0
    while index < bytes.count {
        let first = bytes[index]
        // The number of following bytes, the payload bits of the first byte, and the least scalar of this length.
        let (followCount, payload, least): (Int, UInt32, UInt32) =
            switch first {
            case 0x00...0x7F: (0, UInt32(first), 0)
            case 0xC0...0xDF: (1, UInt32(first & 0x1F), 0x80)
            case 0xE0...0xEF: (2, UInt32(first & 0x0F), 0x800)
            case 0xF0...0xF7: (3, UInt32(first & 0x07), 0x10000)
            default: (-1, 0, 0)
            }
        guard followCount >= 0, index + followCount < bytes.count else { return false }
        var scalar = payload
        for next in (index + 1)..<(index + 1 + followCount) {
            guard bytes[next] & 0xC0 == 0x80 else { return false }
            scalar = scalar << 6 | UInt32(bytes[next] & 0x3F)
        }
        guard scalar >= least, scalar <= 0x10FFFF, !(0xD800...0xDFFF).contains(scalar) else { return false }
        index += followCount + 1
    }
    return true
}
