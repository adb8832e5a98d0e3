// DistinguishedName.swift - comparison and text form of the names of subjects and issuers.
//
// Spec:    RFC 5280 §4.1.2.4, §7.1; RFC 4514 §2 for the text.
// Secret:  no.
// Reads:   FieldReader, ObjectIdentifiers, X509Error; ASN1, Bytes. Read by: Certificate, NameConstraints, TrustAnchors.
//
// Names are compared in a canonical form. PrintableString, UTF8String and IA5String count as one type, ASCII letters are
// folded to lower case, runs of spaces to one space, and spaces at both ends are removed. That implements §7.1 for
// ASCII. Characters outside ASCII are compared byte for byte (LIMITS), and so is every other type.

import ASN1
import Bytes

/// The canonical form of a Name. Each relative distinguished name starts with its length. Therefore a name is within a
/// subtree (§4.2.1.10) exactly when the subtree's canonical form is a prefix of its own.
///
/// - Parameters:
///   - name: the whole encoding, from SEQUENCE on.
///   - offset: its offset in the certificate.
/// - Throws: `der`, `nameForm`, `tooManyAttributes`.
func canonicalName(_ name: Span<UInt8>, at offset: Int) throws(X509Error) -> [UInt8] {
    var outer = FieldReader(name, at: offset)
    var relativeNames = try outer.sequence()
    try outer.expectEnd()
    var canonical: [UInt8] = []
    canonical.reserveCapacity(name.count + 32)
    var attributeCount = 0
    while !relativeNames.isAtEnd {
        // RelativeDistinguishedName ::= SET SIZE (1..MAX) OF AttributeTypeAndValue
        var attributes = try relativeNames.setOf()
        guard !attributes.isAtEnd else { throw .nameForm }
        let lengthPlace = canonical.count
        canonical.append(bigEndian: 0, byteCount: 4)
        let isSingle = try appendAttribute(&attributes, to: &canonical)
        attributeCount += 1
        if !isSingle {
            // The order of the canonical forms may differ from the order of the encodings.
            var sorted = [Array(canonical[(lengthPlace + 4)...])]
            canonical.removeLast(canonical.count - lengthPlace - 4)
            while !attributes.isAtEnd {
                attributeCount += 1
                guard attributeCount <= X509Limits.attributeCount else { break }
                var attribute: [UInt8] = []
                _ = try appendAttribute(&attributes, to: &attribute)
                insert(attribute, into: &sorted)
            }
            for attribute in sorted { canonical.append(attribute.span) }
        }
        guard attributeCount <= X509Limits.attributeCount else {
            throw .tooManyAttributes(limit: X509Limits.attributeCount)
        }
        let byteCount = canonical.count - lengthPlace - 4
        for index in 0..<4 {
            canonical[lengthPlace + index] = UInt8(truncatingIfNeeded: byteCount >> (24 - 8 * index))
        }
    }
    return canonical
}

/// Appends the next attribute: its type, the class of its value, and the value, each with its length.
/// Returns whether it was the last one.
private func appendAttribute(
    _ attributes: inout FieldReader, to canonical: inout [UInt8]
) throws(X509Error) -> Bool {
    // AttributeTypeAndValue ::= SEQUENCE { type OBJECT IDENTIFIER, value ANY }
    var attribute = try attributes.sequence()
    let type = try attribute.value(.objectIdentifier)
    canonical.append(UInt8(truncatingIfNeeded: type.content.count))
    canonical.append(type.content)
    let value = try attribute.value()
    try checkCharacters(value)
    try attribute.expectEnd()
    switch value.tag {
    case .printableString, .utf8String, .ia5String:
        canonical.append(DERTag.utf8String.octet)
        let lengthPlace = canonical.count
        canonical.append(bigEndian: 0, byteCount: 3)
        appendFolded(value.content, to: &canonical)
        let byteCount = canonical.count - lengthPlace - 3
        for index in 0..<3 {
            canonical[lengthPlace + index] = UInt8(truncatingIfNeeded: byteCount >> (16 - 8 * index))
        }
    default:
        canonical.append(value.tag.octet)
        canonical.append(bigEndian: UInt64(value.content.count), byteCount: 3)
        canonical.append(value.content)
    }
    return attributes.isAtEnd
}

/// Appends the text in lower case, with runs of spaces as one space and without spaces at the ends.
private func appendFolded(_ text: Span<UInt8>, to canonical: inout [UInt8]) {
    var isSpacePending = false
    var isAtStart = true
    for index in text.indices {
        guard text[index] != 0x20 else {
            isSpacePending = !isAtStart
            continue
        }
        if isSpacePending { canonical.append(0x20) }
        canonical.append(asciiLowercased(text[index]))
        isSpacePending = false
        isAtStart = false
    }
}

private func insert(_ attribute: [UInt8], into sorted: inout [[UInt8]]) {
    var place = sorted.count
    while place > 0, isBefore(attribute, sorted[place - 1]) { place -= 1 }
    sorted.insert(attribute, at: place)
}

private func isBefore(_ a: [UInt8], _ b: [UInt8]) -> Bool {
    for index in 0..<min(a.count, b.count) where a[index] != b[index] { return a[index] < b[index] }
    return a.count < b.count
}

// MARK: Text

/// A name as text, the most specific attribute first: `CN=example.com,O=Example,C=US`.
/// Empty for a name that cannot be read.
///
/// - Source: RFC 4514 §2, which defines the characters to escape with a backslash. Every byte outside visible ASCII is
///   written in hexadecimal, so that a name cannot start a new log line.
func nameText(_ name: Span<UInt8>) -> [UInt8] {
    var parts: [[UInt8]] = []
    do throws(X509Error) {
        var outer = FieldReader(name)
        var relativeNames = try outer.sequence()
        while !relativeNames.isAtEnd, parts.count < X509Limits.attributeCount {
            var attributes = try relativeNames.setOf()
            var part: [UInt8] = []
            while !attributes.isAtEnd {
                if !part.isEmpty { part.append(UInt8(ascii: "+")) }
                var attribute = try attributes.sequence()
                let type = try attribute.objectIdentifier()
                if let short = type.attributeName {
                    part.append(short)
                } else {
                    part.append(type.dottedText.span)
                }
                part.append(UInt8(ascii: "="))
                appendEscaped(try attribute.value().content, to: &part)
            }
            parts.append(part)
        }
    } catch { return [] }
    var text: [UInt8] = []
    for part in parts.reversed() {
        if !text.isEmpty { text.append(UInt8(ascii: ",")) }
        text.append(part.span)
    }
    return text
}

private func appendEscaped(_ value: Span<UInt8>, to text: inout [UInt8]) {
    for index in value.indices {
        let byte = value[index]
        switch byte {
        case UInt8(ascii: ","), UInt8(ascii: "+"), UInt8(ascii: "\""), UInt8(ascii: "\\"),
            UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: ";"):
            text.append(UInt8(ascii: "\\"))
            text.append(byte)
        case 0x20...0x7E:
            text.append(byte)
        default:
            text.append(UInt8(ascii: "\\"))
            text.append(Hex.digit(byte >> 4))
            text.append(Hex.digit(byte & 0x0F))
        }
    }
}
