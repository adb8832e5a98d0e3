import Testing

@testable import URI

private func fields(_ text: String) -> [String]? {
    let bytes = Array(text.utf8)
    guard let fields = ARNFields(bytes.span) else { return nil }
    return (0..<ARNFields.count).map { String(decoding: bytes[fields[$0]], as: UTF8.self) }
}

/// An ARN has six fields (AUDIT 33).
@Suite struct ARNFieldsTests {
    @Test(arguments: [
        (
            "arn:aws:execute-api:eu-central-1:123456789012:a1/prod/GET/x",
            ["arn", "aws", "execute-api", "eu-central-1", "123456789012", "a1/prod/GET/x"]
        ),
        ("arn:aws:s3:::bucket/a:b", ["arn", "aws", "s3", "", "", "bucket/a:b"]),
        ("arn:aws:sns:r:1:", ["arn", "aws", "sns", "r", "1", ""]),
        (":::::", ["", "", "", "", "", ""]), ("::::::", ["", "", "", "", "", ":"]),
    ]) func fiveColonsSeparateSixFields(text: String, expected: [String]) {
        #expect(fields(text) == expected)
    }

    @Test(arguments: ["", "*", "arn", "arn:aws:execute-api:r:1", "::::"]) func fewerColonsAreRejected(
        text: String
    ) {
        #expect(fields(text) == nil)
    }

    @Test func theNamesOfTheFields() {
        let text = Array("arn:p:s:r:a:x".utf8)
        guard let fields = ARNFields(text.span) else {
            Issue.record("no ARN")
            return
        }
        let named = [fields.partition, fields.service, fields.region, fields.account, fields.resource]
        #expect(named == [4..<5, 6..<7, 8..<9, 10..<11, 12..<13])
    }
}
