// Instant.swift - an instant that a setting or an option names: a time of RFC 3339, or seconds since 1970.
//
// Spec:    RFC 3339 §5.6, without fractions and leap seconds.
// Secret:  no.
// Reads:   Bytes. Read by: SenderSettings, DocumentIssuers; CommandLine (`certificates --at`).

import Bytes

/// Seconds since 1970 of `2026-11-25T14:00:00Z`, `2026-11-25T15:00:00+01:00` or `1795615200`; nil for anything
/// else, for a day that does not exist, and before 1970.
public func secondsSince1970(_ text: Span<UInt8>) -> Int64? {
    if text.count <= 12, let seconds = Decimal.value(text) { return seconds }
    guard let seconds = rfc3339Seconds(text), seconds >= 0 else { return nil }
    return seconds
}
