// AlgorithmIdentifier.swift - the signature algorithm of a certificate.
//
// Spec:    RFC 5280 §4.1.1.2; RFC 4055 §2.1, §3.1, §5 (RSA); RFC 5758 §3.2 (ECDSA); RFC 8410 §3 (Ed25519).
// Secret:  no.
// Reads:   FieldReader, ObjectIdentifiers, RSA (the hashes), X509Error; ASN1. Read by: Certificate, PublicKey,
//          SignatureVerification.

import ASN1
import RSA

/// A signature algorithm and its parameters.
public enum SignatureAlgorithm: Equatable, Sendable {
    case rsaPKCS1v15(RSAHash)
    /// With MGF1 of the same hash and a salt of the hash's length.
    case rsaPSS(RSAHash)
    case ecdsa(RSAHash)
    case ed25519
    /// Recognised only for a specific error.
    case weak(X509Error.WeakHash)
    case unsupported(ObjectIdentifier)
}

/// Reads an AlgorithmIdentifier of a signature.
///
/// - Throws: `der`; `algorithmParameters` for a known algorithm whose parameters are not the required ones.
func readSignatureAlgorithm(_ fields: inout FieldReader) throws(X509Error) -> SignatureAlgorithm {
    // AlgorithmIdentifier ::= SEQUENCE { algorithm OBJECT IDENTIFIER, parameters ANY OPTIONAL }
    var algorithm = try fields.sequence()
    let identifier = try algorithm.objectIdentifier()
    switch identifier {
    case .sha256WithRSA: return .rsaPKCS1v15(try hash(.sha256, nullOrAbsent: &algorithm))
    case .sha384WithRSA: return .rsaPKCS1v15(try hash(.sha384, nullOrAbsent: &algorithm))
    case .sha512WithRSA: return .rsaPKCS1v15(try hash(.sha512, nullOrAbsent: &algorithm))
    case .rsassaPSS: return try readPSSParameters(&algorithm)
    // RFC 5758 §3.2, RFC 8410 §3: parameters are absent.
    case .sha256WithECDSA: return .ecdsa(try hash(.sha256, absent: &algorithm))
    case .sha384WithECDSA: return .ecdsa(try hash(.sha384, absent: &algorithm))
    case .sha512WithECDSA: return .ecdsa(try hash(.sha512, absent: &algorithm))
    case .ed25519:
        guard algorithm.isAtEnd else { throw .algorithmParameters }
        return .ed25519
    case .md2WithRSA: return .weak(.md2)
    case .md4WithRSA: return .weak(.md4)
    case .md5WithRSA: return .weak(.md5)
    case .sha1WithRSA, .sha1WithRSAOIW, .sha1WithECDSA, .sha1WithDSA: return .weak(.sha1)
    default: return .unsupported(identifier)
    }
}

/// RFC 4055 §2.1, §5: encoders write NULL, and verifiers also accept absent parameters.
private func hash(_ hash: RSAHash, nullOrAbsent fields: inout FieldReader) throws(X509Error) -> RSAHash {
    if fields.nextIs(.null) { try fields.null() }
    guard fields.isAtEnd else { throw .algorithmParameters }
    return hash
}

private func hash(_ hash: RSAHash, absent fields: inout FieldReader) throws(X509Error) -> RSAHash {
    guard fields.isAtEnd else { throw .algorithmParameters }
    return hash
}

/// Reads the parameters of RSASSA-PSS, which follow the identifier.
///
/// - Throws: `der`; `algorithmParameters` if the mask is not MGF1 with the same hash, the salt's length is not the hash's,
///   the trailer is not 1, or the parameters are absent.
/// - Source: RFC 4055 §3.1.
func readPSSParameters(_ algorithm: inout FieldReader) throws(X509Error) -> SignatureAlgorithm {
    guard !algorithm.isAtEnd else { throw .algorithmParameters }
    // RSASSA-PSS-params ::= SEQUENCE { [0] hashAlgorithm DEFAULT sha1, [1] maskGenAlgorithm
    // DEFAULT mgf1SHA1, [2] saltLength DEFAULT 20, [3] trailerField DEFAULT 1 }, all explicit.
    var parameters = try algorithm.sequence()
    try algorithm.expectEnd()
    guard parameters.nextIs(.contextConstructed(0)) else { return .weak(.sha1) }
    var hashField = try parameters.constructed(.contextConstructed(0))
    guard let hash = try readHash(&hashField) else { return .weak(.sha1) }
    try hashField.expectEnd()

    guard parameters.nextIs(.contextConstructed(1)) else { throw .algorithmParameters }
    var maskField = try parameters.constructed(.contextConstructed(1))
    var mask = try maskField.sequence()
    try maskField.expectEnd()
    guard try mask.objectIdentifier() == .mgf1 else { throw .algorithmParameters }
    guard try readHash(&mask) == hash else { throw .algorithmParameters }
    try mask.expectEnd()

    guard parameters.nextIs(.contextConstructed(2)) else { throw .algorithmParameters }
    var saltField = try parameters.constructed(.contextConstructed(2))
    guard try saltField.smallNatural() == hash.digestByteCount else { throw .algorithmParameters }
    try saltField.expectEnd()

    // Only trailer 1 is defined. It is the default, so DER omits it.
    guard parameters.isAtEnd else { throw .algorithmParameters }
    return .rsaPSS(hash)
}

/// Reads a HashAlgorithm; nil for SHA-1.
private func readHash(_ fields: inout FieldReader) throws(X509Error) -> RSAHash? {
    var algorithm = try fields.sequence()
    switch try algorithm.objectIdentifier() {
    case .sha256: return try hash(.sha256, nullOrAbsent: &algorithm)
    case .sha384: return try hash(.sha384, nullOrAbsent: &algorithm)
    case .sha512: return try hash(.sha512, nullOrAbsent: &algorithm)
    case .sha1: return nil
    default: throw .algorithmParameters
    }
}
