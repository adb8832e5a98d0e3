// SkipReasonText.swift - descriptions of the skip reasons, for logs and for people.
//
// Spec:    RFC 7517 §4, §5.
// Secret:  no: counts only.
// Reads:   SkipReason; Bytes, RSA, EllipticCurves, MLDSA. Read by: DPoPError, LambdaRuntime, the commands.

import Bytes
import EllipticCurves
import MLDSA
import RSA

extension SkipReason {
    /// A stable code for logs.
    public var reasonCode: StaticString {
        switch self {
        case .notAnObject: "key_not_object"
        case .memberType: "key_member_type"
        case .symmetric: "key_symmetric"
        case .privateKey: "key_private"
        case .keyTypeNotSupported: "key_type_not_supported"
        case .curveNotSupported: "key_crv"
        case .notForSignatures: "key_use"
        case .notForVerification: "key_ops"
        case .algorithmNotSupported: "key_alg"
        case .kidTooLong: "key_kid_too_long"
        case .missingMember: "key_member_missing"
        case .encoding: "key_member_encoding"
        case .rsa(let error): error.reasonCode
        case .curve(let error): error.reasonCode
        case .mldsa(let error): error.reasonCode
        }
    }

    /// The reason for people: a clause about the key, without a full stop.
    public var meaning: [UInt8] {
        if case .rsa(.modulusSize(let bitCount, let minimum, let maximum)) = self {
            var text = [UInt8]("its modulus has ")
            text.append(decimal: bitCount)
            text.append(" bits, and ")
            text.append(decimal: minimum)
            text.append(" to ")
            text.append(decimal: maximum)
            text.append(" are accepted")
            return text
        }
        return [UInt8](words)
    }

    private var words: StaticString {
        switch self {
        case .notAnObject: "it is not a JSON object"
        case .memberType: "one of its members has the wrong type (RFC 7517 section 4)"
        case .symmetric: "it is a symmetric key; tokens are never verified with shared secrets"
        case .privateKey:
            "its private key is published with it: every reader of the set can sign tokens, so the issuer must replace the key"
        case .keyTypeNotSupported: "its \"kty\" is not RSA, EC, OKP or AKP"
        case .curveNotSupported:
            "its \"crv\" is not P-256, P-384 or P-521 (kty EC), or Ed25519 (kty OKP)"
        case .notForSignatures: "its \"use\" is not \"sig\""
        case .notForVerification: "its \"key_ops\" does not contain \"verify\""
        case .algorithmNotSupported: "its \"alg\" is not supported, or is for another type of key"
        case .kidTooLong: "its \"kid\" is longer than 256 bytes"
        case .missingMember: "a member that its type requires is absent"
        case .encoding: "one of its values is not base64url without padding"
        case .rsa:
            "its modulus and exponent are not those of an RSA key (both odd, the exponent 3 to 4294967295)"
        case .mldsa: "its \"pub\" does not have the length of a public key of its \"alg\""
        case .curve: "its coordinates are not a valid public key of its curve"
        }
    }

    /// Whether the key has another purpose than signatures. Many sets contain encryption keys and symmetric keys, so
    /// these cause no warning.
    public var isOtherPurpose: Bool {
        switch self {
        case .symmetric, .notForSignatures, .notForVerification: true
        default: false
        }
    }
}
