// VerifiedTokenMemo.swift - a cache of tokens whose signatures were verified.
//
// Spec:    none; AUDIT 27 (requirements for such a cache).
// Secret:  no: a digest, a signature and claims. The token itself is not stored.
// Reads:   VerifiedToken, Limits; SHA256, Bytes. Read by: Authorizer.
//
// A client sends the same token many times, and verifying the signature is most of the work of a decision. The cache
// records that the signature of a token is valid under a certain key set, and the token's claims. Times, issuer,
// audience and everything else are checked again for each request.
//
// - The cache key covers all bytes of the token: SHA-256 of header and payload as received, and the signature byte for
//   byte. There is no shorter key that could collide (AUDIT 27).
// - Only tokens with a valid signature are cached. Without one, a client can neither add nor evict an entry.
// - An entry is valid only for the key set that verified it (`generation`). A newly fetched set starts without entries,
//   so a withdrawn key is rejected at once. Only if the server answers that its set is unchanged (304) do the set
//   and the entries stay.
// - The number and the size of entries are bounded; the oldest entry is evicted first.
// - An entry may have a note of the caller's type, for values that depend only on the claims and on constants. It is
//   evicted with the entry.

import Bytes
import SHA256

/// The issuer and the key set that verified a token.
public struct KeySetOrigin: Sendable, Equatable {
    let issuer: Int
    let generation: Int

    /// - Parameters:
    ///   - issuer: the issuer's index in the settings.
    ///   - generation: the number of key sets accepted before; unique for each set.
    public init(issuer: Int, generation: Int) {
        self.issuer = issuer
        self.generation = generation
    }
}

/// A bounded cache of verified tokens, each with an optional note of the caller.
public struct VerifiedTokenMemo<Note: Sendable>: Sendable {
    private struct Entry: Sendable {
        let origin: KeySetOrigin
        let digest: InlineArray<32, UInt8>
        let encodedSignature: [UInt8]
        let token: VerifiedToken
        /// Evicted with the entry.
        var note: Note?
    }

    /// The most entries; 0: nothing is cached.
    public let capacity: Int
    private var entries: [Entry] = []
    /// The number of tokens cached so far. Entries are overwritten in turn.
    private var serial = 0

    /// - Parameter capacity: 0 to `JOSELimits.memoEntryCount`.
    public init(capacity: Int) {
        self.capacity = max(0, min(capacity, JOSELimits.memoEntryCount))
    }

    /// The number of entries.
    var count: Int { entries.count }

    func recall(
        _ digest: borrowing InlineArray<32, UInt8>, _ encodedSignature: Span<UInt8>, _ origin: KeySetOrigin
    ) -> VerifiedToken? {
        // Indices avoid the reference counting of binding a whole entry.
        for place in entries.indices where entries[place].origin == origin {
            let known = entries[place].digest
            guard bytesEqual(known.span, digest.span) else { continue }
            let signature = entries[place].encodedSignature
            if bytesEqual(signature.span, encodedSignature) { return entries[place].token }
        }
        return nil
    }

    /// Adds an entry. Returns the token with its sequence number.
    mutating func remember(
        _ token: VerifiedToken, _ digest: InlineArray<32, UInt8>, _ encodedSignature: Span<UInt8>,
        _ origin: KeySetOrigin
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

    /// The note of this token's entry; nil if the token is not cached.
    public func note(of token: VerifiedToken) -> Note? {
        place(of: token).flatMap { entries[$0].note }
    }

    /// Stores a note in this token's entry, if the token is cached.
    public mutating func keep(_ note: Note?, of token: VerifiedToken) {
        if let place = place(of: token) { entries[place].note = note }
    }

    private func place(of token: VerifiedToken) -> Int? {
        guard let serial = token.serial, capacity > 0 else { return nil }
        let place = serial % capacity
        return place < entries.count && entries[place].token.serial == serial ? place : nil
    }
}

extension UnverifiedToken {
    /// Like `verifySignature`, but a token in the cache is not verified again under the same key set.
    ///
    /// - Parameters:
    ///   - keySet: the issuer's keys.
    ///   - algorithms: the allowed algorithms; they are also checked for cached tokens.
    ///   - memo: the cache; a verified token is added to it.
    ///   - origin: the issuer and the key set.
    /// - Throws: as `verifySignature`.
    public func verifySignature<Note>(
        keySet: KeySet, algorithms: [Algorithm], memo: inout VerifiedTokenMemo<Note>, origin: KeySetOrigin
    ) throws(JOSEError) -> VerifiedToken {
        guard memo.capacity > 0, compact.count <= JOSELimits.memoTokenByteCount else {
            return try verifySignature(keySet: keySet, algorithms: algorithms)
        }
        // Not part of the cached result: the settings decide.
        guard algorithms.contains(header.algorithm) else { throw .algNotAllowed }
        let digest = SHA256.hash(signingInput)
        if let known = memo.recall(digest, encodedSignature, origin) { return known }
        let token = try verifySignature(keySet: keySet, algorithms: algorithms, signingInputSHA256: digest)
        return memo.remember(token, digest, encodedSignature, origin)
    }
}
