// AlgorithmNames.swift - the names of the algorithms, and the key types that they need.
//
// Spec:    RFC 7518 §3.1, §3.3 to §3.5; RFC 8037 §3.1 (EdDSA); RFC 9864 §2.2
//          (Ed25519); RFC 9964 §4 (ML-DSA); AUDIT 6, 16.
// Secret:  no.
// Reads:   Algorithm; Bytes, EllipticCurves. Read by: Algorithm, the commands.

import Bytes
import EllipticCurves

extension Algorithm {
    /// The name as spelled in `alg`.
    public var name: StaticString {
        switch self {
        case .rs256: "RS256"
        case .rs384: "RS384"
        case .rs512: "RS512"
        case .ps256: "PS256"
        case .ps384: "PS384"
        case .ps512: "PS512"
        case .es256: "ES256"
        case .es384: "ES384"
        case .es512: "ES512"
        case .edDSA: "EdDSA"
        case .mldsa44: "ML-DSA-44"
        case .mldsa65: "ML-DSA-65"
        case .mldsa87: "ML-DSA-87"
        }
    }

    /// The algorithms that are allowed if the settings name none: all but those of ML-DSA, which are used only by name.
    public static var standard: [Algorithm] {
        [.rs256, .rs384, .rs512, .ps256, .ps384, .ps512, .es256, .es384, .es512, .edDSA]
    }

    /// The algorithm with this name, compared case-sensitively; nil for any other name. `init(name:)` compares with RS256
    /// first.
    static func other(named name: Span<UInt8>) -> Algorithm? {
        // RFC 9864 §2.2: `Ed25519` names the algorithm that `EdDSA` means with a key on that curve. `EdDSA` is deprecated and
        // not prohibited. The signature and the key are the same, so tokens and keys may have either name. `Ed448` (§2.2) is
        // not supported and equals no name.
        if bytesEqual(name, "Ed25519") { return .edDSA }
        for algorithm in Algorithm.allCases where bytesEqual(name, algorithm.name) { return algorithm }
        return nil
    }

    /// The key type that the algorithm needs, for algorithms other than RS256.
    var otherKeyType: KeyType {
        switch self {
        case .rs256, .rs384, .rs512, .ps256, .ps384, .ps512: .rsa
        // RFC 7518 §3.4: each algorithm has one curve.
        case .es256: .ec(.p256)
        case .es384: .ec(.p384)
        case .es512: .ec(.p521)
        // RFC 8037 §3.1 also defines Ed448, which is not supported.
        case .edDSA: .ed25519
        // RFC 9964 §5: the key is for this algorithm alone.
        case .mldsa44, .mldsa65, .mldsa87: .algorithmKeyPair(self)
        }
    }
}
