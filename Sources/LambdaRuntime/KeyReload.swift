// KeyReload.swift - the answer to `{"authorizer":"reload-keys"}`.
//
// Spec:    none; README "Asking the deployed function". AUDIT 19, 29.
// Secret:  no: only configured issuers, counts and reason codes. The report has no addresses and no keys.
// Reads:   SharedKeys; Settings, KeyFetching, Keys, JOSE, JSON, Platform. Read by: LambdaLoop.

import JOSE
import JSON
import KeyFetching
import Keys
import Platform
import Settings

extension SharedKeys {
    /// Fetches every issuer's keys now, at most once per interval.
    ///
    /// - Parameters:
    ///   - deadline: for all issuers together. Each may use an equal share of the remaining time.
    ///   - requestID: the invocation's ID, for logs.
    /// - Returns: a report of the results in JSON.
    func reloadKeys(until deadline: Deadline, requestID: [UInt8]?) -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("authorizer")
        writer.string("reload-keys")
        writer.key("issuers")
        writer.beginArray()
        for issuer in ring.indices {
            writer.beginObject()
            writer.key("issuer")
            let name = settings.issuers[issuer.position].name
            writer.string(name.span)
            let share = deadline.share(of: supplies.count - issuer.position)
            let result = fetch(issuer, .reload, until: share, FetchRequest(requestID: requestID))
            write(result, ring[issuer], &writer)
            writer.endObject()
        }
        writer.endArray()
        writer.endObject()
        return writer.bytes
    }

    /// - Parameters:
    ///   - result: nil if there was no fetch.
    ///   - cache: the cache after the fetch.
    private func write(_ result: KeySupply.Result?, _ cache: KeyCache, _ writer: inout JSONWriter) {
        writer.key("result")
        let now = Clock.wallSeconds
        let wait = cache.schedule.reloadWaitSeconds(nowSeconds: now)
        guard result != nil || wait == 0 else {
            writer.string("too soon")
            writer.key("retryAfterSeconds")
            writer.integer(wait)
            return
        }
        if result == nil && cache.isPerKey {
            // Each key has its own address, so the first fetch needs a token's key ID.
            writer.string("no keys yet")
            return
        }
        writer.string(result?.success == nil ? "failed" : "fetched")
        if let (fetched, address, _) = result?.success {
            writer.key("address")
            writer.integer(address)
            writer.key("keys")
            writer.integer(fetched.keySet.keys.count)
            writer.key("skipped")
            writer.integer(fetched.keySet.skipped.count)
        } else if let age = cache.ageSeconds(nowSeconds: now) {
            writer.key("keysAgeSeconds")
            writer.integer(age)
        }
        guard let result, !result.failures.isEmpty else { return }
        writer.key("failures")
        writer.beginArray()
        for (address, failure) in result.failures {
            writer.beginObject()
            writer.key("address")
            writer.integer(address)
            writer.key("reason")
            writer.string(failure.reason)
            writer.endObject()
        }
        writer.endArray()
    }
}
