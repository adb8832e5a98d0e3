// CalledRoute.swift - the part of an event's ARN behind the stage: a verb and a path.
//
// Spec:    arn:partition:execute-api:region:account:api/stage/verb/path; RFC 3986 §2.3, §6.2.2.2;
//          security-checklist 28.
// Secret:  no; the path may hold personal data and is printed nowhere.
// Reads:   SegmentPattern. Read by: RouteTable, RoutePolicy.
//
// One path for every caller, because it is what the gateway compares a policy with.

import Bytes

/// What a request calls.
struct CalledRoute: Sendable {
    /// The ARN as it came.
    let arn: [UInt8]
    /// How much of it stands before the verb: up to the stage, without the slash behind it.
    let prefixByteCount: Int
    /// The verb and the path's segments, all literals; escapes of unreserved characters are the characters.
    let call: SegmentPattern
    /// Whether the path means one thing to everybody. If not, nothing allows it.
    let isPlain: Bool

    /// Nil for an ARN with something before its path that has no place there.
    init?(_ arn: RequestARN) {
        let prefix = arn.stagePrefix
        for index in prefix.indices {
            switch prefix[index] {
            case 0x22, 0x2A, 0x3F, 0x5C, 0...0x20, 0x7F...: return nil
            default: continue
            }
        }
        self.arn = arn.text
        prefixByteCount = prefix.count - 1
        (call, isPlain) = Self.read(arn.text.span.extracting(prefix.count..<arn.text.count))
    }

    /// aws, aws-cn or aws-us-gov.
    var partition: [UInt8] {
        var end = 4
        while arn[end] != 0x3A { end += 1 }
        return [UInt8](arn.span.extracting(4..<end))
    }

    /// The ARN up to the stage with `*` for region and account.
    var shortPrefix: [UInt8] {
        var prefix: [UInt8] = []
        var colons = 0
        for index in 0..<prefixByteCount {
            if arn[index] == 0x3A {
                colons += 1
                if colons == 4 || colons == 5 { prefix.append(0x2A) }
            }
            if !(colons == 3 || colons == 4) || arn[index] == 0x3A { prefix.append(arn[index]) }
        }
        return prefix
    }

    /// Whether the ARN may stand in a policy as it came: nothing in its path would be read as more than itself.
    var canBeNamed: Bool {
        guard isPlain, arn.count <= AuthorizerLimits.resourceByteCount else { return false }
        for index in prefixByteCount..<arn.count {
            switch arn[index] {
            case 0x22, 0x24, 0x2A, 0x3F, 0x5C, 0...0x20, 0x7F...: return false
            default: continue
            }
        }
        return true
    }

    /// The verb and the path behind the stage.
    private static func read(_ text: Span<UInt8>) -> (SegmentPattern, Bool) {
        var call = SegmentPattern()
        var isPlain = text.count <= AuthorizerLimits.calledPathByteCount
        var segment: [UInt8] = []
        var offset = 0
        guard isPlain else { return (call, false) }
        while offset <= text.count {
            if offset == text.count || text[offset] == 0x2F {
                let isLast = offset == text.count
                if !isPlainSegment(segment.span) || (segment.isEmpty && (!isLast || call.count == 0)) {
                    isPlain = false
                }
                call.append(literal: segment.span)
                segment.removeAll(keepingCapacity: true)
                offset += 1
            } else if let character = unreserved(text, offset), call.count > 0 {
                segment.append(character)
                offset += 3
            } else {
                segment.append(text[offset])
                offset += 1
            }
        }
        // A verb alone is the root; `$connect` is no verb.
        if call.count == 1, text[0] != 0x24 { call.appendEmpty() }
        return (call, isPlain)
    }

    /// The unreserved character (RFC 3986 §2.3) that an escape at `offset` stands for.
    private static func unreserved(_ text: Span<UInt8>, _ offset: Int) -> UInt8? {
        guard text[offset] == 0x25, offset + 2 < text.count, let high = Hex.value(text[offset + 1]),
            let low = Hex.value(text[offset + 2])
        else { return nil }
        let character = high << 4 | low
        return isUnreserved(character) ? character : nil
    }

    /// No dot segment, no backslash, no control character, and no escape of `/`, `\` or NUL: what those
    /// mean depends on who reads them next.
    private static func isPlainSegment(_ segment: Span<UInt8>) -> Bool {
        if bytesEqual(segment, ".") || bytesEqual(segment, "..") { return false }
        for index in segment.indices {
            let byte = segment[index]
            if byte < 0x20 || byte == 0x7F || byte == 0x5C { return false }
            guard byte == 0x25, index + 2 < segment.count, let high = Hex.value(segment[index + 1]),
                let low = Hex.value(segment[index + 2])
            else { continue }
            switch high << 4 | low {
            case 0x00, 0x2F, 0x5C: return false
            default: continue
            }
        }
        return true
    }
}

/// ALPHA / DIGIT / "-" / "." / "_" / "~".
func isUnreserved(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E: true
    default: false
    }
}
