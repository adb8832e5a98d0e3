// FetchFailure.swift - why a key set could not be had, as reports and logs need it.
//
// Spec:    RFC 8446 §6 (alerts); AUDIT 29.
// Secret:  no: no address, no credentials, no byte of a body. A certificate's subject is public.
// Reads:   JOSE (KeySet.SkippedKey). Read by: KeyFetching, which writes it; LambdaRuntime, Reports, the commands.

import JOSE

/// What failed, in which step, and what to do about it.
public struct FetchFailure: Error, Sendable {
    /// The step: `file`, `name`, `connect`, `proxy`, `trust`, `tls`, `certificate`, `http`, `status`,
    /// `size`, `discovery`, `keyset`, `time`.
    public package(set) var stage: StaticString
    /// The reason code of the error itself.
    public let reason: StaticString
    /// A sentence without its stop.
    public package(set) var meaning: StaticString
    public package(set) var advice: StaticString
    /// The alert that ended the connection, and whether the server sent it.
    public package(set) var alert: (name: StaticString, isServers: Bool)?
    /// The subject and the serial number of the certificate that failed the check.
    public package(set) var certificate: (subject: [UInt8], serial: [UInt8])?
    /// The HTTP status, the host's or the proxy's.
    public package(set) var status: Int?
    /// The reason code below `reason`, if there is one.
    public package(set) var cause: StaticString?
    /// The keys of a set without a usable one; nil: no set came.
    public package(set) var skipped: [KeySet.SkippedKey]?

    package init(reason: StaticString, stage: StaticString, meaning: StaticString, advice: StaticString) {
        self.reason = reason
        self.stage = stage
        self.meaning = meaning
        self.advice = advice
    }
}
