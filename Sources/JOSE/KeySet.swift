// KeySet.swift - an issuer's keys, and the selection of keys for a token.
//
// Spec:    RFC 7517 §5; RFC 7515 §4.1.4, §6; AUDIT 11, 17, 20.
// Secret:  no.
// Reads:   JSONWebKey, SkipReason, Limits; JSON, Bytes. Read by: VerifiedToken; Authorizer, Keys, Settings,
//          KeyFetching, Reports, Conformance, LambdaRuntime.

import Bytes
import JSON

/// A JWK Set. Unusable keys are skipped (RFC 7517 §5) and listed in `skipped`.
public struct KeySet: Sendable {
    /// The usable keys, in the order of the set. May be empty; the caller decides whether to accept such a set.
    public let keys: [JSONWebKey]
    /// The skipped keys, with the reasons.
    public let skipped: [SkippedKey]
    /// How often a SPIFFE bundle is to be fetched; nil for other sets. A bundle without keys withdraws all.
    public internal(set) var refreshSeconds: Int64?

    /// A key that was skipped.
    public struct SkippedKey: Equatable, Sendable {
        /// Its index in the set, counted from 0.
        public let index: Int
        /// Its `kid`, truncated to the limit; nil if there is no `kid` or it is not a string.
        public let kid: [UInt8]?
        public let reason: SkipReason

        public init(index: Int, kid: [UInt8]?, reason: SkipReason) {
            self.index = index
            self.kid = kid
            self.reason = reason
        }
    }

    /// - Parameters:
    ///   - bytes: a JSON text of the form `{"keys":[…]}`.
    ///   - use: the value of `use`, if a key has it.
    /// - Throws: `keySetTooLong`, `keySetJSON`, `keySetForm`, `keySetTooManyKeys`.
    /// - Source: RFC 7517 §5.
    public init(parsing bytes: [UInt8], use: StaticString = "sig") throws(JOSEError) {
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
        // If one entry exposes a private key, every entry with the same public key is unusable.
        var exposed: [JSONWebKey.Material] = []
        for value in values {
            if let material = JSONWebKey.exposedMaterial(value) { exposed.append(material) }
        }
        var keys: [JSONWebKey] = []
        var skipped: [SkippedKey] = []
        for (index, value) in values.enumerated() {
            do throws(SkipReason) {
                let key = try JSONWebKey(value, use: use)
                for material in exposed where key.material.hasPrivateKey(of: material) { throw .privateKey }
                keys.append(key)
            } catch {
                let kid = value.member("kid")?.stringBytes.map { [UInt8]($0.prefix(JOSELimits.kidByteCount)) }
                skipped.append(SkippedKey(index: index, kid: kid, reason: error))
            }
        }
        self.keys = keys
        self.skipped = skipped
    }

    /// Whether the set has a usable key with this ID.
    public func hasKey(kid: Span<UInt8>) -> Bool {
        for key in keys {
            if let own = key.kid, bytesEqual(own.span, kid) { return true }
        }
        return false
    }

    /// The candidate keys to verify a token with. If the token has a `kid`: the keys with exactly this ID, of which a
    /// set may have several. Without a `kid`: the only key for the token's algorithm (AUDIT 11, 20).
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
