import TestSupport
import Testing

@testable import X509

/// Extensions have limits (AUDIT 32, 48).
@Suite struct ExtensionsTests {
    private func read(_ identifier: [UInt8], _ value: [UInt8]) -> X509Error? {
        let list = sequence(sequence(tlv(0x06, identifier), tlv(0x04, value)))
        do throws(X509Error) {
            var fields = FieldReader(list.span)
            _ = try readExtensions(&fields)
            return nil
        } catch { return error }
    }

    private let limit = X509Limits.nameCount

    @Test func nameLimit() {
        let name: [UInt8] = [0x82, 0x01, 0x61]
        func names(_ count: Int) -> [UInt8] {
            tlv(0x30, [[UInt8]](repeating: name, count: count).flatMap { $0 })
        }
        #expect(read([0x55, 0x1D, 0x11], names(limit)) == nil)
        #expect(read([0x55, 0x1D, 0x11], names(limit + 1)) == .tooManyNames(limit: limit))
    }

    /// The limit applies to each list separately.
    @Test func subtreeLimit() {
        func subtrees(_ tag: UInt8, _ count: Int) -> [UInt8] {
            tlv(tag, [[UInt8]](repeating: sequence([0x82, 0x01, 0x61]), count: count).flatMap { $0 })
        }
        func refusal(_ permitted: Int, _ excluded: Int) -> X509Error? {
            read([0x55, 0x1D, 0x1E], sequence(subtrees(0xA0, permitted), subtrees(0xA1, excluded)))
        }
        #expect(refusal(limit, limit) == nil)
        #expect(refusal(limit + 1, 1) == .tooManyNames(limit: limit))
        #expect(refusal(1, limit + 1) == .tooManyNames(limit: limit))
    }
}
