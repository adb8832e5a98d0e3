// PolicyStatements.swift - a policy's ARNs as IAM wants them written.
//
// Spec:    IAM policy version 2012-10-17; API Gateway Developer Guide, "Resource format of permissions for
//          invoking an API". security-checklist 28.
// Secret:  no.
// Reads:   RoutePolicy, CalledRoute; JSON. Read by: RouteVerdict, RouteReport.

import Bytes
import JSON

/// The value of a policy's `Statement`.
struct PolicyStatements: Sendable {
    private(set) var text: [UInt8]
    private(set) var longestARNByteCount = 0
    /// How the ARNs of this API and stage begin, and those of all APIs; each with its quote.
    private let prefix: [UInt8]
    private let everywhere: [UInt8]

    /// Nil if the policy allows nothing: IAM has no empty statement.
    ///
    /// - Parameters:
    ///   - called: its ARN gives partition, region, account, API and stage.
    ///   - isShort: whether region and account are `*`, which the API's name makes up for.
    init?(_ policy: RoutePolicy, _ called: CalledRoute, isShort: Bool = false) {
        let namesCall = policy.namesCall && called.canBeNamed
        guard namesCall || !policy.allowed.isEmpty else { return nil }
        prefix =
            [0x22]
            + (isShort ? called.shortPrefix : [UInt8](called.arn.span.extracting(0..<called.prefixByteCount)))
        everywhere = [UInt8]("\"arn:") + called.partition + [UInt8](":execute-api:*:*:*")
        text = []
        text.reserveCapacity(AuthorizerLimits.statementsByteCount)
        text.append("[{\"Action\":\"execute-api:Invoke\",\"Effect\":\"Allow\",\"Resource\":[")
        for resource in policy.allowed { append(resource) }
        if namesCall {
            // The ARN as the gateway wrote it: that is what it compares with.
            text.append(0x22)
            text.append(called.arn.span)
            text.append("\",")
        }
        text.removeLast()
        text.append("]}")
        if policy.hasWildcard {
            text.append(",{\"Action\":\"execute-api:Invoke\",\"Effect\":\"Deny\",\"Resource\":[")
            for resource in policy.denied { append(resource) }
            for part in Self.notPlain { append(everywhere, part.utf8Span) }
            appendEscapes(policy.escapes)
            text.removeLast()
            text.append("]}")
        }
        text.append("]")
    }

    /// An ARN of this API and stage. Nothing in it needs an escape in JSON: routes are written in pchar, and
    /// what comes before was checked.
    private mutating func append(_ resource: [UInt8]) {
        longestARNByteCount = max(longestARNByteCount, prefix.count - 1 + resource.count)
        append(prefix, resource.span)
    }

    private mutating func append(_ start: [UInt8], _ end: Span<UInt8>) {
        text.append(start.span)
        text.append(end)
        text.append(0x22)
        text.append(0x2C)
    }

    /// What no plain path holds (CalledRoute); a wildcard would take it in.
    private static let notPlain: [StaticString] = [
        "//*", "/./*", "/../*", "/.", "/..", "\\\\*", "%2F*", "%2f*", "%5C*", "%5c*", "%00*", "%2E*", "%2e*",
    ]

    /// Escapes of what needs none, in either case of their digits.
    private mutating func appendEscapes(_ escapes: (low: UInt64, high: UInt64)) {
        for byte in UInt8(0x2D)...0x7E where byte != 0x2E {
            let bits = byte < 64 ? escapes.low : escapes.high
            guard bits >> UInt64(byte & 63) & 1 == 1 else { continue }
            let low = Hex.digit(byte & 0x0F)
            var escape: InlineArray<4, UInt8> = [0x25, Hex.digit(byte >> 4), low, 0x2A]
            append(everywhere, escape.span)
            if low >= 0x61 {
                escape[2] = low & 0xDF
                append(everywhere, escape.span)
            }
        }
    }
}
