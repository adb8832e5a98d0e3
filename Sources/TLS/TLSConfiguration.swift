// TLSConfiguration.swift - the parameters of a connection, and the negotiated result.
//
// Spec:    RFC 8446 §4.1.2, RFC 6066 §3 (server name), RFC 9525 §6.
// Secret:  no.
// Reads:   X509, Parameters, Bytes. Read by: TLSClient, ClientHello; HTTP, KeyFetching, LambdaRuntime.

import Bytes
import X509

/// The parameters of a connection. No setting disables a check.
public struct TLSConfiguration: Sendable {
    /// A DNS name in ASCII, or an IP address without brackets.
    public let hostName: [UInt8]
    /// The trust anchors. Default: none; every certificate is rejected.
    public internal(set) var anchors: TrustAnchors
    /// The time, since 1970.
    public let nowSeconds: Int64
    /// Whether the machine has instructions for AES: the order of the suites.
    public let prefersAES: Bool

    public init(
        hostName: [UInt8], anchors: TrustAnchors = TrustAnchors(), nowSeconds: Int64, prefersAES: Bool
    ) {
        self.hostName = hostName
        self.anchors = anchors
        self.nowSeconds = nowSeconds
        self.prefersAES = prefersAES
    }

    /// The name for the server_name extension: without a dot at its end, in small letters; nil for an address.
    ///
    /// - Requires: `HostName` takes `hostName`: then a name whose last label is a number is an address.
    /// - Source: RFC 6066 §3.
    var serverName: [UInt8]? {
        var name = hostName
        if let last = name.last, last == UInt8(ascii: ".") { name.removeLast() }
        var lastLabelIsNumber = true
        for index in name.indices {
            switch name[index] {
            case UInt8(ascii: ":"): return nil
            case UInt8(ascii: "."): lastLabelIsNumber = true
            case 0x30...0x39: break
            default: lastLabelIsNumber = false
            }
            name[index] = asciiLowercased(name[index])
        }
        return lastLabelIsNumber ? nil : name
    }
}

/// The negotiated parameters.
public struct TLSSummary: Equatable, Sendable {
    public let version: TLSVersion
    public let suite: CipherSuite
    public let group: NamedGroup
    /// How the server signed; nil when an earlier connection was resumed.
    public let scheme: SignatureScheme?
    /// RFC 7627. Always so in TLS 1.3.
    public let extendedMasterSecret: Bool
    /// Whether the key of an earlier connection vouched for the server.
    public let resumed: Bool
    /// Whether the server chose the protocol http/1.1 by name (RFC 7301).
    public let applicationProtocolNamed: Bool
}
