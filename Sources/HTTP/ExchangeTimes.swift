// ExchangeTimes.swift - how long each step of an exchange may take.
//
// Spec:    security-checklist 17, 19.
// Secret:  no.
// Reads:   Platform. Read by: HTTPConnection, RuntimeAPI, KeyFetcher.

import Platform

/// The steps' times in milliseconds, and the instant at which all of them end.
public struct ExchangeTimes: Sendable {
    /// To look the host up and connect, for all of its addresses together.
    public let connectMilliseconds: Int64
    /// For a proxy's answer, and for the TLS handshake.
    public let handshakeMilliseconds: Int64
    /// To send the request.
    public let writeMilliseconds: Int64
    /// From one piece of the response to the next; nil waits for ever.
    public let silenceMilliseconds: Int64?
    /// For everything; nil: the steps' own times alone.
    public let whole: Deadline?

    public init(
        connectMilliseconds: Int64, handshakeMilliseconds: Int64, writeMilliseconds: Int64,
        silenceMilliseconds: Int64?, whole: Deadline?
    ) {
        self.connectMilliseconds = connectMilliseconds
        self.handshakeMilliseconds = handshakeMilliseconds
        self.writeMilliseconds = writeMilliseconds
        self.silenceMilliseconds = silenceMilliseconds
        self.whole = whole
    }

    /// One end for all steps.
    init(endingAt deadline: Deadline) {
        self.init(
            connectMilliseconds: .max, handshakeMilliseconds: .max, writeMilliseconds: .max,
            silenceMilliseconds: nil, whole: deadline)
    }

    /// When a step that begins now must end.
    func deadline(_ milliseconds: Int64) -> Deadline {
        let step = Deadline.after(milliseconds: milliseconds)
        return whole.map { step.orEarlier($0) } ?? step
    }

    /// When the next piece of the response must be there.
    var readDeadline: Deadline? { silenceMilliseconds.map { deadline($0) } ?? whole }
}
