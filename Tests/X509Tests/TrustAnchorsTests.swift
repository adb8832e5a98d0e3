import Bytes
import Foundation
import Testing

@testable import X509

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

    /// However the text is broken into lines, the certificate is found.
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

    @Test func whatStandsAround() throws {
        let root = block(path.anchors[0])
        let other = block(path.chain[1])
        let anchors = try open(
            "# Example root\nsubject=CN = Root\n--- dashes ---\n\(root)\n\ntext\n\(other)\(block([1, 2, 3], label: "PRIVATE KEY"))\(block([1], label: "X509 CRL"))end without a line feed"
        )
        #expect(anchors.count == 2)
        #expect(try finds(anchors))
        #expect(try finds(open(String(root.dropLast()))))
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

    /// A block that cannot be read is counted and passed over; alone it is no bundle.
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

    /// Damage behind the subject is found when the anchor is asked for, and then it is not one.
    @Test func damagedBehindTheSubject() throws {
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
