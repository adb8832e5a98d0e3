// FetchSettings.swift - how keys are fetched: how long each step may take, through what, and whom to trust.
//
// Spec:    README "Settings"; AUDIT 17, 19.
// Secret:  the proxy's credentials, within Proxy.
// Reads:   URI (ProxyRules). Read by: Settings; KeyFetching, LambdaRuntime, the commands.

import URI

/// The settings of fetches, the same for all issuers.
public struct FetchSettings: Sendable {
    /// To look a host's name up.
    public var resolveMilliseconds: Int64 = 2000
    /// To open a connection, to whichever of the host's addresses. The kernel repeats a lost SYN after one second
    /// (RFC 6298 §2): the time allows for one.
    public var connectMilliseconds: Int64 = 2000
    /// For the TLS handshake, and for each piece of a response.
    public var handshakeMilliseconds: Int64 = 3000
    public var readMilliseconds: Int64 = 3000
    /// For one fetch from its beginning to its end.
    public var fetchMilliseconds: Int64 = 3000
    /// For all issuers together, at the start; 0: no keys are fetched before the first event.
    public var prefetchMilliseconds: Int64 = 5000
    /// HTTPS_PROXY and NO_PROXY, or their names in small letters; nil: without a proxy.
    public var proxies: ProxyRules?
    /// A file of trust anchors in place of the system's: absolute, or in the zip.
    public var caBundle: [UInt8]?

    public init() {}
}
