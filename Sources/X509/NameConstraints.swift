// NameConstraints.swift - the names that an authority may certify.
//
// Spec:    RFC 5280 §4.2.1.10, §6.1.4 (g), §6.1.3 (b) and (c).
// Secret:  no.
// Reads:   GeneralName, DistinguishedName, Certificate, X509Error, Limits; ASN1, Bytes. Read by: CertificateExtensions, PathRules.
//
// Supported forms: DNS names, IP addresses and directory names; mailboxes and URIs as NIST's tests require. For a
// constraint of another form, a path is rejected if a certificate below has a name of that form.

import ASN1
import Bytes

struct NameConstraints: Equatable, Sendable {
    var permitted: [GeneralName] = []
    var excluded: [GeneralName] = []
}

/// NameConstraints ::= SEQUENCE { [0] permittedSubtrees OPTIONAL, [1] excludedSubtrees OPTIONAL }
///
/// - Throws: `der`, `extensionForm`, `tooManyNames`, `addressForm`, `nameCharacter`.
func readNameConstraints(_ content: inout FieldReader) throws(X509Error) -> NameConstraints {
    var sequence = try content.sequence()
    // §4.2.1.10: the sequence is never empty.
    guard !sequence.isAtEnd else { throw .extensionForm(.nameConstraints) }
    var constraints = NameConstraints()
    if sequence.nextIs(.contextConstructed(0)) {
        var subtrees = try sequence.constructed(.contextConstructed(0))
        constraints.permitted = try readSubtrees(&subtrees)
    }
    if sequence.nextIs(.contextConstructed(1)) {
        var subtrees = try sequence.constructed(.contextConstructed(1))
        constraints.excluded = try readSubtrees(&subtrees)
    }
    try sequence.expectEnd()
    return constraints
}

/// GeneralSubtrees ::= SEQUENCE SIZE (1..MAX) OF SEQUENCE { base, [0] minimum DEFAULT 0, [1] maximum OPTIONAL }
private func readSubtrees(_ subtrees: inout FieldReader) throws(X509Error) -> [GeneralName] {
    guard !subtrees.isAtEnd else { throw .extensionForm(.nameConstraints) }
    var bases: [GeneralName] = []
    while !subtrees.isAtEnd {
        guard bases.count < X509Limits.nameCount else { throw .tooManyNames(limit: X509Limits.nameCount) }
        var subtree = try subtrees.sequence()
        let base = try readGeneralName(&subtree)
        // §4.2.1.10: minimum is always 0, which DER omits; maximum is absent.
        guard subtree.isAtEnd else { throw .extensionForm(.nameConstraints) }
        // An address and its mask, of 4 or 16 octets each.
        guard base.kind != .ipAddress || base.range.count == 8 || base.range.count == 32 else {
            throw .addressForm
        }
        bases.append(base)
    }
    return bases
}

/// The bytes that name comparisons may still read in one search.
struct ComparisonBudget {
    private var remaining = X509Limits.comparedByteCount

    mutating func spend(_ byteCount: Int) throws(PathCheck) {
        // A comparison of empty names also costs a step.
        remaining -= byteCount + 16
        guard remaining >= 0 else { throw .comparisonBudget(limit: X509Limits.comparedByteCount) }
    }
}

extension NameConstraints {
    /// Checks every name of a certificate below the authority.
    ///
    /// - Parameters:
    ///   - subject: the certificate whose names are checked.
    ///   - authority: the certificate that has this extension.
    /// - Throws: `nameNotPermitted`, `nameExcluded`, `nameConstraintUnsupported`,
    ///   `comparisonBudget`; `malformed` for a name that cannot be read.
    /// - Source: RFC 5280 §6.1.3 (b) and (c).
    func check(
        _ subject: Certificate, in authority: Certificate, _ budget: inout ComparisonBudget
    ) throws(PathCheck) {
        // §4.2.1.10: a directory name constraint applies to a non-empty subject.
        if !subject.canonicalSubject.isEmpty {
            try check(.directoryName, subject.subjectRange, of: subject, in: authority, &budget)
        }
        for name in subject.extensions.subjectAltName ?? [] {
            try check(name.kind, name.range, of: subject, in: authority, &budget)
        }
        // A mailbox constraint also applies to the attribute emailAddress. RFC 5280 requires that only if subjectAltName is
        // absent. Checking it always can only reject more.
        if constrains(.rfc822Name) {
            for address in try emailAddresses(of: subject) {
                try check(.rfc822Name, address, of: subject, in: authority, &budget)
            }
        }
    }

