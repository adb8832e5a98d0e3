// Operations.swift - every operation of the product that takes a secret.
//
// Spec:    none; each names its own.
// Secret:  see each operation's header: keys, scalars, plaintexts and their derivatives. Lengths, nonces, additional
//          data, peers' keys and received ciphertexts are public.
// Reads:   AEAD, HMAC, KeyAgreement, Bytes. Read by: SecretIndependence.

import AEAD
import Bytes
import EllipticCurves
import HMAC
import KeyAgreement

let operations: [Operation] = [
    Operation(name: "x25519", run: agreeX25519),
    Operation(name: "ecdh-p256", run: agreeP256),
    Operation(name: "ecdh-p384", run: agreeP384),
    Operation(name: "aes-128-gcm-seal") { sealAES(16, &$0) },
    Operation(name: "aes-128-gcm-open") { openAES(16, &$0) },
    Operation(name: "aes-256-gcm-seal") { sealAES(32, &$0) },
    Operation(name: "aes-256-gcm-open") { openAES(32, &$0) },
    Operation(name: "chacha20-poly1305-seal", run: sealChaCha),
    Operation(name: "chacha20-poly1305-open", run: openChaCha),
    Operation(name: "hmac-sha256") { authenticate(.sha256, &$0) },
    Operation(name: "hmac-sha384") { authenticate(.sha384, &$0) },
    Operation(name: "hmac-sha512") { authenticate(.sha512, &$0) },
    Operation(name: "hkdf") { hkdf(&$0) },
    Operation(name: "prf12") { prf12(&$0) },
    Operation(name: "tls13-key-schedule", run: scheduleTLS13),
    Operation(name: "tls12-key-schedule", run: scheduleTLS12),
    Operation(name: "tls-record-seal", run: sealRecords),
    Operation(name: "tls-record-open", run: openRecords),
    Operation(name: "control-branch", run: plantedBranch),
    Operation(name: "control-index", run: plantedIndex),
]

// MARK: Key agreement: making a key, and the secret shared with a peer

private func agreeX25519(_ secrets: inout Secrets) -> [UInt8] {
    var answers: [UInt8] = []
    for _ in 0..<4 {
        let peer = X25519PrivateKey(randomBytes: SecretBytes(copying: secrets.publicBytes(32).span)).publicKey
        let key = X25519PrivateKey(randomBytes: secrets.secretBytes(32))
        answers += declassified(key.publicKey.span)
        do throws(KeyAgreementError) {
            let secret = try key.sharedSecret(with: peer.span)
            answers += declassified(secret)
        } catch {
            fail("x25519 refused", status: 1)
        }
        secrets.runs += 1
    }
    return answers
}

private func agreeP256(_ secrets: inout Secrets) -> [UInt8] { agree(.p256, &secrets) }
private func agreeP384(_ secrets: inout Secrets) -> [UInt8] { agree(.p384, &secrets) }

private func agree(_ curve: Curve, _ secrets: inout Secrets) -> [UInt8] {
    var answers: [UInt8] = []
    let count = curve.coordinateByteCount
    for _ in 0..<4 {
        do throws(KeyAgreementError) {
            let random = secrets.publicBytes(count)
            let peer = try ECDHPrivateKey(curve: curve, randomBytes: SecretBytes(copying: random.span))
            let key = try ECDHPrivateKey(curve: curve, randomBytes: secrets.secretBytes(count))
            answers += declassified(key.publicKey.span)
            let secret = try key.sharedSecret(with: peer.publicKey.span)
            answers += declassified(secret)
        } catch {
            fail("ecdh refused", status: 1)
        }
        secrets.runs += 1
    }
    return answers
}

// MARK: AEAD: lengths about a block, about eight blocks, and a long one

private let plaintextLengths = [0, 1, 15, 16, 17, 64, 127, 128, 129, 1000]

private func sealAES(_ keyByteCount: Int, _ secrets: inout Secrets) -> [UInt8] {
    var answers: [UInt8] = []
    for length in plaintextLengths {
        let key = secrets.bytes(keyByteCount)
        let plaintext = secrets.bytes(length)
        let nonce = secrets.publicBytes(12)
        let additionalData = secrets.publicBytes(13)
        var sealed: [UInt8] = []
        AESGCM(key: key.span).seal(
            nonce: nonce.span, additionalData: additionalData.span, plaintext: plaintext.span, into: &sealed)
        answers += declassified(sealed.span)
        secrets.runs += 1
    }
    return answers
}

