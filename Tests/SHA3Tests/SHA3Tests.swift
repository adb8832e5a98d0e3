import Bytes
import SHA3
import Testing

private func output(_ function: SHA3.Function, _ parts: [[UInt8]], byteCount: Int) -> [UInt8] {
    var sponge = SHA3(function)
    for part in parts { sponge.absorb(part.span) }
    var bytes = [UInt8](repeating: 0, count: byteCount)
    var span = bytes.mutableSpan
    sponge.squeeze(into: &span)
    return bytes
}

private func text(_ bytes: [UInt8]) -> String { String(decoding: Hex.encode(bytes.span), as: UTF8.self) }

/// FIPS 202's functions: published digests of short messages, and the same output however message and output are cut. The
/// sets of CAVP run in ConformanceTests (AUDIT 16).
@Suite struct SHA3Tests {
    /// The digests of the empty message, as NIST publishes them with FIPS 202.
    @Test(arguments: [
        (SHA3.Function.hash224, 28, "6b4e03423667dbb73b6e15454f0eb1abd4597f9a1b078e3f5b5a6bc7"),
        (.hash256, 32, "a7ffc6f8bf1ed76651c14756a061d662f580ff4de43b49fa82d80a4b80f8434a"),
        (.shake128, 32, "7f9c2ba4e88f827d616045507605853ed73b8093f6efbc88eb1a6eacfa66ef26"),
        (.shake256, 32, "46b9dd2b0ba88d13233b3feb743eeb243fcd52ea62b81b82b50c27646ed5762f"),
    ]) func emptyMessage(function: SHA3.Function, byteCount: Int, expected: String) {
        #expect(text(output(function, [], byteCount: byteCount)) == expected)
    }

    @Test(arguments: [SHA3.Function.hash224, .hash256, .hash384, .hash512, .shake128, .shake256])
    func everyCutGivesTheSameOutput(function: SHA3.Function) {
        let block = function.blockByteCount
        for count in [
            0, 1, 7, 8, 9, block - 9, block - 8, block - 1, block, block + 1, 2 * block, 2 * block + 3,
        ] {
            let message = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ count) }
            let whole = output(function, [message], byteCount: 2 * block + 5)
            for cut in 0...count {
                let parts = [Array(message[..<cut]), [], Array(message[cut...])]
                #expect(output(function, parts, byteCount: 2 * block + 5) == whole)
            }
            var sponge = SHA3(function)
            sponge.absorb(message.span)
            for cut in [0, 1, 8, 13, block - 1, block, block + 1, 2 * block] {
                var copy = sponge
                var first = [UInt8](repeating: 0, count: cut)
                var firstSpan = first.mutableSpan
                copy.squeeze(into: &firstSpan)
                let rest = (cut..<whole.count).map { _ in copy.squeeze() }
                #expect(first + rest == whole)
            }
        }
    }
}
