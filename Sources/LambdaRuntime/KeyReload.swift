// KeyReload.swift - the answer to `{"authorizer":"reload-keys"}`.
//
// Spec:    none; README "Asking the deployed function". security-checklist 19, 29.
// Secret:  no: configured issuers, counts and reason codes; no address, no key.
// Reads:   SharedKeys; Authorizer, JSON. Read by: LambdaLoop.

import Authorizer
import JOSE
import JSON
import Platform

extension SharedKeys {
    /// Fetches every issuer's keys now, once an interval at most, and tells what came of it.
    ///
    /// - Parameter deadlineWallMilliseconds: when Lambda gives up; nil: never.
    /// - Returns: the answer, JSON.
    func reloadKeys(deadlineWallMilliseconds: Int64?, requestID: [UInt8]?) -> [UInt8] {
        let whole = Deadline.after(milliseconds: timeLeft(until: deadlineWallMilliseconds))
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("authorizer")
        writer.string("reload-keys")
        writer.key("issuers")
        writer.beginArray()
        for issuer in supplies.indices {
            writer.beginObject()
            writer.key("issuer")
            let name = settings.issuers[issuer].name
            writer.string(name.span)
            let share = whole.remainingMilliseconds / Int64(supplies.count - issuer)
            reload(issuer, within: share, requestID, &writer)
            writer.endObject()
        }
        writer.endArray()
        writer.endObject()
        return writer.bytes
    }

    private func reload(
        _ issuer: Int, within milliseconds: Int64, _ requestID: [UInt8]?, _ writer: inout JSONWriter
    ) {
        writer.key("result")
        let result = fetch(issuer, within: milliseconds, isReload: true, requestID: requestID)
        let wait = ring[issuer].reloadWaitSeconds(nowSeconds: Clock.wallSeconds)
        guard result != nil || wait == 0 else {
            writer.string("too soon")
            writer.key("retryAfterSeconds")
            writer.integer(wait)
            return
        }
        if result == nil && ring[issuer].isSingle {
            // There is none to ask for, until a token names one.
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
        } else if let age = ring[issuer].ageSeconds(nowSeconds: Clock.wallSeconds) {
            writer.key("keysAgeSeconds")
            writer.integer(age)
        }
        guard let result, !result.failures.isEmpty else { return }
        writer.key("failures")
        writer.beginArray()
        for (address, error) in result.failures {
            writer.beginObject()
            writer.key("address")
            writer.integer(address)
            writer.key("reason")
            writer.string(error.reasonCode)
            writer.endObject()
        }
        writer.endArray()
    }
}
