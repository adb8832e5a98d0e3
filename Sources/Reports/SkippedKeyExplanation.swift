// SkippedKeyExplanation.swift - the meaning of a set's skipped keys for a token without its key.
//
// Spec:    RFC 7517 §5.
// Secret:  no: a key's ID and a reason. AUDIT 29.
// Reads:   SkippedKeys, Reasons, Hints; Settings, Authorizer, JOSE, JSON (appendPrintable), Bytes. Read by: Explanation.

import Authorizer
import Bytes
import JOSE
import JSON
import Settings

/// The addition of `explain` to a refusal without a key.
struct SkippedKeyExplanation {
    /// One for every skipped key of the sets that were fetched.
    private(set) var hints: [HintText] = []
    /// In place of what the reason code means in general: the set has the very key that the token names.
    private(set) var reason: Reason?

    /// - Parameter skipped: with the issuers' places in the settings.
    init(_ decision: Decision, _ skipped: [(issuer: Int, key: KeySet.SkippedKey)], _ settings: Settings) {
        guard let general = Reason(decision.reasonCode), general.stage == .key else { return }
        let isUnknown = bytesEqual(decision.reasonCode.utf8Span, "key_unknown")
        for (issuer, key) in skipped {
            hints.append(Self.hint(key, of: settings.issuers.count > 1 ? settings.issuers[issuer].name : nil))
            guard isUnknown, reason == nil, let expected = decision.kid, let kid = key.kid,
                bytesEqual(expected.span, kid.span)
            else { continue }
            var meaning = [UInt8](
                "The key set contains the key that the token names, but the key is skipped: ")
            meaning.append(key.reason.meaning.span)
            meaning.append(".")
            reason = Reason(
                stage: general.stage, meaning: meaning,
                advice: [UInt8](
                    "Have the issuer correct this key or sign with another one. authorizer keys lists the whole set."
                ))
        }
    }

    /// - Parameter issuer: nil: there is only one.
    private static func hint(_ key: KeySet.SkippedKey, of issuer: [UInt8]?) -> HintText {
        var text = [UInt8]("The key set")
        if let issuer {
            text.append(" of ")
            appendPrintable(&text, issuer)
        }
        text.append(" has a key that is skipped: ")
        append(key, to: &text)
        text.append(".")
        return HintText(code: [UInt8]("key_skipped"), text: text)
    }
}
