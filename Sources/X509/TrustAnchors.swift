// TrustAnchors.swift - the authorities to trust, found by name without reading them all.
//
// Spec:    RFC 5280 §6.1.1 (d); RFC 7468 §5.
// Secret:  no.
// Reads:   PEM, Certificate, DistinguishedName, X509Error, Limits. Read by: PathSearch, Bootstrap.
//
// A public bundle holds some 140 roots, and a handshake needs one. Opening it decodes the
// beginning of each block, up to the subject, and keeps a number made of the name; a
// certificate is read when its name is asked for.

import ASN1
import Bytes

public struct TrustAnchors: Sendable {
    /// A block of the file.
    private struct Entry {
        /// Of the subject.
        let filter: UInt64
        let range: Range<Int>
    }

    /// PEM, or certificates one after another.
    private let file: [UInt8]
    private let isPEM: Bool
    private var entries: [Entry] = []
    /// Blocks whose subject could not be read. They are passed over: a system's bundle is not ours
    /// to mend, and a missing anchor can only refuse.
    public private(set) var unreadableCount = 0

    /// Trusts nobody.
    public init() {
        file = []
        isPEM = false
    }

    /// Opens a file of certificates. Text around the blocks, and blocks of other labels, are passed over.
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
                // Lines of another length, or no certificate: decode it all.
                do throws(BytesError) {
                    let encoded = try decodePEM(text.extracting(range))
                    append(encoded.span, range)
                } catch { unreadableCount += 1 }
            }
        }
        guard !entries.isEmpty else { throw .noAnchors }
    }

    /// Takes certificates in DER.
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

    /// How many anchors there are.
    public var count: Int { entries.count }

    /// Reads an anchor whole.
    ///
    /// - Requires: `index` is below `count`.
    /// - Throws: the first fault; `pemForm` for base 64 that is none.
    public func certificate(at index: Int) throws(X509Error) -> Certificate {
        let block = file.span.extracting(entries[index].range)
        guard isPEM else { return try Certificate(encoded: [UInt8](block)) }
        let encoded: [UInt8]
        do throws(BytesError) { encoded = try decodePEM(block) } catch {
            throw .pemForm(offset: entries[index].range.lowerBound)
        }
        return try Certificate(encoded: encoded)
    }

    /// The anchors that may have issued a certificate: those whose subject is its issuer. Those
    /// that cannot be read are passed over.
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

    private mutating func append(_ encoded: Span<UInt8>, _ range: Range<Int>) {
        guard let subject = subjectRange(encoded) else {
            unreadableCount += 1
            return
        }
        entries.append(Entry(filter: nameFilter(encoded.extracting(subject)), range: range))
    }
}

/// What the outermost length of a certificate says, or 0.
private func certificateByteCount(_ start: Span<UInt8>) -> Int {
    guard let header = derHeader(start, at: 0) else { return 0 }
    return header.byteCount + header.contentByteCount
}

/// A number that is equal for names that are equal (§7.1), whatever the others: it sorts out
/// nearly all names that cannot be the one looked for. What it lets through is compared.
///
/// - Parameter name: the encoding of a Name, from SEQUENCE on. One that is malformed gets some number.
func nameFilter(_ name: Span<UInt8>) -> UInt64 {
    // Attributes are added up, so that their order within a relative name does not matter.
    var sum: UInt64 = 0
    var index = 0
    while index + 1 < name.count {
        let tag = name[index]
        guard let header = derHeader(name, at: index) else { return sum }
        index += header.byteCount
        // The sequences and sets of a name are walked into; what else there is are types and values.
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

/// Where the subject of a certificate is, of which only the beginning need be there; nil when it
/// is not all there. Nothing is checked: the certificate is read before it is used.
func subjectRange(_ start: Span<UInt8>) -> Range<Int>? {
    // Certificate and TBSCertificate: two sequences whose ends do not matter here.
    guard let outer = derHeader(start, at: 0), let inner = derHeader(start, at: outer.byteCount) else {
        return nil
    }
    var index = outer.byteCount + inner.byteCount
    // [0] version, where it is.
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

/// The lengths of the identifier and length octets, and of the contents; nil when they are not there.
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
