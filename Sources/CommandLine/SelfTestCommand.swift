// SelfTestCommand.swift - the known answers, timed.
//
// Spec:    README "Commands", selftest.
// Secret:  no.
// Reads:   Options, Terminal; Reports (KnownAnswer, SelfTestReport), Platform. Read by: Commands.

import Platform
import Reports

/// `authorizer selftest`.
func runSelfTestCommand(_ options: Options) -> Int32 {
    let start = Clock.monotonicNanoseconds
    let answers = KnownAnswer.allCases.map { (name: $0.name, isRight: $0.passes()) }
    let report = SelfTestReport(answers, microseconds: (Clock.monotonicNanoseconds - start) / 1000)
    StandardOutput.write(report, asJSON: options.json)
    return report.passed ? ExitStatus.allowed : ExitStatus.refused
}
