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
    private let prefix: [UInt8]
    private let partition: [UInt8]

    /// Nil if the policy allows nothing: IAM has no empty statement.
    ///
    /// - Parameters:
    ///   - called: its ARN gives partition, region, account, API and stage.
    ///   - isShort: whether region and account are `*`, which the API's name makes up for.
    init?(_ policy: RoutePolicy, _ called: CalledRoute, isShort: Bool = false) {
        let namesCall = policy.namesCall && called.canBeNamed
        guard namesCall || !policy.allowed.isEmpty else { return nil }
        partition = called.partition
        prefix =
            isShort ? called.shortPrefix : [UInt8](called.arn.span.extracting(0..<called.prefixByteCount))
        text = []
        text.reserveCapacity(1024)
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
            for part in Self.notPlain { appendEverywhere(part) }
            appendEscapes(policy.escapes)
            text.removeLast()
            text.append("]}")
        }
        text.append("]")
    }

    /// An ARN of this API and stage. Nothing in it needs an escape in JSON: routes are written in pchar, and
    /// what comes before was checked.
    private mutating func append(_ resource: [UInt8]) {
        let prefix = prefix
        longestARNByteCount = max(longestARNByteCount, prefix.count + resource.count)
        text.append(0x22)
        text.append(prefix.span)
        text.append(resource.span)
        text.append("\",")
    }

    /// What no plain path holds (CalledRoute); a wildcard would take it in.
    private static let notPlain: [StaticString] = [
        "//*", "/./*", "/../*", "/.", "/..", "\\\\*", "%2F*", "%2f*", "%5C*", "%5c*", "%00*", "%2E*", "%2e*",
    ]

    private mutating func appendEverywhere(_ part: StaticString) {
        let partition = partition
        text.append("\"arn:")
        text.append(partition.span)
        text.append(":execute-api:*:*:*")
        text.append(part)
        text.append("\",")
    }

    /// Escapes of what needs none, in either case of their digits.
    private mutating func appendEscapes(_ escapes: (low: UInt64, high: UInt64)) {
        for byte in UInt8(0x2D)...0x7E where byte != 0x2E {
            let bits = byte < 64 ? escapes.low : escapes.high
            guard bits >> UInt64(byte & 63) & 1 == 1 else { continue }
            let low = Hex.digit(byte & 0x0F)
            appendEscape(byte >> 4, low)
            if low >= 0x61 { appendEscape(byte >> 4, low & 0xDF) }
        }
    }

    private mutating func appendEscape(_ high: UInt8, _ low: UInt8) {
        let partition = partition
        text.append("\"arn:")
        text.append(partition.span)
        text.append(":execute-api:*:*:*%")
        text.append(Hex.digit(high))
        text.append(low)
        text.append("*\",")
    }
}
