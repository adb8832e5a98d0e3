// Encoding.swift - coefficients as bits, the hint, and the high parts of coefficients.
//
// Spec:    FIPS 204 §7.1 algorithms 16, 18, 19, 21, §7.2 algorithm 28, §7.4 algorithms 36 and 40.
// Secret:  no: parts of public keys and of signatures.
// Reads:   MLDSAParameters, MLDSAError, NumberTheoreticTransform. Read by: MLDSAPublicKey.

/// Algorithm 18, SimpleBitUnpack: 256 integers of `bitCount` bits each, little-endian.
///
/// - Requires: `bitCount` is 8 to 24, and `bytes` has 32 · `bitCount` bytes.
func unpackBits(_ bytes: Span<UInt8>, _ bitCount: Int, into w: inout Polynomial) {
    precondition(bytes.count == 32 * bitCount)
    let width = UInt32(bitCount)
    var (bits, count, index) = (UInt32(0), UInt32(0), 0)
    for place in bytes.indices {
        // Fewer than `width` bits are left from the byte before, so at most one integer is complete now.
        bits |= UInt32(bytes[place]) &<< count
        count &+= 8
        if count >= width {
            w[index] = bits & ((1 &<< width) &- 1)
            index &+= 1
            bits = bits &>> width
            count &-= width
        }
    }
}

/// Algorithm 19, BitUnpack(γ1 - 1, γ1): a polynomial of z, each coefficient as γ1 less an integer.
///
/// - Throws: `zOutOfRange`, the norm of algorithm 8 step 13.
func unpackZ(
    _ bytes: Span<UInt8>, _ parameters: MLDSAParameters, into z: inout Polynomial
) throws(MLDSAError) {
    unpackBits(bytes, parameters.zBitCount, into: &z)
    let bound = parameters.gamma1 - parameters.beta
    for index in 0..<n {
        z[index] = subtract(parameters.gamma1, z[index])
        // The absolute value of z mod± q.
        guard min(z[index], q &- z[index]) < bound else { throw .zOutOfRange }
    }
}

/// Algorithm 21, HintBitUnpack, without building the polynomials: checks that y is the one encoding of a hint.
///
/// - Parameter y: ω places of ones, then k bytes: where the places of each polynomial end.
/// - Throws: `hintCount`, `hintOrder`, `hintPadding`.
func checkHint(_ y: Span<UInt8>, _ parameters: MLDSAParameters) throws(MLDSAError) {
    // Steps 2 and 3.
    var index = 0
    for i in 0..<parameters.k {
        // Step 4.
        let end = Int(y[parameters.omega + i])
        guard end >= index, end <= parameters.omega else { throw .hintCount }
        // Steps 6 to 14.
        let first = index
        while index < end {
            if index > first, y[index - 1] >= y[index] { throw .hintOrder }
            index += 1
        }
    }
    // Steps 16 to 18.
    for place in index..<parameters.omega where y[place] != 0 { throw .hintPadding }
}

/// Algorithm 40, UseHint: the high part of r, or the neighbour that the hint asks for.
@inline(__always)
func useHint(_ hint: Bool, _ r: UInt32, _ parameters: MLDSAParameters) -> UInt32 {
    let m = parameters.highPartCount
    // Algorithm 36, Decompose: r = r1 · 2γ2 + r0 with -γ2 < r0 <= γ2. 2γ2 is a constant in both divisions, which the
    // compiler turns into multiplications.
    let twoGamma2 = (q - 1) / m
    let raised = r &+ (twoGamma2 / 2 &- 1)
    var r1 = m == 44 ? raised / ((q - 1) / 44) : raised / ((q - 1) / 16)
    // Whether r0 > 0. For r1 = m, where r0 is 0 or less, step 5 makes r1 0 and r0 one less.
    let isPositive = r > r1 &* twoGamma2
    if r1 == m { r1 = 0 }
    guard hint else { return r1 }
    // Steps 3 and 4: r1 + 1 or r1 - 1 modulo m.
    if isPositive { return r1 == m &- 1 ? 0 : r1 &+ 1 }
    return r1 == 0 ? m &- 1 : r1 &- 1
}

/// Algorithm 16, SimpleBitPack of 4 or 6 bits an integer, for algorithm 28, w1Encode.
///
/// - Returns: the bytes; of 4 bits the first 128.
func packHighParts(_ w: Span<UInt32>, _ bitCount: Int) -> InlineArray<192, UInt8> {
    var bytes = InlineArray<192, UInt8>(repeating: 0)
    var (bits, count, place) = (UInt32(0), UInt32(0), 0)
    for index in 0..<n {
        bits |= w[index] &<< count
        count &+= UInt32(bitCount)
        if count >= 8 {
            bytes[place] = UInt8(truncatingIfNeeded: bits)
            place &+= 1
            bits >>= 8
            count &-= 8
        }
    }
    return bytes
}
