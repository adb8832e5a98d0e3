// Limits.swift - bounds on sampling.
//
// Spec:    FIPS 204 Appendix C, which allows bounds that an input reaches with a probability of at most 2^-256.
// Secret:  no.
// Reads:   nothing. Read by: Sampling, MLDSAPublicKey.

/// The bounds of this module. Each is tested at the bound and one past it.
public enum MLDSALimits {
    /// The most blocks of SHAKE128, of 168 bytes, for a polynomial of the matrix. Appendix C allows a bound of 894 bytes;
    /// this is the first whole block after it, which is reached with a probability below 2^-500.
    public static let matrixBlockCount = 6
    /// The most bytes of SHAKE256 for the challenge: the bound of Appendix C.
    public static let challengeByteCount = 221
}
