// PathRules.swift - the checks of a certificate at its position in a path.
//
// Spec:    RFC 5280 §6.1.3, §6.1.4, §6.1.5; the CA/Browser Forum's profile for servers.
// Secret:  no.
// Reads:   Certificate, CertificateExtensions, NameConstraints, PathError; ASN1, Bytes. Read by: PathSearch.

import ASN1
import Bytes

/// The purpose of a path.
enum PathPurpose: Equatable {
    /// No particular purpose: only the rules of RFC 5280.
    case any
    /// Authentication of a TLS server.
    case server
}

extension Certificate {
    /// The checks of every certificate, including the anchor.
    ///
    /// - Throws: `notYetValid`, `expired`, `unknownCriticalExtension`.
    func checkAlone(nowSeconds: Int64) throws(PathCheck) {
        // §6.1.3 (a) (2): the certificate is valid at both ends of the validity period.
        guard nowSeconds >= notBeforeSeconds else {
            throw .notYetValid(notBeforeSeconds: notBeforeSeconds, nowSeconds: nowSeconds)
        }
        guard nowSeconds <= notAfterSeconds else {
            throw .expired(notAfterSeconds: notAfterSeconds, nowSeconds: nowSeconds)
        }
        // §6.1.4 (o), §6.1.5 (f): an unprocessed critical extension fails.
        if let identifier = extensions.unknownCritical { throw .unknownCriticalExtension(identifier) }
    }

    /// The checks of the end-entity certificate.
    ///
    /// - Throws: the errors of `checkAlone`; `explicitPolicy`, `keyUsage`, `extendedKeyUsage`.
    func checkAsLeaf(for purpose: PathPurpose, nowSeconds: Int64) throws(PathCheck) {
        try checkAlone(nowSeconds: nowSeconds)
        // §6.1.5 (b).
        guard extensions.explicitPolicySkipCount != 0 else { throw .explicitPolicy }
        guard purpose == .server else { return }
        // RFC 8446 §4.4.2.2: keyUsage, if present, must include digitalSignature. (The key exchanges that we offer do not
        // encrypt with a certificate's key.)
        if let usage = extensions.keyUsage, !usage.digitalSignature { throw .keyUsage }
        if let usage = extensions.extendedKeyUsage, !usage.hasServerAuth { throw .extendedKeyUsage }
    }

    /// The checks of an issuer except for the signature, cheap checks first.
    ///
    /// - Parameters:
    ///   - path: the certificates below, the leaf first. The last one is issued by this certificate.
    ///   - isAnchor: whether this is a trust anchor.
    /// - Throws: the first failed check. Name constraints are not checked here, since they concern a certificate below.
    func checkAsIssuer(
        of path: [Certificate], isAnchor: Bool, for purpose: PathPurpose, nowSeconds: Int64
    ) throws(PathCheck) {
        try checkKeyIdentifier(of: path[path.count - 1])
        try checkAlone(nowSeconds: nowSeconds)
        // §6.1.4 (k): basicConstraints marks an authority. A certificate of version 1 or 2 has no extensions, and is
        // accepted only as a trust anchor.
        if let constraints = extensions.basicConstraints {
            guard constraints.isAuthority else { throw .notAuthority }
        } else if version == 3 {
            throw .basicConstraintsMissing
        } else if !isAnchor {
            throw .authorityVersion(version)
        }
        // §6.1.4 (l), (m): counts the authorities between this one and the leaf, except self-issued ones.
        var authoritiesBelow = 0
        for below in path.dropFirst() where !below.isSelfIssued { authoritiesBelow += 1 }
        if let limit = extensions.basicConstraints?.pathLength {
            guard authoritiesBelow <= limit else { throw .pathLength(limit: limit, actual: authoritiesBelow) }
        }
        // §6.1.4 (n).
        if let usage = extensions.keyUsage, !usage.keyCertSign { throw .authorityKeyUsage }
        // An authority's extendedKeyUsage limits the purposes that it may certify (CA/B §7.1.2).
        if purpose == .server, let usage = extensions.extendedKeyUsage {
            guard usage.hasServerAuth || usage.hasAny else { throw .authorityExtendedKeyUsage }
        }
        // §6.1.4 (a).
        guard !extensions.mapsAnyPolicy else { throw .policyMapping }
        // §6.1.4 (h), (i), §6.1.5 (a): the counter decreases by one for each authority below that is not self-issued, and
        // for the leaf. At zero an explicit policy is required.
        if let skipCount = extensions.explicitPolicySkipCount {
            guard skipCount > authoritiesBelow + 1 else { throw .explicitPolicy }
        }
    }

    /// §4.2.1.1, §4.2.1.2: the two identifiers are equal if both are present.
    private func checkKeyIdentifier(of issued: Certificate) throws(PathCheck) {
        guard let expected = issued.extensions.authorityKeyIdentifier,
            let own = extensions.subjectKeyIdentifier
        else { return }
        guard bytesEqual(issued.bytes(expected), bytes(own)) else { throw .keyIdentifier }
    }
}
