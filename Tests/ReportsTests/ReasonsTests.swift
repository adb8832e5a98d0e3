import TestSupport
import Testing

@testable import Reports

/// Each reason code is explained under its own step (AUDIT 50).
@Suite struct ReasonsTests {
    @Test(
        arguments: [
            ("event_json", Stage.event), ("token_missing", .token), ("header_alg_not_allowed", .header),
            ("key_unknown", .key), ("signature_mismatch", .signature), ("token_expired", .claims),
            ("dpop_htm", .sender), ("scope_missing", .rules), ("resource_not_covered", .answer),
            ("allowed", .answer),
        ] as [(StaticString, Stage)])
    func aCodeIsOfItsStep(code: StaticString, stage: Stage) throws {
        let reason = try #require(Reason(code))
        #expect(reason.stage == stage && reason.meaning.last == 0x2E)
    }

    @Test(arguments: ["", "#event", "event", "connect_refused", "allowed "] as [StaticString])
    func aCodeOfNoDecision(code: StaticString) { #expect(Reason(code) == nil) }

    @Test func theKnownAnswers() throws {
        #expect(selfTestPasses())
        let report = SelfTestReport(
            KnownAnswer.allCases.map { (name: $0.name, isRight: $0.passes()) }, microseconds: 7)
        #expect(report.passed)
        #expect(
            text(report.text(plain))
                == "SHA-256: right\nRSA accepts: right\nRSA refuses: right\nPassed in 7 microseconds.\n")
        #expect(
            report.outline.jsonText
                == #"{"SHA-256":true,"RSA accepts":true,"RSA refuses":true,"microseconds":7}"#)
        let wrong = SelfTestReport([("a", true), ("b", false)], microseconds: 0)
        #expect(!wrong.passed)
        #expect(text(wrong.text(plain)) == "a: right\nb: WRONG\nFAILED in 0 microseconds.\n")
    }
}
