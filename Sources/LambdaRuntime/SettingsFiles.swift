// SettingsFiles.swift - reads the files that settings name.
//
// Spec:    README "Settings": a value that does not begin with { or [ is a file path, relative to the zip unless absolute.
//          JSON allows white space before the bracket (RFC 8259 §2).
// Secret:  no.
// Reads:   Authorizer, JOSE (JOSELimits), Platform, Bytes, KeyFetching (TrustStore), Settings. Read by: the other files of LambdaRuntime; CommandLine (the commands, LambdaStart).

import Authorizer
import Bytes
import JOSE
import KeyFetching
import Platform
import Settings

/// The environment's settings, with the contents of the files that they name.
///
/// - Throws: the first problem; `fileNotRead` for a file.
public func settings(
    environment variables: [(name: [UInt8], value: [UInt8])]
) throws(SettingsError) -> Settings {
    var resolved = variables
    for index in resolved.indices {
        for (setting, limit) in [
            (.iotPolicy, SettingsLimits.iotPolicySettingByteCount),
            (.rules, SettingsLimits.documentByteCount),
            (.shadowRules, SettingsLimits.documentByteCount),
        ] as [(SettingName, Int)] {
            let (name, value) = resolved[index]
            guard bytesEqual(name.span, setting.name) else { continue }
            guard let first = firstVisibleByte(value), first != 0x7B, first != 0x5B else { continue }
            do throws(PlatformError) {
                resolved[index].value = try File.read(path: pathInZip(value), limit: limit + 1)
            } catch {
                throw SettingsError(setting, .fileNotRead(reason: [UInt8](error.reasonCode)))
            }
        }
    }
    return try Settings(environment: resolved, isReadable: isReadable)
}

/// RFC 8259 §2: space, tab, line feed and carriage return may precede a value.
private func firstVisibleByte(_ value: [UInt8]) -> UInt8? {
    for byte in value where byte != 0x20 && byte != 0x09 && byte != 0x0A && byte != 0x0D { return byte }
    return value.first
}

/// Whether a file that key fetches need is readable and valid now.
private func isReadable(_ file: Settings.DeferredFile) -> Bool {
    switch file {
    case .keys(let path):
        do throws(PlatformError) {
            return try !File.read(path: path, limit: JOSELimits.keySetByteCount).isEmpty
        } catch {
            return false
        }
    case .trustAnchors(let path):
        do throws(TrustStoreError) {
            _ = try TrustStore.open(bundle: path)
            return true
        } catch {
            return false
        }
    }
}
