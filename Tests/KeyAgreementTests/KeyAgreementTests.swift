import Bytes
import EllipticCurves
import KeyAgreement
import TestSupport
import Testing

/// Both sides get the same secret, and keys out of range are refused (AUDIT 17, 47).
@Suite struct KeyAgreementTests {
    /// RFC 7748 §5.2: k, u = X25519(k, u), k, from the base point. One million iterations would
    /// take minutes.
    @Test func iteratedX25519() throws {
        var k: [UInt8] = [9] + [UInt8](repeating: 0, count: 31)
        var u = k
        var after: [Int: [UInt8]] = [:]
        for iteration in 1...1000 {
            let next = try x25519(k, u)
            (u, k) = (k, next)
            if iteration == 1 || iteration == 1000 { after[iteration] = k }
        }
        let fields: Set<String> = ["private", "public", "shared", "expect"]
        let vectors = try readVectors("x25519-rfc7748/x25519.txt", fields: fields)
        #expect(try after[1] == vectors[2].bytes("shared"))
        let known: [UInt8] = [
            0x68, 0x4C, 0xF5, 0x9B, 0xA8, 0x33, 0x09, 0x55, 0x28, 0x00, 0xEF, 0x56, 0x6F, 0x2F, 0x4D, 0x3C,
            0x1C, 0x38, 0x87, 0xC4, 0x93, 0x60, 0xE3, 0x87, 0x5F, 0x2E, 0xB9, 0x4D, 0x99, 0x53, 0x2C, 0x51,
        ]
        #expect(after[1000] == known)
    }

    /// RFC 7748 §6.1: both sides come to the same secret.
    @Test func bothSidesX25519() throws {
        let ours = [UInt8](1...32)
        let theirs = [UInt8](101...132)
        let ourKey = X25519PrivateKey(randomBytes: SecretBytes(copying: ours.span))
        let theirKey = X25519PrivateKey(randomBytes: SecretBytes(copying: theirs.span))
        let (ourPublic, theirPublic) = (ourKey.publicKey, theirKey.publicKey)
        #expect(ourPublic.count == 32 && ourPublic != theirPublic)
        #expect(try x25519(ours, theirPublic) == x25519(theirs, ourPublic))
    }

    /// RFC 7748 §5: the bits that the function sets or clears, and the top bit of u, do not count.
    @Test func ignoredBits() throws {
        let peer = [UInt8](50...81)
        var scalar = [UInt8](1...32)
        let secret = try x25519(scalar, peer)
        scalar[0] ^= 7
        scalar[31] ^= 0xC0
        // Bit 254 is set in any case, bit 255 cleared.
        #expect(try x25519(scalar, peer) == secret)
        #expect(try x25519(scalar, peer.dropLast() + [peer[31] ^ 0x80]) == secret)
        scalar[0] ^= 8
        #expect(try x25519(scalar, peer) != secret)
    }

    @Test(arguments: [Curve.p256, .p384]) func bothSidesECDH(curve: Curve) throws {
        let size = curve.coordinateByteCount
        let ours = [UInt8](repeating: 0x5A, count: size)
        let theirs = [UInt8](repeating: 0xA5, count: size)
        let ourKey = try ECDHPrivateKey(curve: curve, randomBytes: SecretBytes(copying: ours.span))
        let theirKey = try ECDHPrivateKey(curve: curve, randomBytes: SecretBytes(copying: theirs.span))
        let (ourPublic, theirPublic) = (ourKey.publicKey, theirKey.publicKey)
        #expect(ourPublic.count == 1 + 2 * size && ourPublic[0] == 4)
        #expect(try ecdh(curve, ours, theirPublic) == ecdh(curve, theirs, ourPublic))
        // A public key is a point that verifies.
        _ = try ECDSAPublicKey(curve: curve, uncompressedPoint: ourPublic.span)
    }

    @Test func refusals() {
        #expect(throws: KeyAgreementError.curveNotOffered) {
            try ecdh(.p521, [UInt8](repeating: 1, count: 66), [])
        }
        #expect(throws: KeyAgreementError.privateKeyLength(expected: 32, actual: 48)) {
            try ecdh(.p256, [UInt8](repeating: 1, count: 48), [])
        }
        #expect(throws: KeyAgreementError.privateKeyOutOfRange) {
            try ecdh(.p384, [UInt8](repeating: 0xFF, count: 48), [])
        }
        #expect(throws: KeyAgreementError.peerKey(.pointFormat)) {
            try ecdh(.p256, [UInt8](repeating: 1, count: 32), [])
        }
        #expect(throws: KeyAgreementError.peerKeyLength(expected: 32, actual: 31)) {
            try x25519([UInt8](repeating: 1, count: 32), [UInt8](repeating: 1, count: 31))
        }
        #expect(throws: KeyAgreementError.zeroSharedSecret) {
            try x25519([UInt8](repeating: 1, count: 32), [UInt8](repeating: 0, count: 32))
        }
    }

    @Test func reasonCodesAreDistinct() {
        let all: [KeyAgreementError] = [
            .curveNotOffered, .privateKeyLength(expected: 1, actual: 2), .privateKeyOutOfRange,
            .peerKeyLength(expected: 1, actual: 2), .zeroSharedSecret, .peerKey(.pointNotOnCurve),
        ]
        #expect(Set(all.map { "\($0.reasonCode)" }).count == all.count)
    }
}
