// Sealing.swift - aes128gcm:N and chacha20poly1305:N, a plaintext of N bytes sealed with 13 bytes of
// additional data, as `openssl speed -aead` has it; the key is expanded once.
//
// Spec:    none.
// Secret:  no: the keys are a benchmark's.
// Reads:   AEAD, Bytes, Measure. Read by: Measure.

import AEAD
import Authorizer
import Bytes

/// Key, nonce, additional data and plaintext of every sealing.
private struct SealingInput {
    let key: [UInt8]
    let nonce = [UInt8](repeating: 0x17, count: 12)
    let additionalData = [UInt8](repeating: 0x29, count: 13)
    let plaintext: [UInt8]

    init(_ request: Request, keyByteCount: Int) {
        guard let size = request.size else { fail("a size is missing: NAME:SIZE", status: 2) }
        key = [UInt8](repeating: 0x4B, count: keyByteCount)
        plaintext = [UInt8](repeating: 0x61, count: size)
    }
}

struct AESGCMSealing: Operation, ~Copyable {
    private let input: SealingInput
    private let cipher: AESGCM
    private let expected: [UInt8]
    /// Reused, so that memory is not what is timed.
    private var sealed: [UInt8] = []

    init(_ request: Request) {
        let input = SealingInput(request, keyByteCount: 16)
        expected = expectedAESGCM(input)
        cipher = AESGCM(key: input.key.span)
        self.input = input
    }

    mutating func perform() -> Bool {
        sealed.removeAll(keepingCapacity: true)
        seal(cipher, input, into: &sealed)
        return hasTag(of: expected, sealed)
    }
}

private func seal(_ cipher: borrowing AESGCM, _ input: SealingInput, into output: inout [UInt8]) {
    cipher.seal(
        nonce: input.nonce.span, additionalData: input.additionalData.span, plaintext: input.plaintext.span,
        into: &output)
}

/// What every sealing must give. It must open to the plaintext.
private func expectedAESGCM(_ input: SealingInput) -> [UInt8] {
    let cipher = AESGCM(key: input.key.span)
    var sealed: [UInt8] = []
    seal(cipher, input, into: &sealed)
    do throws(AEADError) {
        let opened = try cipher.open(
            nonce: input.nonce.span, additionalData: input.additionalData.span, sealed: sealed.span)
        guard bytesEqual(opened.span, input.plaintext.span) else { fail("opens to other bytes", status: 1) }
        return sealed
    } catch {
        fail("does not open", status: 1)
    }
}

struct ChaCha20Poly1305Sealing: Operation, ~Copyable {
    private let input: SealingInput
    private let cipher: ChaCha20Poly1305
    private let expected: [UInt8]
    /// Reused, so that memory is not what is timed.
    private var sealed: [UInt8] = []

    init(_ request: Request) {
        let input = SealingInput(request, keyByteCount: 32)
        expected = expectedChaCha20Poly1305(input)
        cipher = ChaCha20Poly1305(key: input.key.span)
        self.input = input
    }

    mutating func perform() -> Bool {
        sealed.removeAll(keepingCapacity: true)
        seal(cipher, input, into: &sealed)
        return hasTag(of: expected, sealed)
    }
}

private func seal(_ cipher: borrowing ChaCha20Poly1305, _ input: SealingInput, into output: inout [UInt8]) {
    cipher.seal(
        nonce: input.nonce.span, additionalData: input.additionalData.span, plaintext: input.plaintext.span,
        into: &output)
}

/// What every sealing must give. It must open to the plaintext.
private func expectedChaCha20Poly1305(_ input: SealingInput) -> [UInt8] {
    let cipher = ChaCha20Poly1305(key: input.key.span)
    var sealed: [UInt8] = []
    seal(cipher, input, into: &sealed)
    do throws(AEADError) {
        let opened = try cipher.open(
            nonce: input.nonce.span, additionalData: input.additionalData.span, sealed: sealed.span)
        guard bytesEqual(opened.span, input.plaintext.span) else { fail("opens to other bytes", status: 1) }
        return sealed
    } catch {
        fail("does not open", status: 1)
    }
}

/// The tag is made of every byte before it: the same tag, the same bytes.
private func hasTag(of expected: [UInt8], _ sealed: [UInt8]) -> Bool {
    guard sealed.count == expected.count else { return false }
    let tag = (sealed.count - 16)..<sealed.count
    return bytesEqual(sealed.span.extracting(tag), expected.span.extracting(tag))
}
