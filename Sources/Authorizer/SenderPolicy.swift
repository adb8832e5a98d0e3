// SenderPolicy.swift - the settings for sender-constrained tokens.
//
// Spec:    RFC 9449 §7.1, §7.2; RFC 8705 §3; SENDER.md.
// Secret:  no.
// Reads:   nothing. Read by: Rules, SenderCheck, Settings, the commands.

/// The handling of DPoP (`cnf.jkt`) and mutual TLS (`cnf.x5t#S256`).
public struct SenderPolicy: Sendable {
    /// The handling of one method of binding a token to its sender.
    public enum Mode: Sendable, Equatable, CaseIterable {
        /// Bound tokens are refused. Their proof is not checked.
        case off
        /// Bound tokens are accepted as bearer tokens: the proof is not checked.
        case ignore
        /// Bound tokens need a valid proof. Other tokens are accepted too.
        case accept
        /// Only bound tokens are accepted, with a valid proof.
        case require

        public var name: StaticString {
            switch self {
            case .off: "off"
            case .ignore: "ignore"
            case .accept: "accept"
            case .require: "require"
            }
        }

        /// Whether proofs are checked.
        public var isChecked: Bool { self == .accept || self == .require }
    }

    /// The user's description of the gateway's result cache. Without it, the gateway may use an answer for all calls of a token.
    public enum ResultCache: Sendable, Equatable, CaseIterable {
        /// The gateway caches nothing.
        case off
        /// The proof of possession is one of the identity sources.
        case keyed
        /// The method and the full path are among the identity sources.
        case path

        public var name: StaticString {
            switch self {
            case .off: "off"
            case .keyed: "keyed"
            case .path: "path"
            }
        }
    }

    public var dpop = Mode.off
    public var mtls = Mode.off
    /// The origin and base path of the client's URIs, in normal form; empty: `https://` and the called host.
    public var origins: [[UInt8]] = []
    /// How long after its iat a proof is accepted, without the clock skew.
    public var proofMaximumAgeSeconds: Int64 = 60
    /// Nil if it is not set and need not be set.
    public var resultCache: ResultCache?

    public init() {}

    /// Whether every token must be bound.
    var requiresProof: Bool { dpop == .require || mtls == .require }
}
