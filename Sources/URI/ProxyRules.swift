// ProxyRules.swift - decides which hosts are connected to through a proxy.
//
// Spec:    none; HTTPS_PROXY and NO_PROXY as interpreted by Go's golang.org/x/net/http/httpproxy.
// Secret:  only Proxy has access to the proxy's credentials.
// Reads:   Proxy, URL, URLError, IPAddress; Bytes. Read by: KeyFetching, Settings, Keys.

import Bytes

/// A proxy for https, and the hosts that are connected to directly.
public struct ProxyRules: Sendable {
    private let proxy: Proxy
    private let exceptions: [[UInt8]]

    /// - Parameters:
    ///   - proxy: the value of HTTPS_PROXY.
    ///   - exceptions: the value of NO_PROXY: entries separated by commas. `*` matches every host; `example.com`
    ///     matches that host and its subdomains; `.example.com` and `*.example.com` match only the subdomains. An entry
    ///     may also be an IP address or a block such as `10.0.0.0/8`. A name or an address may be followed by a port;
    ///     an IPv6 address is then enclosed in brackets. An entry of any other form matches nothing.
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

    /// The proxy for a URL; nil for a direct connection. Loopback addresses and http URLs always use a direct
    /// connection.
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
        // Names are not compared with IP addresses, because the last labels of a name could look like part of an
        // address.
        guard !host.isEmpty, address == nil else { return false }
        return nameMatches(host.span, url.host.span)
    }

    /// Both are ASCII and compared without regard to case.
    private func nameMatches(_ entry: Span<UInt8>, _ host: Span<UInt8>) -> Bool {
        let isWildcard = entry.count >= 2 && entry[0] == 0x2A && entry[1] == 0x2E
        let pattern = isWildcard ? entry.extracting(1..<entry.count) : entry
        let start = host.count - pattern.count
        guard start >= 0, bytesEqualIgnoringASCIICase(pattern, host.extracting(start..<host.count)) else {
            return false
        }
        // A pattern without a leading dot matches the host of this name and its subdomains.
        return pattern[0] == 0x2E || start == 0 || host[start - 1] == 0x2E
    }

    /// Splits `host:port` or `[host]:port`. For any other form it returns the whole entry and nil.
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
        // An entry with several colons and no brackets is an IPv6 address.
        for index in 0..<colon where entry[index] == 0x3A { return (whole, nil) }
        return ([UInt8](entry.extracting(0..<colon)), port)
    }

    private func isPort(_ text: [UInt8], _ port: UInt16) -> Bool {
        var decimal: [UInt8] = []
        decimal.append(decimal: Int(port))
        return bytesEqual(text.span, decimal.span)
    }
}

/// A range of addresses with a common prefix (RFC 4632 §3.1, RFC 4291 §2.3).
private struct IPBlock {
    private let address: IPAddress
    private let bitCount: Int

    init?(literal: Span<UInt8>) {
        var slash: Int?
        for index in literal.indices where literal[index] == 0x2F { slash = index }
        guard let slash, let address = IPAddress(literal: [UInt8](literal.extracting(0..<slash))),
            slash + 1 < literal.count, literal.count - slash <= 4
        else { return nil }
        guard let count = Decimal.value(literal.extracting((slash + 1)..<literal.count)),
            count <= address.bytes.count * 8
        else { return nil }
        self.address = address
        bitCount = Int(count)
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
