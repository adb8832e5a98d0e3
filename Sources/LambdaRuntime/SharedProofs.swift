// SharedProofs.swift - a proof lets a request through once, whichever loop has it.
//
// Spec:    RFC 9449 §11.1 (replay).
// Secret:  no: digests.
// Reads:   LogLine; Authorizer, Platform. Read by: Decider.

import Authorizer
import Platform

/// The proofs that all loops have seen.
final class SharedProofs: @unchecked Sendable {
    private let log: Log
    /// Nil: there is one loop, and nobody to keep apart.
    private let lock: Lock?
    private var memo = ProofMemo()

    init(log: Log, isShared: Bool) {
        self.log = log
        lock = isShared ? Lock() : nil
    }

    /// The last step of a decision: the same one, or a refusal.
    func spend(_ decision: Decision, nowSeconds: Int64) -> Decision {
        guard decision.hasProof else { return decision }
        lock?.lock()
        defer { lock?.unlock() }
        let forgotten = memo.forgottenEarly
        let spent = decision.spendingProof(&memo, nowSeconds: nowSeconds)
        // Told once: from now on a proof could be sent again unnoticed.
        if forgotten == 0 && memo.forgottenEarly > 0 {
            log.write(LogLine(.warn, "more DPoP proofs come than are remembered"))
        }
        return spent
    }
}
