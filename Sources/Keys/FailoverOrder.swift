// FailoverOrder.swift - which of an issuer's addresses is asked first.
//
// Spec:    none; fail-over with a memory.
// Secret:  no.
// Reads:   nothing. Read by: FetchSchedule; KeyFetching, LambdaRuntime.

/// The order in which addresses are tried: the first of the settings, unless it failed lately.
public struct FailoverOrder: Sendable {
    public let count: Int
    private var preferred = 0
    private var preferredSinceSeconds: Int64 = 0

    /// How long another address is asked first before the first one gets its next chance.
    static let returnSeconds: Int64 = 300

    /// - Parameter count: at least 1.
    package init(count: Int) {
        precondition(count > 0, "there is an address")
        self.count = count
    }

    /// The address of an attempt, from 0: the one that is asked first, then the others in the settings' order.
    public func address(attempt: Int, nowSeconds: Int64) -> Int {
        let first = firstAddress(nowSeconds)
        if attempt == 0 { return first }
        return attempt <= first ? attempt - 1 : attempt
    }

    private func firstAddress(_ nowSeconds: Int64) -> Int {
        let elapsed = nowSeconds - preferredSinceSeconds
        return elapsed >= 0 && elapsed < Self.returnSeconds ? preferred : 0
    }

    /// Notes which address gave the keys, and at which attempt.
    package mutating func succeeded(_ address: Int, attempt: Int, nowSeconds: Int64) {
        // The one that was asked first and answered keeps its place, and its time goes on.
        if attempt == 0 && address == preferred { return }
        preferred = address
        preferredSinceSeconds = nowSeconds
    }
}
