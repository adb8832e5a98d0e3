// TokenSource.swift - a part of a request that may contain the token.
//
// Spec:    RFC 6750 §2 (header, query), RFC 6265 §4.1.1 (cookie), RFC 6455 §4.1 (subprotocol);
//          README "Where the token is".
// Secret:  no.
// Reads:   Bytes. Read by: PresentedToken, TokenPlaces, TokenSourceText; Authorizer (Rules), Settings, Reports.

import Bytes

/// One entry of TOKEN_SOURCES.
public enum TokenSource: Sendable {
    /// `header:NAME:SCHEME`; without a scheme the value is the token itself. For Authorization
    /// the scheme is Bearer unless another one, or an empty one (`header:Authorization:`), is set.
    case header(name: [UInt8], scheme: [UInt8])
    /// `query:NAME`.
    case query([UInt8])
    /// `cookie:NAME`.
    case cookie([UInt8])
    /// `protocol:PREFIX`: an entry of Sec-WebSocket-Protocol.
    case subprotocol([UInt8])
    /// `mqtt:password`.
    case mqttPassword

    /// `Authorization: Bearer`, the default.
    public static var standard: [TokenSource] {
        [.header(name: [UInt8]("Authorization"), scheme: [UInt8]("Bearer"))]
    }
}
