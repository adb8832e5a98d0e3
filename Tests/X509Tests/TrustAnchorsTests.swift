import Bytes
import Foundation
import TestSupport
import Testing

@testable import X509

/// Files of trust anchors: PEM blocks, damaged ones, limits (AUDIT 17, 48).
@Suite struct TrustAnchorsTests {
    private func open(_ text: String) throws -> TrustAnchors { try TrustAnchors(pem: Array(text.utf8)) }

    private func refusal(_ text: String) -> X509Error? {
        thrown { () throws(X509Error) in _ = try TrustAnchors(pem: Array(text.utf8)) }
    }

    private func block(_ encoded: [UInt8], width: Int = 64, end: String = "\n", label: String = "CERTIFICATE")
        -> String
    {
        var lines: [String] = []
        var rest = Array(text(Base64.encode(encoded.span)))
        while !rest.isEmpty {
            lines.append(String(rest.prefix(width)))
            rest.removeFirst(min(width, rest.count))
        }
        return
            "-----BEGIN \(label)-----\(end)\(lines.joined(separator: end))\(end)-----END \(label)-----\(end)"
    }

    private let path = { () -> VectorPath in
        do { return try VectorPath("x509/anchor.txt", "root, intermediate, server") } catch { fatalError() }
    }()

    private func finds(_ anchors: TrustAnchors) throws -> Bool {
        let child = try Certificate(encoded: path.chain[1])
        return anchors.issuers(of: child).contains { $0.encoded == path.anchors[0] }
    }

    /// The certificate is found whatever the length of the lines is.
    @Test(arguments: [
        (64, "\n"), (64, "\r\n"), (76, "\n"), (76, "\r\n"), (1, "\n"), (63, "\n"), (100_000, "\n"),
        (64, "\n\n"), (64, " \n"), (48, "\n"),
    ]) func lines(_ width: Int, _ end: String) throws {
        let anchors = try open(block(path.anchors[0], width: width, end: end))
        #expect(anchors.count == 1)
        #expect(anchors.unreadableCount == 0)
        #expect(try anchors.certificate(at: 0).encoded == path.anchors[0])
        #expect(try finds(anchors))
    }

    @Test func textAroundBlocks() throws {
        let root = block(path.anchors[0])
        let other = block(path.chain[1])
        let anchors = try open(
            "# Example root\nsubject=CN = Root\n--- dashes ---\n\(root)\n\ntext\n\(other)\(block([1, 2, 3], label: "PRIVATE KEY"))\(block([1], label: "X509 CRL"))end without a line feed"
        )
        #expect(anchors.count == 2)
        #expect(try finds(anchors))
        #expect(try finds(open(String(root.dropLast()))))
    }

    /// Every block is returned, whatever its contents are, since a server would present it.
    @Test func blocksAreNotParsed() throws {
        func blocks(_ text: String) throws -> [[UInt8]] { try certificateBlocks(Array(text.utf8)) }
        func fault(_ text: String) -> X509Error? {
            thrown { () throws(X509Error) in _ = try certificateBlocks(Array(text.utf8)) }
        }
        let garbage = Array("not a certificate".utf8)
        var whole = "text\n" + block(garbage) + block(path.chain[0], width: 76, end: "\r\n")
        whole += block([1], label: "X509 CRL")
        #expect(try blocks(whole + block(path.chain[0])) == [garbage, path.chain[0], path.chain[0]])
        #expect(try blocks(block([])) == [[]])
        let endings = ["-----BEGIN CERTIFICATE-----\nAA==\n", block(garbage) + "-----END CERTIFICATE-----\n"]
        #expect(fault("") == .noAnchors && fault("text\n" + block([1], label: "X509 CRL")) == .noAnchors)
        for text in endings {
            guard case .pemForm = fault(text) else {
                Issue.record("\(text)")
                continue
            }
        }
        let broken = "-----BEGIN CERTIFICATE-----\nA!==\n-----END CERTIFICATE-----\n"
        #expect(fault(block(garbage) + broken) != nil && fault(broken) == .pemForm(offset: 28))
        let limit = X509Limits.anchorFileByteCount
        let most = block(garbage) + String(repeating: "\n", count: limit - block(garbage).utf8.count)
        #expect(fault(most) == nil)
        #expect(fault(most + "\n") == .anchorFileTooLong(limit: limit, actual: limit + 1))
    }

