// AppSyncAnswer.swift - what AppSync gets.
//
// Spec:    AppSync Developer Guide, "AWS_LAMBDA authorization": isAuthorized, resolverContext,
//          deniedFields, ttlOverride. A refusal is a 401 to the client.
// Secret:  no.
// Reads:   Rules, AppSyncEvent; JSON. Read by: Answer.

import Bytes
import JSON

extension Rules {
    /// - Throws: `resourceNotCovered` if RESOURCE does not name the API; `eventMember`.
    func appSyncAnswer(allowing grant: Grant, _ event: Event, nowSeconds: Int64) throws(Refusal) -> [UInt8] {
        guard try coversAppSyncAPI(of: event) else { throw .resourceNotCovered }
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("isAuthorized")
        writer.bool(true)
        writer.context("resolverContext", grant.context)
        if let fields = grant.statements {
            writer.key("deniedFields")
            writer.raw(fields.span)
        }
        // Without it the API's own time would count, which knows nothing of the token's end.
        writer.key("ttlOverride")
        writer.integer(max(0, min(answers.appSyncTTLSeconds, grant.expirySeconds - nowSeconds)))
        writer.endObject()
        return writer.bytes
    }

    private func coversAppSyncAPI(of event: Event) throws(Refusal) -> Bool {
        // A route of AppSync's has let it through.
        if routes != nil { return true }
        for resource in resources where bytesEqual(resource.span, "*") { return true }
        for resource in appSyncResources {
            if try event.isOfAppSyncAPI(resource.span) { return true }
        }
        return false
    }
}

/// A refusal is not kept: the next request may bring the key that was missing.
var appSyncRefusal: [UInt8] { [UInt8](#"{"isAuthorized":false,"ttlOverride":0}"#) }
