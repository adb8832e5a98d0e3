// Certificate.swift - a parsed certificate, not yet trusted.
//
// Spec:    RFC 5280 §4.1.
// Secret:  no.
// Reads:   FieldReader, AlgorithmIdentifier, DistinguishedName, CertificateExtensions, X509Error, Limits; ASN1, Bytes. Read by:
//          PathRules, PathSearch, TrustAnchors; TLS, Conformance, CommandLine.

import ASN1
import Bytes

/// An X.509 certificate: its bytes, and the ranges of its fields in them.
///
/// The initialiser checks the encoding of the certificate and of its extensions. Path validation decides whether it is
/// trusted. The public key is not read before that.
public struct Certificate: Equatable, Sendable {
    /// The whole encoding.
    public let encoded: [UInt8]
    /// 1, 2 or 3.
    public let version: Int
    /// Seconds since 1970. The certificate is valid at both ends.
    public let notBeforeSeconds: Int64
    public let notAfterSeconds: Int64
    public let signatureAlgorithm: SignatureAlgorithm

    let signedRange: Range<Int>
    let serialRange: Range<Int>
    let issuerRange: Range<Int>
    let subjectRange: Range<Int>
    let publicKeyRange: Range<Int>
    let signatureRange: Range<Int>
    let canonicalIssuer: [UInt8]
    let canonicalSubject: [UInt8]
    let extensions: CertificateExtensions

    /// - Parameter encoded: DER, without further bytes after it.
    /// - Throws: the first error in the encoding.
    /// - Source: RFC 5280 §4.1.
    public init(encoded: [UInt8]) throws(X509Error) {
        guard encoded.count <= X509Limits.certificateByteCount else {
            throw .certificateTooLong(limit: X509Limits.certificateByteCount, actual: encoded.count)
        }
        // Certificate ::= SEQUENCE { tbsCertificate, signatureAlgorithm, signatureValue BIT STRING }
        var outer = FieldReader(encoded.span)
        var certificate = try outer.sequence()
        try outer.expectEnd()
        var lookahead = certificate
        signedRange = try lookahead.value(.sequence).encodedRange
        var fields = try certificate.sequence()

        // §4.1.2.1: [0] EXPLICIT INTEGER DEFAULT v1, where 0 is version 1.
        version = try readVersion(&fields)
        // §4.1.2.2.
        let serial = try fields.value(.integer)
        serialRange = serial.contentRange
        try checkSerial(serial)
        // §4.1.2.3.
        let innerAlgorithm = try fields.value(.sequence)
        // §4.1.2.4.
        let issuer = try fields.value(.sequence)
        issuerRange = issuer.encodedRange
        canonicalIssuer = try canonicalName(issuer.encoded, at: issuerRange.lowerBound)
        guard !canonicalIssuer.isEmpty else { throw .emptyIssuer }
        // §4.1.2.5.
        var validity = try fields.sequence()
        notBeforeSeconds = try validity.time()
        notAfterSeconds = try validity.time()
        try validity.expectEnd()
        // §4.1.2.6.
        let subject = try fields.value(.sequence)
        subjectRange = subject.encodedRange
        canonicalSubject = try canonicalName(subject.encoded, at: subjectRange.lowerBound)
        // §4.1.2.7.
        publicKeyRange = try fields.value(.sequence).encodedRange
        // §4.1.2.8: unique identifiers, from version 2 on. They are skipped: path validation does not use them.
        if version >= 2, fields.nextIs(.contextPrimitive(1)) {
            _ = try fields.value(.contextPrimitive(1))
        }
        if version >= 2, fields.nextIs(.contextPrimitive(2)) {
            _ = try fields.value(.contextPrimitive(2))
        }
        // §4.1.2.9: [3] EXPLICIT Extensions, in version 3.
        if fields.nextIs(.contextConstructed(3)) {
            guard version == 3 else { throw .extensionsForm }
            var explicit = try fields.constructed(.contextConstructed(3))
            extensions = try readExtensions(&explicit)
            try explicit.expectEnd()
        } else {
            extensions = CertificateExtensions()
        }
        try fields.expectEnd()

        // §4.1.1.2: signatureAlgorithm and tbsCertificate.signature are equal.
        lookahead = certificate
        let outerAlgorithm = try lookahead.value(.sequence)
        guard bytesEqual(outerAlgorithm.encoded, innerAlgorithm.encoded) else {
            throw .signatureAlgorithmsDiffer
        }
        signatureAlgorithm = try readSignatureAlgorithm(&certificate)
        // §4.1.1.3.
        let signature = try certificate.bitStringOfBytes()
        signatureRange = (encoded.count - signature.count)..<encoded.count
        try certificate.expectEnd()
        self.encoded = encoded
    }

    /// The subject's name as text; empty when the certificate names its subject only in subjectAltName.
    public var subjectText: [UInt8] { nameText(bytes(subjectRange)) }

    public var issuerText: [UInt8] { nameText(bytes(issuerRange)) }

    /// The serial number in hexadecimal: the octets of the INTEGER.
    public var serialText: [UInt8] { Hex.encode(bytes(serialRange)) }

    /// Whether issuer and subject are the same name (§3.2, §6.1).
    public var isSelfIssued: Bool { canonicalIssuer == canonicalSubject }

    /// Some of the certificate's bytes.
    @_lifetime(borrow self)
    func bytes(_ range: Range<Int>) -> Span<UInt8> {
        encoded.span.extracting(range)
    }

    /// Whether two certificates certify the same key for the same name.
    func hasSubjectAndKey(of other: Certificate) -> Bool {
        canonicalSubject == other.canonicalSubject
            && bytesEqual(bytes(publicKeyRange), other.bytes(other.publicKeyRange))
    }
}

private func readVersion(_ fields: inout FieldReader) throws(X509Error) -> Int {
    guard fields.nextIs(.contextConstructed(0)) else { return 1 }
    let offset = fields.offset
    var explicit = try fields.constructed(.contextConstructed(0))
    let version = try explicit.smallNatural()
    try explicit.expectEnd()
    // X.690 §11.5: DER omits a default value.
    guard version != 0 else { throw .der(.defaultEncoded(offset: offset)) }
    guard version <= 2 else { throw .version(version + 1) }
    return version + 1
}

/// §4.1.2.2: negative serial numbers and zero are tolerated. Conforming authorities issue no more than 20 octets.
private func checkSerial(_ serial: borrowing DERValue) throws(X509Error) {
    var reader = FieldReader(serial.encoded, at: serial.encodedRange.lowerBound)
    let count = try reader.integer().count
    guard count <= X509Limits.serialByteCount else {
        throw .serialTooLong(limit: X509Limits.serialByteCount, actual: count)
    }
}
