// TokenLookup.swift - the one token of a request.
//
// Spec:    RFC 6750 §2, §2.1; RFC 9449 §7.1 (DPoP); RFC 9110 §11.1 (the scheme's case does not matter);
//          security-checklist 30.
// Secret:  the token.
// Reads:   Event, TokenSource, Refusal. Read by: Authorization.

import Bytes
import JSON

/// A token as a request has it.
struct PresentedToken {
    let compact: [UInt8]
    /// Whether it came with the scheme DPoP: a proof stands beside it.
    let isDPoP: Bool
}

extension Event {
    /// The token of the only value that stands at any of the sources.
    ///
    /// - Parameter acceptingDPoP: whether the scheme DPoP is taken where a scheme must be.
    /// - Throws: `tokenMissing`, `tokenRepeated`, `schemeNotBearer`, `tokenCharacter`; `eventMember`
    ///   for what is there and has another type.
    /// - Source: RFC 6750 §2: a client must not send a token in more than one place.
    func token(
        from sources: [TokenSource], acceptingDPoP: Bool = false
    ) throws(Refusal) -> PresentedToken {
        try find(in: sources, acceptingDPoP).token()
    }

    /// The value with its scheme as it was sent, for hints; empty if there is none, the first of several.
    ///
    /// - Throws: `eventMember`.
    package func tokenValue(from sources: [TokenSource]) throws(Refusal) -> [UInt8] {
        try find(in: sources, true).value
    }

    private func find(in sources: [TokenSource], _ acceptsDPoP: Bool) throws(Refusal) -> FoundToken {
        var found = FoundToken(acceptsDPoP: acceptsDPoP)
        switch caller {
        case .restToken:
            // The gateway took the value from the header that its own settings name.
            found.add(try ownToken(.authorizationToken), .scheme(firstScheme(sources)))
        case .appSync: found.add(try ownToken(.authorizationToken), .optionalBearer)
        case .iotCore:
            if root.member("token").map({ !$0.isNull }) ?? false {
                found.add(try ownToken(.token), .optionalBearer)
            }
            for source in sources { try look(at: source, &found) }
        case .restRequest, .httpAPI1, .httpAPI2, .webSocket:
            for source in sources { try look(at: source, &found) }
        }
        return found
    }

    private func ownToken(_ member: Refusal.EventMember) throws(Refusal) -> [UInt8] {
        guard let value = root.member(member.name)?.stringBytes else { throw .eventMember(member) }
        return value
    }

    /// What a header's value is to begin with: as the first header of the settings has it.
    private func firstScheme(_ sources: [TokenSource]) -> [UInt8] {
        for source in sources {
            if case .header(_, let scheme) = source { return scheme }
        }
        return [UInt8]("Bearer")
    }

    private func look(at source: TokenSource, _ found: inout FoundToken) throws(Refusal) {
        switch source {
        case .header(let name, let scheme):
            for value in try headerValues(name.span) {
                // IoT Core takes its `token` out of a header or parameter: that is the same value again.
                if caller == .iotCore && found.holds(value) { continue }
                found.add(value, .scheme(scheme), isJoined: caller == .httpAPI2)
            }
        case .query(let name):
            for value in try queryValues(name.span) {
                if caller == .iotCore && found.holds(value) { continue }
                found.add(value, .scheme([]), isJoined: caller == .httpAPI2)
            }
        case .cookie(let name):
            for value in try cookieValues(name.span) { found.add(value, .scheme([])) }
        case .subprotocol(let prefix):
            for value in try subprotocolTokens(prefix) { found.add(value, .scheme([])) }
        case .mqttPassword:
            guard caller == .iotCore, let password = try iotPassword(root) else { return }
            found.add(password, .scheme([]))
        }
    }

