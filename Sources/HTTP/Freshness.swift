// Freshness.swift - the freshness of a response, and its entity tag for revalidation.
//
// Spec:    RFC 9111 §4.2 (freshness), §5.1 (Age), §5.2.2 (Cache-Control), §5.3 (Expires);
//          RFC 9110 §8.8.3 (ETag).
// Secret:  no.
// Reads:   HTTPHead, HTTPDate, Limits; Bytes. Read by: KeyFetching (KeyFetcher).

import Bytes

/// The freshness of a response, from its fields.
public struct Freshness: Equatable, Sendable {
    /// The freshness lifetime; nil if the server does not declare one.
    public let lifetimeSeconds: Int64?
    /// The response's age when it was received.
    public let ageSeconds: Int64

    public init(lifetimeSeconds: Int64?, ageSeconds: Int64) {
        self.lifetimeSeconds = lifetimeSeconds
        self.ageSeconds = ageSeconds
    }

    /// The remaining lifetime; nil if the server does not declare a lifetime.
    public var remainingSeconds: Int64? { lifetimeSeconds.map { max(0, $0 - ageSeconds) } }
}

extension HTTPHead {
    /// - Parameter nowSeconds: when the response was received, in seconds since 1970.
    /// - Source: RFC 9111 §4.2.1, §4.2.3. `must-revalidate` and similar directives have no effect here: a setting determines
    ///   how long an expired key set is used while fetches fail. `s-maxage` is for shared caches.
    public func freshness(nowSeconds: Int64) -> Freshness {
        let date = field("date").flatMap { httpDate($0.span) }
        // §4.2.3: the larger of the apparent age and the age that caches report.
        var age = date.map { max(0, nowSeconds - $0) } ?? 0
        if let text = field("age"), let told = deltaSeconds(text.span) { age = max(age, told) }
        return Freshness(lifetimeSeconds: lifetime(from: date ?? nowSeconds), ageSeconds: age)
    }

    /// The server's clock: its Date, plus the response's age in caches.
    public var serverSeconds: Int64? {
        guard let date = field("date").flatMap({ httpDate($0.span) }) else { return nil }
        return date + (field("age").flatMap { deltaSeconds($0.span) } ?? 0)
    }

    private func lifetime(from date: Int64) -> Int64? {
        // §5.2.2.4, §5.2.2.5: the response must not be reused without revalidation.
        if field("cache-control", hasMember: "no-store") || field("cache-control", hasMember: "no-cache") {
            return 0
        }
        // §4.2.1: the first max-age is used. An invalid one means that the response is stale.
        if let value = argument(of: "max-age=", in: "cache-control") {
            return deltaSeconds(unquoted(value.span)) ?? 0
        }
        guard let text = field("expires") else { return nil }
        // §5.3: an invalid date, in particular "0", means that the response is stale.
        return httpDate(text.span).map { max(0, $0 - date) } ?? 0
    }

    /// The response's ETag for If-None-Match; nil if it is absent, invalid or too long.
    public var entityTag: [UInt8]? {
        guard let tag = field("etag"), tag.count <= HTTPLimits.entityTagByteCount else { return nil }
        let start = bytesStart(tag.span, with: "W/") ? 2 : 0
        guard tag.count >= start + 2, tag[start] == 0x22, tag[tag.count - 1] == 0x22 else { return nil }
        // `etagc` excludes quotes, spaces and control characters.
        for byte in tag[(start + 1)..<(tag.count - 1)] where byte <= 0x20 || byte == 0x22 || byte == 0x7F {
            return nil
        }
        return tag
    }
}

/// A number of seconds; nil for anything else. RFC 9111 §1.2.2: a value that is too large means 2^31.
private func deltaSeconds(_ text: Span<UInt8>) -> Int64? {
    Decimal.clamped(text, to: 1 << 31)
}

/// §5.2: an argument may be a quoted string.
@_lifetime(copy text)
private func unquoted(_ text: Span<UInt8>) -> Span<UInt8> {
    guard text.count >= 2, text[0] == 0x22, text[text.count - 1] == 0x22 else { return text }
    return text.extracting(1..<(text.count - 1))
}
