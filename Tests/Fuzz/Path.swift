// Path.swift - fuzz target: certificates of any bytes, the first of them the anchor, are a path or none.
//
// The input: certificates, each preceded by its length in two bytes.

import X509

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzPath(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = input(start, count)
    var certificates: [[UInt8]] = []
    var offset = 0
    while offset + 2 <= bytes.count, certificates.count < 40 {
        let length = min(Int(bytes[offset]) << 8 | Int(bytes[offset + 1]), bytes.count - offset - 2)
        certificates.append([UInt8](bytes[(offset + 2)..<(offset + 2 + length)]))
        offset += 2 + length
    }
    guard let anchor = certificates.first, let anchors = try? TrustAnchors(certificates: [anchor]) else {
        return 0
    }
    let presented = [[UInt8]](certificates.dropFirst())
    let host = [UInt8]("www.example.com".utf8)
    let now: Int64 = 1_782_864_000
    let report = examinePath(presented: presented, anchors: anchors, hostName: host, nowSeconds: now)
    require((report.path == nil) != (report.error == nil), "there is a path or an error")
    require(report.attempts.count <= X509Limits.reportedAttemptCount, "the report is bounded")
    if let path = report.path {
        require(path.certificates.count <= X509Limits.pathCertificateCount, "a path is bounded")
        // Whatever holds for a server's name holds without one.
        let again = try? buildPath(presented: presented, anchors: anchors, nowSeconds: now)
        require(again != nil, "a path for a host is a path")
    }
    return 0
}
