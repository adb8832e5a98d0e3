// TrustAnchors.swift - trusted authorities, found by name without parsing all of them.
//
// Spec:    RFC 5280 §6.1.1 (d); RFC 7468 §5.
// Secret:  no.
// Reads:   PEM, Certificate, DistinguishedName, X509Error, Limits; ASN1, Bytes. Read by: PathSearch; TLS, HTTP, KeyFetching,
//          Conformance, CommandLine.
//
// A public bundle holds about 140 roots, and a handshake needs one. Opening the bundle decodes the beginning of each
// block, up to the subject, and keeps a hash of the name. A certificate is parsed when its name is looked up.

import ASN1
import Bytes

public struct TrustAnchors: Sendable {
    /// A block of the file.
    private struct Entry {
        /// The `nameFilter` of the subject.
        let filter: UInt64
        let range: Range<Int>
    }

    /// PEM text, or concatenated DER certificates.
    private let file: [UInt8]
    private let isPEM: Bool
    private var entries: [Entry] = []
    /// The number of blocks whose subject could not be read. They are skipped, so that one bad block does not make a
    /// system's bundle unusable. A missing anchor can only cause a rejection.
    public private(set) var unreadableCount = 0

    /// An empty set: every path is rejected.
    public init() {
        file = []
        isPEM = false
    }

    /// Opens a file of certificates. Text around the blocks and blocks with other labels are skipped.
    ///
    /// - Throws: `anchorFileTooLong`, `pemForm`, `noAnchors`.
    public init(pem: [UInt8]) throws(X509Error) {
        guard pem.count <= X509Limits.anchorFileByteCount else {
            throw .anchorFileTooLong(limit: X509Limits.anchorFileByteCount, actual: pem.count)
        }
        file = pem
        isPEM = true
        let text = pem.span
        var scanner = PEMScanner(text)
        var head = PEMHead()
        while let start = try scanner.nextBlockStart() {
            head.restart(at: start)
            var subject: Range<Int>?
            while subject == nil, head.decodeLine(of: text) { subject = subjectRange(head.decoded) }
            let byteCount = certificateByteCount(head.decoded)
            let range = try scanner.endBlock(from: start, byteCount: byteCount)
            if let subject, byteCount >= subject.upperBound {
                let filter = nameFilter(head.decoded.extracting(subject))
                entries.append(Entry(filter: filter, range: range))
            } else {
                // Lines of another length, or not a certificate: decode the whole block.
                do throws(BytesError) {
                    let encoded = try decodePEM(text.extracting(range))
                    append(encoded.span, range)
                } catch { unreadableCount += 1 }
            }
        }
        guard !entries.isEmpty else { throw .noAnchors }
    }

    /// A set of certificates in DER.
    ///
    /// - Throws: `anchorFileTooLong`, `noAnchors`.
    public init(certificates: [[UInt8]]) throws(X509Error) {
        var file: [UInt8] = []
        var ranges: [Range<Int>] = []
        for certificate in certificates {
            guard file.count + certificate.count <= X509Limits.anchorFileByteCount else {
                throw .anchorFileTooLong(
                    limit: X509Limits.anchorFileByteCount, actual: file.count + certificate.count)
            }
            ranges.append(file.count..<(file.count + certificate.count))
            file += certificate
        }
        self.file = file
        isPEM = false
        for range in ranges { append(file.span.extracting(range), range) }
        guard !entries.isEmpty else { throw .noAnchors }
    }

    /// The number of anchors.
    public var count: Int { entries.count }

    /// Parses the whole anchor.
    ///
    /// - Requires: `index` is below `count`.
    /// - Throws: the first error; `pemForm` for invalid base 64.
    public func certificate(at index: Int) throws(X509Error) -> Certificate {
        try Certificate(encoded: try encoding(at: index))
    }

    private func encoding(at index: Int) throws(X509Error) -> [UInt8] {
        let block = file.span.extracting(entries[index].range)
        guard isPEM else { return [UInt8](block) }
        do throws(BytesError) { return try decodePEM(block) } catch {
            throw .pemForm(offset: entries[index].range.lowerBound)
        }
    }

