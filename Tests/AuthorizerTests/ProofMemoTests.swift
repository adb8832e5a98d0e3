import Testing

@testable import Authorizer

private func use(_ number: Int, lastSecond: Int64 = 100) -> ProofUse {
    ProofUse(
        thumbprint: [UInt8](repeating: 7, count: 32), jti: Array("jti-\(number)".utf8), lastSecond: lastSecond
    )
}

/// The proofs that are used for the first time.
private func first(
    _ numbers: some Sequence<Int>, _ memo: inout ProofMemo, at now: Int64, lastSecond: Int64 = 100
)
    -> [Int]
{
    var first: [Int] = []
    for number in numbers {
        if memo.use(use(number, lastSecond: lastSecond), nowSeconds: now) { first.append(number) }
    }
    return first
}

/// A proof is accepted once, and the memory of proofs is bounded (AUDIT 32, 40).
@Suite struct ProofMemoTests {
    @Test func aProofIsUsedOnce() {
        var memo = ProofMemo()
        let used = first(0..<100, &memo, at: 0)
        let again = first(0..<100, &memo, at: 0)
        #expect(used == Array(0..<100) && again == [])
        #expect(memo.count == 100 && memo.evictedEarly == 0)
        // Another key's proof with the same jti is a different proof.
        let other = ProofUse(
            thumbprint: [UInt8](repeating: 8, count: 32), jti: Array("jti-1".utf8), lastSecond: 100)
        let isFirst = memo.use(other, nowSeconds: 0)
        #expect(isFirst)
    }

    /// AUDIT 32: at the limit and one past it.
    @Test func theOldestProofIsEvictedFirst() {
        var memo = ProofMemo(capacity: 4)
        _ = first(0..<4, &memo, at: 0)
        #expect(memo.count == 4 && memo.evictedEarly == 0)
        let fifth = first([4], &memo, at: 100)
        #expect(fifth == [4] && memo.count == 4 && memo.evictedEarly == 1)
        let known = first(1...4, &memo, at: 100)
        let gone = first([0], &memo, at: 100)
        #expect(known == [] && gone == [0] && memo.evictedEarly == 2)
        // The eviction of an expired proof is not counted.
        let later = first(10..<20, &memo, at: 101, lastSecond: 300)
        #expect(later.count == 10 && memo.count == 4 && memo.evictedEarly == 2 + 6)
    }

    @Test func theLimit() { #expect(ProofMemo().capacity == AuthorizerLimits.proofCount) }
}
