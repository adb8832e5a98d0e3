// Sampling.swift - the matrix and the challenge, from their seeds.
//
// Spec:    FIPS 204 §7.3 algorithms 29, 30, 32, §7.1 algorithm 14, Appendix C.
// Secret:  no: the seeds are parts of a public key and of a signature.
// Reads:   Limits, MLDSAParameters, MLDSAError, NumberTheoreticTransform; SHA3. Read by: MLDSAPublicKey.

import SHA3

/// Algorithm 32, ExpandA: the matrix of k rows and ℓ columns, row by row, in the domain of the transform.
///
/// - Parameters:
///   - rho: the seed, 32 bytes.
///   - blockLimit: the most blocks of SHAKE128 for one polynomial.
/// - Throws: `samplingLimit`.
func expandMatrix(
    _ rho: Span<UInt8>, _ parameters: MLDSAParameters, blockLimit: Int = MLDSALimits.matrixBlockCount
) throws(MLDSAError) -> [UInt32] {
    var matrix: [UInt32] = []
    matrix.reserveCapacity(parameters.k * parameters.l * n)
    for r in 0..<parameters.k {
        for s in 0..<parameters.l {
            // Steps 3 and 4: ρ′ = ρ || s || r. RejNTTPoly steps 2 and 3.
            var hash = SHA3(.shake128)
            hash.absorb(rho)
            let place: InlineArray<2, UInt8> = [
                UInt8(truncatingIfNeeded: s), UInt8(truncatingIfNeeded: r),
            ]
            hash.absorb(place.span)
            let entry = try rejectionSample(&hash, blockLimit: blockLimit)
            matrix.append(entry)
        }
    }
    return matrix
}

/// Algorithm 30, RejNTTPoly steps 4 to 11: coefficients below q from three bytes each. A block has 56 times three bytes.
private func rejectionSample(_ hash: inout SHA3, blockLimit: Int) throws(MLDSAError) -> Polynomial {
    var a = Polynomial(repeating: 0)
    var j = 0
    var block = InlineArray<168, UInt8>(repeating: 0)
    for _ in 0..<blockLimit {
        var output = block.mutableSpan
        hash.squeeze(into: &output)
        var offset = 0
        while offset < 168, j < n {
            // Algorithm 14, CoeffFromThreeBytes: the top bit is dropped, and q or more is rejected.
            let z =
                UInt32(block[offset]) | UInt32(block[offset &+ 1]) << 8
                | UInt32(block[offset &+ 2] & 0x7F) << 16
            offset &+= 3
            if z < q {
                a[j] = z
                j &+= 1
            }
        }
        if j == n { return a }
    }
    throw .samplingLimit
}

/// Algorithm 29, SampleInBall: a polynomial with τ coefficients of 1 or -1, and zeros.
///
/// - Parameters:
///   - challenge: c̃.
///   - byteLimit: the most bytes of SHAKE256.
/// - Throws: `samplingLimit`.
func sampleInBall(
    _ challenge: Span<UInt8>, _ parameters: MLDSAParameters, byteLimit: Int = MLDSALimits.challengeByteCount
) throws(MLDSAError) -> Polynomial {
    // Steps 1 to 5: the first 64 bits are the signs.
    var c = Polynomial(repeating: 0)
    var hash = SHA3(.shake256)
    hash.absorb(challenge)
    var signs: UInt64 = 0
    for index in 0..<8 { signs |= UInt64(hash.squeeze()) << UInt64(8 * index) }
    var left = byteLimit - 8
    for i in (n - parameters.tau)..<n {
        // Steps 7 to 10: a place j at or before i.
        var j: Int
        repeat {
            guard left > 0 else { throw .samplingLimit }
            left -= 1
            j = Int(hash.squeeze())
        } while j > i
        // Steps 11 and 12.
        c[i] = c[j]
        c[j] = signs & 1 == 0 ? 1 : q - 1
        signs >>= 1
    }
    return c
}
