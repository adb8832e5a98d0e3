// SampleSettings.swift - the settings of a command: the environment's, or the sample's.
//
// Spec:    DESIGN 2: the sample's key set is reachable by `invoke` and `explain` without
//          JWKS_URI, never under Lambda.
// Secret:  no.
// Reads:   SampleData; Authorizer, Platform. Read by: InvokeCommand, ExplainCommand.

import Authorizer
import Bytes
import LambdaRuntime
import Platform

/// Settings, and whether they are the sample's.
struct CommandSettings {
    let settings: Settings
    let isSample: Bool

    /// The environment's settings; the sample's when it names no key source, no RESOURCE and no RULES.
    static func load() throws(SettingsError) -> CommandSettings {
        let environment = Environment.all
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

/// Says what is wrong with a setting.
func settingsError(_ error: SettingsError) -> Int32 {
    var text = [UInt8]("authorizer: ")
    text.append(error.message.span)
    text.append("\n")
    StandardError.write(text)
    return ExitStatus.usage
}
