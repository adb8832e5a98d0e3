// Base64.swift - base 64 in its two alphabets, strict.
//
// Spec:    RFC 4648 §4 (standard, padded) and §5 (URL-safe; without padding, RFC 7515 §2).
// Secret:  no: decoding looks values up by its input.
// Reads:   BytesError. Read by: JOSE (tokens, keys), X509 (PEM).
//
// One text for each byte string: padding is either required or refused, white space is
// never skipped (§3.3), and the unused bits of the last character must be zero (§3.5). One
// exception: `Base64URL.decode(_:padded:)` takes a text with all of its padding and without any.

/// Base 64 with the standard alphabet and required padding (RFC 4648 §4).
public enum Base64 {
    /// The bytes of a padded text.
    ///
    /// - Throws: `invalidLength`, `invalidPadding`, `invalidCharacter`, `nonCanonicalTrailingBits`.
    public static func decode(_ text: Span<UInt8>) throws(BytesError) -> [UInt8] {
        try decodePadded(text, alphabet: .standard)
    }

    /// The padded text of the bytes.
    public static func encode(_ bytes: Span<UInt8>) -> [UInt8] {
        var text = encodeDigits(bytes, alphabet: .standard)
        while text.count % 4 != 0 { text.append(0x3D) }
        return text
    }
}

/// Base 64 with the URL-safe alphabet and without padding (RFC 4648 §5, RFC 7515 §2).
public enum Base64URL {
    /// The bytes of an unpadded text.
    ///
    /// - Throws: `invalidLength`, `invalidCharacter` (padding and white space are such), `nonCanonicalTrailingBits`.
    public static func decode(_ text: Span<UInt8>) throws(BytesError) -> [UInt8] {
        try decodeDigits(text, alphabet: .urlSafe)
    }

    /// The same of a text that may have its padding, whole, as those of AWS's load balancers do.
    ///
    /// - Parameter padded: whether it may.
    /// - Throws: as above; `invalidLength`, `invalidPadding` for padding that is not as §4 has it.
    public static func decode(_ text: Span<UInt8>, padded: Bool) throws(BytesError) -> [UInt8] {
        guard padded, text.count > 0, text[text.count - 1] == 0x3D else { return try decode(text) }
        return try decodePadded(text, alphabet: .urlSafe)
    }

    /// The unpadded text of the bytes.
    public static func encode(_ bytes: Span<UInt8>) -> [UInt8] {
        encodeDigits(bytes, alphabet: .urlSafe)
    }
}

/// The two characters in which the alphabets differ.
private enum Base64Alphabet {
    case standard, urlSafe
}

/// §4: with one or two `=` where the last group is short, and none elsewhere.
private func decodePadded(_ text: Span<UInt8>, alphabet: Base64Alphabet) throws(BytesError) -> [UInt8] {
    guard text.count % 4 == 0 else { throw .invalidLength(count: text.count) }
    var padding = 0
    while padding < 2, padding < text.count, text[text.count - 1 - padding] == 0x3D { padding += 1 }
    do {
        return try decodeDigits(text.extracting(0..<(text.count - padding)), alphabet: alphabet)
    } catch .invalidCharacter(let offset) where text[offset] == 0x3D {
        throw .invalidPadding
    }
}

private func decodeDigits(_ text: Span<UInt8>, alphabet: Base64Alphabet) throws(BytesError) -> [UInt8] {
    // Four characters hold three bytes; a rest of one character holds no whole byte.
    guard text.count % 4 != 1 else { throw .invalidLength(count: text.count) }
    let table = alphabet == .standard ? standardValues : urlSafeValues
    let groups = text.count / 4
    var bytes = [UInt8](repeating: 0, count: groups * 3)
    bytes.reserveCapacity(groups * 3 + 2)
    var target = bytes.mutableSpan
    let decoded = decodeGroups(text, to: &target, table)
    if decoded < groups { throw firstInvalid(text, from: decoded * 4, table) }
    let index = groups * 4
    let rest = text.count - index
    guard rest > 0 else { return bytes }
    let a = table[Int(text[index])]
    let b = table[Int(text[index + 1])]
    let c = rest == 3 ? table[Int(text[index + 2])] : 0
    if (a | b | c) == notADigit { throw firstInvalid(text, from: index, table) }
    bytes.append(a << 2 | b >> 4)
    if rest == 2 {
        guard b & 0x0F == 0 else { throw .nonCanonicalTrailingBits }
    } else {
        guard c & 0x03 == 0 else { throw .nonCanonicalTrailingBits }
        bytes.append(b << 4 | c >> 2)
    }
    return bytes
}

/// Decodes groups of four characters up to the end or the first that holds no digit.
///
/// - Parameter target: three bytes for each whole group.
/// - Returns: how many groups were decoded.
@inline(never) @_optimize(speed)
private func decodeGroups(
    _ text: Span<UInt8>, to target: inout MutableSpan<UInt8>, _ table: InlineArray<256, UInt8>
) -> Int {
    let groups = min(text.count / 4, target.count / 3)
    for group in 0..<groups {
        let a = table[Int(text[group * 4])]
        let b = table[Int(text[group * 4 + 1])]
        let c = table[Int(text[group * 4 + 2])]
        let d = table[Int(text[group * 4 + 3])]
        if (a | b | c | d) == notADigit { return group }
        target[group * 3] = a << 2 | b >> 4
        target[group * 3 + 1] = b << 4 | c >> 2
        target[group * 3 + 2] = c << 6 | d
    }
    return groups
}

private func firstInvalid(
    _ text: Span<UInt8>, from start: Int, _ table: InlineArray<256, UInt8>
) -> BytesError {
    var offset = start
    while offset < text.count, table[Int(text[offset])] != notADigit { offset += 1 }
    return .invalidCharacter(offset: offset)
}

private func encodeDigits(_ bytes: Span<UInt8>, alphabet: Base64Alphabet) -> [UInt8] {
    var text: [UInt8] = []
    text.reserveCapacity((bytes.count + 2) / 3 * 4)
    var pending: UInt32 = 0
    var pendingBits = 0
    for index in bytes.indices {
        pending = pending << 8 | UInt32(bytes[index])
        pendingBits += 8
        while pendingBits >= 6 {
            pendingBits -= 6
            text.append(character(UInt8(truncatingIfNeeded: pending >> UInt32(pendingBits)) & 0x3F, alphabet))
        }
    }
    if pendingBits > 0 {
        text.append(character(UInt8(truncatingIfNeeded: pending << UInt32(6 - pendingBits)) & 0x3F, alphabet))
    }
    return text
}

private func character(_ value: UInt8, _ alphabet: Base64Alphabet) -> UInt8 {
    switch value {
    case 0..<26: 0x41 + value
    case 26..<52: 0x61 + (value - 26)
    case 52..<62: 0x30 + (value - 52)
    case 62: alphabet == .standard ? 0x2B : 0x2D
    default: alphabet == .standard ? 0x2F : 0x5F
    }
}

/// What the tables hold for a byte outside the alphabet. No or-combination of digit
/// values (all below 64) reaches it, and any or-combination with it equals it.
private let notADigit: UInt8 = 0xFF

private let standardValues = makeValues(.standard)
private let urlSafeValues = makeValues(.urlSafe)

private func makeValues(_ alphabet: Base64Alphabet) -> InlineArray<256, UInt8> {
    var table = InlineArray<256, UInt8>(repeating: notADigit)
    for value in 0..<UInt8(64) { table[Int(character(value, alphabet))] = value }
    return table
}
