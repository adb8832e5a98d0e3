// AnswerForms.swift - the settings for the format of answers.
//
// Spec:    README "Callers": the event does not contain the authorizer's own settings.
// Secret:  no.
// Reads:   nothing. Read by: Rules, the answers, Challenge; Settings, Reports.

/// The options of an authorizer that the event does not show. They must match the caller's configuration.
public struct AnswerForms: Sendable {
    /// Whether an HTTP API with payload format 2.0 gets `isAuthorized` instead of a policy.
    public var isSimpleHTTPAPI = false
    /// Whether an HTTP API gets an error for an invalid token instead of a refusal.
    public var isErrorHTTPAPI = false
    /// The largest answer with a policy, in bytes, for a REST or HTTP API.
    public var policyByteCount = AuthorizerLimits.answerByteCount
    /// How long AppSync may cache an answer; never past the token's expiry.
    public var appSyncTTLSeconds: Int64 = 0
    /// The policies for IoT Core: JSON objects separated by commas; empty: IoT Core is not supported.
    public var iotPolicies: [UInt8] = []
    /// The interval after which IoT Core calls the authorizer again on a connection.
    public var iotRefreshSeconds: Int64 = 3600
    /// The claim that becomes `usageIdentifierKey`.
    public var usageKeyClaim: [UInt8]?
    /// The address of the resource's metadata, for challenges (RFC 9728 §5.1).
    public var resourceMetadataURI: [UInt8]?

    public init() {}
}
