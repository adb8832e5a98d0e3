// DoctorReport.swift - settings, key sources and clock: each address's answer, and the conclusions.
//
// Spec:    README "doctor"; AUDIT 17 to 19, 29.
// Secret:  no: configured issuers, counts, times and reason codes; no address, no key, no token.
// Reads:   Report, Outline, KeysReport, SkippedKeys, PolicyReportText, GatewaySettings; Settings, Authorizer, Keys, Routes, JOSE,
//          Bytes. Read by: LambdaRuntime (Doctor), the doctor command.

import Authorizer
import Bytes
import JOSE
import Keys
import Routes
import Settings

/// An examination.
package struct DoctorReport: Report {
    /// The answer of an address.
    package enum Result {
        case fetched(KeySet, ConnectionReport?)
        case failed(FetchFailure)
    }

    /// One address of keys, asked once.
    package struct Address {
        let steps: [(name: StaticString, microseconds: Int64)]
        /// From the last step to the end.
        let restMicroseconds: Int64
        /// This machine's clock less the server's, by its Date header.
        let clockAheadSeconds: Int64?
        let result: Result

        package init(
            steps: [(name: StaticString, microseconds: Int64)], restMicroseconds: Int64,
            clockAheadSeconds: Int64?, _ result: Result
        ) {
            self.steps = steps
            self.restMicroseconds = restMicroseconds
            self.clockAheadSeconds = clockAheadSeconds
            self.result = result
        }

        fileprivate var hasKeys: Bool {
            if case .fetched = result { return true }
            return false
        }
    }

    let warnings: [StaticString]
    /// An issuer's addresses, in the order of the settings.
    let issuers: [(name: [UInt8], addresses: [Address])]
    /// Configured issuers of whose addresses none gave keys.
    package let issuersWithoutKeys: Int
    /// The largest difference from a server's clock; nil without a server's Date header.
    let clockAheadSeconds: Int64?
    /// Whether that is more than CLOCK_SKEW_SECONDS lets pass, a second for the way.
    let clockIsOff: Bool
    let policies: [PolicyReport]
    let gateway: [GatewaySettings]

    /// - Parameter addresses: for each issuer of the settings.
    package init(_ settings: Settings, _ addresses: [[Address]]) {
        warnings = settings.warnings.map { $0.message }
        var issuers: [(name: [UInt8], addresses: [Address])] = []
        var issuersWithoutKeys = 0
        var furthest: Int64?
        var skew: Int64 = 300
        for (issuer, asked) in zip(settings.issuers, addresses) {
            issuers.append((issuer.name, asked))
            skew = min(skew, issuer.trusted.claims.clockSkewSeconds)
            if !asked.contains(where: { $0.hasKeys }) { issuersWithoutKeys += 1 }
            for address in asked {
                guard let ahead = address.clockAheadSeconds else { continue }
                if ahead.magnitude >= (furthest ?? 0).magnitude { furthest = ahead }
            }
        }
        self.issuers = issuers
        self.issuersWithoutKeys = issuersWithoutKeys
        clockAheadSeconds = furthest
        clockIsOff = (furthest ?? 0).magnitude > UInt64(skew) + 1
        policies = settings.rules.policyReports
        gateway = settings.rules.gatewaySettings
    }

    /// Whether there is nothing to be done.
    package var isOK: Bool { issuersWithoutKeys == 0 && !clockIsOff }

    package func text(_ paint: Paint) -> [UInt8] { outline.lines + [0x0A] }

    package var outline: Outline {
        var outline = Outline()
        outline.add("authorizer", "doctor")
        outline.add("warnings", warnings)
        var keys: [Outline] = []
        for (name, addresses) in issuers {
            for (place, address) in addresses.enumerated() {
                var entry = Outline()
                entry.add("issuer", name)
                entry.add("address", place)
                address.add(to: &entry)
                keys.append(entry)
            }
        }
        outline.add("keys", keys)
        if let clockAheadSeconds { outline.add("clockAheadSeconds", clockAheadSeconds) }
        if clockIsOff {
            outline.add(
                "clock",
                "this machine's clock differs from a key server's by more than CLOCK_SKEW_SECONDS: correct it"
            )
        }
        outline.add("policies", policies.map { $0.outline })
        outline.add("gateway", gateway.map { $0.outline })
        outline.add("ok", isOK)
        return outline
    }
}

extension DoctorReport.Address {
    private var word: StaticString {
        switch result {
        case .fetched: "fetched"
        case .failed(let failure): failure.reason
        }
    }

    fileprivate func add(to outline: inout Outline) {
        var times = Outline()
        for (name, microseconds) in steps { times.add(name, microseconds) }
        times.add(hasKeys ? "keys" : "untilFailure", restMicroseconds)
        outline.add("result", word)
        outline.add("microseconds", times)
        if let clockAheadSeconds { outline.add("clockAheadSeconds", clockAheadSeconds) }
        switch result {
        case .failed(let failure):
            outline.add("stage", failure.stage)
            outline.add("meaning", failure.meaning)
            outline.add("advice", failure.advice)
            if let skipped = failure.skipped, !skipped.isEmpty { outline.add("skippedKeys", skipped) }
        case .fetched(let set, let connection):
            outline.add("usableKeys", set.keys.count)
            outline.add("skipped", set.skipped.count)
            if !set.skipped.isEmpty { outline.add("skippedKeys", set.skipped) }
            if let connection {
                outline.add("tls", connection.version)
                outline.add("suite", connection.suite)
            }
        }
    }
}
