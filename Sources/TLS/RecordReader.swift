// RecordReader.swift - cuts what comes in into records.
//
// Spec:    RFC 8446 §5.1, §5.2; RFC 5246 §6.2.1, §6.2.3.
// Secret:  no: records on the wire are public.
// Reads:   Parameters, TLSError; Bytes. Read by: RecordLayer.

import Bytes

/// One record, still protected if the connection is.
package struct Record {
    let type: ContentType
    /// The five bytes before the body, which a protected record authenticates.
    let header: [UInt8]
    let body: [UInt8]

    package init(type: ContentType, header: [UInt8], body: [UInt8]) {
        self.type = type
        self.header = header
        self.body = body
    }
}

/// Holds what came in until it is a whole record.
struct RecordReader {
    private var buffer: [UInt8] = []
    private var offset = 0

    /// The length of a record's header.
    static let headerByteCount = 5

    /// Appends received bytes. Bytes already read are dropped.
    mutating func append(_ bytes: Span<UInt8>) {
        if offset > 0 {
            buffer.removeFirst(offset)
            offset = 0
        }
        buffer.append(bytes)
    }

    /// Forgets what came in.
    mutating func clear() {
        buffer = []
        offset = 0
    }

    /// The next record, or nil when it is not all there. A header is judged when it is there, so no
    /// more than one record is ever waited for.
    ///
    /// - Parameter bodyLimit: the longest body that the connection's state allows.
    /// - Throws: `recordType`, `recordVersion`, `recordTooLong`.
    mutating func next(bodyLimit: Int) throws(TLSError) -> Record? {
        guard buffer.count - offset >= Self.headerByteCount else { return nil }
        // §5.1: type, legacy_record_version, length. A first byte of another value is not TLS at all.
        guard let type = ContentType(rawValue: buffer[offset]) else { throw .recordType(buffer[offset]) }
        // The minor version is ignored, as §5.1 asks; another major one is another protocol.
        let version = UInt16(buffer[offset + 1]) << 8 | UInt16(buffer[offset + 2])
        guard version >> 8 == 3 else { throw .recordVersion(version) }
        let count = Int(buffer[offset + 3]) << 8 | Int(buffer[offset + 4])
        guard count <= bodyLimit else { throw .recordTooLong(limit: bodyLimit, actual: count) }
        let bodyStart = offset + Self.headerByteCount
        guard buffer.count - bodyStart >= count else { return nil }
        let record = Record(
            type: type, header: [UInt8](buffer[offset..<bodyStart]),
            body: [UInt8](buffer[bodyStart..<(bodyStart + count)]))
        offset = bodyStart + count
        return record
    }
}
