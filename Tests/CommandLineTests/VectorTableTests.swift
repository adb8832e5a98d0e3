import Conformance
import Reports
import TestSupport
import Testing

@testable import CommandLine

/// `vectors` reports what ran, and no file at all is a failure (AUDIT 47).
@Suite struct VectorTableTests {
    @Test func anIndex() {
        let entries = IndexEntry.all(
            bytes(
                "# path suite cases\na/b.txt rsa 12\n\n  c.txt  hmac  x\n # d e f\ntoo few\none two 3 four\nz s 7"
            ))
        #expect(entries.map { text($0.path) } == ["a/b.txt", "c.txt", "z"])
        #expect(entries.map { $0.cases } == [12, 0, 7])
        #expect(IndexEntry.all([]).isEmpty)
    }

    /// One case of NIST's gcmDecrypt128.rsp, with this tag.
    private func result(tag: String) throws -> SuiteResult {
        try runVectors(
            bytes(
                """
                #: suite      aead
                #: source     somewhere
                #: cases      1 (valid 1, invalid 0)
                #: left-out   3 (for a reason)

                cipher     = aes-gcm
                key        = cf063a34d4a9a76c2c86787d3f96db71
                nonce      = 113b9785971864c83b01c787
                aad        =
                plaintext  =
                ciphertext =
                tag        = \(tag)
                expect     = valid

                """))
    }

    @Test func textAndJSONAgree() throws {
        var table = VectorTable()
        table.add(try result(tag: "72ac8493e3a5228b5d130a69d2510e42"), path: bytes("a.txt"))
        #expect(table.isGood && table.failureCount == 0)
        table.add(try result(tag: "72ac8493e3a5228b5d130a69d2510e43"), path: bytes("b.txt"))
        #expect(!table.isGood && table.failureCount == 1)
        let line = try #require(table.rows[1].result.failures.first)
        #expect(
            text(table.text(Paint(isOn: false)))
                == """
                suite                  cases accepted refused  omitted  source
                aead                       1        1       0        3  somewhere
                aead                       1        0       0        3  somewhere
                all                        2        1       0        6  2 files
                FAILED: b.txt, line \(line)
                Some cases had an unexpected outcome.

                """)
        #expect(
            text(table.outline.json).hasSuffix(
                #"{"path":"b.txt","suite":"aead","source":"somewhere","cases":1,"accepted":0,"refused":0,"omitted":3,"failedLines":[\#(line)]}],"cases":2,"failures":1}"#
            ))
    }

    @Test func anEmptyListOfFilesFails() {
        let table = VectorTable()
        #expect(!table.isGood && table.failureCount == 0)
        #expect(
            text(table.text(Paint(isOn: false)))
                == """
                suite                  cases accepted refused  omitted  source
                all                        0        0       0        0  0 files
                Every case had the expected outcome.

                """)
        #expect(text(table.outline.json) == #"{"files":[],"cases":0,"failures":0}"#)
    }
}
