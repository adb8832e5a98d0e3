import Bytes
import TestSupport
import Testing

@testable import JOSE

/// AUDIT 27.
@Suite struct VerifiedTokenMemoTests {
    private let origin = KeySetOrigin(issuer: 0, generation: 1)

    /// Verifies with a memo. The set may lack the key: then only the memo can accept the token.
    private func verify(
        _ token: String, _ memo: inout VerifiedTokenMemo<[UInt8]>, keys: [UInt8] = issuer.keySet,
        algorithms: [Algorithm] = Algorithm.allCases, origin: KeySetOrigin? = nil
    ) -> JOSEError? {
        thrown { () throws(JOSEError) in
            let set = try KeySet(parsing: keys)
            let verified = try UnverifiedToken(bytes(token)).verifySignature(
                keySet: set, algorithms: algorithms, memo: &memo, origin: origin ?? self.origin)
            #expect(verified.claims.root.member("n") != nil)
        }
    }

    @Test func aKnownTokenIsRecognised() {
        var memo = VerifiedTokenMemo<[UInt8]>(capacity: 4)
        let token = issuer.token(#"{"n":1}"#)
        #expect(verify(token, &memo, keys: otherIssuer.keySet) == .unknownKey && memo.count == 0)
        #expect(verify(token, &memo) == nil && memo.count == 1)
        #expect(verify(token, &memo, keys: otherIssuer.keySet) == nil && memo.count == 1)
    }

    /// Every byte of the token is compared.
    @Test func anotherTokenIsNot() {
        var memo = VerifiedTokenMemo<[UInt8]>(capacity: 4)
        let token = issuer.token(#"{"n":1}"#)
        #expect(verify(token, &memo) == nil)
        let text = bytes(token)
        for index in text.indices where text[index] != 0x2E {
            var other = text
            // Another character of the alphabet; the last one may differ in bits that decode to nothing.
            other[index] = text[index] == 0x41 ? 0x42 : 0x41
            let refusal = verify(String(decoding: other, as: UTF8.self), &memo)
            #expect(refusal != nil, "byte \(index)")
        }
        #expect(memo.count == 1)
    }

    /// A fetched set, and another issuer's, begin with an empty memo.
    @Test func anotherKeySetIsNot() {
        var memo = VerifiedTokenMemo<[UInt8]>(capacity: 4)
        let token = issuer.token(#"{"n":1}"#)
        #expect(verify(token, &memo) == nil)
        for origin in [
            KeySetOrigin(issuer: 0, generation: 2),
            KeySetOrigin(issuer: 1, generation: 1),
        ] {
            #expect(verify(token, &memo, keys: otherIssuer.keySet, origin: origin) == .unknownKey)
        }
    }

    /// The settings' algorithms are not part of a remembered result.
    @Test func theAlgorithmIsCheckedEachTime() {
        var memo = VerifiedTokenMemo<[UInt8]>(capacity: 4)
        let token = issuer.token(#"{"n":1}"#)
        #expect(verify(token, &memo) == nil)
        #expect(verify(token, &memo, algorithms: [.ps256]) == .algNotAllowed)
    }

    /// Only verified tokens are remembered.
    @Test func refusalsAreNotRemembered() {
        var memo = VerifiedTokenMemo<[UInt8]>(capacity: 4)
        let token = issuer.token(#"{"n":1}"#)
        let forged = String(token.dropLast(8)) + "AAAAAAAA"
        for _ in 0..<10 { #expect(verify(forged, &memo) != nil) }
        #expect(memo.count == 0)
    }

    /// The oldest entry is evicted first, and there are never more entries than the capacity.
    @Test func theOldestIsEvicted() {
        var memo = VerifiedTokenMemo<[UInt8]>(capacity: 2)
        let tokens = (1...3).map { issuer.token(#"{"n":\#($0)}"#) }
        for token in tokens { #expect(verify(token, &memo) == nil) }
        #expect(memo.count == 2)
        #expect(verify(tokens[0], &memo, keys: otherIssuer.keySet) == .unknownKey)
        #expect(verify(tokens[1], &memo, keys: otherIssuer.keySet) == nil)
        #expect(verify(tokens[2], &memo, keys: otherIssuer.keySet) == nil)
    }

    /// A note is bound to its token's entry, and is not visible for another token.
    @Test func notesAreEvictedWithTheirTokens() throws {
        var memo = VerifiedTokenMemo<[UInt8]>(capacity: 2)
        func verified(_ number: Int, _ generation: Int = 1) throws -> VerifiedToken {
            try UnverifiedToken(bytes(issuer.token(#"{"n":\#(number)}"#))).verifySignature(
                keySet: KeySet(parsing: issuer.keySet), algorithms: Algorithm.allCases, memo: &memo,
                origin: KeySetOrigin(issuer: 0, generation: generation))
        }
        func note(_ text: String) -> [UInt8] { bytes(text) }
        let first = try verified(1)
        #expect(memo.note(of: first) == nil)
        memo.keep(note("one"), of: first)
        #expect(memo.note(of: try verified(1)) == bytes("one"))
        let second = try verified(2)
        #expect(memo.note(of: second) == nil)
        memo.keep(note("two"), of: second)
        // The third replaces the first, without its notes.
        let third = try verified(3)
        #expect(memo.note(of: third) == nil && memo.note(of: first) == nil)
        memo.keep(note("late"), of: first)
        #expect(memo.note(of: third) == nil && memo.note(of: second) == bytes("two"))
        // The same token with another set is another entry.
        #expect(memo.note(of: try verified(2, 2)) == nil)
        memo.keep(nil, of: third)
        #expect(memo.note(of: third) == nil)
        var none = VerifiedTokenMemo<[UInt8]>(capacity: 0)
        none.keep(note("x"), of: third)
        #expect(none.note(of: third) == nil)
    }

    @Test func limits() {
        var none = VerifiedTokenMemo<[UInt8]>(capacity: 0)
        let token = issuer.token(#"{"n":1}"#)
        #expect(verify(token, &none) == nil && none.count == 0)
        #expect(VerifiedTokenMemo<[UInt8]>(capacity: .max).capacity == JOSELimits.memoEntryCount)
        // The longest token that is remembered (base 64 does not come in every length), and the next one.
        let header = #"{"alg":"RS256","kid":"key-1"}"#
        func padded(_ filler: Int) -> String {
            let text = String(repeating: "x", count: filler)
            return issuer.token(header: header, payload: #"{"n":1,"p":"\#(text)"}"#)
        }
        var filler = 5850
        while padded(filler).utf8.count > JOSELimits.memoTokenByteCount { filler -= 1 }
        var memo = VerifiedTokenMemo<[UInt8]>(capacity: 4)
        #expect(verify(padded(filler), &memo) == nil && memo.count == 1)
        #expect(verify(padded(filler + 1), &memo) == nil && memo.count == 1)
    }
}
