import Bytes
import Foundation
import Testing

@testable import X509

/// The roots of the machine's own ca-certificates package.
@Suite struct BundleTests {
    static let path = "/etc/ssl/certs/ca-certificates.crt"

    @Test func everyRootParses() throws {
        guard let data = FileManager.default.contents(atPath: Self.path) else {
            print("skipped: \(Self.path) is absent (install ca-certificates)")
            return
        }
        let anchors = try TrustAnchors(pem: [UInt8](data))
        #expect(anchors.unreadableCount == 0)
        #expect(anchors.count >= 100)
        var noKey = 0
        for index in 0..<anchors.count {
            let certificate = try anchors.certificate(at: index)
            #expect(certificate.extensions.unknownCritical == nil)
            #expect(!certificate.subjectText.isEmpty)
            // Each self-issued root is found as its own issuer.
            #expect(!certificate.isSelfIssued || anchors.issuers(of: certificate).contains(certificate))
            do { _ = try certificate.publicKey() } catch {
                noKey += 1
                if noKey < 3 { print(String(decoding: certificate.subjectText, as: UTF8.self), error) }
            }
        }
        print("\(anchors.count) roots, \(noKey) without key")
    }
}
