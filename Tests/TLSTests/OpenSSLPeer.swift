import Bytes
import Foundation
import X509

@testable import TLS

/// The root of the repository.
let repositoryRoot = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

struct PeerFailure: Error {
    let text: String
}

/// OpenSSL's server, on pipes (Tests/Integration/tls_peer.py).
final class OpenSSLPeer {
    private let process = Process()
    private let input = Pipe()
    private let output = Pipe()
    let anchor: [UInt8]

    init(_ arguments: [String]) throws {
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments =
            ["python3", repositoryRoot.appendingPathComponent("Tests/Integration/tls_peer.py").path]
            + arguments
        process.standardInput = input
        process.standardOutput = output
        try process.run()
        var line: [UInt8] = []
        while line.last != 0x0A {
            guard let byte = try output.fileHandleForReading.read(upToCount: 1)?.first else {
                throw PeerFailure(text: "no certificate from tls_peer.py")
            }
            line.append(byte)
        }
        line.removeLast()
        anchor = try Hex.decode(line.span)
    }

    deinit {
        try? input.fileHandleForWriting.close()
        process.waitUntilExit()
    }

    /// Sends bytes to the server, and returns its answer.
    func exchange(_ bytes: [UInt8]) throws -> [UInt8] {
        var frame: [UInt8] = []
        frame.append(bigEndian: UInt64(bytes.count), byteCount: 4)
        try input.fileHandleForWriting.write(contentsOf: frame + bytes)
        let count = try read(4).reduce(0) { $0 << 8 | Int($1) }
        return try read(count)
    }

    private func read(_ count: Int) throws -> [UInt8] {
        var bytes: [UInt8] = []
        while bytes.count < count {
            guard let data = try output.fileHandleForReading.read(upToCount: count - bytes.count),
                !data.isEmpty
            else { throw PeerFailure(text: "tls_peer.py ended") }
            bytes += data
        }
        return bytes
    }
}

/// Random bytes that are the same in every run.
func fixedRandom(_ seed: UInt8 = 1) -> SecretBytes {
    var state = UInt64(seed) &* 0x9E37_79B9_7F4A_7C15 | 1
    let bytes = (0..<TLSClient.randomByteCount).map { _ in
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return UInt8(truncatingIfNeeded: state >> 56)
    }
    return SecretBytes(copying: bytes.span)
}

/// The ClientHello's random, from these bytes.
func fixedHelloRandom(_ seed: UInt8 = 1) -> [UInt8] {
    let random = fixedRandom(seed)
    return [UInt8](random.span.extracting(0..<32))
}

/// Its legacy_session_id.
func fixedSessionIdentifier(_ seed: UInt8 = 1) -> [UInt8] {
    let random = fixedRandom(seed)
    return [UInt8](random.span.extracting(32..<64))
}

/// The random bytes of the client's private keys.
func fixedKeySeed(_ seed: UInt8 = 1) -> SecretBytes {
    let random = fixedRandom(seed)
    return SecretBytes(copying: random.span.extracting(64..<random.count))
}

func configuration(
    anchor: [UInt8], host: String = "server.test", now: Int64 = 1_750_000_000, prefersAES: Bool = true
) throws -> TLSConfiguration {
    TLSConfiguration(
        hostName: Array(host.utf8), anchors: try TrustAnchors(certificates: [anchor]), nowSeconds: now,
        prefersAES: prefersAES)
}

func makeClient(
    _ configuration: TLSConfiguration, seed: UInt8 = 1, session: TLSSession? = nil
) throws -> TLSClient {
    try TLSClient.begin(configuration, random: fixedRandom(seed), session: session)
}