    /// The tokens among the subprotocols that a browser asked for: the entry behind one that is
    /// `prefix`, or what follows `prefix.` in an entry. With a prefix that begins with `base64url.` the
    /// token is encoded once more, as Kubernetes has it.
    ///
    /// - Throws: `tokenCharacter` for what is not base64url then.
    private func subprotocolTokens(_ prefix: [UInt8]) throws(Refusal) -> [[UInt8]] {
        var found: [[UInt8]] = []
        var isNext = false
        let dotted = prefix + [0x2E]
        for value in try headerValues([UInt8]("sec-websocket-protocol").span) {
            forEachPart(of: value.span, separatedBy: 0x2C) { entry in
                if isNext {
                    found.append([UInt8](entry))
                    isNext = false
                } else if bytesEqual(entry, prefix.span) {
                    isNext = true
                } else if entry.count > dotted.count,
                    bytesEqual(entry.extracting(0..<dotted.count), dotted.span)
                {
                    found.append([UInt8](entry.extracting(dotted.count..<entry.count)))
                }
            }
        }
        // The prefix and nothing behind it: a token without a character.
        if isNext { found.append([]) }
        guard bytesStart(prefix.span, with: "base64url.") else { return found }
        var tokens: [[UInt8]] = []
        for text in found {
            do throws(BytesError) { tokens.append(try Base64URL.decode(text.span)) } catch {
                throw .tokenCharacter(offset: 0)
            }
        }
        return tokens
    }
}

/// What was found so far: the first value, and how many there are.
private struct FoundToken {
    enum Prefix {
        /// The scheme and one space, or nothing if it is empty.
        case scheme([UInt8])
        /// `Bearer` and one space, if they are there.
        case optionalBearer
    }

    private let acceptsDPoP: Bool
    private var count = 0
    private(set) var value: [UInt8] = []
    private var prefix = Prefix.optionalBearer

    init(acceptsDPoP: Bool) {
        self.acceptsDPoP = acceptsDPoP
    }

    func holds(_ other: [UInt8]) -> Bool { count > 0 && bytesEqual(value.span, other.span) }

    /// - Parameter isJoined: whether several values may stand here with commas between; no token has one.
    mutating func add(_ value: [UInt8], _ prefix: Prefix, isJoined: Bool = false) {
        if count == 0 {
            self.value = value
            self.prefix = prefix
        }
        count += 1
        if isJoined {
            for byte in value where byte == 0x2C { count += 1 }
        }
    }

    /// - Source: RFC 6750 §2.1: `"Bearer" 1*SP b64token`; one space alone is taken.
    func token() throws(Refusal) -> PresentedToken {
        guard count <= 1 else { throw .tokenRepeated(count: count) }
        guard !value.isEmpty else { throw .tokenMissing }
        let text = value.span
        let start: Int
        var isDPoP = false
        switch prefix {
        case .optionalBearer: start = bytesStartIgnoringASCIICase(text, "bearer ") ? 7 : 0
        case .scheme(var scheme):
            // RFC 9449 §7.1: credentials = "DPoP" 1*SP token68.
            if acceptsDPoP, !scheme.isEmpty, bytesStartIgnoringASCIICase(text, "dpop ") {
                scheme = [UInt8]("DPoP")
                isDPoP = true
            }
            start = scheme.isEmpty ? 0 : scheme.count + 1
            if start > 0 {
                guard text.count >= scheme.count,
                    bytesEqualIgnoringASCIICase(text.extracting(0..<scheme.count), scheme.span)
                else { throw .schemeNotBearer }
                guard text.count > scheme.count else { throw .tokenMissing }
                guard text[scheme.count] == 0x20 else { throw .schemeNotBearer }
            }
        }
        if start == text.count { throw .tokenMissing }
        // The padding `=` is let through here and refused, with its own reason, where the base 64
        // is decoded.
        let end = text.token68End(from: start)
        guard end == text.count else { throw .tokenCharacter(offset: end - start) }
        return PresentedToken(compact: [UInt8](text.extracting(start..<text.count)), isDPoP: isDPoP)
    }

    private func bytesStartIgnoringASCIICase(_ text: Span<UInt8>, _ start: StaticString) -> Bool {
        text.count >= start.utf8ByteCount
            && bytesEqualIgnoringASCIICase(text.extracting(0..<start.utf8ByteCount), start)
    }
}
