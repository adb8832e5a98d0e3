// ProofMemo.swift - proofs that were used a moment ago.
//
// Spec:    RFC 9449 §11.1 (replay); security-checklist 27 in spirit.
// Secret:  no: digests.
// Reads:   Authorization (Decision), Limits; Bytes, SHA256. Read by: SenderConstraint, LambdaRuntime.
//
// A proof is known again by SHA-256 of its key's thumbprint and its jti, so that no client can use up
// another's names, and for as long as its iat would be taken. The memo belongs to one environment of
// the function: a proof that is sent again to another environment is not known there. SENDER.md says so.
//
// Only the proof of a request that is let through is remembered: nobody without a good token and
// its key can put one in. When all places are taken the oldest goes before its time, and that is
// counted; to refuse instead would let one busy client shut out the others.

import Bytes
import SHA256

/// A proof that let a request through, if it does so for the first time.
public struct ProofUse: Sendable {
    let digest: InlineArray<32, UInt8>
    /// The last second at which its iat would be taken.
    let lastSecond: Int64

    init(thumbprint: [UInt8], jti: [UInt8], lastSecond: Int64) {
        // The thumbprint has 32 bytes, so the two cannot run into each other.
        digest = SHA256.hash((thumbprint + jti).span)
        self.lastSecond = lastSecond
    }
}

/// A bounded memory of proofs.
public struct ProofMemo: Sendable {
    /// How many went before their time because all places were taken.
    public private(set) var forgottenEarly = 0
    let capacity: Int
    /// The first eight bytes of each digest, which nearly always tell.
    private var heads: [UInt64] = []
    private var uses: [ProofUse] = []
    /// The place that is taken next once all are: that of the oldest.
    private var oldest = 0

    public init() {
        self.init(capacity: AuthorizerLimits.proofCount)
    }

    /// - Parameter capacity: at least 1.
    init(capacity: Int) {
        self.capacity = capacity
    }

    /// How many are remembered.
    var count: Int { uses.count }

    /// Takes a proof in.
    ///
    /// - Returns: whether this is its first use.
    mutating func use(_ use: ProofUse, nowSeconds: Int64) -> Bool {
        var head: UInt64 = 0
        for index in 0..<8 { head = head << 8 | UInt64(use.digest[index]) }
        var place = firstPlace(of: head, from: 0)
        while place < heads.count {
            if bytesEqual(uses[place].digest.span, use.digest.span) { return false }
            place = firstPlace(of: head, from: place + 1)
        }
        guard uses.count == capacity else {
            heads.append(head)
            uses.append(use)
            return true
        }
        if uses[oldest].lastSecond >= nowSeconds { forgottenEarly += 1 }
        heads[oldest] = head
        uses[oldest] = use
        oldest = (oldest + 1) % capacity
        return true
    }

    @_optimize(speed)
    private func firstPlace(of head: UInt64, from start: Int) -> Int {
        var place = start
        while place < heads.count, heads[place] != head { place += 1 }
        return place
    }
}

extension Decision {
    /// Whether there is a proof to spend.
    public var hasProof: Bool { proof != nil }

    /// The decision, if its proof is used for the first time; the last step of each decision whose proof let it through.
    ///
    /// - Parameters:
    ///   - memo: of this environment. With several threads it is the only one, behind a lock.
    ///   - nowSeconds: wall time.
    /// - Returns: itself, or a refusal (`dpop_replayed`).
    public consuming func spendingProof(_ memo: inout ProofMemo, nowSeconds: Int64) -> Decision {
        guard let proof, case .allow = outcome, !memo.use(proof, nowSeconds: nowSeconds) else { return self }
        outcome = .refuse(.sender(.proofReplayed))
        // Whoever sends it again may call nothing at all.
        statements = nil
        if shadow != nil { shadow = ShadowVerdict(refusal: .sender(.proofReplayed), finding: nil) }
        return self
    }
}
