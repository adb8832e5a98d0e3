// Challenge.swift - what the context of a refusal contains: the reason and, if scopes are missing, the challenge.
//
// Spec:    RFC 6750 §3, §3.1; RFC 7235 §2.1 (quoted-string); RFC 9728 §5.1 (resource_metadata).
// Secret:  no: reason codes, and scopes and an address from the settings. Nothing here is read from a token.
// Reads:   Rules, AnswerForms, Refusal, ReasonCodes, ContextEntry, Limits; Routes (RouteFinding), Bytes. Read by: PolicyText,
//          RouteAnswer, OtherAnswers.

import Bytes
import Routes

/// A challenge of the scheme Bearer. The value of each parameter is a quoted-string, in which nothing needs an escape.
struct Challenge {
    private(set) var text: [UInt8]

    /// - Parameter error: an error code of RFC 6750 §3.1 or RFC 9470 §3.
    init(error: StaticString) {
        text = [UInt8]("Bearer error=\"")
        text.append(error)
        text.append("\"")
    }

    /// - Parameter value: text without quotation marks, backslashes and control characters.
    mutating func add(_ name: StaticString, _ value: [UInt8]) {
        text.append(", ")
        text.append(name)
        text.append("=\"")
        text.append(value.span)
        text.append("\"")
    }
}

extension Rules {
    /// The reason of a refusal. If the token lacks scopes, also `error`, `required_scopes` and `challenge`: what the client asks
    /// the authorization server for. With any other reason a token with more scopes would be refused too.
    ///
    /// - Parameter finding: of the decision.
    func refusalContext(_ refusal: Refusal, _ finding: RouteFinding?) -> [ContextEntry] {
        var entries = [ContextEntry("reason", [UInt8](refusal.reasonCode))]
        guard let scopes = missingScopes(refusal, finding) else { return entries }
        let error: StaticString = "insufficient_scope"
        var challenge = Challenge(error: error)
        entries.append(ContextEntry("error", [UInt8](error)))
        if let list = scopeList(scopes) {
            challenge.add("scope", list)
            // `[]` is a scope by RFC 6749.
            if !ContextEntry.isJSONContainer(list) { entries.append(ContextEntry("required_scopes", list)) }
        }
        if let address = answers.resourceMetadataURI { challenge.add("resource_metadata", address) }
        entries.append(ContextEntry("challenge", challenge.text))
        return entries
    }

    /// All scopes that the call requires; empty if they cannot be listed; nil if no scope is missing.
    private func missingScopes(_ refusal: Refusal, _ finding: RouteFinding?) -> [[UInt8]]? {
        switch refusal {
        case .scopeMissing: requiredScopes
        case .route(.unmet): finding.flatMap { routes?.scopes(requiredBy: $0) }
        default: nil
        }
    }
}

/// The scopes with spaces between them. Nil for none, for a scope that a challenge cannot contain (then the rest would be
/// a false list), and for more bytes than the limit.
private func scopeList(_ scopes: [[UInt8]]) -> [UInt8]? {
    var list: [UInt8] = []
    for scope in scopes {
        // RFC 6750 §3: %x21 / %x23-5B / %x5D-7E.
        guard !scope.isEmpty else { return nil }
        for byte in scope where byte <= 0x20 || byte >= 0x7F || byte == 0x22 || byte == 0x5C { return nil }
        if !list.isEmpty { list.append(0x20) }
        list.append(scope.span)
    }
    return scopes.isEmpty || list.count > AuthorizerLimits.challengeScopeByteCount ? nil : list
}
