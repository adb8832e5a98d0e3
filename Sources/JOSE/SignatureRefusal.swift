// SignatureRefusal.swift - why a signature is not valid.
//
// Spec:    none; the errors of RSA, EllipticCurves and MLDSA.
// Secret:  no: counts.
// Reads:   JOSEError; RSA, EllipticCurves, MLDSA. Read by: JOSEError, VerifiedToken, OtherAlgorithms.

import EllipticCurves
import MLDSA
import RSA

extension JOSEError {
    /// The error of the signature algorithm. All of these have the same reason code.
    public enum SignatureRefusal: Equatable, Sendable {
        case rsa(RSAError)
        case curve(CurveError)
        case mldsa(MLDSAError)
    }
}
