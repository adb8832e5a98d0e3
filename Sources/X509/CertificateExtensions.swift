// CertificateExtensions.swift - the extensions of a certificate.
//
// Spec:    RFC 5280 §4.1.2.9, §4.2.
// Secret:  no.
// Reads:   FieldReader, GeneralName, NameConstraints, ObjectIdentifiers, X509Error, Limits; ASN1, Bytes. Read by: Certificate,
//          PathRules, HostName.

import ASN1
import Bytes

/// The contents of a certificate's extensions. Nil means that the extension is absent.
struct CertificateExtensions: Equatable, Sendable {
    var basicConstraints: BasicConstraints?
    var keyUsage: KeyUsage?
    var extendedKeyUsage: ExtendedKeyUsage?
    var subjectAltName: [GeneralName]?
    var nameConstraints: NameConstraints?
    /// Ranges in the certificate.
    var subjectKeyIdentifier: Range<Int>?
    var authorityKeyIdentifier: Range<Int>?
    /// requireExplicitPolicy of policyConstraints.
    var explicitPolicySkipCount: Int?
    /// Whether policyMappings maps from or to anyPolicy.
    var mapsAnyPolicy = false
    /// The first critical extension that this module does not know, or cannot interpret.
    var unknownCritical: ObjectIdentifier?
}

/// RFC 5280 §4.2.1.9.
struct BasicConstraints: Equatable, Sendable {
    var isAuthority: Bool
    var pathLength: Int?
}

/// RFC 5280 §4.2.1.3.
struct KeyUsage: Equatable, Sendable {
    /// Bit n of the NamedBitList is the bit with the value 2^n.
    let bits: UInt16

    var digitalSignature: Bool { bits & 1 << 0 != 0 }
    var keyCertSign: Bool { bits & 1 << 5 != 0 }
}

/// RFC 5280 §4.2.1.12.
struct ExtendedKeyUsage: Equatable, Sendable {
    var hasServerAuth = false
    var hasAny = false
}

/// Reads `Extensions ::= SEQUENCE SIZE (1..MAX) OF Extension`.
///
/// - Throws: `der`, `extensionsForm`, `tooManyExtensions`, `duplicateExtension`, `extensionForm`
///   and the errors of a name in an extension.
/// - Source: RFC 5280 §4.1.2.9.
func readExtensions(_ fields: inout FieldReader) throws(X509Error) -> CertificateExtensions {
    var list = try fields.sequence()
    guard !list.isAtEnd else { throw .extensionsForm }
    var extensions = CertificateExtensions()
    var seen: [ObjectIdentifier] = []
    while !list.isAtEnd {
        guard seen.count < X509Limits.extensionCount else {
            throw .tooManyExtensions(limit: X509Limits.extensionCount)
        }
        // Extension ::= SEQUENCE { extnID, critical BOOLEAN DEFAULT FALSE, extnValue OCTET STRING }
        var entry = try list.sequence()
        let identifier = try entry.objectIdentifier()
        let isCritical = try entry.booleanDefaultFalse()
        let value = try entry.value(.octetString)
        try entry.expectEnd()
        // §4.2: at most one extension of each kind.
        guard !seen.contains(identifier) else { throw .duplicateExtension(identifier) }
        seen.append(identifier)
        var content = FieldReader(value.content, at: value.contentRange.lowerBound)
        if try extensions.read(identifier, isCritical: isCritical, &content) {
            try content.expectEnd()
        } else if isCritical, extensions.unknownCritical == nil {
            extensions.unknownCritical = identifier
        }
    }
    return extensions
}

