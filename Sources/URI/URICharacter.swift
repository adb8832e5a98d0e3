// URICharacter.swift - decodes one percent-escape, and classifies characters.
//
// Spec:    RFC 3986 §2.1 (percent-encoding), §2.3 (unreserved).
// Secret:  no.
// Reads:   Bytes. Read by: PercentEscape, NormalURI, Proxy; Routes.

import Bytes

/// The byte encoded by the escape at `offset`; nil if the bytes there are not an escape.
package func escapedByte(_ text: Span<UInt8>, _ offset: Int) -> UInt8? {
    guard text[offset] == 0x25, offset + 2 < text.count, let high = Hex.value(text[offset + 1]),
        let low = Hex.value(text[offset + 2])
    else { return nil }
    return high << 4 | low
}

/// ALPHA / DIGIT / "-" / "." / "_" / "~".
package func isUnreserved(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E: true
    default: false
    }
}

/// C0 controls and DEL.
package func isControl(_ byte: UInt8) -> Bool { byte < 0x20 || byte == 0x7F }
