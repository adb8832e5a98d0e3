// KeySchedule12.swift - the secrets of TLS 1.2.
//
// Spec:    RFC 5246 §8.1, §6.3, §7.4.9; RFC 7627 §4 (extended master secret).
// Secret:  the premaster and master secret, the key block. Randoms and hashes are public.
// Reads:   HMAC, Parameters, Bytes. Read by: Phases12.

import Bytes
import HMAC

/// The master secret, and what comes of it.
package struct KeySchedule12: ~Copyable {
    let hash: HMACHash
    private var masterSecret: SecretBytes

    /// - Parameters:
    ///   - sessionHash: the hash of all messages up to and with ClientKeyExchange, for the extended
    ///     master secret; nil for the one of RFC 5246.
    ///   - clientRandom, serverRandom: 32 bytes each.
    package init(
        _ hash: HMACHash, premasterSecret: borrowing SecretBytes, sessionHash: [UInt8]?,
        clientRandom: [UInt8], serverRandom: [UInt8]
    ) {
        self.hash = hash
        if let sessionHash {
            // RFC 7627 §4.
            masterSecret = PRF12.derive(
                hash, secret: premasterSecret.span, label: "extended master secret", seed: sessionHash.span,
                byteCount: 48)
        } else {
            // RFC 5246 §8.1.
            let seed = clientRandom + serverRandom
            masterSecret = PRF12.derive(
                hash, secret: premasterSecret.span, label: "master secret", seed: seed.span, byteCount: 48)
        }
    }

    /// key_block, cut in the order of §6.3 (AEAD needs no MAC keys).
    package func keyBlock(_ suite: CipherSuite, clientRandom: [UInt8], serverRandom: [UInt8]) -> SecretBytes {
        let seed = serverRandom + clientRandom
        return PRF12.derive(
            hash, secret: masterSecret.span, label: "key expansion", seed: seed.span,
            byteCount: 2 * (suite.keyByteCount + suite.fixedNonceByteCount))
    }

    /// verify_data: 12 bytes (§7.4.9).
    ///
    /// - Parameter label: "client finished" or "server finished".
    package func verifyData(_ label: StaticString, transcriptHash: [UInt8]) -> [UInt8] {
        var data = PRF12.derive(
            hash, secret: masterSecret.span, label: label, seed: transcriptHash.span, byteCount: 12)
        return copy(&data)
    }
}

private func copy(_ bytes: inout SecretBytes) -> [UInt8] {
    [UInt8](bytes.span)
}
