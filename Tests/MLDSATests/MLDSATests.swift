import Bytes
import SHA3
import TestSupport
import Testing

@testable import MLDSA

/// A valid signature of each parameter set, from the known answers.
struct KnownSignature {
    let parameters: MLDSAParameters
    let key, message, context, signature: [UInt8]

    init(_ parameters: MLDSAParameters) throws {
        let fields: Set<String> = ["parameters", "key", "message", "context", "signature", "expect"]
        let vector = try #require(
            try readVectors("mldsa-kat/\(parameters).txt", fields: fields).dropFirst().first)
        self.parameters = parameters
        key = try vector.bytes("key")
        message = try vector.bytes("message")
        context = try vector.bytes("context")
        signature = try vector.bytes("signature")
    }

    /// The error thrown for changed bytes; nil: the signature is valid.
    func refusal(
        key: [UInt8]? = nil, message: [UInt8]? = nil, context: [UInt8]? = nil, signature: [UInt8]? = nil
    ) -> MLDSAError? {
        let (key, message) = (key ?? self.key, message ?? self.message)
        let (context, signature) = (context ?? self.context, signature ?? self.signature)
        return thrown { () throws(MLDSAError) in
            try MLDSAPublicKey(parameters, key.span)
                .verify(message: message.span, context: context.span, signature: signature.span)
        }
    }
}

/// FIPS 204 algorithms 3 and 8: whole signatures are vectors (mldsa-kat, jose-mldsa); here is what a vector cannot say
/// (AUDIT 15, 16).
@Suite struct MLDSATests {
    /// FIPS 204 Tables 1 and 2.
    @Test func sizes() {
        #expect(MLDSAParameters.allCases.map(\.keyByteCount) == [1312, 1952, 2592])
        #expect(MLDSAParameters.allCases.map(\.signatureByteCount) == [2420, 3309, 4627])
        #expect(MLDSAParameters.allCases.map(\.gamma1) == [1 << 17, 1 << 19, 1 << 19])
        #expect(MLDSAParameters.allCases.map { $0.tau * ($0 == .mldsa65 ? 4 : 2) } == [78, 196, 120])
        #expect(MLDSAParameters.allCases.map(\.beta) == [78, 196, 120])
    }

    @Test(arguments: MLDSAParameters.allCases) func flippedBits(parameters: MLDSAParameters) throws {
        let known = try KnownSignature(parameters)
        var random = SystemRandomNumberGenerator()
        let seed = random.next()
        var generator = SplitMix(state: seed)
        #expect(known.refusal() == nil)
        for _ in 0..<100 {
            let signature = generator.flippingOneBit(of: known.signature)
            #expect(known.refusal(signature: signature) != nil, "seed \(seed)")
            #expect(
                known.refusal(message: generator.flippingOneBit(of: known.message)) == .signatureMismatch,
                "seed \(seed)")
            #expect(
                known.refusal(key: generator.flippingOneBit(of: known.key)) == .signatureMismatch,
                "seed \(seed)")
            #expect(
                known.refusal(context: generator.flippingOneBit(of: known.context)) == .signatureMismatch,
                "seed \(seed)")
        }
    }

    @Test(arguments: MLDSAParameters.allCases) func lengthsAreReported(parameters: MLDSAParameters) throws {
        let known = try KnownSignature(parameters)
        for count in [0, 32, parameters.keyByteCount - 1, parameters.keyByteCount + 1] {
            let refusal = known.refusal(key: [UInt8](repeating: 1, count: count))
            #expect(refusal == .keyLength(expected: parameters.keyByteCount, actual: count))
        }
        for count in [0, 64, parameters.signatureByteCount - 1, parameters.signatureByteCount + 1] {
            let refusal = known.refusal(signature: [UInt8](repeating: 1, count: count))
            #expect(refusal == .signatureLength(expected: parameters.signatureByteCount, actual: count))
        }
        #expect(known.refusal(context: [UInt8](repeating: 1, count: 255)) == .signatureMismatch)
        #expect(known.refusal(context: [UInt8](repeating: 1, count: 256)) == .contextLength(256))
    }

    /// The method without a context is the one with the empty context.
    @Test func emptyContext() throws {
        let known = try KnownSignature(.mldsa44)
        let key = try MLDSAPublicKey(.mldsa44, known.key.span)
        let refusal = thrown { () throws(MLDSAError) in
            try key.verify(message: known.message.span, signature: known.signature.span)
        }
        #expect(refusal == .signatureMismatch && refusal == known.refusal(context: []))
    }

    /// Appendix C: sampling stops at its limit, and one before the limit the known answers are still verified.
    @Test(arguments: MLDSAParameters.allCases) func samplingLimits(parameters: MLDSAParameters) throws {
        let known = try KnownSignature(parameters)
        let rho = Array(known.key[..<32])
        func matrix(_ blockLimit: Int) -> MLDSAError? {
            thrown { () throws(MLDSAError) in
                _ = try expandMatrix(rho.span, parameters, blockLimit: blockLimit)
            }
        }
        // 256 coefficients are in no less than 5 blocks.
        #expect(matrix(4) == .samplingLimit)
        #expect(matrix(MLDSALimits.matrixBlockCount) == nil)
        let challenge = Array(known.signature[..<parameters.challengeByteCount])
        func ball(_ byteLimit: Int) -> MLDSAError? {
            thrown { () throws(MLDSAError) in
                _ = try sampleInBall(challenge.span, parameters, byteLimit: byteLimit)
            }
        }
        var least = 8 + parameters.tau
        while ball(least) == .samplingLimit { least += 1 }
        #expect(least <= MLDSALimits.challengeByteCount)
        #expect(ball(least) == nil && ball(least - 1) == .samplingLimit)
        #expect(ball(MLDSALimits.challengeByteCount) == nil)
    }

    @Test func reasonCodes() {
        let errors: [MLDSAError] = [
            .keyLength(expected: 0, actual: 0), .signatureLength(expected: 0, actual: 0), .contextLength(0),
            .zOutOfRange, .hintCount, .hintOrder, .hintPadding, .samplingLimit, .signatureMismatch,
        ]
        let codes = Set(errors.map { "\($0.reasonCode)" })
        #expect(codes.count == errors.count)
        #expect(codes.allSatisfy { $0.hasPrefix("mldsa_") })
    }
}
