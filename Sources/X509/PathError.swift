// PathError.swift - the failed check of a path, its certificate, and advice.
//
// Spec:    RFC 5280 §6.1.3 to §6.1.5; RFC 9525 §6.
// Secret:  no.
// Reads:   X509Error, ASN1. Read by: PathRules, PathSearch; TLS, Conformance, CommandLine.

import ASN1

/// The check of path validation that failed.
public enum PathCheck: Error, Equatable, Sendable {
    /// The certificate or its key is malformed or not supported.
    case malformed(X509Error)
    /// The peer presented no certificate.
    case noCertificate
    case tooManyCertificates(limit: Int, actual: Int)

    // The host.

    /// The host name is neither a DNS name nor an IP address.
    case hostNameForm
    /// The certificate has no subjectAltName.
    case noSubjectAltName
    case hostNameMismatch
    /// No name matches, and a wildcard is not the whole left-most label or would match too much.
    case wildcardForm

    // Each certificate.

    case expired(notAfterSeconds: Int64, nowSeconds: Int64)
    case notYetValid(notBeforeSeconds: Int64, nowSeconds: Int64)
    case unknownCriticalExtension(ObjectIdentifier)
    /// An RSA key below 2048 bits.
    case weakKey(bitCount: Int, minimum: Int)
    /// A signature with SHA-1 or an older hash.
    case weakHash(X509Error.WeakHash)
    /// The signature does not verify with the issuer's key.
    case signature(X509Error)

    // The server's certificate.

    /// keyUsage without digitalSignature.
    case keyUsage
    /// extendedKeyUsage without serverAuth.
    case extendedKeyUsage

    // An authority.

    /// A certificate of version 3 has no basicConstraints.
    case basicConstraintsMissing
    /// In basicConstraints cA is false.
    case notAuthority
    /// An intermediate certificate is of version 1 or 2, which has no basicConstraints.
    case authorityVersion(Int)
    /// More authorities below than pathLenConstraint allows.
    case pathLength(limit: Int, actual: Int)
    /// keyUsage without keyCertSign.
    case authorityKeyUsage
    /// The authority's extendedKeyUsage has neither serverAuth nor anyExtendedKeyUsage.
    case authorityExtendedKeyUsage
    /// The authority's subjectKeyIdentifier differs from the authorityKeyIdentifier of the certificate below.
    case keyIdentifier
    /// An explicit policy is required. Policies are not processed.
    case explicitPolicy
    /// A policy mapping maps anyPolicy (§6.1.4 (a)).
    case policyMapping

    // Name constraints; the certificate is the one that has the name.

    case nameNotPermitted
    case nameExcluded
    /// A constraint applies to a form of name that this module cannot compare.
    case nameConstraintUnsupported

    // The search.

    /// The server's certificate is self-signed and not a trust anchor.
    case selfSigned
    /// The path ends in a self-issued certificate that is not a trust anchor.
    case untrustedRoot
    /// The issuer of this certificate is neither among the presented certificates nor a trust anchor.
    case issuerNotFound
    case pathTooLong(limit: Int)
    /// The search needs more signature checks than allowed.
    case signatureBudget(limit: Int)
    /// The search needs to compare more bytes of names with name constraints than allowed.
    case comparisonBudget(limit: Int)

