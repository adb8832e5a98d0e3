import Bytes
import EllipticCurves
import SHA256
import SHA512
import TestSupport
import Testing

// Spans cannot pass through #expect, so these functions wrap the calls under test with arrays.

/// "valid", or the reason code of what was thrown.
func outcome(_ body: () throws(CurveError) -> Void) -> String {
    do throws(CurveError) {
        try body()
        return "valid"
    } catch {
        return "\(error.reasonCode)"
    }
}

func makeKey(_ curve: Curve, _ x: [UInt8], _ y: [UInt8]) throws(CurveError) -> ECDSAPublicKey {
    try ECDSAPublicKey(curve: curve, x: x.span, y: y.span)
}

func curve(named name: String) throws -> Curve {
    switch name {
    case "P-256": .p256
    case "P-384": .p384
    case "P-521": .p521
    default: throw VectorFileError.unknownField(name)
    }
}

func digest(_ name: String, of message: [UInt8]) throws -> [UInt8] {
    switch name {
    case "sha256":
        let digest = SHA256.hash(message.span)
        return [UInt8](digest.span)
    case "sha384":
        let digest = SHA384.hash(message.span)
        return [UInt8](digest.span)
    case "sha512":
        let digest = SHA512.hash(message.span)
        return [UInt8](digest.span)
    default: throw VectorFileError.unknownField(name)
    }
}

/// The RFCs' examples and our own forgeries; ConformanceTests runs these and all other files.
@Suite struct VectorTests {
    static let ecdsaFiles = [
        ("ecdsa-differential/signatures.txt", 279), ("ecdsa-rfc6979/signatures.txt", 36),
    ]
    static let rawFiles = [("ecdsa-differential/raw.txt", 99)]
    static let eddsaFiles = [("eddsa-differential/ed25519.txt", 196), ("eddsa-rfc8032/ed25519.txt", 36)]

    @Test(arguments: ecdsaFiles) func ecdsa(path: String, count: Int) throws {
        let cases = try readVectors(
            path, fields: ["curve", "hash", "x", "y", "message", "r", "s", "expect"])
        #expect(cases.count == count)
        for vector in cases {
            let curve = try curve(named: vector.text("curve"))
            let (x, y) = (try vector.bytes("x"), try vector.bytes("y"))
            let digest = try digest(vector.text("hash"), of: vector.bytes("message"))
            let (r, s) = (try vector.bytes("r"), try vector.bytes("s"))
            let got = outcome { () throws(CurveError) in
                try makeKey(curve, x, y).verify(digest: digest.span, r: r.span, s: s.span)
            }
            #expect(try got == vector.text("expect"), "\(path): \(vector.comment)")
        }
    }

    @Test(arguments: rawFiles) func rawSignatures(path: String, count: Int) throws {
        let cases = try readVectors(
            path, fields: ["curve", "hash", "x", "y", "message", "signature", "expect"])
        #expect(cases.count == count)
        for vector in cases {
            let curve = try curve(named: vector.text("curve"))
            let (x, y) = (try vector.bytes("x"), try vector.bytes("y"))
            let digest = try digest(vector.text("hash"), of: vector.bytes("message"))
            let signature = try vector.bytes("signature")
            let got = outcome { () throws(CurveError) in
                try makeKey(curve, x, y).verifyRaw(digest: digest.span, signature: signature.span)
            }
            #expect(try got == vector.text("expect"), "\(path): \(vector.comment)")
        }
    }

    @Test func publicKeys() throws {
        let cases = try readVectors("ecdsa-cavp/pkv.txt", fields: ["curve", "x", "y", "expect"])
        #expect(cases.count == 36)
        for vector in cases {
            let curve = try curve(named: vector.text("curve"))
            let (x, y) = (try vector.bytes("x"), try vector.bytes("y"))
            let got = outcome { () throws(CurveError) in _ = try makeKey(curve, x, y) }
            #expect(try got == vector.text("expect"), "\(vector.comment)")
        }
    }

    @Test(arguments: eddsaFiles) func eddsa(path: String, count: Int) throws {
        let cases = try readVectors(path, fields: ["key", "message", "signature", "expect"])
        #expect(cases.count == count)
        for vector in cases {
            let (key, message) = (try vector.bytes("key"), try vector.bytes("message"))
            let signature = try vector.bytes("signature")
            let got = outcome { () throws(CurveError) in
                try Ed25519PublicKey(key.span).verify(message: message.span, signature: signature.span)
            }
            #expect(try got == vector.text("expect"), "\(path): \(vector.comment)")
        }
    }
}