    /// An anchor is compared byte for byte. Another certificate with its name and key is not an anchor.
    @Test func aCertificateThatIsAnAnchor() throws {
        let own = try VectorPath(
            "x509/anchor.txt", "a self-signed server certificate that is an anchor, without basicConstraints")
        let again = try VectorPath(
            "x509/anchor.txt",
            "a self-signed server certificate of an anchor's name and key, which is not that anchor")
        let leaf = try Certificate(encoded: own.chain[0])
        #expect(try TrustAnchors(certificates: own.anchors).contains(leaf))
        #expect(try open(block(path.anchors[0]) + block(own.chain[0], width: 76)).contains(leaf))
        #expect(try !open(block(path.anchors[0])).contains(leaf))
        #expect(try !TrustAnchors(certificates: own.anchors).contains(Certificate(encoded: again.chain[0])))
        #expect(!TrustAnchors().contains(leaf))
        let report = examinePath(
            presented: own.chain, anchors: try TrustAnchors(certificates: own.anchors), hostName: own.host,
            nowSeconds: own.now)
        #expect(report.path?.certificates == [leaf] && report.attempts.isEmpty)
        #expect(try report.path?.leafPublicKey == leaf.publicKey())
    }

    @Test func malformedTexts() {
        let root = block(path.anchors[0])
        #expect(refusal("") == .noAnchors)
        #expect(refusal("no certificate") == .noAnchors)
        #expect(refusal(block([1], label: "PRIVATE KEY")) == .noAnchors)
        #expect(refusal("-----END CERTIFICATE-----\n") == .pemForm(offset: 0))
        #expect(refusal(root + "-----END CERTIFICATE-----\n") == .pemForm(offset: root.utf8.count))
        #expect(refusal("-----BEGIN CERTIFICATE-----\n") == .pemForm(offset: 28))
        #expect(refusal("-----BEGIN CERTIFICATE-----") == .pemForm(offset: 27))
        #expect(refusal("-----BEGIN CERTIFICATE-----\nMIIB\n") == .pemForm(offset: 28))
        #expect(
            refusal("-----BEGIN CERTIFICATE-----\nMIIB\n-----BEGIN CERTIFICATE-----\n")
                == .pemForm(offset: 28))
        #expect(refusal("-----BEGIN CERTIFICATE-----\nMIIB\n-----END X-----\n") == .pemForm(offset: 28))
    }

    /// An unreadable block is counted and skipped. A file with only such a block is refused.
    @Test(arguments: ["", "MIIB", "M", "????", "MII=", "MIIBMIIB\nMI?B"]) func unreadable(_ content: String)
        throws
    {
        let bad = "-----BEGIN CERTIFICATE-----\n\(content)\n-----END CERTIFICATE-----\n"
        #expect(refusal(bad) == .noAnchors)
        let anchors = try open(bad + block(path.anchors[0]) + bad)
        #expect(anchors.count == 1)
        #expect(anchors.unreadableCount == 2)
        #expect(try finds(anchors))
    }

    /// Damage after the subject is found when the anchor is parsed. It is not used then.
    @Test func damagedAfterTheSubject() throws {
        var broken = path.anchors[0]
        broken.removeLast()
        let anchors = try open(block(broken) + block(path.anchors[0]))
        #expect(anchors.count == 2)
        let thrown = thrown { () throws(X509Error) in _ = try anchors.certificate(at: 0) }
        #expect(thrown == .der(.truncated(offset: 0)))
        #expect(try finds(anchors))
    }

    @Test func limits() throws {
        let size = X509Limits.anchorFileByteCount
        let root = block(path.anchors[0])
        let filler = String(repeating: "#", count: size - root.utf8.count - 1) + "\n"
        #expect(try finds(open(filler + root)))
        #expect(refusal("#" + filler + root) == .anchorFileTooLong(limit: size, actual: size + 1))
        let tooMany = thrown { () throws(X509Error) in
            _ = try TrustAnchors(certificates: [[UInt8](repeating: 0, count: size), [0]])
        }
        #expect(tooMany == .anchorFileTooLong(limit: size, actual: size + 1))

        let same = [[UInt8]](repeating: path.anchors[0], count: X509Limits.anchorsPerNameCount + 1)
        let child = try Certificate(encoded: path.chain[1])
        #expect(
            try TrustAnchors(certificates: same).issuers(of: child).count == X509Limits.anchorsPerNameCount)
    }
}
