// Freshness.swift - how long a response may be used, and the tag that asks whether it still may.
//
// Spec:    RFC 9111 §4.2 (freshness), §5.1 (Age), §5.2.2 (Cache-Control), §5.3 (Expires);
//          RFC 9110 §8.8.3 (ETag).
// Secret:  no.
// Reads:   HTTPHead, HTTPDate, Limits; Bytes. Read by: KeyFetcher.

import Bytes

/// A response's time, as its server gave it.
public struct Freshness: Equatable, Sendable {
    /// How long it may be used from when it was made; nil when the server does not say.
    public let lifetimeSeconds: Int64?
    /// How old it was when it came.
    public let ageSeconds: Int64

    public init(lifetimeSeconds: Int64?, ageSeconds: Int64) {
        self.lifetimeSeconds = lifetimeSeconds
        self.ageSeconds = ageSeconds
    }

    /// What is left of its time; nil when the server does not say.
    public var remainingSeconds: Int64? { lifetimeSeconds.map { max(0, $0 - ageSeconds) } }
}

extension HTTPHead {
    /// - Parameter nowSeconds: when the response came, since 1970.
    /// - Source: RFC 9111 §4.2.1, §4.2.3. `must-revalidate` and its like change nothing here: how long an
    ///   expired set is used while fetches fail is a setting of its owner's. `s-maxage` is for shared caches.
    public func freshness(nowSeconds: Int64) -> Freshness {
        let date = field("date").flatMap { httpDate($0.span) }
        // §4.2.3: the apparent age, or what the caches on the way say if that is more.
        var age = date.map { max(0, nowSeconds - $0) } ?? 0
        if let text = field("age"), let told = deltaSeconds(text.span) { age = max(age, told) }
        return Freshness(lifetimeSeconds: lifetime(from: date ?? nowSeconds), ageSeconds: age)
    }

    /// What time the server says it is: its Date, and how long a cache on the way has had the response.
    public var serverSeconds: Int64? {
        guard let date = field("date").flatMap({ httpDate($0.span) }) else { return nil }
        return date + (field("age").flatMap { deltaSeconds($0.span) } ?? 0)
    }

    private func lifetime(from date: Int64) -> Int64? {
        // §5.2.2.4, §5.2.2.5: not to be used again without asking.
        if field("cache-control", hasMember: "no-store") || field("cache-control", hasMember: "no-cache") {
            return 0
        }
        // §4.2.1: the first one counts, and one of no sense has expired.
        if let value = argument(of: "max-age=", in: "cache-control") {
            return deltaSeconds(unquoted(value.span)) ?? 0
        }
        guard let text = field("expires") else { return nil }
        // §5.3: anything that is no date, "0" above all, has expired.
        return httpDate(text.span).map { max(0, $0 - date) } ?? 0
    }

    /// The response's ETag as it is sent back; nil if there is none, or none that we would keep.
    public var entityTag: [UInt8]? {
        guard let tag = field("etag"), tag.count <= HTTPLimits.entityTagByteCount else { return nil }
        let start = bytesStart(tag.span, with: "W/") ? 2 : 0
        guard tag.count >= start + 2, tag[start] == 0x22, tag[tag.count - 1] == 0x22 else { return nil }
        // `etagc`: no quote, no space, no control character.
        for byte in tag[(start + 1)..<(tag.count - 1)] where byte <= 0x20 || byte == 0x22 || byte == 0x7F {
            return nil
        }
        return tag
    }
}

/// A number of seconds (RFC 9111 §1.2.2: one too large means 2^31); nil for anything else.
private func deltaSeconds(_ text: Span<UInt8>) -> Int64? {
    guard text.count > 0 else { return nil }
    var seconds: Int64 = 0
    for index in text.indices {
        guard text[index] >= 0x30, text[index] <= 0x39 else { return nil }
        seconds = min(seconds * 10 + Int64(text[index] - 0x30), 1 << 31)
    }
    return seconds
}

/// §5.2: an argument may stand in quotes.
@_lifetime(copy text)
private func unquoted(_ text: Span<UInt8>) -> Span<UInt8> {
    guard text.count >= 2, text[0] == 0x22, text[text.count - 1] == 0x22 else { return text }
    return text.extracting(1..<(text.count - 1))
}
