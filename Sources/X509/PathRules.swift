// PathRules.swift - what a certificate must be to stand at its place in a path.
//
// Spec:    RFC 5280 §6.1.3, §6.1.4, §6.1.5; the CA/Browser Forum's profile for servers.
// Secret:  no.
// Reads:   Certificate, Extensions, NameConstraints, PathError. Read by: PathSearch.

import ASN1
import Bytes

/// What a path is for.
enum PathPurpose: Equatable {
    /// Nothing in particular: RFC 5280 alone.
    case any
    /// Authentication of a TLS server.
    case server
}

extension Certificate {
    /// What every certificate must meet, the anchor too.
    ///
    /// - Throws: `notYetValid`, `expired`, `unknownCriticalExtension`.
    func checkAlone(nowSeconds: Int64) throws(PathCheck) {
        // §6.1.3 (a) (2): both ends of the validity are within.
        guard nowSeconds >= notBeforeSeconds else {
            throw .notYetValid(notBeforeSeconds: notBeforeSeconds, nowSeconds: nowSeconds)
        }
        guard nowSeconds <= notAfterSeconds else {
            throw .expired(notAfterSeconds: notAfterSeconds, nowSeconds: nowSeconds)
        }
        // §6.1.4 (o), §6.1.5 (f): every critical extension is processed.
        if let identifier = extensions.unknownCritical { throw .unknownCriticalExtension(identifier) }
    }

    /// What the certificate at the path's end must meet.
    ///
    /// - Throws: what `checkAlone` throws; `explicitPolicy`, `keyUsage`, `extendedKeyUsage`.
    func checkAsLeaf(for purpose: PathPurpose, nowSeconds: Int64) throws(PathCheck) {
        try checkAlone(nowSeconds: nowSeconds)
        // §6.1.5 (b).
        guard extensions.explicitPolicySkipCount != 0 else { throw .explicitPolicy }
        guard purpose == .server else { return }
        // RFC 8446 §4.4.2.2: where keyUsage is, it has digitalSignature. (No key of a certificate
        // encrypts in the key exchanges that we offer.)
        if let usage = extensions.keyUsage, !usage.digitalSignature { throw .keyUsage }
        if let usage = extensions.extendedKeyUsage, !usage.hasServerAuth { throw .extendedKeyUsage }
    }

    /// What an issuer must meet, but for its signature: cheap checks go first.
    ///
    /// - Parameters:
    ///   - path: the certificates below, the leaf first; the last one is what it issued.
    ///   - isAnchor: whether this is a trust anchor.
    /// - Throws: the first failed check. Failures of name constraints are about a certificate
    ///   below, and are not found here.
    func checkAsIssuer(
        of path: [Certificate], isAnchor: Bool, for purpose: PathPurpose, nowSeconds: Int64
    ) throws(PathCheck) {
        try checkKeyIdentifier(of: path[path.count - 1])
        try checkAlone(nowSeconds: nowSeconds)
        // §6.1.4 (k): an authority says that it is one. One of version 1 or 2 cannot say so, and
        // need not where it is trusted already.
        if let constraints = extensions.basicConstraints {
            guard constraints.isAuthority else { throw .notAuthority }
        } else if version == 3 {
            throw .basicConstraintsMissing
        } else if !isAnchor {
            throw .authorityVersion(version)
        }
        // §6.1.4 (l), (m): authorities between this one and the leaf, self-issued ones not counted.
        var authoritiesBelow = 0
        for below in path.dropFirst() where !below.isSelfIssued { authoritiesBelow += 1 }
        if let limit = extensions.basicConstraints?.pathLength {
            guard authoritiesBelow <= limit else { throw .pathLength(limit: limit, actual: authoritiesBelow) }
        }
        // §6.1.4 (n).
        if let usage = extensions.keyUsage, !usage.keyCertSign { throw .authorityKeyUsage }
        // An authority's extendedKeyUsage bounds what it may certify for (CA/B §7.1.2).
        if purpose == .server, let usage = extensions.extendedKeyUsage {
            guard usage.hasServerAuth || usage.hasAny else { throw .authorityExtendedKeyUsage }
        }
        // §6.1.4 (a).
        guard !extensions.mapsAnyPolicy else { throw .policyMapping }
        // §6.1.4 (h), (i), §6.1.5 (a): the counter falls by one for each authority below that is
        // not self-issued, and for the leaf. At zero a policy is required.
        if let skipCount = extensions.explicitPolicySkipCount {
            guard skipCount > authoritiesBelow + 1 else { throw .explicitPolicy }
        }
    }

    /// §4.2.1.1, §4.2.1.2: where both are present, they are equal.
    private func checkKeyIdentifier(of issued: Certificate) throws(PathCheck) {
        guard let wanted = issued.extensions.authorityKeyIdentifier,
            let own = extensions.subjectKeyIdentifier
        else { return }
        guard bytesEqual(issued.bytes(wanted), bytes(own)) else { throw .keyIdentifier }
    }
}
