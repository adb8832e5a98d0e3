// main.swift - verifies a token with the libraries: `consumer jwks.json event.json`.

import Foundation
import JOSE
import JSON
import RSA
import SHA256

let arguments = CommandLine.arguments
let event = try JSONDocument(parsing: [UInt8](Data(contentsOf: URL(fileURLWithPath: arguments[2]))))
let compact = [UInt8]((event.root.member("authorizationToken")?.stringBytes ?? []).dropFirst(7))  // "Bearer "

// Verify a token: read the keys, take the token apart, check the signature, check the claims.
let keySet = try KeySet(parsing: [UInt8](Data(contentsOf: URL(fileURLWithPath: arguments[1]))))
let token = try UnverifiedToken(compact)
let verified = try token.verifySignature(keySet: keySet, algorithms: [.rs256])
let rules = ClaimRules(
    issuers: [[UInt8]("https://idp.example.com/".utf8)],
    audiences: [[UInt8]("https://api.example.com".utf8)], clockSkewSeconds: 60)
let now: Int64 = 1_767_225_700  // The sample token is of this time; else Int64(Date().timeIntervalSince1970).
let valid = try rules.check(verified, nowSeconds: now)
let subject = verified.claims.root.member("sub")?.stringBytes ?? []
print("allowed, subject", String(decoding: subject, as: UTF8.self), "until", valid.expirySeconds)

// A changed token is refused with a typed error.
do throws(JOSEError) {
    var changed = compact
    changed[changed.count - 10] ^= 1
    _ = try UnverifiedToken(changed).verifySignature(keySet: keySet, algorithms: [.rs256])
} catch { print("changed, refused:", error.reasonCode) }

// The parts: a digest, a key.
let message = [UInt8]("abc".utf8)
print("SHA-256 of abc begins with", String(SHA256.hash(message.span)[0], radix: 16))
let modulus = [0x80] + [UInt8](repeating: 1, count: 255)
let exponent: [UInt8] = [1, 0, 1]
let key = try RSAPublicKey(modulus: modulus.span, publicExponent: exponent.span)
print("an RSA key of \(key.modulusBitCount) bits")
