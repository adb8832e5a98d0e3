// TrustAnchors.swift - the authorities to trust, found by name without reading them all.
//
// Spec:    RFC 5280 §6.1.1 (d); RFC 7468 §5.
// Secret:  no.
// Reads:   PEM, Certificate, DistinguishedName, X509Error, Limits. Read by: PathSearch, Bootstrap.
//
// A public bundle holds some 140 roots, and a handshake needs one. Opening it decodes the
// beginning of each block, up to the subject, and keeps a hash of the name; a certificate is
// read when its name is asked for.

import ASN1
import Bytes

public struct TrustAnchors: Sendable {
    /// A block of the file.
    private struct Entry {
        /// Of the canonical subject.
        let nameHash: UInt64
        let range: Range<Int>
    }

    /// PEM, or certificates one after another.
    private let file: [UInt8]
    private let isPEM: Bool
    private var entries: [Entry] = []
    /// Blocks whose subject could not be read. They are passed over: a system's bundle is not ours
    /// to mend, and a missing anchor can only refuse.
    public private(set) var unreadableCount = 0

    /// Opens a file of certificates. Text around the blocks, and blocks of other labels, are passed over.
    ///
    /// - Throws: `anchorFileTooLong`, `pemForm`, `noAnchors`.
    public init(pem: [UInt8]) throws(X509Error) {
        guard pem.count <= X509Limits.anchorFileByteCount else {
            throw .anchorFileTooLong(limit: X509Limits.anchorFileByteCount, actual: pem.count)
        }
        file = pem
        isPEM = true
        var scanner = PEMScanner(pem.span)
        while let start = try scanner.nextBlockStart() {
            var head = SubjectHead(pem.span.extracting(start...))
            let range = try scanner.endBlock(from: start, byteCount: head.certificateByteCount)
            append(head.subjectHash(), range)
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
        for range in ranges { append(subjectHash(file.span.extracting(range)), range) }
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

    /// The anchors with this subject. Those that cannot be read are passed over.
    func certificates(named canonicalSubject: [UInt8]) -> [Certificate] {
        let hash = nameHash(canonicalSubject.span)
        var found: [Certificate] = []
        for index in entries.indices where entries[index].nameHash == hash {
            guard found.count < X509Limits.anchorsPerNameCount else { break }
            do throws(X509Error) {
                let certificate = try certificate(at: index)
                if certificate.canonicalSubject == canonicalSubject { found.append(certificate) }
            } catch { continue }
        }
        return found
    }

    private mutating func append(_ hash: UInt64?, _ range: Range<Int>) {
        guard let hash else {
            unreadableCount += 1
            return
        }
        entries.append(Entry(nameHash: hash, range: range))
    }
}

/// The beginning of a PEM block, decoded as far as needed.
private struct SubjectHead: ~Escapable {
    private let block: Span<UInt8>
    private var decoded: [UInt8]

    /// Enough for the subject of nearly every certificate.
    private static let firstCharacterCount = 640

    @_lifetime(copy block)
    init(_ block: Span<UInt8>) {
        self.block = block
        decoded = Self.decode(block, limit: Self.firstCharacterCount)
    }

    /// What the outermost length says, or 0.
    var certificateByteCount: Int {
        guard decoded.count >= 4, decoded[0] == DERTag.sequence.octet else { return 0 }
        switch decoded[1] {
        case 0x82: return 4 + Int(decoded[2]) << 8 + Int(decoded[3])
        case 0x81: return 3 + Int(decoded[2])
        default: return 0
        }
    }

    mutating func subjectHash() -> UInt64? {
        if let hash = X509.subjectHash(decoded.span) { return hash }
        guard decoded.count < X509Limits.certificateByteCount else { return nil }
        decoded = Self.decode(block, limit: X509Limits.certificateByteCount / 3 * 4 + 4)
        return X509.subjectHash(decoded.span)
    }

    /// Up to `limit` characters of base 64, up to the END line; nothing when they are none.
    private static func decode(_ block: Span<UInt8>, limit: Int) -> [UInt8] {
        var end = 0
        // Two bytes of each line of 64 may end it; whatever is missed is decoded at the second try.
        let furthest = min(block.count, limit + limit / 16)
        while end < furthest, block[end] != UInt8(ascii: "-") { end += 1 }
        do throws(BytesError) { return try decodePEM(block.extracting(..<end), limit: limit) } catch {
            return []
        }
    }
}

/// The hash of the canonical subject of a certificate, of which only the beginning need be
/// there; nil when the subject is not reached.
private func subjectHash(_ start: Span<UInt8>) -> UInt64? {
    // Certificate and TBSCertificate: two sequences whose ends do not matter here.
    guard let outer = sequenceHeaderByteCount(start, at: 0),
        let inner = sequenceHeaderByteCount(start, at: outer)
    else { return nil }
    do throws(X509Error) {
        var fields = FieldReader(start.extracting((outer + inner)...))
        if fields.nextIs(.contextConstructed(0)) { _ = try fields.value() }
        // serialNumber, signature, issuer, validity, subject.
        for _ in 0..<4 { _ = try fields.value() }
        let subject = try fields.value(.sequence)
        let name = try canonicalName(subject.encoded, at: 0)
        return nameHash(name.span)
    } catch { return nil }
}

private func sequenceHeaderByteCount(_ bytes: Span<UInt8>, at index: Int) -> Int? {
    guard index + 1 < bytes.count, bytes[index] == DERTag.sequence.octet else { return nil }
    let first = bytes[index + 1]
    let count = first < 0x80 ? 2 : 2 + Int(first & 0x7F)
    return index + count <= bytes.count ? count : nil
}

/// FNV-1a. It only sorts out names that cannot be the one looked for: an equal hash is followed
/// by a comparison, and the anchors are not an attacker's to choose.
private func nameHash(_ name: Span<UInt8>) -> UInt64 {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for index in name.indices { hash = (hash ^ UInt64(name[index])) &* 0x100_0000_01B3 }
    return hash
}
