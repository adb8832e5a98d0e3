// CurveOperations.swift - p256, p384, ed25519: a signature verified with a key that is kept, and
// p256key, p384key, ed25519key: from the key's raw bytes to the verdict. x25519: one shared secret.
//
// Spec:    none.
// Secret:  no: x25519's key is a benchmark's.
// Reads:   EllipticCurves, KeyAgreement, Bytes, Measure. Read by: Measure.
//
// Reads NAME.pub (04 || X || Y, or Ed25519's 32 bytes), NAME.sig (r || s, or R || S) and NAME.msg:
// for ECDSA the digest of a message, for Ed25519 a message of 32 bytes, as `openssl speed` has it.

import Bytes
import EllipticCurves
import KeyAgreement

/// The input of a signature operation.
struct SignatureFiles {
    let key: [UInt8]
    let message: [UInt8]
    let signature: [UInt8]

    init(_ name: StaticString) {
        let name = [UInt8](name)
        key = dataFile(name + [UInt8](".pub"))
        message = dataFile(name + [UInt8](".msg"))
        signature = dataFile(name + [UInt8](".sig"))
    }
}

struct ECDSAVerification: Operation {
    private let files: SignatureFiles
    private let curve: Curve
    /// Nil if every operation reads the key itself.
    private let key: ECDSAPublicKey?

    init(_ curve: Curve, _ name: StaticString, keepsKey: Bool) {
        let files = SignatureFiles(name)
        key = keepsKey ? try? ECDSAPublicKey(curve: curve, uncompressedPoint: files.key.span) : nil
        self.files = files
        self.curve = curve
    }

    mutating func perform() -> Bool {
        do throws(CurveError) {
            let key =
                if let key { key } else {
                    try ECDSAPublicKey(curve: curve, uncompressedPoint: files.key.span)
                }
            try key.verifyRaw(digest: files.message.span, signature: files.signature.span)
            return true
        } catch {
            return false
        }
    }
}

struct Ed25519Verification: Operation {
    private let files: SignatureFiles
    private let key: Ed25519PublicKey?

    init(keepsKey: Bool) {
        let files = SignatureFiles("ed25519")
        key = keepsKey ? try? Ed25519PublicKey(files.key.span) : nil
        self.files = files
    }

    mutating func perform() -> Bool {
        do throws(CurveError) {
            let key = if let key { key } else { try Ed25519PublicKey(files.key.span) }
            try key.verify(message: files.message.span, signature: files.signature.span)
            return true
        } catch {
            return false
        }
    }
}

/// One shared secret; both keys are made before. The peer computes it too: that is the answer.
struct X25519Agreement: Operation, ~Copyable {
    private let key: X25519PrivateKey
    private let peer: [UInt8]
    private let expected: [UInt8]

    init() {
        let other = X25519PrivateKey(randomBytes: repeated(0xC3))
        key = X25519PrivateKey(randomBytes: repeated(0x5A))
        peer = other.publicKey
        expected = secretBytes(other, key.publicKey)
    }

    mutating func perform() -> Bool {
        let secret = secretBytes(key, peer)
        return bytesEqual(secret.span, expected.span)
    }
}

private func repeated(_ byte: UInt8) -> SecretBytes {
    let bytes = [UInt8](repeating: byte, count: X25519PrivateKey.byteCount)
    return SecretBytes(copying: bytes.span)
}

private func secretBytes(_ key: borrowing X25519PrivateKey, _ peer: [UInt8]) -> [UInt8] {
    do throws(KeyAgreementError) {
        return copy(try key.sharedSecret(with: peer.span))
    } catch {
        fail("no shared secret", status: 1)
    }
}

private func copy(_ secret: borrowing SecretBytes) -> [UInt8] { [UInt8](secret.span) }
