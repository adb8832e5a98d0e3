// Proxy.swift - fuzz target: any text is a proxy's address, and a list of exceptions, or is refused.
//
// Three lines: HTTPS_PROXY, NO_PROXY and the address to reach.

import URI

@testable import HTTP

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzProxy(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let lines = input(start, count).split(separator: 0x0A, omittingEmptySubsequences: false).map {
        [UInt8]($0)
    }
    guard lines.count == 3 else { return 0 }
    let target = lines[2]
    guard let url = try? URL(target.span) else { return 0 }
    let rules: ProxyRules
    do { rules = try ProxyRules(proxy: lines[0], exceptions: lines[1]) } catch {
        _ = error.reasonCode
        return 0
    }
    guard let proxy = rules.proxy(for: url) else { return 0 }
    require(url.scheme == .https && !url.isLoopback, "this machine is not reached through a proxy")
    let head = HTTPRequest(through: proxy, to: url.hostAndPort).bytes
    require(
        head.count { $0 == 0x0A } == (proxy.credentials == nil ? 3 : 4), "nothing adds a line to a request")
    // With a further exception for every host no proxy is used.
    let none = try? ProxyRules(proxy: lines[0], exceptions: lines[1] + [UInt8](",*".utf8))
    require(none?.proxy(for: url) == nil, "an exception for everything holds")
    return 0
}
