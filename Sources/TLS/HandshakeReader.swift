// HandshakeReader.swift - joins handshake messages that come in several records, and parts those that share one.
//
// Spec:    RFC 8446 §4, §5.1; RFC 5246 §7.4.
// Secret:  no.
// Reads:   Parameters, Limits, TLSError; Bytes. Read by: RecordLayer, Phase, the phases.

import Bytes

/// A whole handshake message.
struct HandshakeMessage {
    /// With its header.
    let bytes: [UInt8]

    /// Whole, as it came in.
    init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// One to be sent.
    init(_ type: UInt8, _ body: [UInt8]) {
        var bytes = [type]
        bytes.append(bigEndian: UInt64(body.count), byteCount: 3)
        bytes.append(body.span)
        self.bytes = bytes
    }

    var type: UInt8 { bytes[0] }

    /// Without its header.
    var body: Span<UInt8> {
        @_lifetime(borrow self)
        get { bytes.span.extracting(HandshakeReader.headerByteCount..<bytes.count) }
    }

    /// - Throws: `unexpectedMessage`.
    func expect(_ expected: UInt8) throws(TLSError) {
        guard type == expected else { throw .unexpectedMessage(message: type) }
    }
}

/// Holds handshake bytes until they are a whole message.
struct HandshakeReader {
    private var buffer: [UInt8] = []
    private var offset = 0

    /// The length of a message's header.
    static let headerByteCount = 4

    /// Whether no byte waits for the rest of its message.
    var isEmpty: Bool { offset == buffer.count }

    mutating func append(_ bytes: Span<UInt8>) {
        if offset > 0 {
            buffer.removeFirst(offset)
            offset = 0
        }
        buffer.append(bytes)
    }

    /// The next message, or nil when it is not all there.
    ///
    /// - Throws: `messageTooLong`, as soon as the header says so.
    mutating func next() throws(TLSError) -> HandshakeMessage? {
        guard buffer.count - offset >= Self.headerByteCount else { return nil }
        let type = buffer[offset]
        let count =
            Int(buffer[offset + 1]) << 16 | Int(buffer[offset + 2]) << 8 | Int(buffer[offset + 3])
        let limit =
            type == HandshakeType.certificate
            ? TLSLimits.certificateMessageByteCount : TLSLimits.handshakeMessageByteCount
        guard count <= limit else { throw .messageTooLong(message: type, limit: limit, actual: count) }
        let end = offset + Self.headerByteCount + count
        guard end <= buffer.count else { return nil }
        let message = HandshakeMessage(bytes: [UInt8](buffer[offset..<end]))
        offset = end
        return message
    }
}