    /// A stable code for logs.
    public var reasonCode: StaticString {
        switch self {
        case .malformed(let error): error.reasonCode
        case .noCertificate: "path_no_certificate"
        case .tooManyCertificates: "path_too_many_certificates"
        case .hostNameForm: "x509_host_name_form"
        case .noSubjectAltName: "path_no_subject_alt_name"
        case .hostNameMismatch: "path_host_name_mismatch"
        case .wildcardForm: "path_wildcard_form"
        case .expired: "path_expired"
        case .notYetValid: "path_not_yet_valid"
        case .unknownCriticalExtension: "path_unknown_critical_extension"
        case .weakKey: "path_weak_key"
        case .weakHash: "path_weak_hash"
        case .signature: "path_signature"
        case .keyUsage: "path_key_usage"
        case .extendedKeyUsage: "path_extended_key_usage"
        case .basicConstraintsMissing: "path_basic_constraints_missing"
        case .notAuthority: "path_not_authority"
        case .authorityVersion: "path_authority_version"
        case .pathLength: "path_length_constraint"
        case .authorityKeyUsage: "path_authority_key_usage"
        case .authorityExtendedKeyUsage: "path_authority_extended_key_usage"
        case .keyIdentifier: "path_key_identifier"
        case .explicitPolicy: "path_explicit_policy"
        case .policyMapping: "path_policy_mapping"
        case .nameNotPermitted: "path_name_not_permitted"
        case .nameExcluded: "path_name_excluded"
        case .nameConstraintUnsupported: "path_name_constraint_unsupported"
        case .selfSigned: "path_self_signed"
        case .untrustedRoot: "path_untrusted_root"
        case .issuerNotFound: "path_issuer_not_found"
        case .pathTooLong: "path_too_long"
        case .signatureBudget: "path_signature_budget"
        case .comparisonBudget: "path_comparison_budget"
        }
    }

    /// Advice to the operator of the server, or to the administrator of the trust anchors.
    public var advice: StaticString {
        switch self {
        case .malformed, .unknownCriticalExtension, .nameConstraintUnsupported, .policyMapping,
            .authorityVersion, .notAuthority, .basicConstraintsMissing, .authorityKeyUsage, .pathLength,
            .authorityExtendedKeyUsage, .nameNotPermitted, .nameExcluded, .explicitPolicy:
            "have the certificate reissued without this fault"
        case .noCertificate: "configure the server with its certificate"
        case .tooManyCertificates, .comparisonBudget, .signatureBudget, .pathTooLong:
            "let the server present only its own certificate and its intermediates"
        case .hostNameForm: "give a DNS name in ASCII, or an IP address"
        case .noSubjectAltName, .hostNameMismatch, .wildcardForm:
            "use the name that the certificate is for, or have it issued for this name in subjectAltName"
        case .expired: "renew the certificate, and check this machine's clock"
        case .notYetValid: "check this machine's clock, and the certificate's dates"
        case .weakKey: "have it issued for an RSA key of 2048 bits or more, or for an elliptic curve"
        case .weakHash: "have it signed with SHA-256, SHA-384 or SHA-512"
        case .signature, .keyIdentifier:
            "check that the server presents the intermediates that issued its certificate"
        case .keyUsage: "have it issued with digitalSignature in keyUsage"
        case .extendedKeyUsage: "have it issued with serverAuth in extendedKeyUsage"
        case .selfSigned, .untrustedRoot: "add the issuing authority to CA_BUNDLE if it is to be trusted"
        case .issuerNotFound:
            "let the server present the missing intermediate, or add the issuer to CA_BUNDLE"
        }
    }
}

/// The most specific failure of a search.
public struct PathError: Error, Equatable, Sendable {
    public let check: PathCheck
    /// The certificate that failed the check; nil if the failure concerns no certificate.
    public let certificate: CertificateDescription?

    public var reasonCode: StaticString { check.reasonCode }
    public var advice: StaticString { check.advice }

    init(_ check: PathCheck, _ certificate: Certificate?) {
        self.check = check
        self.certificate = certificate.map { CertificateDescription($0) }
    }
}

/// A certificate's names for logs and reports.
public struct CertificateDescription: Equatable, Sendable {
    /// `CN=example.com,O=Example,C=US`, cut at 256 bytes.
    public let subject: [UInt8]
    /// In hexadecimal.
    public let serial: [UInt8]

    init(_ certificate: Certificate) {
        let text = certificate.subjectText
        subject = text.count <= 256 ? text : Array(text[..<256])
        serial = certificate.serialText
    }
}
