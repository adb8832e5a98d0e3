// MLDSAPublicKey.swift - verification of ML-DSA signatures.
//
// Spec:    FIPS 204 §5.3 algorithm 3, §6.3 algorithm 8, §7.2 algorithms 23 and 27; RFC 9964 §4 (the empty context).
// Secret:  no: verification works on public data, in variable time.
// Reads:   MLDSAParameters, MLDSAError, NumberTheoreticTransform, Sampling, Encoding; SHA3. Read by: JOSE, Conformance.
//
// Only the pure version is here. HashML-DSA (algorithm 5) signs another message representative, so its signatures are
// rejected.

import SHA3

/// An ML-DSA public key. The initializer samples the matrix, which costs more than a verification, so keep the key as
/// long as it is in use. It then has 21, 37 or 66 KB.
public struct MLDSAPublicKey: Sendable {
    public let parameters: MLDSAParameters
    /// Â, k rows of ℓ transforms.
    private let matrix: [UInt32]
    /// NTT(t1 · 2^d), k transforms.
    private let t1: [UInt32]
    /// tr = H(pk, 64).
    private let keyHash: InlineArray<64, UInt8>

    /// - Parameter bytes: ρ and t1, as pkEncode writes them.
    /// - Throws: `keyLength`, `samplingLimit`.
    /// - Source: FIPS 204 §7.2 algorithm 23.
    @export(interface)
    public init(_ parameters: MLDSAParameters, _ bytes: Span<UInt8>) throws(MLDSAError) {
        // §3.6.2: the lengths are checked first.
        guard bytes.count == parameters.keyByteCount else {
            throw .keyLength(expected: parameters.keyByteCount, actual: bytes.count)
        }
        self.parameters = parameters
        // Algorithm 8 step 5: Â = ExpandA(ρ).
        matrix = try expandMatrix(bytes.extracting(0..<32), parameters)
        // Algorithm 23 steps 2 to 4: any 10 bits are a coefficient of t1. Algorithm 8 step 9: NTT(t1 · 2^d), d = 13.
        var t1: [UInt32] = []
        t1.reserveCapacity(parameters.k * n)
        for i in 0..<parameters.k {
            var row = Polynomial(repeating: 0)
            unpackBits(bytes.extracting((32 + 320 * i)..<(32 + 320 * (i + 1))), 10, into: &row)
            for j in 0..<n { row[j] <<= 13 }
            transform(&row)
            t1.append(row)
        }
        self.t1 = t1
        // Algorithm 8 step 6: tr = H(pk, 64).
        var hash = SHA3(.shake256)
        hash.absorb(bytes)
        keyHash = hash.output()
    }

    /// Checks that `signature` is this key's signature of a message, with the empty context.
    ///
    /// - Parameter signature: c̃, z and the hint, as sigEncode writes them.
    /// - Throws: `signatureLength`, `zOutOfRange`, `hintCount`, `hintOrder`, `hintPadding`, `samplingLimit`,
    ///   `signatureMismatch`. If the function returns, the signature is valid.
    /// - Source: FIPS 204 §5.3 algorithm 3; RFC 9964 §4.
    public func verify(message: Span<UInt8>, signature: Span<UInt8>) throws(MLDSAError) {
        try verify(message: message, context: message.extracting(0..<0), signature: signature)
    }

