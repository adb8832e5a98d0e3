// SenderPolicy.swift - what the settings say of tokens that are bound to their sender.
//
// Spec:    RFC 9449 §7.1, §7.2; RFC 8705 §3; SENDER.md.
// Secret:  no.
// Reads:   nothing. Read by: Rules, SenderConstraint, Settings, the commands.

/// What is done about DPoP (`cnf.jkt`) and mutual TLS (`cnf.x5t#S256`).
public struct SenderPolicy: Sendable {
    /// What is done about one way of binding a token to its sender.
    public enum Mode: Sendable, Equatable, CaseIterable {
        /// A token that is bound so is refused: whether its sender is the right one is not looked at.
        case off
        /// As if it were not bound: whoever has the token may use it.
        case ignore
        /// A token that is bound is taken from its sender alone; others are taken too.
        case accept
        /// Only bound tokens are taken, from their senders.
        case require

        public var name: StaticString {
            switch self {
            case .off: "off"
            case .ignore: "ignore"
            case .accept: "accept"
            case .require: "require"
            }
        }

        /// Whether senders are looked at.
        public var isChecked: Bool { self == .accept || self == .require }
    }

    /// What the user says of the gateway's result cache.
    public enum ResultCache: Sendable, Equatable {
        case off
        /// What proves the sender is one of the identity sources.
        case keyed
    }

    public var dpop = Mode.off
    public var mtls = Mode.off
    /// Normal forms of what stands before a route's path in a client's URI; none: the host that was called.
    public var origins: [[UInt8]] = []
    /// How long after its iat a proof is taken, without the skew.
    public var proofMaximumAgeSeconds: Int64 = 60
    /// Nil: nothing was said, and nothing need be.
    public var resultCache: ResultCache?

    public init() {}

    /// Whether a token must be bound.
    var isDemanding: Bool { dpop == .require || mtls == .require }
}
