// X509Error.swift - errors of a certificate, a key, a host name or a file of anchors.
//
// Spec:    RFC 5280 §4; RFC 7468 §2, §5.
// Secret:  no: only offsets and counts.
// Reads:   ASN1, RSA, EllipticCurves. Read by: the rest of X509; TLS, KeyFetching, Conformance, CommandLine.

import ASN1
import EllipticCurves
import RSA

/// The first check that failed on one object. For a path see `PathCheck`.
public enum X509Error: Error, Equatable, Sendable {
    // A certificate's form.

    /// The certificate is not valid DER.
    case der(DERError)
    case certificateTooLong(limit: Int, actual: Int)
    /// A version other than 1, 2 and 3.
    case version(Int)
    case serialTooLong(limit: Int, actual: Int)
    /// The algorithm inside the signed part differs from signatureAlgorithm (§4.1.1.2).
    case signatureAlgorithmsDiffer
    /// The issuer's name is empty (§4.1.2.4).
    case emptyIssuer
    /// A relative distinguished name has no attribute, or an attribute to compare is not a string.
    case nameForm
    case tooManyAttributes(limit: Int)
    /// A certificate that is not of version 3 has extensions, or the list of extensions is empty.
    case extensionsForm
    case tooManyExtensions(limit: Int)
    case duplicateExtension(ObjectIdentifier)
    /// An extension's value does not match its type.
    case extensionForm(ExtensionKind)
    case tooManyNames(limit: Int)
    /// A DNS name, an address or a mailbox has an invalid character: NUL, a control character, a space, or one outside ASCII.
    case nameCharacter
    /// An IP address has neither 4 nor 16 bytes, or a mask is not a prefix.
    case addressForm

    // Algorithms, keys, signatures.

    /// The parameters of an algorithm are not the required ones.
    case algorithmParameters
    /// A key type, a curve, or a signature algorithm that is not implemented.
    case unsupportedKey(ObjectIdentifier)
    case unsupportedAlgorithm(ObjectIdentifier)
    /// A signature algorithm with a broken hash.
    case weakHash(WeakHash)
    /// The key is not a key for the signature's algorithm.
    case keyAlgorithmMismatch
    case rsa(RSAError)
    case curve(CurveError)

    // Arguments of the caller.

    /// Neither a DNS name nor an IP address.
    case hostNameForm
    case anchorFileTooLong(limit: Int, actual: Int)
    /// BEGIN without END, or END without BEGIN.
    case pemForm(offset: Int)
    /// The file has no certificate that can be read.
    case noAnchors

    /// The extensions that this module reads.
    public enum ExtensionKind: Sendable {
        case basicConstraints, keyUsage, extendedKeyUsage, subjectAltName, nameConstraints
        case subjectKeyIdentifier, authorityKeyIdentifier
        case certificatePolicies, policyMappings, policyConstraints, inhibitAnyPolicy
    }

    /// The hash functions that are no longer accepted in signatures.
    public enum WeakHash: Sendable {
        case md2, md4, md5, sha1
    }

    /// A stable code for logs.
    public var reasonCode: StaticString {
        switch self {
        case .der(let error): error.reasonCode
        case .certificateTooLong: "x509_certificate_too_long"
        case .version: "x509_version"
        case .serialTooLong: "x509_serial_too_long"
        case .signatureAlgorithmsDiffer: "x509_signature_algorithms_differ"
        case .emptyIssuer: "x509_empty_issuer"
        case .nameForm: "x509_name_form"
        case .tooManyAttributes: "x509_too_many_attributes"
        case .extensionsForm: "x509_extensions_form"
        case .tooManyExtensions: "x509_too_many_extensions"
        case .duplicateExtension: "x509_duplicate_extension"
        case .extensionForm: "x509_extension_form"
        case .tooManyNames: "x509_too_many_names"
        case .nameCharacter: "x509_name_character"
        case .addressForm: "x509_address_form"
        case .algorithmParameters: "x509_algorithm_parameters"
        case .unsupportedKey: "x509_unsupported_key"
        case .unsupportedAlgorithm: "x509_unsupported_algorithm"
        case .weakHash: "x509_weak_hash"
        case .keyAlgorithmMismatch: "x509_key_algorithm_mismatch"
        case .rsa(let error): error.reasonCode
        case .curve(let error): error.reasonCode
        case .hostNameForm: "x509_host_name_form"
        case .anchorFileTooLong: "x509_anchor_file_too_long"
        case .pemForm: "x509_pem_form"
        case .noAnchors: "x509_no_anchors"
        }
    }
}
