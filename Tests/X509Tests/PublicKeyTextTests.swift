import ASN1
import Bytes
import EllipticCurves
import TestSupport
import Testing

@testable import X509

/// The key of the scalar 0x1234567890abcdef1234567890abcdef, in OpenSSL's form.
private let good =
    "3059301306072a8648ce3d020106082a8648ce3d03010703420004f9ebe464147cc102d92324d099d927c1a50e42d57a08a116ffec0a29819d8c6570baf7d12888902a6a0c1d67add103123c859ab69bf8e9431c9384930d4b7eee"

/// Keys of other kinds, from OpenSSL as well.
private let p384 =
    "MHYwEAYHKoZIzj0CAQYFK4EEACIDYgAEKDwdc2XOR4jyn46/I07f/q1v6Zf76l/6LVjMnfp7HFCLBVJvVbnrsgQPBbSPttDhlHXJkGHkG4i6Uu/bjBaQRxph2GfteZcp2cks0B29IlYw2E7eMqePnmRmTNrFEu+M"
private let ed25519 = "MCowBQYDK2VwAyEASAdaWX5yGhVuLgeZ3lzAxTJNxufq8c3UYlCGjsUyFd0="
private let rsa =
    "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAwepZ8pT/Z0KUGPpXs9O1a3s8kz7+kuF7a9msG1L4HvseLUMw8B8GOxWpdPfmSyGn8EmVozylKigE+CpECGgUMRcsxq5sL9E0xl2bNSaUMblmJI+CpCzHG3va1vhpt24l/ABJESvS8wUlcPZeSyqoGOiLQkw1V5kG4KUB8O12jgzIrdtj9YZvuVv9MZ2/r9gB377zc3uCbzlihc22u2Zm624C+o6jmu5Rr3ooLKGMbC76CvYf4tHAZzs28NYCF0gAWnrI5KC5gVLFo+VeGtfhTGSwMp16iIXMHxUG5o6XYNqpcQ4cJzLRqZI0CuoSCcqTlSNFyC4wU+ki/Ghczuf7uQIDAQAB"

private func base64(_ hex: String) -> String {
    do throws(BytesError) {
        let bytes = try Hex.decode(Array(hex.utf8).span)
        return String(decoding: Base64.encode(bytes.span), as: UTF8.self)
    } catch { return "" }
}

private func block(_ base64: String, _ label: String = "PUBLIC KEY", end: String = "\n") -> String {
    "-----BEGIN \(label)-----\(end)\(base64)\(end)-----END \(label)-----\(end)"
}

private func refusal(_ text: String) -> X509Error? {
    thrown { () throws(X509Error) in _ = try p256Coordinates(pem: Array(text.utf8).span) }
}

/// Only PEM text of one P-256 public key is accepted (AUDIT 18).
@Suite struct PublicKeyTextTests {
    @Test func theTextOfOpenSSL() throws {
        let text = """
            -----BEGIN PUBLIC KEY-----
            MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE+evkZBR8wQLZIyTQmdknwaUOQtV6
            CKEW/+wKKYGdjGVwuvfRKIiQKmoMHWet0QMSPIWatpv46UMck4STDUt+7g==
            -----END PUBLIC KEY-----
            """
        for form in [
            text, text + "\n", text.replacing("\n", with: "\r\n"), "the key\n\(text)\nbehind it",
            block(base64(good)), block(base64(good), end: "\n\n"),
            block("AAAA", "CERTIFICATE") + text + "\n" + block("AAAA", "PRIVATE KEY"),
        ] {
            let read = try p256Coordinates(pem: Array(form.utf8).span)
            #expect(String(decoding: Hex.encode(read.span), as: UTF8.self) == String(good.suffix(128)))
        }
    }

    @Test func otherTexts() {
        let key = block(base64(good))
        #expect(refusal("") == .pemForm(offset: 0))
        #expect(refusal("{}") == .pemForm(offset: 2))
        #expect(refusal(base64(good)) == .pemForm(offset: 124))
        for label in ["CERTIFICATE", "EC PUBLIC KEY", "RSA PUBLIC KEY", "public key", "PUBLIC KEY "] {
            let text = block(base64(good), label)
            #expect(refusal(text) == .pemForm(offset: text.utf8.count), "\(label)")
        }
        // Two keys are ambiguous.
        #expect(refusal(key + key) == .pemForm(offset: key.utf8.count + 27))
        #expect(refusal("-----BEGIN PUBLIC KEY-----\n\(base64(good))\n") == .pemForm(offset: 27))
        #expect(refusal("-----END PUBLIC KEY-----\n\(key)") == .pemForm(offset: 0))
        #expect(refusal(block("A" + base64(good))) == .pemForm(offset: 27))
        #expect(refusal(block(base64(good).replacing("+", with: "-"))) == .pemForm(offset: 27))
        #expect(refusal(block("")) == .der(.missing(tag: 48, offset: 0)))
    }

    @Test func otherKeys() {
        #expect(refusal(block(p384)) == .keyAlgorithmMismatch)
        #expect(refusal(block(ed25519)) == .keyAlgorithmMismatch)
        #expect(refusal(block(rsa)) == .keyAlgorithmMismatch)
    }

    /// A change of each field of the SubjectPublicKeyInfo.
    @Test(arguments: [
        // The algorithm and the curve: another one, explicit parameters, absent.
        ("2a8648ce3d0201", "2a8648ce3d0202"), ("2a8648ce3d030107", "2a8648ce3d030106"),
        // The point: compressed, hybrid, not on the curve, a bit unused.
        ("03420004", "03420002"), ("03420004", "03420006"), ("d4b7eee", "d4b7eef"), ("03420004", "03420104"),
        // Lengths.
        ("3059", "3058"), ("3059", "305a"), ("3013", "3012"), ("034200", "034100"), ("3059", "308159"),
        // Trailing bytes.
        ("d4b7eee", "d4b7eee00"),
    ]) func changes(_ before: String, _ after: String) {
        #expect(good.contains(before))
        let refused = refusal(block(base64(good.replacing(before, with: after))))
        switch (before, after) {
        case (_, "2a8648ce3d0202"), (_, "2a8648ce3d030106"):
            guard case .unsupportedKey = refused else {
                return #expect(Bool(false), "\(String(describing: refused))")
            }
        case (_, "03420002"), (_, "03420006"): #expect(refused == .curve(.pointFormat))
        case (_, "d4b7eef"): #expect(refused == .curve(.pointNotOnCurve))
        default:
            guard case .der = refused else { return #expect(Bool(false), "\(String(describing: refused))") }
        }
    }
}
