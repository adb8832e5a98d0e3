// Doctor.swift - fetches keys once from every address, with times for each step.
//
// Spec:    README "doctor"; AUDIT 17 to 19.
// Secret:  no: DoctorReport omits secrets.
// Reads:   KeyFetching, Keys (FetchFailure), HTTP (ExchangeStep), TLS (TLSSummary), Settings, Platform; Reports (DoctorReport),
//          Authorizer, Bytes. Read by: LambdaLoop, the doctor command.
//
// The fetches are separate from those of decisions: cached keys, back-offs and connections do not change, and nothing
// is shared with the loops.

import Authorizer
import Bytes
import HTTP
import KeyFetching
import Keys
import Platform
import Reports
import Settings
import TLS

/// The diagnosis of the settings' key sources.
package enum Doctor {
    /// Fetches from every address once.
    ///
    /// - Parameter deadline: for all addresses together. The settings' time for a fetch limits each of them.
    /// - Throws: for an address that cannot be fetched from.
    package static func report(
        of settings: Settings, until deadline: Deadline = .never
    ) throws(SettingsError) -> DoctorReport {
        var asked: [[DoctorReport.Address]] = []
        for (index, issuer) in settings.issuers.enumerated() {
            let supply = try KeySupply(of: issuer, settings.fetches)
            // Each issuer gets an equal share of the time, and so does each address within that share.
            let share = deadline.share(of: settings.issuers.count - index)
            var addresses: [DoctorReport.Address] = []
            for address in 0..<supply.addressCount {
                addresses.append(ask(supply, address, until: share.share(of: supply.addressCount - address)))
            }
            asked.append(addresses)
        }
        return DoctorReport(settings, asked)
    }

    private static func ask(
        _ supply: KeySupply, _ address: Int, until deadline: Deadline
    ) -> DoctorReport.Address {
        var last = Clock.monotonicNanoseconds
        let result: DoctorReport.Result
        do throws(FetchFailure) {
            let fetched = try supply.fetch(address: address, until: deadline)
            result = .fetched(fetched.keySet, fetched.tls.map { ConnectionReport($0) })
        } catch { result = .failed(error) }
        let now = Clock.monotonicNanoseconds
        let exchange = supply.lastExchange(address: address)
        var steps: [(name: StaticString, microseconds: Int64)] = []
        for step in ExchangeStep.allCases where exchange.steps[step] > 0 {
            steps.append((step.word, max(0, exchange.steps[step] - last) / 1000))
            last = max(last, exchange.steps[step])
        }
        return DoctorReport.Address(
            steps: steps, restMicroseconds: (now - last) / 1000,
            clockAheadSeconds: exchange.clockAheadSeconds, result)
    }

    /// The answer to `{"authorizer":"doctor"}`.
    static func answer(_ settings: Settings, until deadline: Deadline) -> [UInt8] {
        do throws(SettingsError) { return try report(of: settings, until: deadline).outline.json } catch {
            // Cannot fail: the start accepted the same settings.
            return [UInt8]("{\"authorizer\":\"doctor\",\"well\":false}")
        }
    }
}

extension ConnectionReport {
    /// The reported facts of a TLS connection.
    package init(_ tls: TLSSummary) {
        self.init(
            version: tls.version.name, suite: tls.suite.name, group: tls.group.name,
            extendedMasterSecret: tls.extendedMasterSecret, resumed: tls.resumed,
            needsExtendedMasterSecret: tls.version == .tls12)
    }
}
