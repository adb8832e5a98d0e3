// AppSyncEvent.swift - the event that an AppSync API sends to its Lambda authorizer.
//
// Spec:    AppSync Developer Guide, "AWS_LAMBDA authorization": authorizationToken,
//          requestContext {apiId, accountId, requestId, queryString, operationName, variables},
//          requestHeaders since 2024.
// Secret:  the token; the query and its variables are not read.
// Reads:   EventError; URI (ARNFields), JSON, Bytes. Read by: OtherCallers; Authorizer (Answer).

import Bytes
import JSON
import URI

/// Whether an event has AppSync's members: API Gateway's events with a token also have a `type`.
func isAppSyncEvent(_ root: JSONValue) -> Bool {
    root.member("authorizationToken") != nil && root.member("requestContext") != nil
}

extension Event {
    /// Whether an entry of RESOURCE, `arn:partition:appsync:region:account:apis/ID`, names the API
    /// that sent the event. The event contains neither partition nor region.
    ///
    /// - Throws: `member(.requestContext)` if it does not identify the API.
    package func isOfAppSyncAPI(_ resource: Span<UInt8>) throws(EventError) -> Bool {
        let context = root.member("requestContext")
        guard let account = context?.member("accountId")?.stringBytes,
            let api = context?.member("apiId")?.stringBytes
        else { throw .member(.requestContext) }
        guard let fields = ARNFields(resource), bytesEqual(resource.extracting(fields.service), "appsync")
        else { return false }
        var expected = account
        expected.append(":apis/")
        expected.append(api.span)
        return bytesEqual(resource.extracting(fields.account.lowerBound..<resource.count), expected.span)
    }
}
