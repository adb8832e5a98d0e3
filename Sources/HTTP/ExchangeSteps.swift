// ExchangeSteps.swift - the times at which the steps of the last exchange ended.
//
// Spec:    none; README "doctor".
// Secret:  no.
// Reads:   Platform. Read by: HTTPConnection; KeyFetching (KeyServerClient), LambdaRuntime (Doctor).

import Platform

/// A step of an exchange that is timed separately.
public enum ExchangeStep: Int, CaseIterable, Sendable {
    case name, connect, proxy, tls, http

    /// The step's name in reports.
    public var word: StaticString {
        switch self {
        case .name: "name"
        case .connect: "connect"
        case .proxy: "proxy"
        case .tls: "tls"
        case .http: "http"
        }
    }
}

/// Instants of the monotonic clock in nanoseconds. For an exchange over a kept connection all but the last are those of its
/// opening.
public struct ExchangeSteps: Sendable {
    /// 0: the step was not taken.
    private var instants = InlineArray<5, Int64>(repeating: 0)

    public init() {}

    /// The current step, or the step at which the exchange ended.
    public private(set) var current = ExchangeStep.name

    /// The instant at which a step ended; 0 if it did not end.
    public subscript(step: ExchangeStep) -> Int64 { instants[step.rawValue] }

    /// Records that a step ends now.
    @inline(never)
    public mutating func mark(_ step: ExchangeStep) {
        instants[step.rawValue] = Clock.monotonicNanoseconds
    }

    /// Records that a step begins.
    mutating func begin(_ step: ExchangeStep) { current = step }
}
