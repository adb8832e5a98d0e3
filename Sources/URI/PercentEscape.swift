// PercentEscape.swift - percent-encoding and decoding.
//
// Spec:    RFC 3986 §2.1 (percent-encoding), §2.3 (unreserved), §3.3 (pchar).
// Secret:  no.
// Reads:   URICharacter; Bytes. Read by: NormalURI, Proxy; Routes, Events.

import Bytes

/// Appends `%` and two hexadecimal digits in capital letters.
package func appendEscape(of byte: UInt8, to text: inout [UInt8]) {
    text.append(0x25)
    text.append(capitalDigit(byte >> 4))
    text.append(capitalDigit(byte & 0x0F))
}

/// The hexadecimal digit, 0 to 9 or A to F, for a value below 16.
package func capitalDigit(_ value: UInt8) -> UInt8 { value < 10 ? 0x30 + value : 0x37 + value }

/// Decodes each escape once. A percent sign that does not begin an escape is kept.
package func percentDecoded(_ text: Span<UInt8>) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(text.count)
    var index = 0
    while index < text.count {
        if let byte = escapedByte(text, index) {
            bytes.append(byte)
            index += 3
        } else {
            bytes.append(text[index])
            index += 1
        }
    }
    return bytes
}

/// §3.3: pchar without escapes: unreserved, sub-delims, `:` and `@`.
package func isPathCharacter(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x21, 0x24, 0x26...0x2C, 0x3A, 0x3B, 0x3D, 0x40: true
    default: isUnreserved(byte)
    }
}