    /// The anchors that may have issued a certificate: their subject is its issuer. Anchors that cannot be parsed are
    /// skipped.
    public func issuers(of issued: Certificate) -> [Certificate] {
        let filter = nameFilter(issued.bytes(issued.issuerRange))
        var found: [Certificate] = []
        for index in entries.indices where entries[index].filter == filter {
            guard found.count < X509Limits.anchorsPerNameCount else { break }
            do throws(X509Error) {
                let certificate = try certificate(at: index)
                if certificate.canonicalSubject == issued.canonicalIssuer { found.append(certificate) }
            } catch { continue }
        }
        return found
    }

    /// Whether a certificate is itself an anchor, byte for byte.
    func contains(_ certificate: Certificate) -> Bool {
        let filter = nameFilter(certificate.bytes(certificate.subjectRange))
        for index in entries.indices where entries[index].filter == filter {
            do throws(X509Error) {
                let encoded = try encoding(at: index)
                if encoded == certificate.encoded { return true }
            } catch { continue }
        }
        return false
    }

    private mutating func append(_ encoded: Span<UInt8>, _ range: Range<Int>) {
        guard let subject = subjectRange(encoded) else {
            unreadableCount += 1
            return
        }
        entries.append(Entry(filter: nameFilter(encoded.extracting(subject)), range: range))
    }
}

/// The byte count of a certificate, from its outermost length; 0 if it cannot be read.
private func certificateByteCount(_ start: Span<UInt8>) -> Int {
    guard let header = derHeader(start, at: 0) else { return 0 }
    return header.byteCount + header.contentByteCount
}

/// A hash that is equal for equal names (§7.1). It excludes nearly all other names. Names with the same hash are then
/// compared.
///
/// - Parameter name: the encoding of a Name, from SEQUENCE on. A malformed name also gets a hash.
func nameFilter(_ name: Span<UInt8>) -> UInt64 {
    // The hashes of attributes are added, so that their order within a relative name does not matter.
    var sum: UInt64 = 0
    var index = 0
    while index + 1 < name.count {
        let tag = name[index]
        guard let header = derHeader(name, at: index) else { return sum }
        index += header.byteCount
        // Sequences and sets are entered. All other elements are types and values.
        if tag == DERTag.sequence.octet || tag == DERTag.set.octet { continue }
        let end = min(index + header.contentByteCount, name.count)
        var hash = UInt64(end - index == header.contentByteCount ? 1 : 0)
        while index < end {
            let byte = name[index]
            index += 1
            // Spaces and the case of letters may differ between equal names.
            if byte != 0x20 { hash = (hash << 5 | hash >> 59) &+ UInt64(asciiLowercased(byte)) }
        }
        sum = sum &+ hash &* 0x9E37_79B9_7F4A_7C15
    }
    return sum
}

/// The range of the subject in the beginning of a certificate; nil if the beginning does not contain the whole subject.
/// Nothing is checked here: the certificate is parsed before it is used.
func subjectRange(_ start: Span<UInt8>) -> Range<Int>? {
    // Certificate and TBSCertificate: two sequences, whose ends do not matter here.
    guard let outer = derHeader(start, at: 0), let inner = derHeader(start, at: outer.byteCount) else {
        return nil
    }
    var index = outer.byteCount + inner.byteCount
    // [0] version, if present.
    var fieldsToSkip = index < start.count && start[index] == 0xA0 ? 5 : 4
    // serialNumber, signature, issuer, validity.
    while fieldsToSkip > 0 {
        guard let header = derHeader(start, at: index) else { return nil }
        index += header.byteCount + header.contentByteCount
        fieldsToSkip -= 1
    }
    guard let header = derHeader(start, at: index) else { return nil }
    let end = index + header.byteCount + header.contentByteCount
    return end <= start.count ? index..<end : nil
}

/// The number of identifier and length octets, and of content octets; nil if the header is incomplete.
private func derHeader(_ bytes: Span<UInt8>, at index: Int) -> (byteCount: Int, contentByteCount: Int)? {
    guard index + 1 < bytes.count else { return nil }
    let first = Int(bytes[index + 1])
    if first < 0x80 { return (2, first) }
    let octetCount = first & 0x7F
    guard octetCount <= DERLimits.lengthByteCount, index + 1 + octetCount < bytes.count else { return nil }
    var contentByteCount = 0
    for octet in (index + 2)..<(index + 2 + octetCount) {
        contentByteCount = contentByteCount << 8 | Int(bytes[octet])
    }
    return (2 + octetCount, contentByteCount)
}
