// SelfTestCommand.swift - the known answers, told.
//
// Spec:    DESIGN 2.
// Secret:  no.
// Reads:   SelfTest; JSON, Platform. Read by: Bootstrap.

import Bytes
import JSON
import Platform

/// `authorizer selftest`.
func runSelfTestCommand(_ options: Options) -> Int32 {
    var writer = JSONWriter()
    var text: [UInt8] = []
    var passed = true
    let start = Clock.monotonicNanoseconds
    writer.beginObject()
    for answer in KnownAnswer.allCases {
        let isRight = answer.passes()
        passed = passed && isRight
        writer.key(answer.name)
        writer.bool(isRight)
        text.append(answer.name)
        text.append(isRight ? ": right\n" : ": WRONG\n")
    }
    let microseconds = (Clock.monotonicNanoseconds - start) / 1000
    writer.key("microseconds")
    writer.integer(microseconds)
    writer.endObject()
    text.append(passed ? "Passed in " : "FAILED in ")
    text.append(decimal: microseconds)
    text.append(" microseconds.\n")
    StandardOutput.write(options.json ? writer.bytes + [0x0A] : text)
    return passed ? ExitStatus.allowed : ExitStatus.refused
}
