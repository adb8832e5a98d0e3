// AnswerForms.swift - what the settings say of the answers' form.
//
// Spec:    README "Callers": what an authorizer's own settings are, an event does not say.
// Secret:  no.
// Reads:   nothing. Read by: Rules, the answers, Settings.

/// The choices that a caller leaves to us.
public struct AnswerForms: Sendable {
    /// Whether an HTTP API's payload 2.0 gets `isAuthorized` in place of a policy.
    public var isSimpleHTTPAPI = false
    /// Whether an HTTP API gets an error for a bad token in place of a refusal.
    public var isErrorHTTPAPI = false
    /// How long AppSync may keep an answer; never past the token's end.
    public var appSyncTTLSeconds: Int64 = 0
    /// The policies that IoT Core gets: JSON objects with commas between; empty: IoT Core is not served.
    public var iotPolicies: [UInt8] = []
    /// After how long IoT Core asks again on a connection.
    public var iotRefreshSeconds: Int64 = 3600
    /// The claim that becomes `usageIdentifierKey`.
    public var usageKeyClaim: [UInt8]?

    public init() {}
}
