// ObjectIdentifier.swift - the identifiers of algorithms, attributes and extensions.
//
// Spec:    X.690 §8.19.
// Secret:  no.
// Reads:   DERReader, DERError, Bytes. Read by: X509.

import Bytes

/// An object identifier, stored as the contents of its DER encoding. Two are equal if their contents are.
public struct ObjectIdentifier: Equatable, Sendable {
    /// Contents of up to 15 bytes, big-endian, with their count in the top byte. A comparison is then one integer
    /// comparison, and constants need no allocation.
    private let packed: UInt128
    /// Longer contents. No known identifier in this program is this long.
    private let long: [UInt8]

    /// Creates a constant.
    ///
    /// - Parameter content: the contents as one number; at most 15 bytes, the first not zero.
    public init(content: UInt128) {
        let byteCount = (128 - content.leadingZeroBitCount + 7) / 8
        precondition(byteCount > 0 && byteCount < 16)
        packed = UInt128(byteCount) << 120 | content
        long = []
    }

    fileprivate init(_ content: Span<UInt8>) {
        if content.count < 16 {
            var packed = UInt128(content.count)
            for _ in content.count..<15 { packed <<= 8 }
            for index in content.indices { packed = packed << 8 | UInt128(content[index]) }
            self.packed = packed
            self.long = []
        } else {
            self.packed = 0
            self.long = [UInt8](content)
        }
    }

    /// The contents of the encoding.
    public var content: [UInt8] {
        guard long.isEmpty else { return long }
        var bytes: [UInt8] = []
        let byteCount = Int(truncatingIfNeeded: packed >> 120)
        for shift in (0..<byteCount).reversed() {
            bytes.append(UInt8(truncatingIfNeeded: packed >> UInt128(8 * shift)))
        }
        return bytes
    }

    /// The components in decimal, separated by dots. A component of more than 63 bits is written as `?`.
    ///
    /// - Source: X.690 §8.19.4: the first number encodes the first two components.
    public var dottedText: [UInt8] {
        var text: [UInt8] = []
        var component: UInt64 = 0
        var isTooLong = false
        for byte in content {
            isTooLong = isTooLong || component >= 1 << 56
            component = component << 7 | UInt64(byte & 0x7F)
            guard byte & 0x80 == 0 else { continue }
            if text.isEmpty {
                let first = isTooLong ? 2 : min(component / 40, 2)
                text.append(decimal: Int64(first))
                component -= isTooLong ? 0 : first * 40
            }
            text.append(UInt8(ascii: "."))
            if isTooLong {
                text.append(UInt8(ascii: "?"))
            } else {
                text.append(decimal: Int64(component))
            }
            component = 0
            isTooLong = false
        }
        return text
    }
}

extension DERReader {
    /// - Throws: `objectIdentifierForm`, and what `readValue` throws.
    /// - Source: X.690 §8.19.
    public mutating func readObjectIdentifier(
        _ tag: DERTag = .objectIdentifier
    ) throws(DERError) -> ObjectIdentifier {
        let start = offset
        let content = try readValue(tag).content
        // §8.19.2: the last octet of each component, and so the last octet of the contents, has its top bit clear.
        guard content.count > 0, content[content.count - 1] & 0x80 == 0 else {
            throw .objectIdentifierForm(offset: start)
        }
        // §8.19.2: a component does not begin with the octet 80.
        var isFirstOfComponent = true
        for index in content.indices {
            guard !(isFirstOfComponent && content[index] == 0x80) else {
                throw .objectIdentifierForm(offset: start)
            }
            isFirstOfComponent = content[index] & 0x80 == 0
        }
        return ObjectIdentifier(content)
    }
}