extension CertificateExtensions {
    /// Reads one extension's value; returns false if the extension is unknown.
    fileprivate mutating func read(
        _ identifier: ObjectIdentifier, isCritical: Bool, _ content: inout FieldReader
    ) throws(X509Error) -> Bool {
        switch identifier {
        case .basicConstraints: basicConstraints = try readBasicConstraints(&content)
        case .keyUsage: keyUsage = KeyUsage(bits: try content.namedBits())
        case .extendedKeyUsage: extendedKeyUsage = try readExtendedKeyUsage(&content)
        case .subjectAltName: subjectAltName = try readSubjectAltName(&content)
        case .nameConstraints: nameConstraints = try readNameConstraints(&content)
        case .subjectKeyIdentifier: subjectKeyIdentifier = try content.value(.octetString).contentRange
        case .authorityKeyIdentifier: authorityKeyIdentifier = try readAuthorityKeyIdentifier(&content)
        case .certificatePolicies:
            let isKnown = try readCertificatePolicies(&content, isCritical: isCritical)
            if !isKnown, unknownCritical == nil { unknownCritical = identifier }
        case .policyMappings: mapsAnyPolicy = try readPolicyMappings(&content)
        case .policyConstraints: explicitPolicySkipCount = try readPolicyConstraints(&content)
        case .inhibitAnyPolicy: _ = try content.smallNatural()
        default: return false
        }
        return true
    }
}

/// BasicConstraints ::= SEQUENCE { cA BOOLEAN DEFAULT FALSE, pathLenConstraint INTEGER (0..MAX) OPTIONAL }
private func readBasicConstraints(_ content: inout FieldReader) throws(X509Error) -> BasicConstraints {
    var sequence = try content.sequence()
    var constraints = BasicConstraints(isAuthority: try sequence.booleanDefaultFalse())
    if !sequence.isAtEnd { constraints.pathLength = try sequence.smallNatural() }
    try sequence.expectEnd()
    return constraints
}

/// ExtKeyUsageSyntax ::= SEQUENCE SIZE (1..MAX) OF KeyPurposeId
private func readExtendedKeyUsage(_ content: inout FieldReader) throws(X509Error) -> ExtendedKeyUsage {
    var sequence = try content.sequence()
    guard !sequence.isAtEnd else { throw .extensionForm(.extendedKeyUsage) }
    var usage = ExtendedKeyUsage()
    while !sequence.isAtEnd {
        switch try sequence.objectIdentifier() {
        case .serverAuth: usage.hasServerAuth = true
        case .anyExtendedKeyUsage: usage.hasAny = true
        default: continue
        }
    }
    return usage
}

/// SubjectAltName ::= GeneralNames ::= SEQUENCE SIZE (1..MAX) OF GeneralName
private func readSubjectAltName(_ content: inout FieldReader) throws(X509Error) -> [GeneralName] {
    var sequence = try content.sequence()
    guard !sequence.isAtEnd else { throw .extensionForm(.subjectAltName) }
    var names: [GeneralName] = []
    while !sequence.isAtEnd {
        guard names.count < X509Limits.nameCount else { throw .tooManyNames(limit: X509Limits.nameCount) }
        let name = try readGeneralName(&sequence)
        // §4.2.1.6: an address has four or sixteen octets.
        guard name.kind != .ipAddress || name.range.count == 4 || name.range.count == 16 else {
            throw .addressForm
        }
        names.append(name)
    }
    return names
}

/// AuthorityKeyIdentifier ::= SEQUENCE { [0] keyIdentifier, [1] authorityCertIssuer,
/// [2] authorityCertSerialNumber }, all optional. Issuer and serial number are read and then ignored: a cross-signed
/// authority has several of them.
private func readAuthorityKeyIdentifier(_ content: inout FieldReader) throws(X509Error) -> Range<Int>? {
    var sequence = try content.sequence()
    var identifier: Range<Int>?
    if sequence.nextIs(.contextPrimitive(0)) {
        identifier = try sequence.value(.contextPrimitive(0)).contentRange
    }
    if sequence.nextIs(.contextConstructed(1)) { _ = try sequence.value(.contextConstructed(1)) }
    if sequence.nextIs(.contextPrimitive(2)) { _ = try sequence.integer(.contextPrimitive(2)) }
    try sequence.expectEnd()
    return identifier
}

