// PolicyNote.swift - the policy of a token, cached for its next call.
//
// Spec:    none.
// Secret:  no: ARNs, which may contain values of claims, in the memory of the process.
// Reads:   nothing. Read by: CallPolicy; Authorizer, which keeps it with the verified token.

/// The statements of a policy that depend only on the token's claims and on the configuration.
public struct PolicyNote: Sendable {
    /// The key of the cache entry: the form of the policy's ARNs and its limit.
    package let subject: [UInt8]
    package let text: [UInt8]
    /// The rules that the text omits.
    package let omitted: [Int]

    package init(subject: [UInt8], text: [UInt8], omitted: [Int] = []) {
        self.subject = subject
        self.text = text
        self.omitted = omitted
    }
}
