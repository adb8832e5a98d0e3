// AEADSuite.swift - vectors of AES-GCM and ChaCha20-Poly1305.
//
// Spec:    SP 800-38D §7; RFC 8439 §2.8.
// Secret:  no: the vectors' keys are published.
// Reads:   VectorFile; AEAD, Bytes. Read by: SuiteRunner.

import AEAD
import Bytes

/// A case: a sealed message. A valid one opens to the plaintext and equals the result of sealing it. An invalid one does
/// not open.
func runAEAD(_ vector: VectorCase) throws(ConformanceError) -> CaseOutcome {
    let cipher = try vector.field("cipher")
    let input = AEADInput(
        key: try vector.bytes("key"), nonce: try vector.bytes("nonce"),
        additionalData: try vector.bytes("aad"),
        plaintext: try vector.bytes("plaintext"),
        sealed: try vector.bytes("ciphertext") + vector.bytes("tag"))
    let isValid = try vector.expects("valid")
    if bytesEqual(cipher.value.span, "aes-gcm") {
        guard input.key.count == 16 || input.key.count == 32, !input.nonce.isEmpty else {
            throw .value(line: cipher.line)
        }
        let cipher = AESGCM(key: input.key.span)
        var sealed: [UInt8] = []
        cipher.seal(
            nonce: input.nonce.span, additionalData: input.additionalData.span,
            plaintext: input.plaintext.span,
            into: &sealed)
        var opened: [UInt8]?
        do throws(AEADError) {
            opened = try cipher.open(
                nonce: input.nonce.span, additionalData: input.additionalData.span, sealed: input.sealed.span)
        } catch { opened = nil }
        return judge(input, isValid, sealed, opened)
    }
    guard bytesEqual(cipher.value.span, "chacha20-poly1305"), input.key.count == 32, input.nonce.count == 12
    else { throw .value(line: cipher.line) }
    let chacha = ChaCha20Poly1305(key: input.key.span)
    var sealed: [UInt8] = []
    chacha.seal(
        nonce: input.nonce.span, additionalData: input.additionalData.span, plaintext: input.plaintext.span,
        into: &sealed)
    var opened: [UInt8]?
    do throws(AEADError) {
        opened = try chacha.open(
            nonce: input.nonce.span, additionalData: input.additionalData.span, sealed: input.sealed.span)
    } catch { opened = nil }
    return judge(input, isValid, sealed, opened)
}

private struct AEADInput {
    let key: [UInt8]
    let nonce: [UInt8]
    let additionalData: [UInt8]
    let plaintext: [UInt8]
    let sealed: [UInt8]
}

private func judge(
    _ input: AEADInput, _ isValid: Bool, _ sealed: [UInt8], _ opened: [UInt8]?
) -> CaseOutcome {
    guard isValid else { return opened == nil ? .refused : .failed }
    guard let opened else { return .failed }
    return .answer(
        bytesEqual(opened.span, input.plaintext.span) && bytesEqual(sealed.span, input.sealed.span))
}
