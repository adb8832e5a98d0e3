// KeysCommand.swift - fetch the key set and list it.
//
// Spec:    README "Commands", keys.
// Secret:  no: public keys.
// Reads:   Options, Terminal; Reports (KeysReport, FetchFailureReport), LambdaRuntime (settings, ConnectionReport), KeyFetching,
//          Keys, TLS, Settings, Platform. Read by: Commands.

import KeyFetching
import Keys
import LambdaRuntime
import Platform
import Reports
import Settings
import TLS

/// `authorizer keys`.
func runKeys(_ options: Options) -> Int32 {
    let supply: KeySupply
    let policy: KeyCachePolicy
    do throws(SettingsError) {
        let settings = try LambdaRuntime.settings(environment: Environment.all)
        policy = settings.keyCachePolicy
        supply = try KeySupply(of: settings.issuers[0], settings.fetches)
    } catch {
        return StandardError.refuse(error)
    }
    guard !supply.isPerKey else {
        return StandardError.refuse(
            "each key has its own URL, which contains the token's kid, so there is not a set to list; authorizer doctor checks the key server"
        )
    }
    var failures: [FetchFailure] = []
    for address in 0..<supply.addressCount {
        do throws(FetchFailure) {
            let fetched = try supply.fetch(address: address)
            let report = KeysReport(
                fetched.keySet, fetched.tls.map { ConnectionReport($0) },
                maxAgeSeconds: fetched.maxAgeSeconds, policy)
            StandardOutput.write(report, asJSON: options.json)
            return ExitStatus.allowed
        } catch {
            StandardError.write(error.text(ofFallback: address > 0))
            failures.append(error)
        }
    }
    if options.json { StandardOutput.write(Outline(failures)) }
    return ExitStatus.keysUnavailable
}
