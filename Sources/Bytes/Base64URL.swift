// Base64URL.swift - strict base64url decoding.
//
// Spec:    RFC 4648 §5 (URL-safe; without padding, RFC 7515 §2), §3.3, §3.5; §4 for the standard alphabet.
// Secret:  no: decoding uses table lookups that depend on the input.
// Reads:   BytesError. Read by: Base64; JOSE (tokens, keys), Events, Authorizer, Reports, Conformance.
//
// Each byte string has exactly one valid text: padding and white space are rejected (§3.3), and the unused bits of the
// last character must be zero (§3.5).

/// Base 64 with the URL-safe alphabet and without padding (RFC 4648 §5, RFC 7515 §2).
public enum Base64URL {
    /// Decodes unpadded text.
    ///
    /// - Throws: `invalidLength`, `invalidCharacter` (also for padding and white space), `nonCanonicalTrailingBits`.
    public static func decode(_ text: Span<UInt8>) throws(BytesError) -> [UInt8] {
        try decodeDigits(text, alphabet: .urlSafe)
    }
}

/// The two characters that differ between the alphabets.
enum Base64Alphabet {
    case standard, urlSafe
}

func decodeDigits(_ text: Span<UInt8>, alphabet: Base64Alphabet) throws(BytesError) -> [UInt8] {
    // Four characters encode three bytes. A single remaining character cannot encode a whole byte.
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

/// Decodes groups of four characters, up to the end or to the first group with a character outside the alphabet.
///
/// - Parameter target: room for three bytes per complete group.
/// - Returns: the number of groups that were decoded.
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

func character(_ value: UInt8, _ alphabet: Base64Alphabet) -> UInt8 {
    switch value {
    case 0..<26: 0x41 + value
    case 26..<52: 0x61 + (value - 26)
    case 52..<62: 0x30 + (value - 52)
    case 62: alphabet == .standard ? 0x2B : 0x2D
    default: alphabet == .standard ? 0x2F : 0x5F
    }
}

/// The table entry for bytes outside the alphabet. Digit values are below 64, so OR-ing them never gives this value,
/// and OR-ing anything with it gives this value.
private let notADigit: UInt8 = 0xFF

private let standardValues = makeValues(.standard)
private let urlSafeValues = makeValues(.urlSafe)

private func makeValues(_ alphabet: Base64Alphabet) -> InlineArray<256, UInt8> {
    var table = InlineArray<256, UInt8>(repeating: notADigit)
    for value in 0..<UInt8(64) { table[Int(character(value, alphabet))] = value }
    return table
}