    /// Checks that `signature` is this key's signature of a message in a context.
    ///
    /// - Throws: as `verify(message:signature:)`, and `contextLength`.
    /// - Source: FIPS 204 §5.3 algorithm 3, §6.3 algorithm 8.
    @export(interface)
    public func verify(
        message: Span<UInt8>, context: Span<UInt8>, signature: Span<UInt8>
    ) throws(MLDSAError) {
        // §3.6.2: the length of the signature. Algorithm 3 step 1: that of the context.
        guard signature.count == parameters.signatureByteCount else {
            throw .signatureLength(expected: parameters.signatureByteCount, actual: signature.count)
        }
        guard context.count <= 255 else { throw .contextLength(context.count) }
        // Algorithm 8 step 2, algorithm 27: c̃, z and the hint.
        let zStart = parameters.challengeByteCount
        let hintStart = zStart + parameters.l * parameters.zByteCount
        let challenge = signature.extracting(0..<zStart)
        let y = signature.extracting(hintStart..<signature.count)
        // Step 3.
        try checkHint(y, parameters)
        // Step 13, first part: the norm of z; step 9: NTT(z).
        let z = try transformedZ(signature.extracting(zStart..<hintStart))
        // Steps 6 and 7 with algorithm 3 step 5: μ = H(tr || 0 || |ctx| || ctx || M, 64).
        var hash = SHA3(.shake256)
        hash.absorb(keyHash.span)
        let prefix: InlineArray<2, UInt8> = [0, UInt8(truncatingIfNeeded: context.count)]
        hash.absorb(prefix.span)
        hash.absorb(context)
        hash.absorb(message)
        let representative: InlineArray<64, UInt8> = hash.output()
        // Step 8; step 9: NTT(c).
        var c = try sampleInBall(challenge, parameters)
        transform(&c)
        // Step 12: c̃′ = H(μ || w1Encode(w1′), λ/4), a polynomial of w1′ at a time.
        hash = SHA3(.shake256)
        hash.absorb(representative.span)
        var hintIndex = 0
        for i in 0..<parameters.k {
            var w = approximation(i, z.span, c.span)
            // Step 10: the ones of this polynomial of the hint are in ascending order.
            let hintEnd = Int(y[parameters.omega + i])
            for j in 0..<n {
                let hint = hintIndex < hintEnd && Int(y[hintIndex]) == j
                if hint { hintIndex += 1 }
                w[j] = useHint(hint, w[j], parameters)
            }
            let bytes = packHighParts(w.span, parameters.highPartBitCount)
            hash.absorb(bytes.span.extracting(0..<(32 * parameters.highPartBitCount)))
        }
        // Step 13, second part.
        for index in challenge.indices where hash.squeeze() != challenge[index] { throw .signatureMismatch }
    }

    /// Algorithm 27 steps 3 to 5, and the transform of each polynomial.
    private func transformedZ(_ bytes: Span<UInt8>) throws(MLDSAError) -> [UInt32] {
        var z: [UInt32] = []
        z.reserveCapacity(parameters.l * n)
        let byteCount = parameters.zByteCount
        for j in 0..<parameters.l {
            var polynomial = Polynomial(repeating: 0)
            try unpackZ(
                bytes.extracting((j * byteCount)..<((j + 1) * byteCount)), parameters, into: &polynomial)
            transform(&polynomial)
            z.append(polynomial)
        }
        return z
    }

    /// Step 9 for one row: NTT^-1(Â ∘ NTT(z) - NTT(c) ∘ NTT(t1 · 2^d)).
    private func approximation(_ i: Int, _ z: Span<UInt32>, _ c: Span<UInt32>) -> Polynomial {
        let row = matrix.span.extracting((i * z.count)..<((i + 1) * z.count))
        let t = t1.span.extracting((i * n)..<((i + 1) * n))
        var w = Polynomial(repeating: 0)
        for j in 0..<n {
            // At most 7 products below 2^46.
            var sum: UInt64 = 0
            var place = j
            while place < z.count {
                sum &+= UInt64(row[place]) &* UInt64(z[place])
                place &+= n
            }
            w[j] = subtract(UInt32(truncatingIfNeeded: sum % UInt64(q)), multiply(c[j], t[j]))
        }
        inverseTransform(&w)
        return w
    }
}

extension SHA3 {
    /// The next 64 bytes of the output.
    fileprivate mutating func output() -> InlineArray<64, UInt8> {
        var bytes = InlineArray<64, UInt8>(repeating: 0)
        var output = bytes.mutableSpan
        squeeze(into: &output)
        return bytes
    }
}
