// GeneralName.swift - the names of a subjectAltName, and the bases of name constraints.
//
// Spec:    RFC 5280 §4.2.1.6.
// Secret:  no.
// Reads:   FieldReader, X509Error; ASN1, Bytes. Read by: CertificateExtensions, HostName, NameConstraints.

import ASN1
import Bytes

/// The forms of a GeneralName.
enum GeneralNameKind: UInt8, Sendable {
    case otherName = 0
    case rfc822Name, dnsName, x400Address, directoryName, ediPartyName
    case uniformResourceIdentifier, ipAddress, registeredID
}

/// A name: its form, and the range of its contents in the certificate. The contents of a directoryName are the whole
/// encoding of its Name.
struct GeneralName: Equatable, Sendable {
    let kind: GeneralNameKind
    let range: Range<Int>
}

/// Reads a GeneralName.
///
/// - Throws: `der`, `nameCharacter`.
/// - Source: RFC 5280 §4.2.1.6; the module tags implicitly (appendix A.2).
func readGeneralName(_ fields: inout FieldReader) throws(X509Error) -> GeneralName {
    let offset = fields.offset
    let value = try fields.value()
    // Forms whose type is a SEQUENCE or a CHOICE are constructed.
    switch value.tag {
    case .contextConstructed(0): return GeneralName(kind: .otherName, range: value.contentRange)
    case .contextPrimitive(1): return try asciiName(.rfc822Name, value)
    case .contextPrimitive(2): return try asciiName(.dnsName, value)
    case .contextConstructed(3): return GeneralName(kind: .x400Address, range: value.contentRange)
    case .contextConstructed(4): return GeneralName(kind: .directoryName, range: value.contentRange)
    case .contextConstructed(5): return GeneralName(kind: .ediPartyName, range: value.contentRange)
    case .contextPrimitive(6): return try asciiName(.uniformResourceIdentifier, value)
    case .contextPrimitive(7): return GeneralName(kind: .ipAddress, range: value.contentRange)
    case .contextPrimitive(8): return GeneralName(kind: .registeredID, range: value.contentRange)
    default:
        throw .der(.unexpectedTag(expected: 0x82, actual: value.tag.octet, offset: offset))
    }
}

/// An IA5String of visible characters. No valid name has a NUL or a space; a NUL has been used to make readers see
/// different names (CVE-2009-2408).
private func asciiName(
    _ kind: GeneralNameKind, _ value: borrowing DERValue
) throws(X509Error) -> GeneralName {
    let text = value.content
    for index in text.indices where !(0x21...0x7E).contains(text[index]) { throw .nameCharacter }
    return GeneralName(kind: kind, range: value.contentRange)
}
