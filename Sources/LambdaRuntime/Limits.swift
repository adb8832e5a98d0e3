// Limits.swift - bounds of the loop.
//
// Spec:    AWS Lambda runtime API 2018-06-01; security-checklist 19.
// Secret:  no.
// Reads:   nothing. Read by: every file of LambdaRuntime.

/// The bounds of this module.
public enum LambdaLimits {
    /// The most bytes of an invocation that are read (and, past the event's own limit, dropped):
    /// Lambda's payloads end at 6 MB.
    public static let invocationByteCount = 8 << 20
    /// The most bytes of the Runtime API's answer to a post.
    static let postAnswerByteCount = 64 * 1024
    /// How long a post to the Runtime API may take.
    static let postMilliseconds: Int64 = 5000
    /// What is left to answer with when a key fetch has used up its time (security-checklist 19).
    static let answerReserveMilliseconds: Int64 = 500
    /// How long a fetch may take that is made between two events.
    static let refreshMilliseconds: Int64 = 1000
    /// The most bytes of a key ID in a log line (security-checklist 29).
    public static let loggedKidByteCount = 64
    /// The most bytes of any other value in a log line.
    public static let loggedValueByteCount = 256
}