    private func constrains(_ kind: GeneralNameKind) -> Bool {
        permitted.contains { $0.kind == kind } || excluded.contains { $0.kind == kind }
    }

    private func check(
        _ kind: GeneralNameKind, _ name: Range<Int>, of subject: Certificate, in authority: Certificate,
        _ budget: inout ComparisonBudget
    ) throws(PathCheck) {
        var isPermitted = true
        for base in permitted where base.kind == kind {
            // The first permitted subtree of a form excludes all names that no subtree of the form permits.
            isPermitted = false
            if try matches(kind, name, of: subject, base.range, of: authority, .permitted, &budget) {
                isPermitted = true
                break
            }
        }
        guard isPermitted else { throw .nameNotPermitted }
        for base in excluded where base.kind == kind {
            guard try !matches(kind, name, of: subject, base.range, of: authority, .excluded, &budget) else {
                throw .nameExcluded
            }
        }
    }
}

/// The list of a base. A wildcard name is within a permitted subtree if all names that it matches are, and within an
/// excluded subtree if any of them is.
private enum SubtreeList {
    case permitted, excluded
}

private func matches(
    _ kind: GeneralNameKind, _ name: Range<Int>, of subject: Certificate, _ base: Range<Int>,
    of authority: Certificate, _ list: SubtreeList, _ budget: inout ComparisonBudget
) throws(PathCheck) -> Bool {
    try budget.spend(name.count + base.count)
    let name = subject.bytes(name)
    let base = authority.bytes(base)
    switch kind {
    case .dnsName: return dnsName(name, isWithin: base, list)
    case .ipAddress:
        do throws(X509Error) { return try address(name, isWithin: base) } catch { throw .malformed(error) }
    case .directoryName:
        do throws(X509Error) {
            // §7.1: the subtree's name is a prefix of the name.
            let canonicalBase = try canonicalName(base, at: 0)
            let canonical = try canonicalName(name, at: 0)
            return canonical.count >= canonicalBase.count
                && bytesEqual(canonical.span.extracting(first: canonicalBase.count), canonicalBase.span)
        } catch { throw .malformed(error) }
    case .rfc822Name: return mailbox(name, isWithin: base)
    case .uniformResourceIdentifier: return try uri(name, isWithin: base)
    case .otherName, .x400Address, .ediPartyName, .registeredID: throw .nameConstraintUnsupported
    }
}

/// Whether a name is the base, or the base with labels added on the left. A base that begins with a dot requires at
/// least one added label. An empty base contains every name.
///
/// - Source: RFC 5280 §4.2.1.10, dNSName.
private func dnsName(_ name: Span<UInt8>, isWithin base: Span<UInt8>, _ list: SubtreeList) -> Bool {
    let name = withoutTrailingDot(name)
    if endsInDomain(name, withoutTrailingDot(base)) { return true }
    // *.example.com matches host.example.com, which may be excluded.
    guard list == .excluded, name.count >= 2, name[0] == UInt8(ascii: "*"), name[1] == UInt8(ascii: ".")
    else { return false }
    var dot = 0
    while dot < base.count, base[dot] != UInt8(ascii: ".") { dot += 1 }
    return dot > 0
        && bytesEqualIgnoringASCIICase(withoutTrailingDot(base).extracting(dot...), name.extracting(1...))
}

@_lifetime(copy name)
private func withoutTrailingDot(_ name: Span<UInt8>) -> Span<UInt8> {
    name.count > 1 && name[name.count - 1] == UInt8(ascii: ".") ? name.extracting(droppingLast: 1) : name
}

private func endsInDomain(_ name: Span<UInt8>, _ base: Span<UInt8>) -> Bool {
    guard base.count > 0 else { return true }
    guard name.count >= base.count else { return false }
    let tail = name.extracting(last: base.count)
    guard bytesEqualIgnoringASCIICase(tail, base) else { return false }
    // The base must begin at a label boundary.
    return base[0] == UInt8(ascii: ".")
        ? name.count > base.count
        : name.count == base.count || name[name.count - base.count - 1] == UInt8(ascii: ".")
}

