// NormalURI.swift - the normal form of an https URI. Equivalent URIs have equal normal forms.
//
// Spec:    RFC 3986 §3, §5.2.4, §6.2.2, §6.2.3.
// Secret:  no.
// Reads:   Authority, PercentEscape; Bytes. Read by: Events (RequestURI), Settings (DPOP_ORIGINS).

import Bytes

/// The normal form of an https URI without its query and fragment; nil if the text is not a valid https URI.
///
/// - Source: RFC 3986 §6.2.2 (case, escapes, dot segments) and §6.2.3 (default port, empty path).
package func normalURI(of text: Span<UInt8>) -> [UInt8]? {
    let scheme: StaticString = "https://"
    let start = scheme.utf8ByteCount
    guard text.count > start, bytesEqualIgnoringASCIICase(text.extracting(0..<start), scheme) else {
        return nil
    }
    let end = Authority.end(in: text, from: start)
    guard let authority = normalAuthority(text.extracting(start..<end)) else { return nil }
    var pathEnd = end
    while pathEnd < text.count, text[pathEnd] != 0x3F, text[pathEnd] != 0x23 { pathEnd += 1 }
    guard let path = normalPath(text.extracting(end..<pathEnd)) else { return nil }
    return [UInt8](scheme) + authority + path
}

/// A host name in lower case, and the port if it is not 443. Nil for user information and for IPv6 literals.
package func normalAuthority(_ text: Span<UInt8>) -> [UInt8]? {
    let authority: Authority
    do throws(URLError) { authority = try Authority(text) } catch { return nil }
    guard !authority.isIPv6Literal else { return nil }
    var normal: [UInt8] = []
    // §6.2.2.1: host names are case-insensitive.
    for byte in authority.host { normal.append(asciiLowercased(byte)) }
    // §6.2.3: an empty port and the scheme's default port are omitted.
    if let port = authority.port, port != 443 {
        normal.append(0x3A)
        normal.append(decimal: Int(port))
    }
    return normal
}

/// The path with its escapes in normal form and without dot segments; `/` if it is empty.
private func normalPath(_ text: Span<UInt8>) -> [UInt8]? {
    var path: [UInt8] = []
    path.reserveCapacity(text.count + 1)
    var index = 0
    while index < text.count {
        let byte = text[index]
        if byte != 0x25 {
            guard isPathByte(byte) else { return nil }
            path.append(byte)
            index += 1
            continue
        }
        guard let value = escapedByte(text, index) else { return nil }
        // §6.2.2.2: unreserved characters are not escaped; §6.2.2.1: other escapes are written in capital letters.
        if isUnreserved(value) { path.append(value) } else { appendEscape(of: value, to: &path) }
        index += 3
    }
    return withoutDotSegments(path.span)
}

/// §5.2.4, for a path that is empty or begins with a slash.
private func withoutDotSegments(_ path: Span<UInt8>) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(path.count + 1)
    var start = 0
    while start < path.count {
        // A slash and the segment after it.
        var end = start + 1
        while end < path.count, path[end] != 0x2F { end += 1 }
        let segment = path.extracting((start + 1)..<end)
        let isDot = bytesEqual(segment, ".")
        let isDoubleDot = bytesEqual(segment, "..")
        if isDoubleDot {
            while let last = result.popLast(), last != 0x2F {}
        }
        if !isDot && !isDoubleDot {
            result.append(path.extracting(start..<end))
        } else if end == path.count {
            result.append(0x2F)
        }
        start = end
    }
    return result.isEmpty ? [0x2F] : result
}

/// Escapes the bytes that a URI path cannot contain, because some event sources decode the path. Percent signs are
/// kept.
package func escapedPath(_ path: [UInt8]) -> [UInt8] {
    var text: [UInt8] = []
    text.reserveCapacity(path.count)
    for byte in path {
        if byte == 0x25 || isPathByte(byte) { text.append(byte) } else { appendEscape(of: byte, to: &text) }
    }
    return text
}

/// RFC 3986 §3.3: pchar except for escapes, and the slash.
private func isPathByte(_ byte: UInt8) -> Bool { byte == 0x2F || isPathCharacter(byte) }