/// Each ciphertext as it was sealed, and with the tag's last bit turned.
private func openAES(_ keyByteCount: Int, _ secrets: inout Secrets) -> [UInt8] {
    var answers: [UInt8] = []
    for length in plaintextLengths {
        let key = secrets.bytes(keyByteCount)
        let plaintext = secrets.publicBytes(length)
        let nonce = secrets.publicBytes(12)
        let additionalData = secrets.publicBytes(13)
        let cipher = AESGCM(key: key.span)
        var made: [UInt8] = []
        cipher.seal(
            nonce: nonce.span, additionalData: additionalData.span, plaintext: plaintext.span, into: &made)
        // It comes from the wire: public.
        var sealed = declassified(made.span)
        for _ in 0..<2 {
            do throws(AEADError) {
                let opened = try cipher.open(
                    nonce: nonce.span, additionalData: additionalData.span, sealed: sealed.span)
                answers += declassified(opened.span) + [1]
            } catch {
                answers.append(0)
            }
            secrets.runs += 1
            sealed[sealed.count - 1] ^= 1
        }
    }
    return answers
}

private func sealChaCha(_ secrets: inout Secrets) -> [UInt8] {
    var answers: [UInt8] = []
    for length in plaintextLengths {
        let key = secrets.bytes(32)
        let plaintext = secrets.bytes(length)
        let nonce = secrets.publicBytes(12)
        let additionalData = secrets.publicBytes(13)
        var sealed: [UInt8] = []
        ChaCha20Poly1305(key: key.span).seal(
            nonce: nonce.span, additionalData: additionalData.span, plaintext: plaintext.span, into: &sealed)
        answers += declassified(sealed.span)
        secrets.runs += 1
    }
    return answers
}

private func openChaCha(_ secrets: inout Secrets) -> [UInt8] {
    var answers: [UInt8] = []
    for length in plaintextLengths {
        let key = secrets.bytes(32)
        let plaintext = secrets.publicBytes(length)
        let nonce = secrets.publicBytes(12)
        let additionalData = secrets.publicBytes(13)
        let cipher = ChaCha20Poly1305(key: key.span)
        var made: [UInt8] = []
        cipher.seal(
            nonce: nonce.span, additionalData: additionalData.span, plaintext: plaintext.span, into: &made)
        var sealed = declassified(made.span)
        for _ in 0..<2 {
            do throws(AEADError) {
                let opened = try cipher.open(
                    nonce: nonce.span, additionalData: additionalData.span, sealed: sealed.span)
                answers += declassified(opened.span) + [1]
            } catch {
                answers.append(0)
            }
            secrets.runs += 1
            sealed[sealed.count - 1] ^= 1
        }
    }
    return answers
}

// MARK: Codes and derived keys: keys and messages about a block, and longer ones

private func authenticate(_ hash: HMACHash, _ secrets: inout Secrets) -> [UInt8] {
    var answers: [UInt8] = []
    for keyLength in [0, 1, 32, 64, 128, 129, 200] {
        for messageLength in [0, 1, 55, 64, 112, 300] {
            let key = secrets.bytes(keyLength)
            let message = secrets.bytes(messageLength)
            let code = HMAC.code(hash, key: key.span, message: message.span)
            answers += declassified(code)
            secrets.runs += 1
        }
    }
    return answers
}

private func hkdf(_ secrets: inout Secrets) -> [UInt8] {
    var answers: [UInt8] = []
    for hash in [HMACHash.sha256, .sha384, .sha512] {
        for length in [1, 32, 100, 200] {
            let salt = secrets.publicBytes(hash.byteCount)
            let information = secrets.publicBytes(20)
            let input = secrets.bytes(32)
            let key = HKDF.extract(hash, salt: salt.span, inputKeyMaterial: input.span)
            let derived = HKDF.expand(
                hash, pseudorandomKey: key.span, info: information.span, byteCount: length)
            answers += declassified(derived)
            secrets.runs += 1
        }
    }
    return answers
}

private func prf12(_ secrets: inout Secrets) -> [UInt8] {
    var answers: [UInt8] = []
    for hash in [HMACHash.sha256, .sha384] {
        for length in [12, 48, 104] {
            let secret = secrets.bytes(48)
            let seed = secrets.publicBytes(64)
            let derived = PRF12.derive(
                hash, secret: secret.span, label: "master secret", seed: seed.span, byteCount: length)
            answers += declassified(derived)
            secrets.runs += 1
        }
    }
    return answers
}
