// ComparedHead.swift - both interpretations of a Resource in one comparison, for policies with many Resources.
//
// Spec:    none; an optimisation of ResourceMatch for the policies that rules produce.
// Secret:  no.
// Reads:   ResourceMatch; URI (ARNFields), Bytes. Read by: ResourceMatch.

import Bytes
import URI

/// The common beginning of an ARN and the Resources of most policies.
struct ComparedHead {
    /// The offsets of the region and of the last field.
    private let regionStart: Int
    private let lastFieldStart: Int
    /// Whether the text has exactly five colons, so that none is in the last field.
    private let hasFiveColons: Bool

    /// - Returns: nil for a text without six fields, or with a wildcard before the last one.
    init?(_ text: Span<UInt8>) {
        guard let fields = ARNFields(text) else { return nil }
        regionStart = fields.region.lowerBound
        lastFieldStart = fields.resource.lowerBound
        for index in 0..<lastFieldStart where text[index] == 0x2A || text[index] == 0x3F { return nil }
        hasFiveColons = text.firstIndex(of: 0x3A, from: lastFieldStart) == text.count
    }

    /// Whether a Resource matches, with the same result in both interpretations; nil if they must be compared separately.
    ///
    /// One comparison suffices for two forms, which are nearly all Resources of a policy: the beginning of the ARN itself, and
    /// that beginning with `*` for region and account, if the last field is without a colon. Then each colon of the Resource can
    /// match only one colon of the ARN.
    func matches(_ resource: Span<UInt8>, _ text: Span<UInt8>) -> Bool? {
        var offset = lastFieldStart
        if !Self.start(resource, text, lastFieldStart) {
            offset = regionStart + 4
            guard hasFiveColons, resource.count >= offset, Self.start(resource, text, regionStart),
                bytesEqual(resource.extracting(regionStart..<offset), "*:*:")
            else { return nil }
        }
        return wildcardsMatch(
            resource.extracting(offset..<resource.count), text.extracting(lastFieldStart..<text.count))
    }

    /// Whether the Resource and the ARN begin with the same bytes.
    private static func start(_ resource: Span<UInt8>, _ text: Span<UInt8>, _ count: Int) -> Bool {
        resource.count >= count && bytesEqual(resource.extracting(0..<count), text.extracting(0..<count))
    }
}
