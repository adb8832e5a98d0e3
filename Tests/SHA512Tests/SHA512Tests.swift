import Bytes
import SHA512
import Testing

private func text(_ bytes: [UInt8]) -> String { String(decoding: Hex.encode(bytes.span), as: UTF8.self) }

private func hash512(inParts parts: [[UInt8]]) -> String {
    var running = SHA512()
    for part in parts { running.update(part.span) }
    let digest = running.finalize()
    return text([UInt8](digest.span))
}

private func hash384(inParts parts: [[UInt8]]) -> String {
    var running = SHA384()
    for part in parts { running.update(part.span) }
    let digest = running.finalize()
    return text([UInt8](digest.span))
}

/// FIPS 180-4's examples, and the same digest however a message is cut (AUDIT 12, 16).
@Suite struct SHA512Tests {
    static let long =
        "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu"

    /// The examples that NIST publishes with FIPS 180-4; the full CAVP sets run in ConformanceTests.
    @Test(arguments: [
        (
            "abc",
            "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
            "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7"
        ),
        (
            long,
            "8e959b75dae313da8cf4f72814fc143f8f7779c6eb9f7fa17299aeadb6889018501d289e4900f7e4331b99dec4b5433ac7d329eeb6dd26545e96e55b874be909",
            "09330c33f71147e83d192fc782cd1b4753111b173b3b05d22fa08086e3b0f712fcc7c71a557e2db966c3e9fa91746039"
        ),
    ]) func publishedExamples(message: String, digest512: String, digest384: String) {
        #expect(hash512(inParts: [Array(message.utf8)]) == digest512)
        #expect(hash384(inParts: [Array(message.utf8)]) == digest384)
    }

    @Test func everyCutGivesTheSameDigest() {
        for count in [0, 1, 110, 111, 112, 113, 127, 128, 129, 239, 240, 255, 256, 257, 300] {
            let message = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ count) }
            let oneShot = SHA512.hash(message.span)
            let whole512 = text([UInt8](oneShot.span))
            let oneShot384 = SHA384.hash(message.span)
            let whole384 = text([UInt8](oneShot384.span))
            for cut in 0...count {
                let parts = [Array(message[..<cut]), [], Array(message[cut...])]
                #expect(hash512(inParts: parts) == whole512)
                #expect(hash384(inParts: parts) == whole384)
            }
        }
    }
}
