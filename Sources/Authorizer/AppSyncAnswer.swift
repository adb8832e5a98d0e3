// AppSyncAnswer.swift - the answer for AppSync.
//
// Spec:    AppSync Developer Guide, "AWS_LAMBDA authorization": isAuthorized, resolverContext,
//          deniedFields, ttlOverride. A refusal is a 401 to the client.
// Secret:  no.
// Reads:   Rules; JSON, Bytes, Events (AppSyncEvent). Read by: OtherAnswers.

import Bytes
import Events
import JSON

extension Rules {
    /// - Throws: `resourceNotCovered` if RESOURCE does not name the API; `event`.
    func appSyncAnswer(
        allowing grant: Grant, _ event: Event, deniedFields: [UInt8]?, nowSeconds: Int64
    ) throws(Refusal) -> [UInt8] {
        guard try coversAppSyncAPI(of: event) else { throw .resourceNotCovered }
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("isAuthorized")
        writer.bool(true)
        writer.context("resolverContext", grant.context)
        if let fields = deniedFields {
            writer.key("deniedFields")
            writer.raw(fields.span)
        }
        // Without `ttlOverride` the TTL of the API would apply, which does not depend on the token's expiry.
        writer.key("ttlOverride")
        writer.integer(max(0, min(answers.appSyncTTLSeconds, grant.expirySeconds - nowSeconds)))
        writer.endObject()
        return writer.bytes
    }

    private func coversAppSyncAPI(of event: Event) throws(Refusal) -> Bool {
        // A route of this AppSync API has already allowed the request.
        if routes != nil { return true }
        if resources.contains("*") { return true }
        do throws(EventError) {
            for resource in appSyncResources {
                if try event.isOfAppSyncAPI(resource.span) { return true }
            }
            return false
        } catch { throw .event(error) }
    }
}

/// A refusal is not cached: the next request may succeed, once the missing key is fetched.
var appSyncRefusal: [UInt8] { [UInt8](#"{"isAuthorized":false,"ttlOverride":0}"#) }
