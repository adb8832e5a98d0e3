// DNSMessage.swift - a DNS query and its response.
//
// Spec:    RFC 1035 §4; RFC 3596 §2.1 (AAAA); RFC 5452 §9.1 (matching a response with its query).
// Secret:  no.
// Reads:   PlatformError; Bytes. Read by: NameServerExchange, Resolver.
//
// All A and AAAA records of the answer section are used, whatever their owner: a chain of CNAMEs is not followed name
// by name. An attacker that can forge an answer can also forge its owner names. The server's certificate protects the
// connection.

import Bytes

/// The type of the requested records.
enum DNSRecordType: UInt16 {
    case a = 1
    case aaaa = 28
}

/// A query with one question (RFC 1035 §4.1.2), and the ID of its response.
struct DNSQuestion {
    let id: UInt16
    let type: DNSRecordType
    /// The whole message.
    let message: [UInt8]

    /// - Parameter name: labels of 1 to 63 bytes, separated by dots. A trailing dot is allowed.
    /// - Throws: `nameInvalid`.
    init(name: Span<UInt8>, type: DNSRecordType, id: UInt16) throws(PlatformError) {
        self.id = id
        self.type = type
        var message: [UInt8] = []
        message.append(bigEndian: UInt64(id), byteCount: 2)
        // §4.1.1: a standard query, recursion desired, one question.
        message += [0x01, 0x00, 0, 1, 0, 0, 0, 0, 0, 0]
        let end = name.count > 0 && name[name.count - 1] == 0x2E ? name.count - 1 : name.count
        guard end > 0, end <= 253 else { throw .nameInvalid }
        var start = 0
        for index in 0...end where index == end || name[index] == 0x2E {
            guard index > start, index - start <= 63 else { throw .nameInvalid }
            message.append(UInt8(index - start))
            message.append(name.extracting(start..<index))
            start = index + 1
        }
        message.append(0)
        message.append(bigEndian: UInt64(type.rawValue), byteCount: 2)
        // Class IN.
        message += [0, 1]
        self.message = message
    }
}

/// The result in a name server's response.
enum DNSAnswer: Equatable {
    /// Addresses of 4 or 16 bytes; empty if the name exists without addresses of this type.
    case addresses([[UInt8]])
    /// The response did not fit into a datagram: the query is to be repeated over TCP (§4.2.2).
    case truncated
    case nameNotFound
    /// An RCODE other than 0 and 3.
    case failure(code: UInt8)
}

/// The number of addresses that are used from one response.
let dnsAddressCount = 16

/// Reads a response; nil if it does not match the question, so that a stray or forged datagram is ignored.
func readDNSAnswer(_ message: Span<UInt8>, to question: DNSQuestion) -> DNSAnswer? {
    let asked = question.message
    guard message.count >= asked.count, message.count >= 12 else { return nil }
    // §4.1.1: the same ID, a response to a standard query.
    guard message[0] == asked[0], message[1] == asked[1], message[2] & 0xF8 == 0x80 else { return nil }
    // The response repeats our question; letters are compared case-insensitively (RFC 1035 §2.3.3).
    guard message[4] == 0, message[5] == 1 else { return nil }
    for index in 12..<asked.count where asciiLowercased(message[index]) != asciiLowercased(asked[index]) {
        return nil
    }
    if message[2] & 0x02 != 0 { return .truncated }
    switch message[3] & 0x0F {
    case 0: break
    case 3: return .nameNotFound
    case let code: return .failure(code: code)
    }
    let count = Int(message[6]) << 8 | Int(message[7])
    do throws(BytesError) {
        return .addresses(try readRecords(message, from: asked.count, count: count, type: question.type))
    } catch { return nil }
}

private func readRecords(
    _ message: Span<UInt8>, from start: Int, count: Int, type: DNSRecordType
) throws(BytesError) -> [[UInt8]] {
    var reader = ByteReader(message)
    _ = try reader.readSpan(start)
    var addresses: [[UInt8]] = []
    let byteCount = type == .a ? 4 : 16
    for _ in 0..<count {
        try skipName(&reader)
        let recordType = try reader.readUInt16()
        let recordClass = try reader.readUInt16()
        _ = try reader.readUInt32()
        let length = Int(try reader.readUInt16())
        let data = try reader.readSpan(length)
        guard recordType == type.rawValue, recordClass == 1, length == byteCount else { continue }
        if addresses.count < dnsAddressCount { addresses.append([UInt8](data)) }
    }
    return addresses
}

/// §4.1.4: skips labels up to a zero byte or a pointer. Pointers are not followed, so a loop is impossible.
private func skipName(_ reader: inout ByteReader) throws(BytesError) {
    while true {
        let length = try reader.readUInt8()
        if length == 0 { return }
        if length >= 0xC0 {
            _ = try reader.readUInt8()
            return
        }
        _ = try reader.readSpan(Int(length))
    }
}
