import Bytes
import TestSupport
import Testing

@testable import ASN1

/// The bytes of hexadecimal text; spaces separate.
func hex(_ text: String) -> [UInt8] {
    do { return try Hex.decode(Array(text.utf8.filter { $0 != 0x20 }).span) } catch {
        Issue.record("not hexadecimal: \(text)")
        return []
    }
}

/// A definite, minimal length in hexadecimal.
func length(_ count: Int) -> [UInt8] {
    switch count {
    case ..<0x80: [UInt8(count)]
    case ..<0x100: [0x81, UInt8(count)]
    case ..<0x10000: [0x82, UInt8(count >> 8), UInt8(count & 0xFF)]
    default: [0x83, UInt8(count >> 16), UInt8(count >> 8 & 0xFF), UInt8(count & 0xFF)]
    }
}

func value(_ tag: UInt8, _ content: [UInt8]) -> [UInt8] {
    [tag] + length(content.count) + content
}

/// The error that a read of the bytes throws, or nil; `read` returns results through its own captures.
func fault(_ bytes: [UInt8], _ read: (inout DERReader) throws(DERError) -> Void) -> DERError? {
    var reader = DERReader(bytes.span)
    do throws(DERError) {
        try read(&reader)
        return nil
    } catch { return error }
}
