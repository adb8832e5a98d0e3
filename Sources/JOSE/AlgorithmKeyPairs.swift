// AlgorithmKeyPairs.swift - keys of the type AKP: ML-DSA.
//
// Spec:    RFC 9964 §5 (kty AKP, alg, pub, priv); FIPS 204 §7.2 algorithm 23 (the bytes of pub).
// Secret:  no: public keys.
// Reads:   JSONWebKey, Algorithm, SkipReason; JSON, MLDSA, Bytes. Read by: CurveKeys, OtherAlgorithms.

import Bytes
import JSON
import MLDSA

extension JSONWebKey {
    /// RFC 9964 §5: `alg`, which the type requires, says what the bytes of `pub` are.
    static func algorithmKeyPair(_ value: JSONValue) throws(SkipReason) -> Material {
        guard let alg = try string(value, "alg"), !alg.isEmpty, let pub = try string(value, "pub") else {
            throw .missingMember
        }
        guard let parameters = Algorithm(name: alg.span)?.parameters else { throw .algorithmNotSupported }
        let bytes = try decode(pub)
        do { return .mldsa(try MLDSAPublicKey(parameters, bytes.span), pub: pub) } catch {
            throw .mldsa(error)
        }
    }
}

extension Algorithm {
    /// The parameter set of an algorithm of ML-DSA; nil for the others.
    var parameters: MLDSAParameters? {
        switch self {
        case .mldsa44: .mldsa44
        case .mldsa65: .mldsa65
        case .mldsa87: .mldsa87
        default: nil
        }
    }
}

extension MLDSAParameters {
    var algorithm: Algorithm {
        switch self {
        case .mldsa44: .mldsa44
        case .mldsa65: .mldsa65
        case .mldsa87: .mldsa87
        }
    }
}
