// BearerToken.swift - the one token of a request.
//
// Spec:    RFC 6750 §2, §2.1; RFC 9110 §11.1 (the scheme's case does not matter); security-checklist 30.
// Secret:  the token.
// Reads:   Event, Refusal. Read by: Authorization.

import Bytes

extension Event {
    /// The token of the only Authorization value: `Bearer`, one space, token.
    ///
    /// - Throws: `tokenMissing`, `tokenRepeated`, `schemeNotBearer`, `tokenCharacter`.
    /// - Source: RFC 6750 §2.1: `"Bearer" 1*SP b64token`; one space alone is taken.
    func bearerToken() throws(Refusal) -> [UInt8] {
        guard let value = authorizationValues.first else { throw .tokenMissing }
        guard authorizationValues.count == 1 else { throw .tokenRepeated(count: authorizationValues.count) }
        guard !value.isEmpty else { throw .tokenMissing }
        let text = value.span
        guard text.count >= 6, bytesEqualIgnoringASCIICase(text.extracting(0..<6), "bearer") else {
            throw .schemeNotBearer
        }
        if text.count == 6 { throw .tokenMissing }
        guard text[6] == 0x20 else { throw .schemeNotBearer }
        if text.count == 7 { throw .tokenMissing }
        for index in 7..<text.count where !isTokenByte(text[index]) {
            throw .tokenCharacter(offset: index - 7)
        }
        return [UInt8](text.extracting(7..<text.count))
    }
}

/// What a b64token is made of. The padding `=` is let through here and refused, with its
/// own reason, where the base 64 is decoded.
private func isTokenByte(_ byte: UInt8) -> Bool {
    // One bit for each byte below 128: + - . / 0-9 = in the first half, A-Z _ a-z ~ in the second.
    let bits: UInt64 = byte < 64 ? 0x23FF_E800_0000_0000 : 0x47FF_FFFE_87FF_FFFE
    return byte < 128 && bits >> UInt64(byte & 63) & 1 == 1
}
