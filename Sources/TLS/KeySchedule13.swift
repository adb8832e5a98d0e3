// KeySchedule13.swift - the secrets of TLS 1.3, each from the one before.
//
// Spec:    RFC 8446 §7.1, §7.2, §7.3, §4.2.11.2 (binder), §4.4.4 (Finished), §4.6.1 (resumption).
// Secret:  every secret and what is derived from it. Labels and transcript hashes are public.
// Reads:   Transcript; HMAC, Bytes. Read by: ClientHello (binders), RecordProtection, Phases13, Connected.

import Bytes
import HMAC

/// HKDF-Expand-Label(Secret, Label, Context, Length).
///
/// - Parameters:
///   - label: without the prefix "tls13 ".
///   - context: at most 255 bytes.
/// - Source: RFC 8446 §7.1.
func expandLabel(
    _ hash: HMACHash, secret: Span<UInt8>, label: StaticString, context: Span<UInt8>, byteCount: Int
) -> SecretBytes {
    // struct { uint16 length; opaque label<7..255>; opaque context<0..255> } HkdfLabel
    var info: [UInt8] = []
    info.append(bigEndian: UInt64(byteCount), byteCount: 2)
    info.append(UInt8(6 + label.utf8ByteCount))
    info.append("tls13 ")
    info.append(label)
    info.append(UInt8(context.count))
    info.append(context)
    return HKDF.expand(hash, pseudorandomKey: secret, info: info.span, byteCount: byteCount)
}

/// finished_key of a traffic secret, or of a binder key.
///
/// - Source: RFC 8446 §4.4.4.
package func finishedKey(_ hash: HMACHash, secret: borrowing SecretBytes) -> SecretBytes {
    expandLabel(
        hash, secret: secret.span, label: "finished", context: [UInt8]().span, byteCount: hash.byteCount)
}

/// verify_data of Finished, and a binder: HMAC(finished_key, Transcript-Hash).
///
/// - Source: RFC 8446 §4.4.4.
package func finishedCode(
    _ hash: HMACHash, key: borrowing SecretBytes, transcriptHash: [UInt8]
) -> [UInt8] {
    var code = HMAC.code(hash, key: key.span, message: transcriptHash.span)
    return copy(&code)
}

/// application_traffic_secret_N+1 (§7.2).
package func nextTrafficSecret(_ hash: HMACHash, after secret: borrowing SecretBytes) -> SecretBytes {
    expandLabel(
        hash, secret: secret.span, label: "traffic upd", context: [UInt8]().span, byteCount: hash.byteCount)
}

private func copy(_ bytes: inout SecretBytes) -> [UInt8] {
    [UInt8](bytes.span)
}

/// Early Secret, then Handshake Secret, then Master Secret (§7.1).
package struct KeySchedule13: ~Copyable {
    let hash: HMACHash
    private(set) var secret: SecretBytes

    /// Early Secret = HKDF-Extract(0, PSK), or of zeros without a PSK.
    ///
    /// - Parameter preSharedKey: of `hash.byteCount` bytes, or empty.
    package init(_ hash: HMACHash, preSharedKey: Span<UInt8>) {
        self.hash = hash
        var zeros = SecretBytes(count: hash.byteCount)
        if preSharedKey.count > 0 {
            secret = HKDF.extract(hash, salt: [UInt8]().span, inputKeyMaterial: preSharedKey)
        } else {
            secret = extract(hash, &zeros)
        }
    }

    /// Handshake Secret = HKDF-Extract(Derive-Secret(Early Secret, "derived", ""), (EC)DHE).
    package mutating func addSharedSecret(_ shared: borrowing SecretBytes) {
        var salt = derive("derived", transcriptHash: emptyHash(hash))
        secret = extract(hash, &salt, shared)
    }

    /// Master Secret = HKDF-Extract(Derive-Secret(Handshake Secret, "derived", ""), 0).
    package mutating func becomeMaster() {
        let zeros = SecretBytes(count: hash.byteCount)
        addSharedSecret(zeros)
    }

    /// Derive-Secret(the current secret, label, messages).
    package func derive(_ label: StaticString, transcriptHash: [UInt8]) -> SecretBytes {
        expandLabel(
            hash, secret: secret.span, label: label, context: transcriptHash.span, byteCount: hash.byteCount)
    }

    /// binder_key of a resumption (§7.1).
    package func resumptionBinderKey() -> SecretBytes {
        derive("res binder", transcriptHash: emptyHash(hash))
    }
}

private func extract(_ hash: HMACHash, _ keyMaterial: inout SecretBytes) -> SecretBytes {
    HKDF.extract(hash, salt: [UInt8]().span, inputKeyMaterial: keyMaterial.span)
}

private func extract(
    _ hash: HMACHash, _ salt: inout SecretBytes, _ keyMaterial: borrowing SecretBytes
) -> SecretBytes {
    HKDF.extract(hash, salt: salt.span, inputKeyMaterial: keyMaterial.span)
}

/// Transcript-Hash("").
private func emptyHash(_ hash: HMACHash) -> [UInt8] {
    Transcript(hash).digest()
}

/// The PSK of a ticket (§4.6.1).
package func resumptionKey(
    _ hash: HMACHash, resumptionMasterSecret: borrowing SecretBytes, nonce: [UInt8]
) -> SecretBytes {
    expandLabel(
        hash, secret: resumptionMasterSecret.span, label: "resumption", context: nonce.span,
        byteCount: hash.byteCount)
}
