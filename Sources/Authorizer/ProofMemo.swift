// ProofMemo.swift - recently used DPoP proofs.
//
// Spec:    RFC 9449 §11.1 (replay); AUDIT 40.
// Secret:  no: digests.
// Reads:   Decision, Limits; Bytes, SHA256. Read by: SenderCheck, LambdaRuntime.
//
// A proof is identified by the SHA-256 of its key's thumbprint and its jti, so that a client cannot use up the jti values
// of another client. It is remembered as long as its iat is accepted. Each environment of the function has its own memo:
// a proof that is sent again to another environment is not recognised (SENDER.md).
//
// A proof is remembered only if the request has a valid token and the proof was made with the token's key. So other
// clients cannot fill the memo. If the memo is full, the oldest proof is evicted before its time, and this is counted.
// Refusing requests instead would let one busy client block all others.

import Bytes
import SHA256

/// The proof of one request, to be checked for replay.
public struct ProofUse: Sendable {
    let digest: InlineArray<32, UInt8>
    /// The last second at which its iat is accepted.
    let lastSecond: Int64

    init(thumbprint: [UInt8], jti: [UInt8], lastSecond: Int64) {
        // The thumbprint always has 32 bytes, so the concatenation is unambiguous.
        digest = SHA256.hash((thumbprint + jti).span)
        self.lastSecond = lastSecond
    }
}

/// A bounded memory of proofs.
public struct ProofMemo: Sendable {
    /// The number of proofs that were evicted before their time because the memo was full.
    public private(set) var evictedEarly = 0
    let capacity: Int
    /// The first eight bytes of each digest, compared first: they nearly always differ.
    private var heads: [UInt64] = []
    private var uses: [ProofUse] = []
    /// The index of the oldest entry, which is replaced next once the memo is full.
    private var oldest = 0

    public init() {
        self.init(capacity: AuthorizerLimits.proofCount)
    }

    /// - Parameter capacity: at least 1.
    init(capacity: Int) {
        self.capacity = capacity
    }

    /// The number of remembered proofs.
    var count: Int { uses.count }

    /// Records the use of a proof.
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
        if uses[oldest].lastSecond >= nowSeconds { evictedEarly += 1 }
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
    /// Whether the decision has a proof.
    public var hasProof: Bool { proof != nil }

    /// The decision, if its proof is used for the first time. This is the last step of each decision with a proof that is
    /// valid for its request, whether the request is allowed or not.
    ///
    /// - Parameter memo: the memo of this environment. Threads share one memo, which is protected by a lock.
    /// - Returns: the decision, or a refusal (`dpop_replayed`) that allows no calls of the token.
    public func spendingProof(_ memo: inout ProofMemo) -> Decision {
        guard let proof, !memo.use(proof, nowSeconds: atSeconds) else { return self }
        return refused(.sender(.proofReplayed))
    }
}
