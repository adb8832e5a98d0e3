// HostName.swift - matching a certificate's names with the name of a host.
//
// Spec:    RFC 9525 §6.3 to §6.5; the common name of RFC 6125 is ignored. RFC 4291 §2.2 (addresses).
// Secret:  no.
// Reads:   GeneralName, Certificate, PathError; Bytes. Read by: PathSearch, NameConstraints; TLS.

import Bytes

/// The name of the server to connect to: the reference identifier of RFC 9525.
public struct HostName: Equatable, Sendable {
    private enum Form: Equatable {
        case dnsName, address
    }

    private let form: Form
    /// A DNS name without a trailing dot; or the 4 or 16 bytes of an address.
    private let bytes: [UInt8]

    /// - Parameter text: a DNS name in ASCII, with internationalised labels as A-labels; or an IPv4 or IPv6 address without
    ///   brackets.
    /// - Throws: `hostNameForm`.
    public init(_ text: Span<UInt8>) throws(X509Error) {
        if let address = parseIPv4(text) ?? parseIPv6(text) {
            form = .address
            bytes = address
            return
        }
        let isAbsolute = text.count > 1 && text[text.count - 1] == UInt8(ascii: ".")
        let name = isAbsolute ? text.extracting(droppingLast: 1) : text
        guard Self.isDNSName(name) else { throw .hostNameForm }
        form = .dnsName
        bytes = [UInt8](name)
    }

    /// Whether the text is a DNS name: labels of letters, digits, `-` and `_`, separated by dots, of 1 to 63 bytes each and
    /// 253 in all. The last label must not be a number, since the text could then be an IPv4 address.
    static func isDNSName(_ text: Span<UInt8>) -> Bool {
        guard text.count > 0, text.count <= 253 else { return false }
        var labelByteCount = 0
        var isNumber = true
        for index in text.indices {
            switch text[index] {
            case UInt8(ascii: "."):
                guard labelByteCount > 0 else { return false }
                labelByteCount = 0
                isNumber = true
                continue
            case 0x30...0x39: break
            case 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "-"), UInt8(ascii: "_"): isNumber = false
            default: return false
            }
            labelByteCount += 1
            guard labelByteCount <= 63 else { return false }
        }
        return labelByteCount > 0 && !isNumber
    }
}

extension Certificate {
    /// Checks that a name in subjectAltName matches the host.
    ///
    /// - Throws: `noSubjectAltName`, `wildcardForm`, `hostNameMismatch`.
    /// - Source: RFC 9525 §6.3, §6.4, §6.5.
    func check(_ host: HostName) throws(PathCheck) {
        guard let names = extensions.subjectAltName else { throw .noSubjectAltName }
        var hasBadWildcard = false
        for name in names {
            switch host.match(name.kind, bytes(name.range)) {
            case .match: return
            case .mismatch: continue
            case .badWildcard: hasBadWildcard = true
            }
        }
        throw hasBadWildcard ? .wildcardForm : .hostNameMismatch
    }
}

private enum NameMatch {
    case match, mismatch, badWildcard
}

extension HostName {
    fileprivate func match(_ kind: GeneralNameKind, _ presented: Span<UInt8>) -> NameMatch {
        switch (form, kind) {
        case (.dnsName, .dnsName): matchDNSName(presented)
        // §6.5: an address is compared octet by octet, and only with iPAddress names.
        case (.address, .ipAddress): bytesEqual(bytes.span, presented) ? .match : .mismatch
        default: .mismatch
        }
    }

    /// §6.3: labels are compared case-insensitively. A wildcard must be the whole left-most label and matches exactly one
    /// label.
    private func matchDNSName(_ presented: Span<UInt8>) -> NameMatch {
        var wildcardCount = 0
        for index in presented.indices where presented[index] == UInt8(ascii: "*") { wildcardCount += 1 }
        guard wildcardCount > 0 else {
            return bytesEqualIgnoringASCIICase(bytes.span, presented) ? .match : .mismatch
        }
        guard wildcardCount == 1, presented.count > 2, presented[0] == UInt8(ascii: "*"),
            presented[1] == UInt8(ascii: ".")
        else { return .badWildcard }
        // "*.com" would match every domain in com: at least two labels must follow the wildcard.
        let parent = presented.extracting(2...)
        guard Self.isDNSName(parent), firstDot(parent) != nil else { return .badWildcard }
        guard let dot = firstDot(bytes.span) else { return .mismatch }
        return bytesEqualIgnoringASCIICase(bytes.span.extracting((dot + 1)...), parent) ? .match : .mismatch
    }
}

private func firstDot(_ text: Span<UInt8>) -> Int? {
    for index in text.indices where text[index] == UInt8(ascii: ".") { return index }
    return nil
}

// MARK: Addresses

/// Four decimal numbers of one to three digits, without leading zeros.
private func parseIPv4(_ text: Span<UInt8>) -> [UInt8]? {
    var address: [UInt8] = []
    var number = 0
    var digitCount = 0
    for index in text.indices {
        if text[index] == UInt8(ascii: ".") {
            guard digitCount > 0, address.count < 3 else { return nil }
            address.append(UInt8(truncatingIfNeeded: number))
            number = 0
            digitCount = 0
            continue
        }
        guard (0x30...0x39).contains(text[index]), digitCount == 0 || number > 0 else { return nil }
        number = 10 * number + Int(text[index] - 0x30)
        digitCount += 1
        guard number <= 255 else { return nil }
    }
    guard digitCount > 0, address.count == 3 else { return nil }
    address.append(UInt8(truncatingIfNeeded: number))
    return address
}

/// Groups of one to four hexadecimal digits, at most one `::`, perhaps an IPv4 address at the end.
///
/// - Source: RFC 4291 §2.2.
private func parseIPv6(_ text: Span<UInt8>) -> [UInt8]? {
    var address: [UInt8] = []
    // The number of bytes before the "::".
    var gap: Int?
    var index = 0
    if text.count >= 2, text[0] == UInt8(ascii: ":"), text[1] == UInt8(ascii: ":") {
        gap = 0
        index = 2
    }
    while index < text.count {
        let groupStart = index
        var group = 0
        while index < text.count, index - groupStart < 4, let digit = Hex.value(text[index]) {
            group = group << 4 | Int(digit)
            index += 1
        }
        guard index > groupStart else { return nil }
        if index < text.count, text[index] == UInt8(ascii: ".") {
            guard let last = parseIPv4(text.extracting(groupStart...)) else { return nil }
            address += last
            index = text.count
            break
        }
        address.append(UInt8(truncatingIfNeeded: group >> 8))
        address.append(UInt8(truncatingIfNeeded: group))
        guard index < text.count else { break }
        guard text[index] == UInt8(ascii: ":") else { return nil }
        index += 1
        if index < text.count, text[index] == UInt8(ascii: ":") {
            guard gap == nil else { return nil }
            gap = address.count
            index += 1
        } else {
            // A colon is a separator, so another group must follow.
            guard index < text.count else { return nil }
        }
    }
    guard let gap else { return address.count == 16 ? address : nil }
    // "::" replaces at least one group of zeros.
    guard address.count <= 14 else { return nil }
    address.insert(contentsOf: [UInt8](repeating: 0, count: 16 - address.count), at: gap)
    return address
}