/// Whether an address is in the network of a base, which is an address and a mask.
///
/// - Throws: `addressForm` if the mask is not a prefix (RFC 4632).
/// - Source: RFC 5280 §4.2.1.10, iPAddress.
private func address(_ name: Span<UInt8>, isWithin base: Span<UInt8>) throws(X509Error) -> Bool {
    let byteCount = base.count / 2
    var isInHostPart = false
    for index in byteCount..<base.count {
        let mask = base[index]
        // Ones, then zeros: the complement plus one is a power of two.
        guard isInHostPart ? mask == 0 : (~mask & (~mask &+ 1)) == 0 else { throw .addressForm }
        isInHostPart = isInHostPart || mask != 0xFF
    }
    guard name.count == byteCount else { return false }
    for index in 0..<byteCount where (name[index] ^ base[index]) & base[byteCount + index] != 0 {
        return false
    }
    return true
}

/// Whether a mailbox is the base, or at the host that the base names, or, for a base that begins
/// with a dot, at a host within that domain. The local part is compared byte for byte.
///
/// - Source: RFC 5280 §4.2.1.10, rfc822Name.
private func mailbox(_ name: Span<UInt8>, isWithin base: Span<UInt8>) -> Bool {
    guard let at = lastIndex(of: UInt8(ascii: "@"), in: name) else { return false }
    let host = name.extracting((at + 1)...)
    if let baseAt = lastIndex(of: UInt8(ascii: "@"), in: base) {
        return bytesEqual(name.extracting(..<at), base.extracting(..<baseAt))
            && bytesEqualIgnoringASCIICase(host, base.extracting((baseAt + 1)...))
    }
    return hostName(host, isWithin: base)
}

/// Whether the host of a URI is the base, or within the domain when the base begins with a dot.
///
/// - Throws: `nameNotPermitted` for a URI without a host name, since the constraint cannot be checked then.
/// - Source: RFC 5280 §4.2.1.10, uniformResourceIdentifier.
private func uri(_ name: Span<UInt8>, isWithin base: Span<UInt8>) throws(PathCheck) -> Bool {
    // scheme "://" [userinfo "@"] host [":" port] ["/" path] (RFC 3986 §3).
    var start = 0
    while start + 2 < name.count,
        !(name[start] == UInt8(ascii: ":") && name[start + 1] == UInt8(ascii: "/")
            && name[start + 2] == UInt8(ascii: "/"))
    {
        start += 1
    }
    start += 3
    guard start < name.count else { throw .nameNotPermitted }
    var end = start
    var isAtEnd = false
    while end < name.count, !isAtEnd {
        switch name[end] {
        case UInt8(ascii: "/"), UInt8(ascii: "?"), UInt8(ascii: "#"): isAtEnd = true
        default: end += 1
        }
    }
    var authority = name.extracting(start..<end)
    if let at = lastIndex(of: UInt8(ascii: "@"), in: authority) {
        authority = authority.extracting((at + 1)...)
    }
    if let colon = lastIndex(of: UInt8(ascii: ":"), in: authority) {
        authority = authority.extracting(..<colon)
    }
    guard HostName.isDNSName(authority) else { throw .nameNotPermitted }
    return hostName(authority, isWithin: base)
}

private func hostName(_ host: Span<UInt8>, isWithin base: Span<UInt8>) -> Bool {
    guard base.count > 0 else { return true }
    return base[0] == UInt8(ascii: ".")
        ? endsInDomain(host, base) : bytesEqualIgnoringASCIICase(host, base)
}

private func lastIndex(of byte: UInt8, in bytes: Span<UInt8>) -> Int? {
    var index = bytes.count - 1
    while index >= 0, bytes[index] != byte { index -= 1 }
    return index >= 0 ? index : nil
}

/// The ranges of the emailAddress attributes of a subject.
private func emailAddresses(of certificate: Certificate) throws(PathCheck) -> [Range<Int>] {
    var found: [Range<Int>] = []
    do throws(X509Error) {
        let range = certificate.subjectRange
        var outer = FieldReader(certificate.bytes(range), at: range.lowerBound)
        var relativeNames = try outer.sequence()
        while !relativeNames.isAtEnd {
            var attributes = try relativeNames.setOf()
            while !attributes.isAtEnd {
                var attribute = try attributes.sequence()
                let type = try attribute.objectIdentifier()
                let value = try attribute.value()
                if type == .emailAddress { found.append(value.contentRange) }
            }
        }
    } catch { throw .malformed(error) }
    return found
}
