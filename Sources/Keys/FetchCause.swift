// FetchCause.swift - why an issuer's keys are fetched.
//
// Spec:    AUDIT 18, 19.
// Secret:  no. A key ID comes from a token that has not been verified.
// Reads:   nothing. Read by: FetchSchedule, KeyCache; Authorizer (Authorization.Step), LambdaRuntime.

/// The cause of a fetch.
public enum FetchCause: Equatable, Sendable {
    /// The cached keys are stale or will soon be, or no key is cached yet.
    case staleKeys
    /// This key is stale, and has its own address.
    case staleKey([UInt8])
    /// A token names a key ID that the cached keys lack.
    case unknownKey([UInt8])
    /// A token names no key ID, and the cached keys do not determine one for it.
    case tokenWithoutKeyID
    /// The operator's `reload-keys`. It has an interval of its own.
    case reload

    /// A token that no cached key fits.
    ///
    /// - Parameter kid: the token's; nil: it names none.
    package init(unknownTo kid: [UInt8]?) {
        if let kid { self = .unknownKey(kid) } else { self = .tokenWithoutKeyID }
    }

    /// The key ID that the fetch is made for; the empty one for a token that names none; nil: for no particular key.
    package var keyID: [UInt8]? {
        switch self {
        case .staleKeys, .reload: nil
        case .staleKey(let kid), .unknownKey(let kid): kid
        case .tokenWithoutKeyID: []
        }
    }

    /// Whether a token fits no cached key: any client can send one.
    package var isOfUnknownKey: Bool {
        switch self {
        case .unknownKey, .tokenWithoutKeyID: true
        case .staleKeys, .staleKey, .reload: false
        }
    }

    package var isReload: Bool {
        if case .reload = self { true } else { false }
    }
}
