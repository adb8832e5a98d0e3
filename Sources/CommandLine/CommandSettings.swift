// CommandSettings.swift - the settings of a command: the environment's, or the sample's.
//
// Spec:    README "Commands": the sample's key set is reachable by `invoke` and `explain` without
//          JWKS_URI, never under Lambda.
// Secret:  no.
// Reads:   Reports (SampleData), LambdaRuntime (settings), Settings, Bytes. Read by: DecisionInput.

import Bytes
import LambdaRuntime
import Reports
import Settings

/// Settings, and whether they are the sample's.
struct CommandSettings {
    let settings: Settings
    let isSample: Bool

    /// The environment's settings; the sample's when it names no key source, no RESOURCE and no RULES.
    static func load(
        _ environment: [(name: [UInt8], value: [UInt8])]
    ) throws(SettingsError) -> CommandSettings {
        for variable in environment {
            for name in ["JWKS_URI", "JWKS", "RESOURCE", "RULES"] as [StaticString]
            where bytesEqual(variable.name.span, name) {
                return CommandSettings(
                    settings: try LambdaRuntime.settings(environment: environment), isSample: false)
            }
        }
        var sample: [(name: [UInt8], value: [UInt8])] = [([UInt8]("JWKS"), [UInt8](SampleData.keySet))]
        for setting in SampleData.settings { sample.append(([UInt8](setting.name), [UInt8](setting.value))) }
        return CommandSettings(settings: try LambdaRuntime.settings(environment: sample), isSample: true)
    }
}
