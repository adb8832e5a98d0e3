// CalledRoute.swift - the part of an event's ARN after the stage: a method and a path, in two forms.
//
// Spec:    arn:partition:execute-api:region:account:api/stage/method/path; RFC 3986 §2.3, §3.3, §6.2.2;
//          AUDIT 28.
// Secret:  no; the path may contain personal data and is never printed.
// Reads:   SegmentPattern, RouteTable (methods), Limits; Bytes, Events, URI (PercentEscape). Read by: RouteVerdict, RoutePolicy.
//
// The gateway compares a policy with the ARN, so the ARN is the only source of the path, for every caller. How a
// backend treats an escape is unknown. A call is therefore decided in two forms, and is allowed only if both
// decisions allow it: the normal form of RFC 3986 §6.2.2 (an escape of a reserved character makes a different path), and
// the form in which every escape is decoded once.

import Bytes
import Events
import URI

/// The called method and path.
struct CalledRoute: Sendable {
    /// The ARN as it was sent.
    let arn: RequestARN
    /// Bytes of the ARN before the method: up to the stage, without the following slash.
    let prefixByteCount: Int
    /// RFC 3986 §6.2.2: unreserved characters are decoded, and the other escapes have uppercase digits.
    let normal: SegmentPattern
    /// Every escape decoded once. If `isPlain`, it has as many segments as `normal`.
    let decoded: SegmentPattern
    /// Whether the two forms differ.
    let hasEscapes: Bool
    /// Whether the path is unambiguous. No rule allows an ambiguous path.
    let isPlain: Bool
    /// Whether the path has only characters that it can contain unescaped, and no colon. Then it has one spelling, and a
    /// Resource with `*` for region and account matches it in the same way under every interpretation.
    let isOrdinary: Bool
    /// Whether the method is one of API Gateway's seven (or `$connect`). Rules name no other methods.
    let hasKnownMethod: Bool

    /// Nil for an ARN with an invalid character before the method.
    init?(_ arn: RequestARN) {
        let prefix = arn.stagePrefix
        for index in prefix.indices {
            switch prefix[index] {
            case 0x22, 0x2A, 0x3F, 0x5C, 0...0x20, 0x7F...: return nil
            default: continue
            }
        }
        self.arn = arn
        prefixByteCount = prefix.count - 1
        let text = arn.text.span.extracting(prefix.count..<arn.text.count)
        var hasKnownMethod = arn.isConnect
        for verb in RouteTable.verbs where bytesEqual(arn.verb, verb) { hasKnownMethod = true }
        self.hasKnownMethod = hasKnownMethod
        guard text.count <= RouteLimits.calledPathByteCount else {
            normal = SegmentPattern()
            decoded = SegmentPattern()
            hasEscapes = false
            isPlain = false
            isOrdinary = false
            return
        }
        // The root has two spellings, with and without its slash.
        var isOrdinary = !arn.path.isEmpty
        for index in text.indices
        where text[index] == 0x3A || (text[index] != 0x2F && !isLiteralCharacter(text[index])) {
            isOrdinary = false
        }
        self.isOrdinary = isOrdinary
        let forms = Self.read(text)
        (normal, isPlain, hasEscapes) = (forms.normal, forms.isPlain, forms.hasEscapes)
        decoded = forms.hasEscapes && forms.isPlain ? forms.normal.decoded : forms.normal
    }

    /// aws, aws-cn or aws-us-gov.
    var partition: [UInt8] {
        var end = 4
        while arn.text[end] != 0x3A { end += 1 }
        return [UInt8](arn.text.span.extracting(4..<end))
    }

    /// `api/stage`: the part between the fifth colon and the method.
    var apiAndStage: [UInt8] {
        var start = 0
        var colons = 0
        while colons < 5 {
            if arn.text[start] == 0x3A { colons += 1 }
            start += 1
        }
        return [UInt8](arn.text.span.extracting(start..<prefixByteCount))
    }

    /// Splits method and path into segments and decodes unreserved characters.
    private static func read(
        _ text: Span<UInt8>
    ) -> (normal: SegmentPattern, isPlain: Bool, hasEscapes: Bool) {
        var normal = SegmentPattern()
        var isPlain = true
        var hasEscapes = false
        var segment: [UInt8] = []
        // Escapes of the segment that are not decoded.
        var escapeCount = 0
        var offset = 0
        while offset <= text.count {
            if offset == text.count || text[offset] == 0x2F {
                let isLast = offset == text.count
                let isMethod = normal.count == 0
                if !isMethod,
                    !isPlainSegment(segment.span, escapeCount: escapeCount) || (segment.isEmpty && !isLast)
                {
                    isPlain = false
                }
                normal.append(literal: segment.span)
                segment.removeAll(keepingCapacity: true)
                escapeCount = 0
                offset += 1
            } else if normal.count > 0, let byte = escapedByte(text, offset) {
                if isUnreserved(byte) {
                    segment.append(byte)
                } else {
                    // §6.2.2.1: uppercase digits.
                    appendEscape(of: byte, to: &segment)
                    hasEscapes = true
                    escapeCount += 1
                }
                offset += 3
            } else {
                segment.append(text[offset])
                offset += 1
            }
        }
        // A method alone is the root; `$connect` is not a method.
        if normal.count == 1, text.count > 0, text[0] != 0x24 { normal.appendEmpty() }
        return (normal, isPlain, hasEscapes)
    }

    /// Whether a segment in normal form is not a dot segment and contains no backslash, no control character, and no
    /// escape of `/`, `\` or a control character: programs interpret those differently. `.` and `..` before a `;` are dot
    /// segments for programs that remove parameters (RFC 3986 §3.3) first.
    static func isPlainSegment(_ segment: Span<UInt8>, escapeCount: Int) -> Bool {
        var dots = 0
        while dots < segment.count, segment[dots] == 0x2E { dots += 1 }
        if dots == 1 || dots == 2 {
            if dots == segment.count || segment[dots] == 0x3B { return false }
            if escapedByte(segment, dots) == 0x3B { return false }
        }
        var found = 0
        for index in segment.indices {
            let byte = segment[index]
            if isControl(byte) || byte == 0x5C { return false }
            guard let escaped = escapedByte(segment, index) else { continue }
            if isControl(escaped) || escaped == 0x2F || escaped == 0x5C { return false }
            found += 1
        }
        // If there are more escapes than before, decoding has made one (`%%361` becomes `%61`), and the backend would decode it.
        return found == escapeCount
    }
}
