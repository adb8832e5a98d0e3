import Bytes
import Foundation
import TestSupport
import Testing

@testable import X509

/// The suite `x509-path`: Vectors/x509 (generated here, with a reason for each refusal) and Vectors/pkits (NIST).
@Suite struct PathVectorTests {
    /// Every file, with the number of its cases.
    static let files = [
        ("x509/signature.txt", 83), ("x509/key.txt", 26), ("x509/validity.txt", 20), ("x509/anchor.txt", 32),
        ("x509/building.txt", 39), ("x509/authority.txt", 26), ("x509/purpose.txt", 13),
        ("x509/host.txt", 71), ("x509/constraints.txt", 82), ("x509/extensions.txt", 52),
        ("x509/form.txt", 34), ("pkits/4.1.txt", 3), ("pkits/4.2.txt", 8), ("pkits/4.3.txt", 11),
        ("pkits/4.4.txt", 6), ("pkits/4.5.txt", 4), ("pkits/4.6.txt", 17), ("pkits/4.7.txt", 3),
        ("pkits/4.8.txt", 8), ("pkits/4.9.txt", 7), ("pkits/4.10.txt", 5), ("pkits/4.11.txt", 8),
        ("pkits/4.12.txt", 6), ("pkits/4.13.txt", 38), ("pkits/4.14.txt", 15), ("pkits/4.15.txt", 4),
        ("pkits/4.16.txt", 2),
    ]

    static let fields: Set<String> = ["section", "time", "anchors", "chain", "host", "expect"]

    @Test(arguments: files) func vectors(path: String, count: Int) throws {
        let cases = try readVectors(path, fields: Self.fields)
        #expect(cases.count == count)
        for vector in cases {
            let got = try outcome(vector)
            let expected = try vector.text("expect")
            #expect(got == expected, "\(path): \(vector.comment)")
        }
    }

    private func certificates(_ text: String) throws -> [[UInt8]] {
        try text.split(separator: " ").map { try Hex.decode(Array($0.utf8).span) }
    }

    /// "valid", or the reason code.
    private func outcome(_ vector: VectorCase) throws -> String {
        let anchors = try TrustAnchors(certificates: certificates(try vector.text("anchors")))
        let presented = try certificates(try vector.text("chain"))
        let now = try #require(Int64(try vector.text("time")))
        do throws(PathError) {
            if let host = vector.fields["host"] {
                _ = try validatePath(
                    presented: presented, anchors: anchors, hostName: Array(host.utf8), nowSeconds: now)
            } else {
                _ = try buildPath(presented: presented, anchors: anchors, nowSeconds: now)
            }
            return "valid"
        } catch {
            return "\(error.reasonCode)"
        }
    }
}
