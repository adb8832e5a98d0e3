import Bytes
import EllipticCurves
import KeyAgreement
import TestSupport
import Testing

// Spans and secrets cannot pass through #expect, so these functions wrap the calls under test
// with arrays.

func x25519(_ randomBytes: [UInt8], _ peer: [UInt8]) throws(KeyAgreementError) -> [UInt8] {
    let key = X25519PrivateKey(randomBytes: SecretBytes(copying: randomBytes.span))
    let secret = try key.sharedSecret(with: peer.span)
    return copy(secret)
}

func ecdh(_ curve: Curve, _ randomBytes: [UInt8], _ peer: [UInt8]) throws(KeyAgreementError) -> [UInt8] {
    let key = try ECDHPrivateKey(curve: curve, randomBytes: SecretBytes(copying: randomBytes.span))
    let secret = try key.sharedSecret(with: peer.span)
    return copy(secret)
}

private func copy(_ secret: borrowing SecretBytes) -> [UInt8] { [UInt8](secret.span) }

/// The secret and "valid", or nothing and the reason code of what was thrown.
func outcome(_ body: () throws(KeyAgreementError) -> [UInt8]) -> (secret: [UInt8], verdict: String) {
    do throws(KeyAgreementError) {
        return (try body(), "valid")
    } catch {
        return ([], "\(error.reasonCode)")
    }
}

/// The RFC's examples and our own cases; ConformanceTests runs these and all other files.
@Suite struct VectorTests {
    static let x25519Files = [("x25519-differential/x25519.txt", 43), ("x25519-rfc7748/x25519.txt", 3)]
    static let ecdhFiles = [("ecdh-differential/ecdh.txt", 76)]

    @Test(arguments: x25519Files) func x25519Vectors(path: String, count: Int) throws {
        let cases = try readVectors(path, fields: ["private", "public", "shared", "expect"])
        #expect(cases.count == count)
        for vector in cases {
            let (own, peer) = (try vector.bytes("private"), try vector.bytes("public"))
            let got = outcome { () throws(KeyAgreementError) in try x25519(own, peer) }
            #expect(try got.verdict == vector.text("expect"), "\(path): \(vector.comment)")
            #expect(try got.secret == vector.bytes("shared"), "\(path): \(vector.comment)")
        }
    }

    @Test(arguments: ecdhFiles) func ecdhVectors(path: String, count: Int) throws {
        let cases = try readVectors(path, fields: ["curve", "private", "public", "shared", "expect"])
        #expect(cases.count == count)
        for vector in cases {
            let curve: Curve = try vector.text("curve") == "P-256" ? .p256 : .p384
            let (own, peer) = (try vector.bytes("private"), try vector.bytes("public"))
            let got = outcome { () throws(KeyAgreementError) in try ecdh(curve, own, peer) }
            #expect(try got.verdict == vector.text("expect"), "\(path): \(vector.comment)")
            #expect(try got.secret == vector.bytes("shared"), "\(path): \(vector.comment)")
        }
    }
}
