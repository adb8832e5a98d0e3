// PolicyForm.swift - the format of a policy's ARNs for one caller, API and stage.
//
// Spec:    API Gateway Developer Guide, "Resource format of permissions for invoking an API"; IAM JSON policy
//          elements. AUDIT 28.
// Secret:  no.
// Reads:   CalledRoute, RouteTable (methods); Bytes, Events. Read by: RoutePolicy; Authorizer.

import Bytes
import Events

/// The prefixes of an API's ARNs, and the methods that its gateway supports.
package struct PolicyForm: Sendable {
    /// `arn:partition:execute-api:region:account:api/stage`, for Allows. There is no `*` before the API's ID: a `*` may match
    /// colons, and the client chooses the path.
    let allowedPrefix: [UInt8]
    /// The same with `*` for region and account, for Denies: it is shorter, and matching too much does no harm.
    let deniedPrefix: [UInt8]
    /// `arn:partition:execute-api:*:*:*`, for Denies that apply anywhere in the path.
    let everywherePrefix: [UInt8]
    /// Whether the method `*` is written as the seven methods: an HTTP API also forwards requests with other methods.
    let writesMethodsOut: Bool

    init(_ called: CalledRoute, _ caller: Caller) {
        allowedPrefix = [UInt8](called.arn.text.span.extracting(0..<called.prefixByteCount))
        let start = [UInt8]("arn:") + called.partition + [UInt8](":execute-api:*:*:")
        deniedPrefix = start + called.apiAndStage
        everywherePrefix = start + [0x2A]
        writesMethodsOut = caller.isHTTPAPI
    }

    // MARK: Lengths, including the quotes and the comma

    func allowedByteCount(_ route: Route) -> Int {
        guard writesMethodsOut, route.hasAnyMethod else {
            return allowedPrefix.count + route.resource.count + 3
        }
        var count = 0
        for verb in RouteTable.verbs {
            // Each verb replaces the `*`.
            count += allowedPrefix.count + route.resource.count - 1 + verb.utf8ByteCount + 3
        }
        return count
    }

    func deniedByteCount(_ resource: [UInt8]) -> Int { deniedPrefix.count + resource.count + 3 }

    /// The length of the longest ARN for a route.
    func longestARNByteCount(_ route: Route) -> Int {
        allowedPrefix.count + route.resource.count + (writesMethodsOut && route.hasAnyMethod ? 6 : 0)
    }

    /// The bytes that every policy with a wildcard denies, including the statement.
    var fixedDeniedByteCount: Int {
        var count = Self.emptyDenyByteCount
        for part in Self.notPlain { count += everywherePrefix.count + part.utf8ByteCount + 3 }
        return count
    }

    /// Bytes of an Allow without its Resources, including the array of statements, and of a Deny. The comma that the last
    /// Resource of each list lacks is subtracted.
    package static let emptyAllowByteCount = 63
    static let emptyDenyByteCount = 61
    /// An escape that is denied anywhere: `*%61*`.
    var escapeByteCount: Int { everywherePrefix.count + 4 + 3 }

    /// The parts that make a path ambiguous (CalledRoute). A wildcard would match them.
    static let notPlain: [StaticString] = [
        "//*", "/./*", "/../*", "/.", "/..", "/.;*", "/..;*", "/.%3B*", "/.%3b*", "/..%3B*", "/..%3b*",
        "\\\\*",
        "%2F*", "%2f*", "%5C*", "%5c*", "%0?*", "%1?*", "%7F*", "%7f*", "%2E*", "%2e*", "%%*", "%?%*",
    ]

    // MARK: Text

    func appendAllowed(_ route: Route, to text: inout [UInt8]) {
        guard writesMethodsOut, route.hasAnyMethod else {
            let resource = route.resource
            appendARN(allowedPrefix, resource.span, to: &text)
            return
        }
        let resource = route.resource
        for verb in RouteTable.verbs {
            text.append(0x22)
            text.append(allowedPrefix.span)
            text.append(0x2F)
            text.append(verb)
            // The part after "/*".
            text.append(resource.span.extracting(2..<resource.count))
            text.append("\",")
        }
    }

    func appendDenied(_ resource: [UInt8], to text: inout [UInt8]) {
        appendARN(deniedPrefix, resource.span, to: &text)
    }

    func appendDeniedEverywhere(_ end: Span<UInt8>, to text: inout [UInt8]) {
        appendARN(everywherePrefix, end, to: &text)
    }

    /// No byte needs an escape in JSON: routes consist of pchar, and the prefix was checked.
    private func appendARN(_ start: [UInt8], _ end: Span<UInt8>, to text: inout [UInt8]) {
        text.append(0x22)
        text.append(start.span)
        text.append(end)
        text.append("\",")
    }
}
