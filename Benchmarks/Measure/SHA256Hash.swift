// SHA256Hash.swift - sha256:N, one message of N bytes.

import Authorizer
import Bytes
import SHA256

struct SHA256Hash: Operation {
    private let message: [UInt8]
    private let expected: [UInt8]

    init?(_ request: Request) {
        guard let size = request.size else { return nil }
        let message = [UInt8](repeating: 0x61, count: size)
        // By the incremental functions, in pieces that fit no block.
        var hash = SHA256()
        var start = 0
        while start < size {
            let end = min(start + 37, size)
            hash.update(message.span.extracting(start..<end))
            start = end
        }
        let digest = hash.finalize()
        expected = [UInt8](digest.span)
        self.message = message
    }

    mutating func perform() -> Bool {
        let digest = SHA256.hash(message.span)
        return bytesEqual(digest.span, expected.span)
    }
}
