// ProxyRules.swift - which hosts are reached through a proxy.
//
// Spec:    none; HTTPS_PROXY and NO_PROXY as Go's golang.org/x/net/http/httpproxy reads them.
// Secret:  the proxy's credentials stay within Proxy.
// Reads:   Proxy, URL; Platform (IPAddress), Bytes. Read by: KeyFetcher.

import Bytes
import Platform

/// A proxy for https, and the hosts that are not reached through it.
public struct ProxyRules: Sendable {
    private let proxy: Proxy
    private let exceptions: [[UInt8]]

    /// - Parameters:
    ///   - proxy: the value of HTTPS_PROXY.
    ///   - exceptions: the value of NO_PROXY: entries with commas between them. `*` is every host;
    ///     `example.com` that host and those below it, `.example.com` and `*.example.com` those below
    ///     it alone; also an IP address or a block as in `10.0.0.0/8`. A name or an address may have
    ///     a port behind it (an IPv6 address then stands in brackets). An entry of another form matches nothing.
    public init(proxy: [UInt8], exceptions: [UInt8]) throws(URLError) {
        self.proxy = try Proxy(proxy.span)
        var entries: [[UInt8]] = []
        var start = 0
        for index in 0...exceptions.count where index == exceptions.count || exceptions[index] == 0x2C {
            let entry = trimmed(exceptions.span.extracting(start..<index))
            start = index + 1
            if entry.count > 0 { entries.append([UInt8](entry)) }
        }
        self.exceptions = entries
    }

    /// The proxy on the way to a URL; nil when there is none. This machine, and http, are never
    /// reached through one.
    public func proxy(for url: URL) -> Proxy? {
        guard url.scheme == .https, !url.isLoopback else { return nil }
        let address = IPAddress(literal: url.host)
        if let address, address.isLoopback { return nil }
        for entry in exceptions where matches(entry.span, url, address) { return nil }
        return proxy
    }

    private func matches(_ entry: Span<UInt8>, _ url: URL, _ address: IPAddress?) -> Bool {
        if bytesEqual(entry, "*") { return true }
        if let block = IPBlock(literal: entry) { return address.map { block.contains($0) } ?? false }
        let (host, port) = split(entry)
        if let port, !port.isEmpty, !isPort(port, url.port) { return false }
        if let single = IPAddress(literal: host) { return single == address }
        // A name says nothing of an address, though its last labels may look alike.
        guard !host.isEmpty, address == nil else { return false }
        return nameMatches(host.span, url.host.span)
    }

    /// Both in ASCII, in whatever case.
    private func nameMatches(_ entry: Span<UInt8>, _ host: Span<UInt8>) -> Bool {
        let isWildcard = entry.count >= 2 && entry[0] == 0x2A && entry[1] == 0x2E
        let pattern = isWildcard ? entry.extracting(1..<entry.count) : entry
        let start = host.count - pattern.count
        guard start >= 0, bytesEqualIgnoringASCIICase(pattern, host.extracting(start..<host.count)) else {
            return false
        }
        // A pattern without a dot before it is a host, or what the host is below.
        return pattern[0] == 0x2E || start == 0 || host[start - 1] == 0x2E
    }

    /// `host:port` or `[host]:port` in its two parts; the whole and nil when it has no such form.
    private func split(_ entry: Span<UInt8>) -> (host: [UInt8], port: [UInt8]?) {
        var colon: Int?
        for index in entry.indices where entry[index] == 0x3A { colon = index }
        let whole = [UInt8](entry)
        guard let colon else { return (whole, nil) }
        let port = [UInt8](entry.extracting((colon + 1)..<entry.count))
        if entry[0] == 0x5B {
            guard colon >= 2, entry[colon - 1] == 0x5D else { return (whole, nil) }
            return ([UInt8](entry.extracting(1..<(colon - 1))), port)
        }
        // Several colons without brackets are an IPv6 address.
        for index in 0..<colon where entry[index] == 0x3A { return (whole, nil) }
        return ([UInt8](entry.extracting(0..<colon)), port)
    }

    private func isPort(_ text: [UInt8], _ port: UInt16) -> Bool {
        var decimal: [UInt8] = []
        decimal.append(decimal: Int(port))
        return bytesEqual(text.span, decimal.span)
    }
}

/// The addresses that share their first bits (RFC 4632 §3.1, RFC 4291 §2.3).
private struct IPBlock {
    private let address: IPAddress
    private let bitCount: Int

    init?(literal: Span<UInt8>) {
        var slash: Int?
        for index in literal.indices where literal[index] == 0x2F { slash = index }
        guard let slash, let address = IPAddress(literal: [UInt8](literal.extracting(0..<slash))),
            slash + 1 < literal.count, literal.count - slash <= 4
        else { return nil }
        var count = 0
        for index in (slash + 1)..<literal.count {
            guard literal[index] >= 0x30, literal[index] <= 0x39 else { return nil }
            count = count * 10 + Int(literal[index] - 0x30)
        }
        guard count <= address.bytes.count * 8 else { return nil }
        self.address = address
        bitCount = count
    }

    func contains(_ other: IPAddress) -> Bool {
        guard other.bytes.count == address.bytes.count else { return false }
        for index in 0..<bitCount {
            let bit: UInt8 = 0x80 >> UInt8(index % 8)
            if (address.bytes[index / 8] ^ other.bytes[index / 8]) & bit != 0 { return false }
        }
        return true
    }
}
