import TestSupport
import Testing

@testable import X509

/// The report of a path search lists each dead end and is bounded (AUDIT 48).
@Suite struct PathReportTests {
    private func examine(_ path: VectorPath) throws -> PathReport {
        examinePath(
            presented: path.chain, anchors: try TrustAnchors(certificates: path.anchors), hostName: path.host,
            nowSeconds: path.now)
    }

    @Test func aPathThatWasFound() throws {
        let path = try VectorPath("x509/building.txt", "mixed, with the root between")
        let report = try examine(path)
        let found = try #require(report.path)
        #expect(report.error == nil)
        // The server's certificate first, the anchor last, in the order of issuance.
        #expect(found.certificates.count == 6)
        #expect(found.certificates.first?.encoded == path.chain[0])
        #expect(found.certificates.last?.encoded == path.anchors[0])
        for (below, above) in zip(found.certificates, found.certificates.dropFirst()) {
            #expect(below.canonicalIssuer == above.canonicalSubject)
        }
        #expect(try found.leafPublicKey == Certificate(encoded: path.chain[0]).publicKey())
    }

    /// Each dead end has its own reason. The most specific one is the error.
    @Test func eachDeadEnd() throws {
        let path = try VectorPath(
            "x509/building.txt", "cross-signed: the other one is expired and the first untrusted")
        let report = try examine(path)
        #expect(report.path == nil)
        let reasons = report.attempts.map { "\($0.error.reasonCode)" }
        #expect(reasons == ["path_untrusted_root", "path_expired"])
        #expect(report.error == report.attempts[1].error)
        #expect(
            report.attempts[0].certificates.map { text($0.subject) } == [
                "CN=Server,O=Example", "CN=Intermediate,O=Example", "CN=Other root,O=Example",
            ])
    }

    @Test func attemptsBeforeSuccessAreReported() throws {
        let path = try VectorPath("x509/building.txt", "two anchors of one name, the second is right")
        let report = try examine(path)
        #expect(report.path != nil)
        #expect(report.attempts.map { "\($0.error.reasonCode)" } == ["path_signature"])
    }

    @Test func theReportIsBounded() throws {
        let path = try VectorPath(
            "x509/building.txt", "a chain bomb: five layers of four cross-signed authorities, 1024 paths")
        let report = try examine(path)
        #expect(report.error?.check == .signatureBudget(limit: X509Limits.signatureCheckCount))
        #expect(report.attempts.count <= X509Limits.reportedAttemptCount)
    }

    @Test func hostNames() throws {
        let path = try VectorPath("x509/anchor.txt", "root, intermediate, server")
        let anchors = try TrustAnchors(certificates: path.anchors)
        let report = examinePath(
            presented: path.chain, anchors: anchors, hostName: Array("not a name".utf8), nowSeconds: path.now)
        #expect(report.path == nil && report.error?.check == .hostNameForm)
    }
}
