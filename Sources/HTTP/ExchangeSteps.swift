// ExchangeSteps.swift - when each step of the last exchange was over.
//
// Spec:    none; README "doctor".
// Secret:  no.
// Reads:   Platform. Read by: HTTPConnection, KeyServerClient, LambdaRuntime's Doctor.

import Platform

/// A step of an exchange that has a time of its own.
public enum ExchangeStep: Int, CaseIterable, Sendable {
    case name, connect, proxy, tls, http

    /// As reports have it.
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

/// Instants of the monotonic clock in nanoseconds. Over a kept connection they are of its opening, but the last.
public struct ExchangeSteps: Sendable {
    /// 0: not taken.
    private var instants = InlineArray<5, Int64>(repeating: 0)

    public init() {}

    /// When a step was over; 0 if it was not.
    public subscript(step: ExchangeStep) -> Int64 { instants[step.rawValue] }

    /// A step is over now.
    @inline(never)
    public mutating func mark(_ step: ExchangeStep) {
        instants[step.rawValue] = Clock.monotonicNanoseconds
    }
}
