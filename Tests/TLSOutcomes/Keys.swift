// Keys.swift - the recorded server's keys, used as no honest server uses them: any type, any length.
//
// The client's randomness is fixed, so both sides' secrets can be computed. Written without TLSClient's parts where
// that is possible: this file must compile with older and newer sources of TLS.

import AEAD
import Bytes
import HMAC
import SHA256
import SHA512

@testable import TLS

func bytes(_ secret: borrowing SecretBytes) -> [UInt8] { [UInt8](secret.span) }

/// The client's random bytes, as in Tests/TLSTests.
func clientRandom(_ seed: UInt8) -> SecretBytes {
    var state = UInt64(seed) &* 0x9E37_79B9_7F4A_7C15 | 1
    let bytes = (0..<TLSClient.randomByteCount).map { _ in
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return UInt8(truncatingIfNeeded: state >> 56)
    }
    return SecretBytes(copying: bytes.span)
}

/// The shared secret of the client's key and the server's public key.
func sharedSecret(_ group: NamedGroup, seed: UInt8, with peer: [UInt8]) -> [UInt8] {
    let random = clientRandom(seed)
    let part = SecretBytes(copying: random.span.extracting(64..<random.count))
    let exchange = try! KeyExchange(group, seed: part)
    let secret = try! exchange.sharedSecret(with: peer)
    return bytes(secret)
}

func transcriptHash(_ hash: HMACHash, _ messages: [UInt8]) -> [UInt8] {
    if hash == .sha384 {
        var state = SHA384()
        state.update(messages.span)
        let digest = state.finalize()
        return [UInt8](digest.span)
    }
    var state = SHA256()
    state.update(messages.span)
    let digest = state.finalize()
    return [UInt8](digest.span)
}

func expanded(_ hash: HMACHash, _ secret: [UInt8], _ label: StaticString, _ byteCount: Int) -> [UInt8] {
    let result = expandLabel(
        hash, secret: secret.span, label: label, context: [UInt8]().span, byteCount: byteCount)
    return bytes(result)
}

func finished(_ hash: HMACHash, _ trafficSecret: [UInt8], _ digest: [UInt8]) -> [UInt8] {
    let key = expanded(hash, trafficSecret, "finished", hash.byteCount)
    let code = HMAC.code(hash, key: key.span, message: digest.span)
    return message(20, bytes(code))
}

/// A message with its header.
func message(_ type: UInt8, _ body: [UInt8]) -> [UInt8] {
    var bytes = [type]
    bytes.append(bigEndian: UInt64(body.count), byteCount: 3)
    return bytes + body
}

/// A vector with its length before it.
func vector(_ lengthByteCount: Int, _ contents: [UInt8]) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.append(bigEndian: UInt64(contents.count), byteCount: lengthByteCount)
    return bytes + contents
}

func item(_ type: UInt16, _ contents: [UInt8]) -> [UInt8] {
    [UInt8(type >> 8), UInt8(type & 0xFF)] + vector(2, contents)
}

func header(_ type: UInt8, _ count: Int) -> [UInt8] {
    [type, 3, 3, UInt8(count >> 8 & 0xFF), UInt8(count & 0xFF)]
}

/// Bytes as records.
func records(_ bytes: [UInt8]) -> [[UInt8]] {
    var list: [[UInt8]] = []
    var offset = 0
    while offset + 5 <= bytes.count {
        let end = min(bytes.count, offset + 5 + Int(bytes[offset + 3]) << 8 + Int(bytes[offset + 4]))
        list.append(Array(bytes[offset..<end]))
        offset = end
    }
    return list
}

/// Handshake bytes as messages.
func messages(_ bytes: [UInt8]) -> [[UInt8]] {
    var list: [[UInt8]] = []
    var offset = 0
    while offset + 4 <= bytes.count {
        let count = Int(bytes[offset + 1]) << 16 | Int(bytes[offset + 2]) << 8 | Int(bytes[offset + 3])
        let end = min(bytes.count, offset + 4 + count)
        list.append(Array(bytes[offset..<end]))
        offset = end
    }
    return list
}

/// One direction's keys.
struct Sealer {
    let suite: CipherSuite
    let secret: [UInt8]
    let key: [UInt8]
    let fixedNonce: [UInt8]
    var sequenceNumber: UInt64 = 0

    init(_ suite: CipherSuite, trafficSecret: [UInt8]) {
        self.suite = suite
        secret = trafficSecret
        key = expanded(suite.hash, trafficSecret, "key", suite.keyByteCount)
        fixedNonce = expanded(suite.hash, trafficSecret, "iv", 12)
    }

    init(_ suite: CipherSuite, serverKeysOf block: [UInt8]) {
        self.suite = suite
        secret = []
        key = Array(block[suite.keyByteCount..<(2 * suite.keyByteCount)])
        let start = 2 * suite.keyByteCount + suite.fixedNonceByteCount
        fixedNonce = Array(block[start..<(start + suite.fixedNonceByteCount)])
    }

    /// The keys after a KeyUpdate.
    func next() -> Sealer {
        Sealer(suite, trafficSecret: expanded(suite.hash, secret, "traffic upd", suite.hash.byteCount))
    }

    mutating func seal(_ type: UInt8, _ contents: [UInt8]) -> [UInt8] {
        var number: [UInt8] = []
        number.append(bigEndian: sequenceNumber, byteCount: 8)
        var nonce = fixedNonce + [UInt8](repeating: 0, count: 12 - fixedNonce.count)
        for index in 0..<8 { nonce[4 + index] ^= number[index] }
        sequenceNumber += 1
        if suite.version == .tls13 {
            let start = header(23, contents.count + 17)
            return start + sealed(nonce, start, contents + [type])
        }
        let explicit = suite.isChaCha20 ? [] : number
        let additional =
            number + [type, 3, 3, UInt8(contents.count >> 8 & 0xFF), UInt8(contents.count & 0xFF)]
        return header(type, explicit.count + contents.count + 16) + explicit
            + sealed(nonce, additional, contents)
    }

    private func sealed(_ nonce: [UInt8], _ additional: [UInt8], _ plaintext: [UInt8]) -> [UInt8] {
        var output: [UInt8] = []
        if suite.isChaCha20 {
            let cipher = ChaCha20Poly1305(key: key.span)
            cipher.seal(
                nonce: nonce.span, additionalData: additional.span, plaintext: plaintext.span, into: &output)
        } else {
            let cipher = AESGCM(key: key.span)
            cipher.seal(
                nonce: nonce.span, additionalData: additional.span, plaintext: plaintext.span, into: &output)
        }
        return output
    }

    /// Opens a record of TLS 1.3: its content followed by its type.
    mutating func open(_ record: [UInt8]) -> [UInt8] {
        var number: [UInt8] = []
        number.append(bigEndian: sequenceNumber, byteCount: 8)
        var nonce = fixedNonce
        for index in 0..<8 { nonce[4 + index] ^= number[index] }
        sequenceNumber += 1
        let (start, body) = (Array(record[..<5]), Array(record[5...]))
        if suite.isChaCha20 {
            let cipher = ChaCha20Poly1305(key: key.span)
            return try! cipher.open(nonce: nonce.span, additionalData: start.span, sealed: body.span)
        }
        let cipher = AESGCM(key: key.span)
        return try! cipher.open(nonce: nonce.span, additionalData: start.span, sealed: body.span)
    }
}
