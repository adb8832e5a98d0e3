import ASN1
import Bytes
import Foundation
import TestSupport
import Testing

@testable import X509

/// One TLV with a definite, minimal length.
func tlv(_ tag: UInt8, _ content: [UInt8]) -> [UInt8] {
    switch content.count {
    case ..<0x80: [tag, UInt8(content.count)] + content
    case ..<0x100: [tag, 0x81, UInt8(content.count)] + content
    default: [tag, 0x82, UInt8(content.count >> 8), UInt8(content.count & 0xFF)] + content
    }
}

func sequence(_ items: [UInt8]...) -> [UInt8] { tlv(0x30, items.flatMap { $0 }) }

/// An attribute: the identifier's contents, the string's tag, its text.
func attribute(_ type: [UInt8], _ tag: UInt8, _ text: [UInt8]) -> [UInt8] {
    sequence(tlv(0x06, type), tlv(tag, text))
}

/// A name of relative names, each given as the encodings of its attributes.
func name(_ relative: [[UInt8]]...) -> [UInt8] {
    sequence(relative.flatMap { tlv(0x31, $0.flatMap { $0 }) })
}

let commonName: [UInt8] = [0x55, 0x04, 0x03]
let organization: [UInt8] = [0x55, 0x04, 0x0A]

/// A case of a vector file, found by its comment.
struct VectorPath {
    let anchors: [[UInt8]]
    let chain: [[UInt8]]
    let host: [UInt8]
    let now: Int64

    init(_ file: String, _ comment: String) throws {
        let cases = try readVectors(file, fields: PathVectorTests.fields)
        let vector = try #require(cases.first { $0.comment == comment })
        func certificates(_ field: String) throws -> [[UInt8]] {
            try vector.text(field).split(separator: " ").map { try Hex.decode(Array($0.utf8).span) }
        }
        anchors = try certificates("anchors")
        chain = try certificates("chain")
        host = Array((vector.fields["host"] ?? "").utf8)
        now = try #require(Int64(try vector.text("time")))
    }

    func refusal(host other: String? = nil) throws -> PathError? {
        let trusted = try TrustAnchors(certificates: anchors)
        do throws(PathError) {
            _ = try validatePath(
                presented: chain, anchors: trusted, hostName: other.map { Array($0.utf8) } ?? host,
                nowSeconds: now)
            return nil
        } catch { return error }
    }
}

/// The thrown error, or nil.
func thrown(_ body: () throws(X509Error) -> Void) -> X509Error? {
    do throws(X509Error) {
        try body()
        return nil
    } catch { return error }
}
