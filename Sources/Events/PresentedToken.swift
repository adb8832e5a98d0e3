// PresentedToken.swift - the token of a request: its value, its scheme, its characters.
//
// Spec:    RFC 6750 §2.1; RFC 9449 §7.1 (DPoP); RFC 9110 §11.1 (the scheme's case is ignored); AUDIT 30.
// Secret:  the token.
// Reads:   Event, TokenSource, TokenPlaces, EventError; Bytes, JSON. Read by: Authorizer (Request).

import Bytes
import JSON

/// A token as presented in a request.
package struct PresentedToken {
    package let compact: [UInt8]
    /// Whether it came with the scheme DPoP, which requires a proof.
    package let isDPoP: Bool

    /// The token of a value that starts with a scheme.
    ///
    /// - Parameters:
    ///   - value: the value as the caller sends it.
    ///   - scheme: the scheme before one space, in any case; empty: the whole value is the token.
    ///   - acceptingDPoP: whether the scheme DPoP is accepted too, if a scheme is required.
    /// - Throws: `tokenMissing`, `schemeNotBearer`, `tokenCharacter`.
    /// - Source: RFC 6750 §2.1: `"Bearer" 1*SP b64token`; only one space is accepted.
    init(_ value: [UInt8], scheme: [UInt8], acceptingDPoP: Bool) throws(EventError) {
        let text = value.span
        guard text.count > 0 else { throw .tokenMissing }
        if scheme.isEmpty {
            try self.init(text, from: 0, isDPoP: false)
            return
        }
        // RFC 9449 §7.1: credentials = "DPoP" 1*SP token68.
        let isDPoP = acceptingDPoP && bytesStartIgnoringASCIICase(text, "dpop ")
        let scheme = isDPoP ? [UInt8]("DPoP") : scheme
        guard text.count >= scheme.count,
            bytesEqualIgnoringASCIICase(text.extracting(0..<scheme.count), scheme.span)
        else { throw .schemeNotBearer }
        guard text.count > scheme.count else { throw .tokenMissing }
        guard text[scheme.count] == 0x20 else { throw .schemeNotBearer }
        try self.init(text, from: scheme.count + 1, isDPoP: isDPoP)
    }

    /// The token that starts at an offset of the text.
    ///
    /// - Throws: `tokenMissing`, `tokenCharacter`.
    init(_ text: Span<UInt8>, from start: Int, isDPoP: Bool) throws(EventError) {
        guard start < text.count else { throw .tokenMissing }
        // The padding `=` is accepted here. Base64 decoding refuses it later, with its own reason.
        let end = text.token68End(from: start)
        guard end == text.count else { throw .tokenCharacter(offset: end - start) }
        compact = [UInt8](text.extracting(start..<text.count))
        self.isDPoP = isDPoP
    }
}

extension Event {
    /// The token of a request that has exactly one value in all sources.
    ///
    /// - Parameter acceptingDPoP: whether the scheme DPoP is accepted too, if a scheme is required.
    /// - Throws: `tokenMissing`, `tokenRepeated`, `schemeNotBearer`, `tokenCharacter`; `member`
    ///   for a member of another type.
    /// - Source: RFC 6750 §2: a client must not send a token in more than one place.
    package func token(
        from sources: [TokenSource], acceptingDPoP: Bool = false
    ) throws(EventError) -> PresentedToken {
        guard caller == .restToken else { return try onlyToken(in: sources, acceptingDPoP) }
        // The gateway took the value from the header in its own settings, so there is only one.
        guard let value = try ownValue() else { throw .tokenMissing }
        return try PresentedToken(value, scheme: firstScheme(sources), acceptingDPoP: acceptingDPoP)
    }

    /// Nil if the member is absent or null.
    func ownValue() throws(EventError) -> [UInt8]? {
        guard let value = root.member("authorizationToken"), !value.isNull else { return nil }
        guard let text = value.stringBytes else { throw .member(.authorizationToken) }
        return text
    }

    /// The required scheme of a header's value: that of the first header in the settings.
    func firstScheme(_ sources: [TokenSource]) -> [UInt8] {
        for source in sources {
            if case .header(_, let scheme) = source { return scheme }
        }
        return [UInt8]("Bearer")
    }
}

func bytesStartIgnoringASCIICase(_ text: Span<UInt8>, _ start: StaticString) -> Bool {
    text.count >= start.utf8ByteCount
        && bytesEqualIgnoringASCIICase(text.extracting(0..<start.utf8ByteCount), start)
}
