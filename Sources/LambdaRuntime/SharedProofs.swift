// SharedProofs.swift - accepts each DPoP proof only once, in whichever loop.
//
// Spec:    RFC 9449 §11.1 (replay).
// Secret:  no: digests.
// Reads:   LogLine; Authorizer, Platform, Settings. Read by: Decider.

import Authorizer
import Platform
import Settings

/// The proofs that the loops have accepted.
final class SharedProofs: @unchecked Sendable {
    private let log: Log
    /// Nil with a single loop: no locking is needed.
    private let lock: Lock?
    private var memo = ProofMemo()

    init(log: Log, isShared: Bool) {
        self.log = log
        lock = isShared ? Lock() : nil
    }

    /// The last step of a decision: returns the same decision, or a refusal for a replayed proof.
    func spend(_ decision: Decision) -> Decision {
        guard decision.hasProof else { return decision }
        lock?.lock()
        defer { lock?.unlock() }
        let forgotten = memo.evictedEarly
        let spent = decision.spendingProof(&memo)
        // Logged once: from now on the replay of a proof may go undetected.
        if forgotten == 0 && memo.evictedEarly > 0 {
            log.write(LogLine(.warn, "more DPoP proofs arrive than can be remembered"))
        }
        return spent
    }
}
