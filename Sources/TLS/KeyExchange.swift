// KeyExchange.swift - our half of a Diffie-Hellman agreement on one of the groups.
//
// Spec:    RFC 8446 §4.2.8, §7.4; RFC 8422 §5.7, §5.10.
// Secret:  the private key, the seeds and the shared secret.
// Reads:   KeyAgreement, Parameters, TLSError, Bytes, EllipticCurves. Read by: TLSClient, the phases.

import Bytes
import EllipticCurves
import KeyAgreement

/// A private key on one of the groups.
enum KeyExchange: ~Copyable {
    case x25519(X25519PrivateKey)
    case ecdh(ECDHPrivateKey)

    /// - Parameter seed: of `KeyExchangeSeed.byteCount` bytes.
    /// - Throws: `randomness`, once in 2^64 times.
    init(_ group: NamedGroup, seed: borrowing SecretBytes) throws(TLSError) {
        switch group {
        case .x25519: self = .x25519(X25519PrivateKey(randomBytes: part(seed, 0, 32)))
        case .p256: self = try makeECDH(.p256, seed)
        case .p384: self = try makeECDH(.p384, seed)
        }
    }

    /// What goes over the wire.
    var publicKey: [UInt8] {
        switch self {
        case .x25519(let key): key.publicKey
        case .ecdh(let key): key.publicKey
        }
    }

    /// - Throws: `keyShare`.
    func sharedSecret(with peer: [UInt8]) throws(TLSError) -> SecretBytes {
        do throws(KeyAgreementError) {
            switch self {
            case .x25519(let key): return try key.sharedSecret(with: peer.span)
            case .ecdh(let key): return try key.sharedSecret(with: peer.span)
            }
        } catch { throw .keyShare(error) }
    }
}

/// The private key of the share that was offered, and what another one would be made of.
struct OfferedKey: ~Copyable {
    let group: NamedGroup
    let exchange: KeyExchange
    private let seed: SecretBytes

    /// - Parameter seed: of `KeyExchangeSeed.byteCount` bytes.
    /// - Throws: `randomness`.
    init(_ group: NamedGroup, seed: consuming SecretBytes) throws(TLSError) {
        exchange = try KeyExchange(group, seed: seed)
        self.group = group
        self.seed = seed
    }

    /// The private key on the group that the server chose.
    ///
    /// - Throws: `randomness`.
    consuming func exchange(on group: NamedGroup) throws(TLSError) -> KeyExchange {
        group == self.group ? exchange : try KeyExchange(group, seed: seed)
    }
}

/// The random bytes that private keys are made of: 32 for X25519; two candidates each for P-256 and P-384.
enum KeyExchangeSeed {
    static let byteCount = 32 + 2 * 32 + 2 * 48
}

private func makeECDH(_ curve: Curve, _ seed: borrowing SecretBytes) throws(TLSError) -> KeyExchange {
    let count = curve.coordinateByteCount
    let start = curve == .p256 ? 32 : 96
    do throws(KeyAgreementError) {
        return .ecdh(try ECDHPrivateKey(curve: curve, randomBytes: part(seed, start, count)))
    } catch {
        // SP 800-56A §5.6.1.2.2: another candidate, for less than one in 2^32.
        do throws(KeyAgreementError) {
            return .ecdh(try ECDHPrivateKey(curve: curve, randomBytes: part(seed, start + count, count)))
        } catch { throw .randomness }
    }
}

private func part(_ bytes: borrowing SecretBytes, _ start: Int, _ count: Int) -> SecretBytes {
    SecretBytes(copying: bytes.span.extracting(start..<(start + count)))
}
