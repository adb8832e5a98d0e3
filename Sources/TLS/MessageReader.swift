// MessageReader.swift - the fields of a handshake message, front to back.
//
// Spec:    RFC 8446 §3.4 (vectors), §4; RFC 5246 §4.
// Secret:  no.
// Reads:   Bytes, TLSError. Read by: ServerHello, ServerMessages13, ServerKeyExchange, ExtensionList.

import Bytes

/// Reads fields from a borrowed span. Whatever does not fit is `malformed`, with the message's number.
struct MessageReader: ~Escapable {
    private var reader: ByteReader
    let message: UInt8

    @_lifetime(copy bytes)
    init(_ bytes: Span<UInt8>, message: UInt8) {
        reader = ByteReader(bytes)
        self.message = message
    }

    var isAtEnd: Bool { reader.isAtEnd }

    var offset: Int { reader.offset }

    mutating func uint8() throws(TLSError) -> UInt8 {
        do throws(BytesError) { return try reader.readUInt8() } catch { throw .malformed(message: message) }
    }

    mutating func uint16() throws(TLSError) -> UInt16 {
        do throws(BytesError) { return try reader.readUInt16() } catch { throw .malformed(message: message) }
    }

    mutating func uint32() throws(TLSError) -> UInt32 {
        do throws(BytesError) { return try reader.readUInt32() } catch { throw .malformed(message: message) }
    }

    /// So many bytes.
    mutating func bytes(_ count: Int) throws(TLSError) -> [UInt8] {
        do throws(BytesError) { return [UInt8](try reader.readSpan(count)) } catch {
            throw .malformed(message: message)
        }
    }

    /// A vector: its length in `lengthByteCount` bytes, and its contents.
    ///
    /// - Parameter minimum: the least length that the RFC's `<floor..ceiling>` allows.
    mutating func vector(_ lengthByteCount: Int, minimum: Int = 0) throws(TLSError) -> [UInt8] {
        do throws(BytesError) {
            let count: Int
            switch lengthByteCount {
            case 1: count = Int(try reader.readUInt8())
            case 2: count = Int(try reader.readUInt16())
            default: count = Int(try reader.readUInt24())
            }
            if count >= minimum { return [UInt8](try reader.readSpan(count)) }
        } catch { throw .malformed(message: message) }
        throw .malformed(message: message)
    }

    /// Checks that no bytes follow the structure.
    func expectEnd() throws(TLSError) {
        guard reader.isAtEnd else { throw .malformed(message: message) }
    }
}
