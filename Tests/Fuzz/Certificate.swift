// Certificate.swift - fuzz target: any bytes are a certificate or are refused, and so is their path.

import X509

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzCertificate(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = input(start, count)
    // A bundle of trust anchors; the same bytes as PEM.
    if let anchors = try? TrustAnchors(pem: bytes) { require(anchors.count > 0, "a bundle has an anchor") }
    let certificate: Certificate
    do { certificate = try Certificate(encoded: bytes) } catch {
        _ = error.reasonCode
        return 0
    }
    _ = certificate.subjectText
    _ = certificate.issuerText
    _ = certificate.serialText
    _ = certificate.isSelfIssued
    // Its own anchor: the path's rules see every extension.
    guard let anchors = try? TrustAnchors(certificates: [bytes]) else { return 0 }
    for host in ["www.example.com", "192.0.2.1"] {
        let report = examinePath(
            presented: [bytes, bytes], anchors: anchors, hostName: [UInt8](host.utf8),
            nowSeconds: 1_782_864_000)
        require((report.path == nil) != (report.error == nil), "there is a path or an error")
        if let error = report.error { _ = error.reasonCode }
    }
    return 0
}
