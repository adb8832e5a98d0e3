// URL.swift - fuzz target: a URL put together from its parts is the same URL.

import URI

@testable import HTTP

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzURL(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = input(start, count)
    let url: URL
    do { url = try URL(bytes.span) } catch {
        _ = error.reasonCode
        return 0
    }
    var text: [UInt8] = url.scheme == .https ? [UInt8]("https://".utf8) : [UInt8]("http://".utf8)
    text += url.isIPv6Literal ? [0x5B] + url.host + [0x5D] : url.host
    text += [0x3A] + [UInt8]("\(url.port)".utf8) + url.target
    if text.count <= URILimits.urlByteCount {
        let again = try? URL(text.span)
        require(again == url, "a URL put together from its parts is the same URL")
    }
    _ = url.isLoopback

    // Nothing of a URL can end a line of the request: the head has the lines that it was given.
    var request = HTTPRequest(get: url)
    request.end()
    let lineCount = request.bytes.count { $0 == 0x0A }
    var plain = HTTPRequest(get: try! URL([UInt8]("http://a/".utf8).span))
    plain.end()
    require(lineCount == plain.bytes.count { $0 == 0x0A }, "a URL adds no line to a request")
    return 0
}
