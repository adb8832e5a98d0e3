// Limits.swift - the bounds of the Lambda runtime.
//
// Spec:    AWS Lambda runtime API 2018-06-01; AUDIT 19.
// Secret:  no.
// Reads:   nothing. Read by: every file of LambdaRuntime.

/// The bounds of this module.
public enum LambdaLimits {
    /// The maximum length of an invocation. Bytes above the event's own limit are dropped. Lambda's payloads have at most
    /// 6 MB.
    public static let invocationByteCount = 8 << 20
    /// The maximum length of the Runtime API's response to a post.
    static let postAnswerByteCount = 64 * 1024
    /// The time limit for a post to the Runtime API.
    static let postMilliseconds: Int64 = 5000
    /// The time reserved for the answer after a key fetch (AUDIT 19).
    static let answerReserveMilliseconds: Int64 = 500
    /// The time limit for a fetch between two events.
    static let refreshMilliseconds: Int64 = 1000
    /// The delay of the first retry after a failed fetch at the start. It doubles with each further retry.
    static let prefetchPauseMilliseconds: Int64 = 100
    /// The minimum interval between two writes of the metrics of decisions.
    static let metricsIntervalSeconds: Int64 = 60
    /// The maximum number of loops: the maximum of Lambda's PerExecutionEnvironmentMaxConcurrency.
    static let loopCount = 1600
    /// The stack size of a loop's thread.
    static let stackByteCount = 256 * 1024
    /// The maximum number of verified tokens in the memories of all loops together.
    static let rememberedTokens = 2048
    /// The interval at which the renewal thread checks the keys.
    static let renewalMilliseconds: Int64 = 1000
    /// How long the process waits for the answers to current events when the environment ends.
    static let lastAnswersMilliseconds: Int64 = 2000
    /// The maximum length of a key ID in a log line (AUDIT 29).
    public static let loggedKidByteCount = 64
    /// The maximum length of the list of skipped keys in a log line.
    static let loggedSkippedByteCount = 2048
    /// The maximum length of any other value in a log line.
    public static let loggedValueByteCount = 256
    /// The maximum length of an operator's request.
    static let directByteCount = 256
}
