// MLDSASuite.swift - vectors of SHA-3, SHAKE and ML-DSA.
//
// Spec:    FIPS 202 §6; FIPS 204 §5.3.
// Secret:  no.
// Reads:   VectorFile, CaseOutcome; SHA3, MLDSA, Bytes. Read by: SuiteRunner.

import Bytes
import MLDSA
import SHA3

/// A case: a function of FIPS 202, a message, and the output, whose length is that of the field. The message is absorbed
/// and the output squeezed at once, in parts, and byte by byte.
func runSponge(_ vector: VectorCase) throws(ConformanceError) -> CaseOutcome {
    let name = try vector.field("function")
    var named: SHA3.Function?
    for (text, function) in [
        ("SHA3-224", .hash224), ("SHA3-256", .hash256), ("SHA3-384", .hash384), ("SHA3-512", .hash512),
        ("SHAKE128", .shake128), ("SHAKE256", .shake256),
    ] as [(StaticString, SHA3.Function)] where bytesEqual(name.value.span, text) { named = function }
    guard let function = named else { throw .value(line: name.line) }
    let message = try vector.bytes("message")
    let expected = try vector.bytes("output")
    for place in [0, message.count / 3] {
        var sponge = SHA3(function)
        sponge.absorb(message.span.extracting(0..<place))
        sponge.absorb(message.span.extracting(place..<message.count))
        var bytewise = sponge
        var output = [UInt8](repeating: 0, count: expected.count)
        var whole = output.mutableSpan
        sponge.squeeze(into: &whole)
        guard bytesEqual(output.span, expected.span) else { return .failed }
        // The first third byte by byte, the rest at once.
        for index in 0..<(expected.count / 3) { output[index] = bytewise.squeeze() }
        var rest = [UInt8](repeating: 0, count: expected.count - expected.count / 3)
        var restSpan = rest.mutableSpan
        bytewise.squeeze(into: &restSpan)
        for index in rest.indices { output[expected.count / 3 + index] = rest[index] }
        guard bytesEqual(output.span, expected.span) else { return .failed }
    }
    return .accepted
}

/// A case: a key, a message, a context if there is one, and a signature.
func runMLDSA(_ vector: VectorCase) throws(ConformanceError) -> CaseOutcome {
    let name = try vector.field("parameters")
    let parameters: MLDSAParameters
    if bytesEqual(name.value.span, "ML-DSA-44") {
        parameters = .mldsa44
    } else if bytesEqual(name.value.span, "ML-DSA-65") {
        parameters = .mldsa65
    } else if bytesEqual(name.value.span, "ML-DSA-87") {
        parameters = .mldsa87
    } else {
        throw .value(line: name.line)
    }
    let key = try vector.bytes("key")
    let message = try vector.bytes("message")
    let context = vector.optional("context") == nil ? [] : try vector.bytes("context")
    let signature = try vector.bytes("signature")
    var refusal: StaticString?
    do throws(MLDSAError) {
        let key = try MLDSAPublicKey(parameters, key.span)
        try key.verify(message: message.span, context: context.span, signature: signature.span)
    } catch { refusal = error.reasonCode }
    return try outcome(vector, refusal: refusal)
}
