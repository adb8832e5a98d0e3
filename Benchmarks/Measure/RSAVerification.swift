// RSAVerification.swift - rsa:BITS, PKCS #1 v1.5 with SHA-256 over a message of 700 bytes;
// rsadigest:BITS, the same from the digest, which is what `openssl speed rsaBITS` times.
//
// Reads rsaBITS.pub (SubjectPublicKeyInfo in PEM), msg.bin and msg.rsaBITS.sig.

import Authorizer
import Bytes
import RSA

struct RSAVerification: Operation {
    let key: RSAPublicKey
    let message: [UInt8]
    let signature: [UInt8]

    init?(_ request: Request) {
        guard let size = request.size else { return nil }
        var bits: [UInt8] = []
        bits.append(decimal: size)
        guard let key = readPublicKey(dataFile([UInt8]("rsa") + bits + [UInt8](".pub"))) else {
            fail("not an RSA key in PEM", status: 2)
        }
        self.key = key
        message = dataFile([UInt8]("msg.bin"))
        signature = dataFile([UInt8]("msg.rsa") + bits + [UInt8](".sig"))
    }

    mutating func perform() -> Bool {
        do throws(RSAError) {
            try key.verifyPKCS1v15(message: message.span, hash: .sha256, signature: signature.span)
            return true
        } catch {
            return false
        }
    }
}

struct RSADigestVerification: Operation {
    private let whole: RSAVerification
    private let digest: [UInt8]

    init?(_ request: Request) {
        guard let whole = RSAVerification(request) else { return nil }
        self.whole = whole
        digest = RSAHash.sha256.digest(of: whole.message.span)
    }

    mutating func perform() -> Bool {
        do throws(RSAError) {
            try whole.key.verifyPKCS1v15(digest: digest.span, hash: .sha256, signature: whole.signature.span)
            return true
        } catch {
            return false
        }
    }
}

/// The key of a PEM file. A reader for our own benchmark's files, not for the world's.
func readPublicKey(_ pem: [UInt8]) -> RSAPublicKey? {
    var text: [UInt8] = []
    for line in pem.split(separator: 0x0A) where line.first != 0x2D { text += line }
    guard let der = try? Base64.decode(text.span) else { return nil }
    // SEQUENCE { SEQUENCE algorithm, BIT STRING { SEQUENCE { INTEGER n, INTEGER e } } }
    var at = 0
    guard enter(der, &at, 0x30) != nil, let algorithm = enter(der, &at, 0x30) else { return nil }
    at += algorithm
    guard enter(der, &at, 0x03) != nil else { return nil }
    at += 1
    guard enter(der, &at, 0x30) != nil, let n = integer(der, &at), let e = integer(der, &at) else {
        return nil
    }
    return try? RSAPublicKey(modulus: n.span, publicExponent: e.span)
}

/// Steps past a DER tag and length. - Returns: the length.
private func enter(_ der: [UInt8], _ at: inout Int, _ tag: UInt8) -> Int? {
    guard at + 2 <= der.count, der[at] == tag else { return nil }
    var length = Int(der[at + 1])
    at += 2
    if length >= 0x80 {
        let count = length - 0x80
        guard count <= 2, at + count <= der.count else { return nil }
        length = der[at..<(at + count)].reduce(0) { $0 << 8 | Int($1) }
        at += count
    }
    return at + length <= der.count ? length : nil
}

private func integer(_ der: [UInt8], _ at: inout Int) -> [UInt8]? {
    guard let length = enter(der, &at, 0x02) else { return nil }
    defer { at += length }
    return [UInt8](der[at..<(at + length)].drop { $0 == 0 })
}
