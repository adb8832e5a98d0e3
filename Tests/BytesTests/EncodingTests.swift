import Bytes
import Foundation
import TestSupport
import Testing

// Spans cannot pass through #expect, so these functions wrap the calls under test with arrays.
private func base64(_ bytes: [UInt8]) -> [UInt8] { Base64.encode(bytes.span) }
private func fromBase64(_ text: [UInt8]) throws(BytesError) -> [UInt8] { try Base64.decode(text.span) }
private func base64URL(_ bytes: [UInt8]) -> [UInt8] { Base64URL.encode(bytes.span) }
private func fromBase64URL(_ text: [UInt8]) throws(BytesError) -> [UInt8] { try Base64URL.decode(text.span) }
private func fromPadded(_ text: [UInt8], _ padded: Bool = true) throws(BytesError) -> [UInt8] {
    try Base64URL.decode(text.span, padded: padded)
}
private func hex(_ bytes: [UInt8]) -> [UInt8] { Hex.encode(bytes.span) }
private func fromHex(_ text: [UInt8]) throws(BytesError) -> [UInt8] { try Hex.decode(text.span) }

/// Base64, base64url and hexadecimal are strict (AUDIT 2).
@Suite struct EncodingTests {
    /// RFC 4648 §10.
    static let rfc4648: [(plain: String, base64: String, hex: String)] = [
        ("", "", ""), ("f", "Zg==", "66"), ("fo", "Zm8=", "666f"), ("foo", "Zm9v", "666f6f"),
        ("foob", "Zm9vYg==", "666f6f62"), ("fooba", "Zm9vYmE=", "666f6f6261"),
        ("foobar", "Zm9vYmFy", "666f6f626172"),
    ]

    @Test(arguments: rfc4648) func publishedExamples(plain: String, base64 padded: String, hex digits: String)
        throws
    {
        let bytes = Array(plain.utf8)
        let padded = Array(padded.utf8)
        let unpadded = padded.filter { $0 != 0x3D }
        #expect(base64(bytes) == padded)
        #expect(try fromBase64(padded) == bytes)
        #expect(base64URL(bytes) == unpadded)
        #expect(try fromBase64URL(unpadded) == bytes)
        #expect(try fromPadded(padded) == bytes && fromPadded(unpadded) == bytes)
        #expect(hex(bytes) == Array(digits.utf8))
        #expect(try fromHex(Array(digits.uppercased().utf8)) == bytes)
    }

    @Test func everyByteAndLengthAgreesWithFoundation() throws {
        for count in 0...80 {
            let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 73 &+ count &* 31) }
            let expected = Array(Data(bytes).base64EncodedString().utf8)
            #expect(base64(bytes) == expected)
            #expect(try fromBase64(expected) == bytes)
            #expect(try fromBase64URL(base64URL(bytes)) == bytes)
        }
    }

    // AUDIT 2: alphabet only, no padding, no white space, no length of 4n+1, no stray bits.
    @Test(arguments: [
        ("Zg==", BytesError.invalidCharacter(offset: 2)),
        ("Zm9v\n", .invalidLength(count: 5)),
        ("Zm 9", .invalidCharacter(offset: 2)),
        ("Zm+v", .invalidCharacter(offset: 2)),
        ("Zm/v", .invalidCharacter(offset: 2)),
        ("Z", .invalidLength(count: 1)),
        ("Zh", .nonCanonicalTrailingBits),
        ("Zm9", .nonCanonicalTrailingBits),
        ("Z\u{0}", .invalidCharacter(offset: 1)),
    ]) func urlSafeRefusals(text: String, expected: BytesError) {
        #expect(thrown { () throws(BytesError) in try fromBase64URL(Array(text.utf8)) } == expected)
    }

    /// Where padding may be, it is whole, and the alphabet stays.
    @Test(arguments: [
        ("Zg=", BytesError.invalidLength(count: 3)),
        ("Z=", .invalidLength(count: 2)),
        ("Zm9v=", .invalidLength(count: 5)),
        ("Zg=a", .invalidCharacter(offset: 2)),
        ("Z===", .invalidPadding),
        ("====", .invalidPadding),
        ("=", .invalidLength(count: 1)),
        ("Zm9v====", .invalidPadding),
        ("Zm8=Zm8=", .invalidPadding),
        ("Zh==", .nonCanonicalTrailingBits),
        ("Zm9=", .nonCanonicalTrailingBits),
        ("Zm+v", .invalidCharacter(offset: 2)),
        ("+w==", .invalidCharacter(offset: 0)),
    ]) func paddedRefusals(text: String, expected: BytesError) {
        #expect(thrown { () throws(BytesError) in try fromPadded(Array(text.utf8)) } == expected)
    }

    @Test func paddingIsAcceptedWhereAllowed() throws {
        #expect(try fromPadded(Array("-_8=".utf8)) == [0xFB, 0xFF])
        #expect(
            thrown { () throws(BytesError) in try fromPadded(Array("Zg==".utf8), false) }
                == .invalidCharacter(offset: 2))
    }

    @Test(arguments: [
        ("Zg", BytesError.invalidLength(count: 2)),
        ("Zg=a", .invalidPadding),
        ("Z===", .invalidPadding),
        ("====", .invalidPadding),
        ("Zm9v====", .invalidPadding),
        ("Zh==", .nonCanonicalTrailingBits),
        ("Zm9=", .nonCanonicalTrailingBits),
        ("Zm-v", .invalidCharacter(offset: 2)),
        ("Zm_v", .invalidCharacter(offset: 2)),
    ]) func standardRefusals(text: String, expected: BytesError) {
        #expect(thrown { () throws(BytesError) in try fromBase64(Array(text.utf8)) } == expected)
    }

    @Test func everyForeignByteIsNamedByItsPlace() {
        let alphabet = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)
        for byte in UInt8.min...UInt8.max where !alphabet.contains(byte) {
            for place in 0..<4 {
                var text = Array("AAAA".utf8)
                text[place] = byte
                let expected = BytesError.invalidCharacter(offset: place)
                #expect(thrown { () throws(BytesError) in try fromBase64URL(text) } == expected)
            }
        }
    }

    @Test(arguments: [
        ("abc", BytesError.invalidLength(count: 3)),
        ("0g", .invalidCharacter(offset: 1)),
        ("x0", .invalidCharacter(offset: 0)),
    ]) func hexRefusals(text: String, expected: BytesError) {
        #expect(thrown { () throws(BytesError) in try fromHex(Array(text.utf8)) } == expected)
    }
}
