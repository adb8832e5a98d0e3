// MLDSAParameters.swift - the three parameter sets.
//
// Spec:    FIPS 204 §4, Tables 1 and 2.
// Secret:  no.
// Reads:   nothing. Read by: the rest of MLDSA, JOSE, Conformance.

/// A parameter set of ML-DSA.
public enum MLDSAParameters: Sendable, Equatable, CaseIterable {
    case mldsa44, mldsa65, mldsa87

    /// The length of a public key in bytes: ρ and k polynomials of 10 bits a coefficient.
    public var keyByteCount: Int { 32 + 320 * k }

    /// The length of a signature in bytes: c̃, ℓ polynomials of `zBitCount` bits a coefficient, and the hint.
    public var signatureByteCount: Int { challengeByteCount + l * zByteCount + omega + k }

    /// The rows of A.
    var k: Int {
        switch self {
        case .mldsa44: 4
        case .mldsa65: 6
        case .mldsa87: 8
        }
    }

    /// ℓ, the columns of A.
    var l: Int {
        switch self {
        case .mldsa44: 4
        case .mldsa65: 5
        case .mldsa87: 7
        }
    }

    /// λ / 4, the length of c̃ in bytes.
    var challengeByteCount: Int {
        switch self {
        case .mldsa44: 32
        case .mldsa65: 48
        case .mldsa87: 64
        }
    }

    /// τ, the number of coefficients of c that are not zero.
    var tau: Int {
        switch self {
        case .mldsa44: 39
        case .mldsa65: 49
        case .mldsa87: 60
        }
    }

    /// β = τ · η.
    var beta: UInt32 {
        switch self {
        case .mldsa44: 78
        case .mldsa65: 196
        case .mldsa87: 120
        }
    }

    /// ω, the most ones of a hint.
    var omega: Int {
        switch self {
        case .mldsa44: 80
        case .mldsa65: 55
        case .mldsa87: 75
        }
    }

    /// γ1 = 2^(zBitCount - 1).
    var gamma1: UInt32 { 1 << UInt32(zBitCount - 1) }

    /// The bits of a coefficient of z.
    var zBitCount: Int { self == .mldsa44 ? 18 : 20 }

    /// The bytes of a polynomial of z.
    var zByteCount: Int { 32 * zBitCount }

    /// m = (q - 1) / (2 · γ2), the number of values of a high part.
    var highPartCount: UInt32 { self == .mldsa44 ? 44 : 16 }

    /// The bits of a high part, which is at most m - 1.
    var highPartBitCount: Int { self == .mldsa44 ? 6 : 4 }
}
