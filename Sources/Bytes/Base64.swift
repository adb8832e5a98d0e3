// Base64.swift - base 64 with padding, and the encoders for both alphabets.
//
// Spec:    RFC 4648 §4 (standard, padded) and §5 (URL-safe; without padding, RFC 7515 §2).
// Secret:  no.
// Reads:   Base64URL, BytesError. Read by: JOSE (thumbprints, load balancers' tokens), Events, X509 (PEM), URI, Authorizer.
//
// Padding is either required or rejected. Only `Base64URL.decode(_:padded:)` accepts both forms: complete padding or
// none at all.

/// Base 64 with the standard alphabet and required padding (RFC 4648 §4).
public enum Base64 {
    /// Decodes padded text.
    ///
    /// - Throws: `invalidLength`, `invalidPadding`, `invalidCharacter`, `nonCanonicalTrailingBits`.
    public static func decode(_ text: Span<UInt8>) throws(BytesError) -> [UInt8] {
        try decodePadded(text, alphabet: .standard)
    }

    /// Encodes bytes with padding.
    public static func encode(_ bytes: Span<UInt8>) -> [UInt8] {
        var text = encodeDigits(bytes, alphabet: .standard)
        while text.count % 4 != 0 { text.append(0x3D) }
        return text
    }
}

extension Base64URL {
    /// Decodes text whose padding may be present or absent. The tokens of AWS's load balancers have both forms.
    ///
    /// - Parameter padded: whether padding is allowed. If present, it must be complete.
    /// - Throws: as above; `invalidLength` or `invalidPadding` for padding that does not follow §4.
    public static func decode(_ text: Span<UInt8>, padded: Bool) throws(BytesError) -> [UInt8] {
        guard padded, text.count > 0, text[text.count - 1] == 0x3D else { return try decode(text) }
        return try decodePadded(text, alphabet: .urlSafe)
    }

    /// Encodes bytes without padding.
    public static func encode(_ bytes: Span<UInt8>) -> [UInt8] {
        encodeDigits(bytes, alphabet: .urlSafe)
    }
}

/// §4: one or two `=` if the last group is short, and no other padding.
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
