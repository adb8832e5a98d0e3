// KeySet.swift - the keys of an issuer, and which of them a token may be verified with.
//
// Spec:    RFC 7517 §5; RFC 7515 §4.1.4, §6; security-checklist 11, 17, 20.
// Secret:  no.
// Reads:   JSONWebKey, Limits; JSON. Read by: SignatureVerification, Authorizer.

import Bytes
import JSON

/// A JWK Set. Keys that are of no use are passed over (RFC 7517 §5) and told.
public struct KeySet: Sendable {
    /// The usable keys, in the set's order. There may be none: whether that is good enough
    /// is for whoever fetched it to decide.
    public let keys: [JSONWebKey]
    /// The others, with the reason.
    public let skipped: [SkippedKey]

    /// A key that was passed over.
    public struct SkippedKey: Sendable {
        /// Its place in the set, from 0.
        public let index: Int
        public let reason: SkipReason
    }

    /// A set of keys at hand.
    public init(_ keys: [JSONWebKey]) {
        self.keys = keys
        skipped = []
    }

    /// - Parameter bytes: `{"keys":[…]}`.
    /// - Throws: `keySetTooLong`, `keySetJSON`, `keySetForm`, `keySetTooManyKeys`.
    /// - Source: RFC 7517 §5.
    public init(parsing bytes: [UInt8]) throws(JOSEError) {
        guard bytes.count <= JOSELimits.keySetByteCount else {
            throw .keySetTooLong(limit: JOSELimits.keySetByteCount, actual: bytes.count)
        }
        let document: JSONDocument
        do { document = try JSONDocument(parsing: bytes, limits: JOSELimits.keySet) } catch {
            throw .keySetJSON(error)
        }
        guard let list = document.root.member("keys"), let values = list.elements else { throw .keySetForm }
        guard values.count <= JOSELimits.keyCount else {
            throw .keySetTooManyKeys(limit: JOSELimits.keyCount, actual: values.count)
        }
        var keys: [JSONWebKey] = []
        var skipped: [SkippedKey] = []
        for (index, value) in values.enumerated() {
            do {
                keys.append(try JSONWebKey(value))
            } catch {
                skipped.append(SkippedKey(index: index, reason: error))
            }
        }
        self.keys = keys
        self.skipped = skipped
    }

    /// Whether a key has this ID.
    public func hasKey(kid: Span<UInt8>) -> Bool {
        for key in keys {
            if let own = key.kid, bytesEqual(own.span, kid) { return true }
        }
        return false
    }

    /// The keys that a token may be verified with: with a `kid` those of exactly that ID
    /// (several when a set repeats one), without one the only key for its algorithm
    /// (security-checklist 11, 20).
    ///
    /// - Throws: `unknownKey`, `keyAlgorithmMismatch`, `keyAmbiguous`.
    func candidates(for header: JOSEHeader) throws(JOSEError) -> [JSONWebKey] {
        var fitting: [JSONWebKey] = []
        guard let kid = header.kid else {
            for key in keys where key.fits(header.algorithm) { fitting.append(key) }
            guard !fitting.isEmpty else { throw .unknownKey }
            guard fitting.count == 1 else { throw .keyAmbiguous(candidates: fitting.count) }
            return fitting
        }
        guard hasKey(kid: kid.span) else { throw .unknownKey }
        for key in keys {
            guard let own = key.kid, bytesEqual(own.span, kid.span), key.fits(header.algorithm) else {
                continue
            }
            fitting.append(key)
        }
        guard !fitting.isEmpty else { throw .keyAlgorithmMismatch }
        guard fitting.count <= JOSELimits.candidateCount else {
            throw .keyAmbiguous(candidates: fitting.count)
        }
        return fitting
    }
}
