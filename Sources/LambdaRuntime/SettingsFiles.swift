// SettingsFiles.swift - settings that may be files: read before they are checked.
//
// Spec:    README "Settings": a value that does not begin with { or [ is a file, in the zip unless absolute.
// Secret:  no.
// Reads:   Authorizer, Platform. Read by: Bootstrap's commands and start.

import Authorizer
import Bytes
import Platform

/// The environment's settings, with the files that they name.
///
/// - Throws: the first problem; `fileNotRead` for a file.
public func settings(
    environment variables: [(name: [UInt8], value: [UInt8])]
) throws(SettingsError) -> Settings {
    var resolved = variables
    for index in resolved.indices {
        for (setting, limit) in [
            (.iotPolicy, AuthorizerLimits.iotPolicySettingByteCount),
            (.rules, AuthorizerLimits.documentByteCount),
            (.shadowRules, AuthorizerLimits.documentByteCount),
        ] as [(SettingName, Int)] {
            let (name, value) = resolved[index]
            guard bytesEqual(name.span, setting.name) else { continue }
            guard let first = value.first, first != 0x7B, first != 0x5B else { continue }
            do throws(PlatformError) {
                resolved[index].value = try File.read(path: pathInZip(value), limit: limit + 1)
            } catch {
                throw SettingsError(setting, .fileNotRead(reason: [UInt8](error.reasonCode)))
            }
        }
    }
    return try Settings(environment: resolved)
}

/// An absolute path as it is; another one in the zip (LAMBDA_TASK_ROOT), or here when there is no Lambda.
func pathInZip(_ path: [UInt8]) -> [UInt8] {
    guard path.first != 0x2F, let root = Environment.value("LAMBDA_TASK_ROOT") else { return path }
    return root + [0x2F] + path
}
