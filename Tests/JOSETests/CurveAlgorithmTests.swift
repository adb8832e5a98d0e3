import Bytes
import EllipticCurves
import Foundation
import JSON
import TestSupport
import Testing

@testable import JOSE

/// AUDIT 16: ES256, ES384, ES512 and EdDSA. Whole tokens are vectors
/// (Vectors/jose-curves, run by ConformanceTests); here is the exact reason of each refusal.
@Suite struct CurveAlgorithmTests {
    /// RFC 7515 A.3 (ES256), RFC 8037 A.2 and A.4 (EdDSA).
    static let ecX = "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU"
    static let ecY = "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"
    static let okpX = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"
    static let edToken =
        "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc.hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg"
    /// By the key of RFC 8037 A.1, made with `cryptography`: the header is {"alg":"Ed25519"} (RFC 9864 §2.2).
    static let edTokenNamed =
        "eyJhbGciOiJFZDI1NTE5In0.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc.UxhIYLHGg39NVCLpQAVD_UcfOmnGSCzLFZoXYkLiIbFccmOb_qObsgjzLKsfJw-4NlccUgvYrEHrRbNV0HcZAQ"

    static func ec(_ members: String) -> String { #"{"kty":"EC",\#(members)}"# }
    static func okp(_ members: String) -> String { #"{"kty":"OKP",\#(members)}"# }
    static let goodEC = ec(#""crv":"P-256","x":"\#(ecX)","y":"\#(ecY)""#)
    static let goodOKP = okp(#""crv":"Ed25519","x":"\#(okpX)""#)

    private func set(_ key: String) throws(JOSEError) -> KeySet {
        try KeySet(parsing: Array(#"{"keys":[\#(key)]}"#.utf8))
    }

    /// The reason why the set's only key is skipped; nil if it is used.
    private func skip(_ key: String) throws -> SkipReason? { try set(key).skipped.first?.reason }

    @Test func names() {
        let names = Algorithm.allCases.map { "\($0.name)" }
        #expect(
            names == [
                "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA",
                "ML-DSA-44", "ML-DSA-65", "ML-DSA-87",
            ])
        for algorithm in Algorithm.allCases {
            let name = Array("\(algorithm.name)".utf8)
            let found = Algorithm(name: name.span)
            #expect(found == algorithm)
        }
        // Exact case; no other curve's algorithm.
        for name in [
            "es256", "EDDSA", "eddsa", "ES256K", "ES521", "Ed448", "ED25519", "ed25519", "Ed25519 ", "Ed2551",
            "Ed25519ph", "HS256", "none", "", "ml-dsa-44", "ML-DSA",
            "MLDSA44", "ML-DSA-4",
        ] {
            let bytes = Array(name.utf8)
            let found = Algorithm(name: bytes.span)
            #expect(found == nil, "\(name)")
        }
    }

    /// RFC 9864 §2.2: two names of one algorithm, in tokens and in keys.
    @Test func eitherNameFitsAKeyOfEitherName() throws {
        let named = Array("Ed25519".utf8)
        let found = Algorithm(name: named.span)
        #expect(found == .edDSA)
        for token in [Self.edToken, Self.edTokenNamed] {
            for member in ["", #","alg":"EdDSA""#, #","alg":"Ed25519""#] {
                let keySet = try set(Self.okp(#""crv":"Ed25519","x":"\#(Self.okpX)"\#(member)"#))
                #expect(keySet.keys.first?.algorithm == (member.isEmpty ? nil : .edDSA))
                let payload = try UnverifiedToken(Array(token.utf8)).verifiedPayload(
                    keySet: keySet, algorithms: [.edDSA])
                #expect(payload == bytes("Example of Ed25519 signing"))
                #expect(throws: JOSEError.algNotAllowed) {
                    try UnverifiedToken(Array(token.utf8)).verifiedPayload(
                        keySet: keySet, algorithms: [.rs256, .es256])
                }
            }
        }
    }

    /// RFC 9864 §2.2: `Ed448` is refused by its name, in a token and in a key.
    @Test func ed448IsRefused() throws {
        let token = base64url(bytes(#"{"alg":"Ed448"}"#)) + ".e30.AA"
        #expect(throws: JOSEError.algNotAllowed) { try UnverifiedToken(Array(token.utf8)) }
        for (crv, alg, reason) in [
            ("Ed25519", "Ed448", SkipReason.algorithmNotSupported), ("Ed448", "Ed448", .curveNotSupported),
            ("Ed448", "EdDSA", .curveNotSupported), ("Ed448", "Ed25519", .curveNotSupported),
        ] {
            let key = Self.okp(#""crv":"\#(crv)","x":"\#(Self.okpX)","alg":"\#(alg)""#)
            #expect(try skip(key) == reason, "\(crv) \(alg)")
        }
        // A key of another type with this name.
        let ec = Self.ec(#""crv":"P-256","x":"\#(Self.ecX)","y":"\#(Self.ecY)","alg":"Ed25519""#)
        #expect(try skip(ec) == .algorithmNotSupported)
    }

    @Test func keysOnCurves() throws {
        let key = try #require(try set(Self.goodEC).keys.first)
        #expect(key.keyType == .ec(.p256) && key.algorithm == nil)
        #expect(String(decoding: key.typeText, as: UTF8.self) == "EC P-256")
        #expect(key.fits(.es256) && !key.fits(.es384) && !key.fits(.es512))
        #expect(!key.fits(.edDSA) && !key.fits(.rs256))

        let edKey = try #require(try set(Self.goodOKP).keys.first)
        #expect(edKey.keyType == .ed25519)
        #expect(String(decoding: edKey.typeText, as: UTF8.self) == "OKP Ed25519")
        #expect(edKey.fits(.edDSA) && !edKey.fits(.es256))
        // RFC 8037 A.3.
        let thumbprint = Data(edKey.thumbprint).base64EncodedString()
        #expect(thumbprint == "kPrK/qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k=")
    }

    /// A key names its thumbprint as the JWK does.
    @Test func thumbprints() throws {
        for text in [Self.goodEC, Self.goodOKP] {
            let key = try #require(try set(text).keys.first)
            let document = try JSONDocument(parsing: Array(text.utf8))
            #expect(try JWKThumbprint.sha256(document.root) == key.thumbprint)
        }
    }

    @Test func privateKeysAreSkipped() throws {
        let key = Self.ec(#""crv":"P-256","x":"\#(Self.ecX)","y":"\#(Self.ecY)","d":"AA""#)
        #expect(try skip(key) == .privateKey)
        let other = Self.okp(#""crv":"Ed25519","x":"\#(Self.okpX)","d":"AA""#)
        #expect(try skip(other) == .privateKey)
        #expect(try set("\(Self.goodEC),\(key),\(Self.goodOKP)").skipped.map(\.index) == [0, 1])
        #expect(try set("\(Self.goodOKP),\(Self.goodEC),\(other)").skipped.map(\.index) == [0, 2])
    }

    @Test func skippedKeys() throws {
        let (x, y) = (Self.ecX, Self.ecY)
        func ec(_ crv: String, _ x: String, _ y: String) throws -> SkipReason? {
            try skip(Self.ec(#""crv":"\#(crv)","x":"\#(x)","y":"\#(y)""#))
        }
        #expect(try ec("P-256", x, y) == nil)
        #expect(try ec("P-384", x, y) == .curve(.coordinateLength(expected: 48, actual: 32)))
        #expect(try ec("P-521", x, y) == .curve(.coordinateLength(expected: 66, actual: 32)))
        for crv in ["secp256k1", "p-256", "P256", "Ed25519", ""] {
            #expect(try ec(crv, x, y) == .curveNotSupported)
        }
        // RFC 7518 §6.2.1.2: the full length.
        #expect(try ec("P-256", "", y) == .curve(.coordinateLength(expected: 32, actual: 0)))
        #expect(try ec("P-256", x, "AA") == .curve(.coordinateLength(expected: 32, actual: 1)))
        #expect(try ec("P-256", y, x) == .curve(.pointNotOnCurve))
        let ones = String(repeating: "_", count: 42) + "8"
        #expect(try ec("P-256", ones, y) == .curve(.coordinateNotBelowPrime))
        #expect(
            try ec("P-256", x + "=", y) == .encoding(.invalidCharacter(offset: 43)))
        #expect(try skip(Self.ec(#""crv":"P-256","x":"\#(x)""#)) == .missingMember)
        #expect(try skip(Self.ec(#""x":"\#(x)","y":"\#(y)""#)) == .missingMember)
        #expect(try skip(Self.ec(#""crv":1,"x":"\#(x)","y":"\#(y)""#)) == .memberType)
        for alg in ["ES384", "ES512", "EdDSA", "RS256", "HS256", "ES256K"] {
            let key = Self.ec(#""crv":"P-256","x":"\#(x)","y":"\#(y)","alg":"\#(alg)""#)
            #expect(try skip(key) == .algorithmNotSupported, "\(alg)")
        }
        #expect(try skip(Self.ec(#""crv":"P-256","x":"\#(x)","y":"\#(y)","alg":"ES256""#)) == nil)

        func okp(_ crv: String, _ x: String) throws -> SkipReason? {
            try skip(Self.okp(#""crv":"\#(crv)","x":"\#(x)""#))
        }
        #expect(try okp("Ed25519", Self.okpX) == nil)
        for crv in ["X25519", "X448", "Ed448", "ed25519", "P-256"] {
            #expect(try okp(crv, Self.okpX) == .curveNotSupported)
        }
        #expect(try okp("Ed25519", "AA") == .curve(.keyLength(expected: 32, actual: 1)))
        #expect(try okp("Ed25519", "AQ" + String(repeating: "A", count: 41)) == .curve(.smallOrder))
        #expect(try okp("Ed25519", ones) == .curve(.coordinateNotBelowPrime))
        #expect(try skip(Self.okp(#""crv":"Ed25519""#)) == .missingMember)
        #expect(
            try skip(Self.okp(#""crv":"Ed25519","x":"\#(Self.okpX)","alg":"ES256""#))
                == .algorithmNotSupported)
    }

    /// RFC 7518 §6.2.1.2 asks for the full length. Encoders that drop a number's leading zeros (every other P-521 key
    /// has one) or put one before it (Java's BigInteger) write the same point.
    @Test func coordinatesAreNumbers() throws {
        // A point of P-521 whose coordinates begin with three and with two zero bytes.
        let xText =
            "AAAAZ7gMuPONGzdq-0NaWODBXi_RhijCxfM9fLnLzhCGHcuBGjzWGMCjd5DGJ3F8rYGOEuRHILcimMmXFu_VwxRD"
        let yText =
            "AAADA4gSDYon8UKvio6BlK2WhcTI23iCK7Qd7gSlUNF_xDJQSV2kkQZ017yRWLhekpWHJaPTCmeNjIQiUcbdM6tV"
        let (x, y) = (try Base64URL.decode(bytes(xText).span), try Base64URL.decode(bytes(yText).span))
        func key(_ x: [UInt8], _ y: [UInt8]) -> String {
            Self.ec(#""crv":"P-521","x":"\#(base64url(x))","y":"\#(base64url(y))""#)
        }
        let whole = try #require(try set(key(x, y)).keys.first)
        for (shortX, shortY) in [
            (Array(x[1...]), y), (Array(x[3...]), Array(y[2...])), ([0] + x, y), ([0, 0, 0] + x, [0] + y),
        ] {
            let read = try #require(try set(key(shortX, shortY)).keys.first)
            #expect(read.thumbprint == whole.thumbprint && read.keyType == .ec(.p521))
        }
        // Other bytes than zeros: another number, which is not on the curve; a length of another curve is reported as a length.
        #expect(try skip(key(Array(x[4...]), y)) == .curve(.pointNotOnCurve))
        #expect(try skip(key([1] + x, y)) == .curve(.coordinateLength(expected: 66, actual: 67)))
        #expect(try skip(key(Array(x[8...]), y)) == .curve(.pointNotOnCurve))
        #expect(try skip(key(Array(x[9...]), y)) == .curve(.coordinateLength(expected: 66, actual: 57)))
        // Ed25519's x is a string of 32 bytes, not a number (RFC 8037 §2).
        let zeroFirst = "AA" + Self.okpX
        #expect(try skip(Self.okp(#""crv":"Ed25519","x":"\#(zeroFirst)""#)) != nil)
    }

    /// The log's report of a signature that does not verify.
    @Test func refusalsOfSignatures() throws {
        let keySet = try set(Self.goodOKP)
        func refusal(_ token: String, _ keySet: KeySet) -> JOSEError? {
            thrown { () throws(JOSEError) in
                _ = try UnverifiedToken(Array(token.utf8)).verifiedPayload(
                    keySet: keySet, algorithms: Algorithm.allCases)
            }
        }
        #expect(refusal(Self.edToken, keySet) == nil)
        let input = Self.edToken.split(separator: ".")[..<2].joined(separator: ".")
        let zero = String(repeating: "A", count: 86)
        #expect(refusal("\(input).\(zero)", keySet) == .signatureMismatch(.curve(.signatureMismatch)))
        #expect(
            refusal("\(input).AAAA", keySet)
                == .signatureMismatch(.curve(.signatureLength(expected: 64, actual: 3))))
        let ones = String(repeating: "_", count: 85) + "w"
        #expect(refusal("\(input).\(ones)", keySet) == .signatureMismatch(.curve(.sNotCanonical)))

        // {"alg":"ES256"}: r and s are 0 (CVE-2022-21449), or n and more.
        let ecSet = try set(Self.goodEC)
        let ecInput = "eyJhbGciOiJFUzI1NiJ9.e30"
        #expect(refusal("\(ecInput).\(zero)", ecSet) == .signatureMismatch(.curve(.rOutOfRange)))
        #expect(refusal("\(ecInput).\(ones)", ecSet) == .signatureMismatch(.curve(.rOutOfRange)))
        let long = String(repeating: "A", count: 88)
        #expect(
            refusal("\(ecInput).\(long)", ecSet)
                == .signatureMismatch(.curve(.signatureLength(expected: 64, actual: 66))))
        // {"alg":"ES384"} over the same key: no key fits.
        #expect(refusal("eyJhbGciOiJFUzM4NCJ9.e30.\(zero)", ecSet) == .unknownKey)
        // Not an allowed algorithm.
        #expect(throws: JOSEError.algNotAllowed) {
            try UnverifiedToken(Array(Self.edToken.utf8)).verifiedPayload(
                keySet: keySet, algorithms: [.rs256, .es256])
        }
        #expect("\(JOSEError.signatureMismatch(.curve(.rOutOfRange)).reasonCode)" == "signature_mismatch")
    }
}
