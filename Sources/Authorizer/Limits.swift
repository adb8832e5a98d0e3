// Limits.swift - the limits of an answer and of its inputs.
//
// Spec:    API Gateway's quota of 8 KB for an answer; IoT Core's quotas for policies and for a connection's duration.
// Secret:  no.
// Reads:   nothing. Read by: every file of Authorizer; Settings, Conformance.

/// The bounds of this module. Each is tested at the bound and one past it.
public enum AuthorizerLimits {
    /// The most bytes of an answer: the quota of WebSocket APIs, and the default of POLICY_MAX_BYTES for other callers.
    public static let answerByteCount = 8 * 1024
    /// The valid values of POLICY_MAX_BYTES.
    public static let policyByteCounts: ClosedRange<Int64> = 1024...262_144
    /// The duration of an IoT Core connection: from five minutes to a day.
    public static let iotLeastSeconds: Int64 = 300
    public static let iotMostSeconds: Int64 = 86_400
    /// The most policies that IoT Core accepts, and the most characters of one.
    public static let iotPolicyCount = 10
    public static let iotPolicyByteCount = 2048
    /// The most bytes of a principal ID. A token with a longer one is refused: the principal `unknown` would be wrong.
    public static let principalByteCount = 1024
    /// The most bytes of the scopes in a challenge. More are omitted; the challenge then has no `scope`.
    public static let challengeScopeByteCount = 1024
    /// The most used DPoP proofs that are remembered.
    public static let proofCount = 16 * 1024
}
