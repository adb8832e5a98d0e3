import TestSupport
import Testing

@testable import X509

/// Certificates are parsed strictly: prefixes and changed bytes are rejected (AUDIT 48).
@Suite struct CertificateTests {
    private func refusal(_ encoded: [UInt8]) -> X509Error? {
        thrown { () throws(X509Error) in _ = try Certificate(encoded: encoded) }
    }

    @Test func fields() throws {
        let path = try VectorPath("x509/anchor.txt", "root, intermediate, server")
        let leaf = try Certificate(encoded: path.chain[0])
        #expect(leaf.version == 3)
        #expect(text(leaf.subjectText) == "CN=Server,O=Example")
        #expect(text(leaf.issuerText) == "CN=Intermediate,O=Example")
        #expect(leaf.notBeforeSeconds == 1_767_225_600)
        #expect(leaf.notAfterSeconds == 1_798_761_600)
        #expect(leaf.signatureAlgorithm == .ecdsa(.sha256))
        #expect(!leaf.isSelfIssued)
        #expect(try Certificate(encoded: path.anchors[0]).isSelfIssued)
        #expect(leaf.serialText.count >= 2)
    }

    @Test func sizeLimit() {
        let limit = X509Limits.certificateByteCount
        #expect(
            refusal([UInt8](repeating: 0x30, count: limit))
                != .certificateTooLong(limit: limit, actual: limit))
        #expect(
            refusal([UInt8](repeating: 0x30, count: limit + 1))
                == .certificateTooLong(limit: limit, actual: limit + 1))
        #expect(refusal([]) == .der(.missing(tag: 0x30, offset: 0)))
    }

    /// A prefix of a certificate is not a certificate.
    @Test func prefixes() throws {
        let path = try VectorPath("x509/constraints.txt", "DNS: permitted and excluded")
        for encoded in path.chain {
            for count in 0..<encoded.count { #expect(refusal(Array(encoded[..<count])) != nil) }
        }
    }

    /// A path with any changed byte in a presented certificate is rejected, without a trap. (The anchor is not presented:
    /// changes of its own signature, serial number and dates would not affect the path.)
    @Test(arguments: [
        ("x509/constraints.txt", "directory: other string type, case and spaces"),
        ("x509/constraints.txt", "IP: a mask within a byte"),
        ("x509/constraints.txt", "URI: user and port are not the host"),
        ("x509/extensions.txt", "issuer and serial number beside the identifier are not looked at"),
        ("x509/signature.txt", "rsa2048, pss with sha256"), ("x509/signature.txt", "ed25519, ed25519"),
        ("x509/extensions.txt", "certificatePolicies, critical"),
    ]) func changedBytes(_ file: String, _ comment: String) throws {
        let path = try VectorPath(file, comment)
        let anchors = try TrustAnchors(certificates: path.anchors)
        for certificate in path.chain.indices {
            for place in path.chain[certificate].indices {
                for change: UInt8 in [0x01, 0x80, 0xFF] {
                    var chain = path.chain
                    chain[certificate][place] ^= change
                    let isFound: Bool
                    do throws(PathError) {
                        _ = try buildPath(presented: chain, anchors: anchors, nowSeconds: path.now)
                        isFound = true
                    } catch { isFound = false }
                    #expect(!isFound, "certificate \(certificate), byte \(place), changed by \(change)")
                }
            }
        }
    }
}
