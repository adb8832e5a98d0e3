// TunnelRequest.swift - the CONNECT request for a tunnel through a proxy.
//
// Spec:    RFC 9110 §9.3.6 (CONNECT), §11.7.1; RFC 7617 §2 (Basic).
// Secret:  the proxy's user and password. They are sent only to the proxy.
// Reads:   HTTPRequest; URI (Proxy), Bytes. Read by: HTTPConnection.

import Bytes
import URI

extension HTTPRequest {
    /// CONNECT to a host and port, through a proxy.
    ///
    /// - Parameter target: `host:port`.
    init(through proxy: Proxy, to target: [UInt8]) {
        self.init(method: "CONNECT", target: target.span, authority: target.span)
        if let credentials = proxy.credentials {
            let value = [UInt8]("Basic ") + credentials
            field("Proxy-Authorization", value.span)
        }
        end()
    }
}
