// Limits.swift - bounds of the loop.
//
// Spec:    AWS Lambda runtime API 2018-06-01; security-checklist 19.
// Secret:  no.
// Reads:   JSON. Read by: every file of LambdaRuntime.

import JSON

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
    /// An issuer's document: those of well-known providers have 2 to 10 KB.
    public static let discoveryByteCount = 64 * 1024
    /// The most bytes at the address of one key: a PEM text of 178 is there.
    public static let publicKeyByteCount = 4 * 1024
    static let discovery = JSONLimits(
        byteCount: discoveryByteCount, depth: 16, memberCount: 256, elementCount: 1024, nodeCount: 4096)
    /// How long an address from such a document is believed.
    static let discoverySeconds: Int64 = 86_400
    /// How many hosts' connections are kept between two fetches.
    static let keptConnectionCount = 2
    /// How long a connection is kept unused; servers close theirs after 5 to 75 seconds.
    static let idleSeconds: Int64 = 30
    /// How often the metrics of decisions are written at most.
    static let metricsIntervalSeconds: Int64 = 60
    /// The most loops: Lambda's PerExecutionEnvironmentMaxConcurrency ends there.
    static let loopCount = 1600
    /// How far the stack of a loop's thread may grow.
    static let stackByteCount = 256 * 1024
    /// The most tokens that all loops together remember as verified.
    static let rememberedTokens = 2048
    /// How often the thread that renews keys looks after them.
    static let renewalMilliseconds: Int64 = 1000
    /// How long the events at hand are waited for when the environment is over.
    static let lastAnswersMilliseconds: Int64 = 2000
    /// The most bytes of a key ID in a log line (security-checklist 29).
    public static let loggedKidByteCount = 64
    /// The most bytes of any other value in a log line.
    public static let loggedValueByteCount = 256
}
