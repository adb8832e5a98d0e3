// AnswerDecisions.swift - settings, one event and an instant in, the decision and its answer out, for the property test
// of answers.
//
// Spec:    none. A line is `decide SETTINGS EVENT SECONDS`: the environment as a JSON object of strings and the
//          event's bytes, both in hexadecimal, and the instant in seconds since 1970. SETTINGS is "-" for those of the
//          last line that had some. `remember` in place of `decide`: tokens are recognised that were verified under
//          these settings before.
// Secret:  no: keys and tokens are made for the test.
// Reads:   Authorizer, JOSE, JSON, Bytes, Measure. Read by: Answers.

import Authorizer
import Bytes
import JOSE
import JSON
import Keys
import Settings

/// Decides events. The last settings are kept: many lines in a row share them.
struct AnswerDecisions {
    private var text: [UInt8] = []
    private var settings: Settings?
    /// Of tokens under these settings.
    private var memo = TokenMemory(capacity: 8)
    /// The fault of settings that are refused.
    private var fault: [UInt8] = []

    /// Whether a line is one of these.
    static func isNamed(_ name: Span<UInt8>) -> Bool {
        bytesEqual(name, "decide") || bytesEqual(name, "remember")
    }

    /// `REASON response|error BODY`, the body in hexadecimal; `settings MESSAGE` for settings that are refused, the
    /// message in hexadecimal; `keys` if the decision asks for keys that the settings do not hold.
    mutating func answer(_ words: [[UInt8]]) -> [UInt8] {
        guard words.count == 4 else { fail("not a whole line", status: 2) }
        if words[1].count > 1 { read(words[1]) }
        guard let settings else { return [UInt8]("settings ") + Hex.encode(fault.span) }
        guard let seconds = wholeNumber(words[3]) else { fail("not an instant", status: 2) }
        var keys = KeyRing(settings.issuers.map { $0.keys }, policy: settings.keyCachePolicy)
        for (index, issuer) in settings.issuers.enumerated() {
            if case .inline(let keySet)? = issuer.keys.sources.first, let set = try? KeySet(parsing: keySet) {
                _ = keys[IssuerIndex(index)].receive(set, nowSeconds: seconds)
            }
        }
        var authorization = Authorization(
            event: bytes(words[2]), issuers: settings.trustedIssuers, rules: settings.rules)
        let name = words[0]
        let step =
            bytesEqual(name.span, "remember")
            ? authorization.next(keys: keys, memo: &memo, nowSeconds: seconds)
            : authorization.next(keys: keys, nowSeconds: seconds)
        guard case .decided(let decision) = step else { return [UInt8]("keys") }
        var line = [UInt8](decision.reasonCode)
        let answer = settings.rules.answer(to: decision)
        switch answer {
        case .response: line.append(" response ")
        case .error: line.append(" error ")
        }
        let body = answer.body
        return line + Hex.encode(body.span)
    }

    private mutating func read(_ word: [UInt8]) {
        guard !bytesEqual(word.span, text.span) else { return }
        text = word
        settings = nil
        memo = TokenMemory(capacity: 8)
        guard let document = try? JSONDocument(parsing: bytes(word)), document.root.kind == .object else {
            fail("not an environment", status: 2)
        }
        var variables: [(name: [UInt8], value: [UInt8])] = []
        var members = document.root.children
        while let member = members.next() {
            guard let value = member.value.stringBytes else { fail("not a variable", status: 2) }
            variables.append((name: member.name, value: value))
        }
        do throws(SettingsError) { settings = try Settings(environment: variables) } catch {
            fault = error.message
        }
    }

    private func bytes(_ word: [UInt8]) -> [UInt8] {
        guard let bytes = try? Hex.decode(word.span) else { fail("not hexadecimal", status: 2) }
        return bytes
    }

    private func wholeNumber(_ word: [UInt8]) -> Int64? {
        guard !word.isEmpty, word.count <= 18 else { return nil }
        var value: Int64 = 0
        for digit in word {
            guard digit >= 0x30, digit <= 0x39 else { return nil }
            value = value * 10 + Int64(digit - 0x30)
        }
        return value
    }
}
