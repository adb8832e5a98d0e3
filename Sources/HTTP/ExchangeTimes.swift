// ExchangeTimes.swift - the time limits of the steps of an exchange.
//
// Spec:    AUDIT 17, 19.
// Secret:  no.
// Reads:   Platform. Read by: HTTPConnection; LambdaRuntime (RuntimeAPI), KeyFetching (KeyFetcher).

import Platform

/// The time limits of the steps in milliseconds, and the deadline for all of them together.
public struct ExchangeTimes: Sendable {
    /// For name resolution.
    public let resolveMilliseconds: Int64
    /// For connecting, to all of the host's addresses together.
    public let connectMilliseconds: Int64
    /// For a proxy's response, and for the TLS handshake.
    public let handshakeMilliseconds: Int64
    /// For sending the request.
    public let writeMilliseconds: Int64
    /// The maximum time between two reads of the response; nil waits without a limit.
    public let silenceMilliseconds: Int64?
    /// The deadline for the whole exchange; nil: only the limits of the steps apply.
    public let whole: Deadline?

    public init(
        resolveMilliseconds: Int64, connectMilliseconds: Int64, handshakeMilliseconds: Int64,
        writeMilliseconds: Int64, silenceMilliseconds: Int64?, whole: Deadline?
    ) {
        self.resolveMilliseconds = resolveMilliseconds
        self.connectMilliseconds = connectMilliseconds
        self.handshakeMilliseconds = handshakeMilliseconds
        self.writeMilliseconds = writeMilliseconds
        self.silenceMilliseconds = silenceMilliseconds
        self.whole = whole
    }

    /// The same deadline for all steps.
    init(endingAt deadline: Deadline) {
        self.init(
            resolveMilliseconds: .max, connectMilliseconds: .max, handshakeMilliseconds: .max,
            writeMilliseconds: .max, silenceMilliseconds: nil, whole: deadline)
    }

    /// The deadline of a step that begins now.
    func deadline(_ milliseconds: Int64) -> Deadline {
        let step = Deadline.after(milliseconds: milliseconds)
        return whole.map { step.orEarlier($0) } ?? step
    }

    /// The deadline of a read of the response that begins now.
    var readDeadline: Deadline? { silenceMilliseconds.map { deadline($0) } ?? whole }
}
