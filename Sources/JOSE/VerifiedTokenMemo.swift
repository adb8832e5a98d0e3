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
// - An entry may have a note: what follows from its claims and from what never changes, as the policy by the rules
//   does. It goes with the entry.

import Bytes
import SHA256

/// What somebody else worked out of a token's claims and what never changes, and what it is for.
public struct TokenNote: Sendable {
    public let subject: [UInt8]
    public let text: [UInt8]

    public init(subject: [UInt8], text: [UInt8]) {
        self.subject = subject
        self.text = text
    }
}

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
        /// It lives as long as the entry.
        var note: TokenNote?
    }

    /// The most entries; 0: nothing is remembered.
    public let capacity: Int
    private var entries: [Entry] = []
    /// How many tokens came in. They take the places in turn.
    private var serial = 0

    /// - Parameter capacity: 0 to `JOSELimits.memoEntryCount`.
    public init(capacity: Int) {
        self.capacity = max(0, min(capacity, JOSELimits.memoEntryCount))
    }

    /// How many entries there are.
    var count: Int { entries.count }

    func recall(
        _ digest: borrowing InlineArray<32, UInt8>, _ encodedSignature: Span<UInt8>, _ origin: Origin
    ) -> VerifiedToken? {
        // By place: to bind an entry is to count its references, one by one.
        for place in entries.indices where entries[place].origin == origin {
            let known = entries[place].digest
            guard bytesEqual(known.span, digest.span) else { continue }
            let signature = entries[place].encodedSignature
            if bytesEqual(signature.span, encodedSignature) { return entries[place].token }
        }
        return nil
    }

    /// The token, which knows its place now.
    mutating func remember(
        _ token: VerifiedToken, _ digest: InlineArray<32, UInt8>, _ encodedSignature: Span<UInt8>,
        _ origin: Origin
    ) -> VerifiedToken {
        var token = token
        token.serial = serial
        let entry = Entry(
            origin: origin, digest: digest, encodedSignature: [UInt8](encodedSignature), token: token)
        if entries.count < capacity {
            entries.append(entry)
        } else {
            entries[serial % capacity] = entry
        }
        serial += 1
        return token
    }

    /// What was kept of this token since it came in; nil for one that is not remembered.
    public func note(of token: VerifiedToken) -> TokenNote? {
        place(of: token).flatMap { entries[$0].note }
    }

    /// Keeps a note with a token that is remembered.
    public mutating func keep(_ note: TokenNote?, of token: VerifiedToken) {
        if let place = place(of: token) { entries[place].note = note }
    }

    private func place(of token: VerifiedToken) -> Int? {
        guard let serial = token.serial, capacity > 0 else { return nil }
        let place = serial % capacity
        return place < entries.count && entries[place].token.serial == serial ? place : nil
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
        return memo.remember(token, digest, encodedSignature, origin)
    }
}
