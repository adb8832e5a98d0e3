// SkippedKeys.swift - the keys of a set that are not used.
//
// Spec:    RFC 7517 §5; AUDIT 20, 29.
// Secret:  no: a key's ID and a reason.
// Reads:   Outline; JOSE (KeySet.SkippedKey), JSON (appendPrintable), Bytes. Read by: KeysReport, FetchFailureReport,
//          DoctorReport, SkippedKeyExplanation.

import Bytes
import JOSE
import JSON

/// A line for each.
func append(_ skipped: [KeySet.SkippedKey], to text: inout [UInt8]) {
    for key in skipped {
        text.append("skipped: ")
        append(key, to: &text)
        text.append(0x0A)
    }
}

/// `key 1 (kid k2): rsa_key_size: its modulus has …`.
func append(_ key: KeySet.SkippedKey, to text: inout [UInt8]) {
    text.append("key ")
    text.append(decimal: key.index)
    if let kid = key.kid {
        text.append(" (kid ")
        appendPrintable(&text, kid)
        text.append(")")
    }
    text.append(": ")
    text.append(key.reason.reasonCode)
    text.append(": ")
    text.append(key.reason.meaning.span)
}

extension Outline {
    /// One skipped key.
    init(_ key: KeySet.SkippedKey) {
        self.init()
        add("index", key.index)
        if let kid = key.kid { add("kid", kid) }
        add("reason", key.reason.reasonCode)
        add("meaning", key.reason.meaning)
    }

    mutating func add(_ name: StaticString, _ skipped: [KeySet.SkippedKey]) {
        add(name, skipped.map { Outline($0) })
    }
}
