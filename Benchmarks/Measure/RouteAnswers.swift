// RouteAnswers.swift - one call and the rules in, the decision and its policy out, for the tests of rules.
//
// Spec:    none. A line is `route DOCUMENT CLAIMS ARN` or `rules DOCUMENT`, all in hexadecimal; claims "-": no
//          token.
// Secret:  no.
// Reads:   Authorizer, JSON, Bytes, Measure. Read by: Answers.

import Authorizer
import Bytes
import Events
import JSON
import Routes
import Settings

/// `REASON PLACE LEFT-OUT STATEMENTS`: "allowed" or a reason code; the place of the rule that decided, or "-";
/// how many rules' routes the policy does not name; its statements, or "-".
func answerRoute(_ words: [[UInt8]]) -> [UInt8] {
    guard let document = try? RulesDocument(parsing: bytes(words[1])), let table = document.routes else {
        return [UInt8]("fault")
    }
    let arnText = bytes(words[3])
    guard let arn = RequestARN(arnText) else { return [UInt8]("no ARN") }
    var facts: TokenFacts?
    let word = words[2]
    if !bytesEqual(word.span, "-") {
        guard let claims = try? JSONDocument(parsing: bytes(word)) else { return [UInt8]("no claims") }
        facts = table.facts(
            of: claims.root, issuer: 0, places: document.firstPlaces, nowSeconds: 1_790_000_000,
            clockSkewSeconds: 60)
    }
    let verdict = table.verdict(arn, facts)
    let policy = verdict.policy(for: .restRequest, byteLimit: AuthorizerLimits.answerByteCount)
    // No policy, not even one that denies: the allowed call cannot be named.
    let refusal = policy == nil ? RouteFault.notExpressible : verdict.refusal
    var line = [UInt8](refusal.map { Refusal.route($0).reasonCode } ?? "allowed")
    line.append(0x20)
    if let place = verdict.finding?.place { line.append(decimal: place) } else { line.append(0x2D) }
    line.append(0x20)
    line.append(decimal: policy?.omittedRules.count ?? 0)
    line.append(0x20)
    line += policy?.statements ?? [0x2D]
    return line
}

/// "expressible"; else "pairs" and the indices of the conflicting rules; or the fault.
func answerRules(_ words: [[UInt8]]) -> [UInt8] {
    do throws(SettingsError) {
        guard let table = try RulesDocument(parsing: bytes(words[1])).routes else {
            return [UInt8]("no routes")
        }
        let report = RouteReport(table)
        guard !report.isExpressible else { return [UInt8]("expressible") }
        var line = [UInt8]("pairs")
        for warning in report.warnings where warning.kind == .notExpressible {
            line.append(0x20)
            line.append(decimal: report.lines[warning.rule].place ?? -1)
            line.append(0x2F)
            line.append(decimal: report.lines[warning.other].place ?? -1)
        }
        return line
    } catch { return error.message }
}

private func bytes(_ word: [UInt8]) -> [UInt8] {
    guard let bytes = try? Hex.decode(word.span) else { fail("not hexadecimal", status: 2) }
    return bytes
}
