// Doctor.swift - settings, key sources and clock, examined step by step.
//
// Spec:    README "doctor"; security-checklist 17 to 19, 29.
// Secret:  no: configured issuers, counts, times and reason codes; no address, no key, no token.
// Reads:   KeySupply, KeyFetchReport, GatewaySide; Authorizer, HTTP, JOSE, TLS, JSON. Read by: LambdaLoop, the doctor command.
//
// It fetches for itself: the keys that decisions use, their cool-downs and their connections stay as
// they are, and nothing is shared with the loops. The report is written while it is found out.

import Authorizer
import Bytes
import HTTP
import JOSE
import JSON
import Platform
import TLS

/// An examination, and its report.
public struct Examination {
    private var writer = JSONWriter()
    /// Configured issuers of whose addresses none gave keys.
    public private(set) var issuersWithoutKeys = 0
    /// This machine's clock less a server's, by its Date header, where it is furthest off.
    private var clockAheadSeconds: Int64?
    /// Whether that is more than CLOCK_SKEW_SECONDS lets pass, a second for the way.
    public private(set) var clockIsOff = false

    /// Asks every address once.
    ///
    /// - Parameter milliseconds: for all of them together; nil: what the settings allow each.
    /// - Throws: an address that is not fetched from.
    public init(_ settings: Settings, within milliseconds: Int64? = nil) throws(SettingsError) {
        let whole = milliseconds.map { Deadline.after(milliseconds: $0) }
        writer.beginObject()
        writer.member("authorizer", "doctor")
        writer.key("warnings")
        writer.beginArray()
        for warning in settings.warnings { writer.string(warning.message) }
        writer.endArray()
        writer.key("keys")
        writer.beginArray()
        var skew: Int64 = 300
        for index in settings.issuers.indices {
            let issuer = settings.issuers[index]
            skew = min(skew, issuer.claims.clockSkewSeconds)
            let supply = try KeySupply(issuer, settings)
            // An equal share for each issuer, and within it for each address.
            let left = Int64(settings.issuers.count - index)
            let share = whole.map { Deadline.after(milliseconds: $0.remainingMilliseconds / left) }
            var hasKeys = false
            for address in 0..<supply.addressCount {
                writer.beginObject()
                writer.member("issuer", issuer.name)
                writer.member("address", Int64(address))
                let time = share.map { $0.remainingMilliseconds / Int64(supply.addressCount - address) }
                if examine(supply, address, within: time) { hasKeys = true }
                writer.endObject()
            }
            if !hasKeys { issuersWithoutKeys += 1 }
        }
        writer.endArray()
        if let clockAheadSeconds {
            clockIsOff = clockAheadSeconds.magnitude > UInt64(skew) + 1
            writer.member("clockAheadSeconds", clockAheadSeconds)
            if clockIsOff {
                writer.member("clock", "off by more than CLOCK_SKEW_SECONDS: set it")
            }
        }
        writer.key("gateway")
        settings.rules.writeGatewaySide(&writer)
        writer.key("well")
        writer.bool(isWell)
        writer.endObject()
    }

    /// Asks one address; whether it gave keys.
    private mutating func examine(
        _ supply: KeySupply, _ address: Int, within milliseconds: Int64?
    ) -> Bool {
        var last = Clock.monotonicNanoseconds
        var fetched: FetchedKeys?
        var failure: KeyFetchReport?
        do throws(KeyFetchError) {
            fetched = try supply.fetch(address: address, within: milliseconds)
        } catch { failure = KeyFetchReport(error) }
        let now = Clock.monotonicNanoseconds
        let exchange = supply.lastExchange(address: address)
        writer.member("result", failure?.reason ?? "fetched")
        writer.key("microseconds")
        writer.beginObject()
        for step in ExchangeStep.allCases where exchange.steps[step] > 0 {
            writer.member(step.word, max(0, exchange.steps[step] - last) / 1000)
            last = max(last, exchange.steps[step])
        }
        writer.member(failure == nil ? "keys" : "untilFailure", (now - last) / 1000)
        writer.endObject()
        if let ahead = exchange.clockAheadSeconds {
            writer.member("clockAheadSeconds", ahead)
            if ahead.magnitude >= (clockAheadSeconds ?? 0).magnitude { clockAheadSeconds = ahead }
        }
        if let failure {
            writer.member("failedStep", failure.stage)
            writer.member("meaning", failure.meaning)
            writer.member("whatToDo", failure.advice)
        }
        guard let fetched else { return false }
        writer.member("usableKeys", Int64(fetched.keySet.keys.count))
        writer.member("passedOver", Int64(fetched.keySet.skipped.count))
        if let tls = fetched.tls {
            writer.member("tls", tls.version.name)
            writer.member("suite", tls.suite.name)
        }
        return true
    }

    /// Whether there is nothing to be done.
    public var isWell: Bool { issuersWithoutKeys == 0 && !clockIsOff }

    /// The report as JSON, without a line feed.
    public var json: [UInt8] { writer.bytes }

    /// The answer to `{"authorizer":"doctor"}`.
    static func answer(_ settings: Settings, within milliseconds: Int64) -> [UInt8] {
        do throws(SettingsError) { return try Examination(settings, within: milliseconds).json } catch {
            // The start has taken the same settings.
            return [UInt8]("{\"authorizer\":\"doctor\",\"well\":false}")
        }
    }
}
