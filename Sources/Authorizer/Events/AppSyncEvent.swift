// AppSyncEvent.swift - what an AppSync API sends to its Lambda authorizer.
//
// Spec:    AppSync Developer Guide, "AWS_LAMBDA authorization": authorizationToken,
//          requestContext {apiId, accountId, requestId, queryString, operationName, variables},
//          requestHeaders since 2024.
// Secret:  the token; the query and its variables are not looked at.
// Reads:   Refusal; Bytes, JSON. Read by: Event, Answer.

import Bytes
import JSON

/// Whether these are AppSync's members: API Gateway's events with a token have a `type`.
func isAppSyncEvent(_ root: JSONValue) -> Bool {
    root.member("authorizationToken") != nil && root.member("requestContext") != nil
}

extension Event {
    /// Whether an entry of RESOURCE, `arn:partition:appsync:region:account:apis/ID`, names the API
    /// that the event comes from. The event says neither partition nor region.
    ///
    /// - Throws: `eventMember(.requestContext)` if it does not say which API it comes from.
    func isOfAppSyncAPI(_ resource: Span<UInt8>) throws(Refusal) -> Bool {
        let context = root.member("requestContext")
        guard let account = context?.member("accountId")?.stringBytes,
            let api = context?.member("apiId")?.stringBytes
        else { throw .eventMember(.requestContext) }
        guard let colon = appSyncAccountStart(resource) else { return false }
        var wanted = account
        wanted.append(":apis/")
        wanted.append(api.span)
        return bytesEqual(resource.extracting(colon..<resource.count), wanted.span)
    }
}

/// Where the account begins in `arn:partition:appsync:region:account:apis/ID`; nil for another ARN.
func appSyncAccountStart(_ resource: Span<UInt8>) -> Int? {
    var colons = 0
    var serviceStart = 0
    for index in resource.indices where resource[index] == 0x3A {
        colons += 1
        if colons == 2 { serviceStart = index + 1 }
        if colons == 3, !bytesEqual(resource.extracting(serviceStart..<index), "appsync") { return nil }
        if colons == 4 { return index + 1 }
    }
    return nil
}
