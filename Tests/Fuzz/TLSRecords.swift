// TLSRecords.swift - fuzz target: the client ends in the same state whether a server's bytes come whole or in pieces.
//
// The first byte selects the sizes of the pieces; the rest is what the server sends after the ClientHello. A server
// without a certificate issued by the anchor never gets a connection.

import Bytes
import TLS
import X509

/// A minimal certificate. No input can be signed with its key.
private let anchors: TrustAnchors = {
    let certificate: [UInt8] = [
        0x30, 0x0D, 0x30, 0x0B, 2, 1, 1, 0x30, 0, 0x30, 0, 0x30, 0, 0x30, 0,
    ]
    return try! TrustAnchors(certificates: [certificate])
}()

private func makeClient() -> TLSClient {
    let configuration = TLSConfiguration(
        hostName: [UInt8]("server.test".utf8), anchors: anchors, nowSeconds: 1_750_000_000, prefersAES: true)
    // The random bytes of Vectors/tls/recordings.trace: its servers' answers are seeds.
    var state: UInt64 = 0x9E37_79B9_7F4A_7C15 | 1
    var random = [UInt8](repeating: 0, count: TLSClient.randomByteCount)
    for index in random.indices {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        random[index] = UInt8(truncatingIfNeeded: state >> 56)
    }
    return try! TLSClient.begin(configuration, random: SecretBytes(copying: random.span))
}

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzTLSRecords(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = input(start, count)
    guard let choice = bytes.first else { return 0 }
    let step = Int(choice & 0x1F) + 1
    let whole = run(bytes, step: bytes.count)
    let pieces = run(bytes, step: step)
    require(whole.error == pieces.error, "whole or in pieces, the error is the same")
    require(whole.output == pieces.output, "whole or in pieces, the answer is the same")
    return 0
}

private func run(_ bytes: [UInt8], step: Int) -> (error: TLSError?, output: [UInt8]) {
    let client = makeClient()
    var offset = 1
    do throws(TLSError) {
        while offset < bytes.count {
            let end = min(offset + step, bytes.count)
            try client.receive(bytes.span.extracting(offset..<end))
            offset = end
        }
    } catch {
        _ = error.reasonCode
        let output = client.takeOutput()
        require(!client.isEstablished && client.session == nil, "an error is the end")
        require(client.takeApplicationData().isEmpty, "nothing after an error")
        return (error, output)
    }
    require(!client.isEstablished && client.summary == nil, "no connection without a certificate")
    require(client.takeApplicationData().isEmpty, "no data without a connection")
    return (nil, client.takeOutput())
}
