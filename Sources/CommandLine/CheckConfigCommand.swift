// CheckConfigCommand.swift - are the settings good?
//
// Spec:    README "Commands", check-config.
// Secret:  no: of JWKS_URI only the kind is shown.
// Reads:   Options, Terminal; Reports (SettingsReport), LambdaRuntime (settings), KeyFetching, Settings, Platform.
//          Read by: Commands.

import KeyFetching
import LambdaRuntime
import Platform
import Reports
import Settings

/// `authorizer check-config`.
func runCheckConfig(_ options: Options) -> Int32 {
    let settings: Settings
    var proxy: [UInt8]?
    do throws(SettingsError) {
        settings = try LambdaRuntime.settings(environment: Environment.all)
        for issuer in settings.issuers {
            let supply = try KeySupply(of: issuer, settings.fetches)
            proxy = proxy ?? supply.proxyName
        }
    } catch {
        guard options.json else { return StandardError.refuse(error) }
        StandardOutput.write(Outline(error))
        return ExitStatus.usage
    }
    StandardOutput.write(SettingsReport(settings, proxyName: proxy), asJSON: options.json)
    return ExitStatus.allowed
}
