// VerifiedTokenMemo.swift - tokens whose signature held a moment ago.
//
// Spec:    none; security-checklist 27 (what a memo must not get wrong).
// Secret:  no: a digest, a signature and claims; none of them is the token itself.
// Reads:   SignatureVerification, Limits; SHA256. Read by: Authorizer.
//
// A caller sends one token many times, and the signature is most of a decision's work. What is
// remembered is one fact: under this key set, this token's signature holds, and these are
// its claims. Times, issuer, audience and everything else are looked at anew each time.
//
// - A token is recognised by all of its bytes: SHA-256 of header and payload as they were received, and
//   the signature, byte for byte. No shorter key, so nothing to collide (line 27).
// - Only what held is remembered: nobody without a good token can put an entry in or push one out.
// - An entry counts for the key set that it was verified with (`generation`): a set that came anew
//   starts from nothing, so a withdrawn key is gone at once. Only a server's word that its set is
//   unchanged (304) leaves the set, and the entries, as they are.
// - Entries are bounded in number and in size; the oldest goes first.

import Bytes
import SHA256

/// A bounded memory of verified tokens.
public struct VerifiedTokenMemo: Sendable {
    /// Whose keys, and which set of them.
    public struct Origin: Sendable, Equatable {
        let issuer: Int
        let generation: Int

        /// - Parameters:
        ///   - issuer: the issuer's place in the settings.
        ///   - generation: how many sets were taken in before; never the same for two sets.
        public init(issuer: Int, generation: Int) {
            self.issuer = issuer
            self.generation = generation
        }
    }

    private struct Entry: Sendable {
        let origin: Origin
        let digest: InlineArray<32, UInt8>
        let encodedSignature: [UInt8]
        let token: VerifiedToken
    }

    /// The most entries; 0: nothing is remembered.
    public let capacity: Int
    private var entries: [Entry] = []
    /// The entry that goes next once all places are taken.
    private var oldest = 0

    /// - Parameter capacity: 0 to `JOSELimits.memoEntryCount`.
    public init(capacity: Int) {
        self.capacity = max(0, min(capacity, JOSELimits.memoEntryCount))
    }

    /// How many entries there are.
    var count: Int { entries.count }

    func recall(
        _ digest: borrowing InlineArray<32, UInt8>, _ encodedSignature: Span<UInt8>, _ origin: Origin
    ) -> VerifiedToken? {
        for entry in entries where entry.origin == origin {
            guard bytesEqual(entry.digest.span, digest.span),
                bytesEqual(entry.encodedSignature.span, encodedSignature)
            else { continue }
            return entry.token
        }
        return nil
    }

    mutating func remember(
        _ token: VerifiedToken, _ digest: InlineArray<32, UInt8>, _ encodedSignature: Span<UInt8>,
        _ origin: Origin
    ) {
        let entry = Entry(
            origin: origin, digest: digest, encodedSignature: [UInt8](encodedSignature), token: token)
        guard entries.count == capacity else {
            entries.append(entry)
            return
        }
        entries[oldest] = entry
        oldest = (oldest + 1) % capacity
    }
}

extension UnverifiedToken {
    /// As `verifySignature`, but a token that held before under the same key set is recognised.
    ///
    /// - Parameters:
    ///   - keySet: the issuer's keys.
    ///   - algorithms: those allowed, whatever is remembered.
    ///   - memo: what held before; filled here.
    ///   - origin: which key set it is.
    /// - Throws: as `verifySignature`.
    public func verifySignature(
        keySet: KeySet, algorithms: [Algorithm], memo: inout VerifiedTokenMemo,
        origin: VerifiedTokenMemo.Origin
    ) throws(JOSEError) -> VerifiedToken {
        guard memo.capacity > 0, compact.count <= JOSELimits.memoTokenByteCount else {
            return try verifySignature(keySet: keySet, algorithms: algorithms)
        }
        // Not part of what is remembered: the settings' affair.
        guard algorithms.contains(header.algorithm) else { throw .algNotAllowed }
        let digest = SHA256.hash(signingInput)
        if let known = memo.recall(digest, encodedSignature, origin) { return known }
        let token = try verifySignature(keySet: keySet, algorithms: algorithms, signingInputSHA256: digest)
        memo.remember(token, digest, encodedSignature, origin)
        return token
    }
}