/// CertificatePolicies ::= SEQUENCE SIZE (1..MAX) OF SEQUENCE { policyIdentifier, policyQualifiers OPTIONAL }
///
/// The initial policy set is anyPolicy. So policies affect the result only if an authority requires an explicit policy,
/// and such a path is rejected (PathRules).
///
/// - Returns: false for an unknown qualifier in a critical extension, which §4.2.1.4 requires to be processed. In a
///   non-critical extension qualifiers are skipped.
private func readCertificatePolicies(
    _ content: inout FieldReader, isCritical: Bool
) throws(X509Error) -> Bool {
    var sequence = try content.sequence()
    guard !sequence.isAtEnd else { throw .extensionForm(.certificatePolicies) }
    var isKnown = true
    while !sequence.isAtEnd {
        var policy = try sequence.sequence()
        _ = try policy.objectIdentifier()
        if !policy.isAtEnd {
            var qualifiers = try policy.sequence()
            if isCritical, try !readPolicyQualifiers(&qualifiers) { isKnown = false }
        }
        try policy.expectEnd()
    }
    return isKnown
}

/// policyQualifiers ::= SEQUENCE SIZE (1..MAX) OF SEQUENCE { policyQualifierId, qualifier ANY }
///
/// - Returns: whether all are of the two kinds that §4.2.1.4 defines: the URI of a practice statement, and a notice for the
///   certificate's users. Both are text for human readers and do not affect validation.
private func readPolicyQualifiers(_ qualifiers: inout FieldReader) throws(X509Error) -> Bool {
    guard !qualifiers.isAtEnd else { throw .extensionForm(.certificatePolicies) }
    var isKnown = true
    while !qualifiers.isAtEnd {
        var qualifier = try qualifiers.sequence()
        switch try qualifier.objectIdentifier() {
        // CPSuri ::= IA5String
        case .practiceStatement: try checkCharacters(try qualifier.value(.ia5String))
        // UserNotice ::= SEQUENCE { noticeRef OPTIONAL, explicitText OPTIONAL }
        case .userNotice: _ = try qualifier.sequence()
        default:
            _ = try qualifier.value()
            isKnown = false
        }
        try qualifier.expectEnd()
    }
    return isKnown
}

/// PolicyMappings ::= SEQUENCE SIZE (1..MAX) OF SEQUENCE { issuerDomainPolicy, subjectDomainPolicy }
///
/// Returns whether anyPolicy is mapped, which §6.1.4 (a) forbids.
private func readPolicyMappings(_ content: inout FieldReader) throws(X509Error) -> Bool {
    var sequence = try content.sequence()
    guard !sequence.isAtEnd else { throw .extensionForm(.policyMappings) }
    var mapsAnyPolicy = false
    while !sequence.isAtEnd {
        var mapping = try sequence.sequence()
        let from = try mapping.objectIdentifier()
        let to = try mapping.objectIdentifier()
        try mapping.expectEnd()
        mapsAnyPolicy = mapsAnyPolicy || from == .anyPolicy || to == .anyPolicy
    }
    return mapsAnyPolicy
}

/// PolicyConstraints ::= SEQUENCE { [0] requireExplicitPolicy OPTIONAL, [1] inhibitPolicyMapping OPTIONAL }
///
/// Returns requireExplicitPolicy.
private func readPolicyConstraints(_ content: inout FieldReader) throws(X509Error) -> Int? {
    var sequence = try content.sequence()
    // §4.2.1.11: the sequence is never empty.
    guard !sequence.isAtEnd else { throw .extensionForm(.policyConstraints) }
    var skipCount: Int?
    if sequence.nextIs(.contextPrimitive(0)) { skipCount = try sequence.smallNatural(.contextPrimitive(0)) }
    if sequence.nextIs(.contextPrimitive(1)) { _ = try sequence.smallNatural(.contextPrimitive(1)) }
    try sequence.expectEnd()
    return skipCount
}
