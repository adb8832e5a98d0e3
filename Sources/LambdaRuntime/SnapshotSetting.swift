// SnapshotSetting.swift - an issuer's supply of keys. An invalid snapshot is an error in the settings.
//
// Spec:    README "Settings", JWKS_SNAPSHOT.
// Secret:  no.
// Reads:   Settings (ConfiguredIssuer, SettingsError), KeyFetching (KeySupply), Keys, Platform, Bytes. Read by: SharedKeys, Doctor; the commands.

import Bytes
import KeyFetching
import Keys
import Platform
import Settings

extension KeySupply {
    /// - Throws: `fileNotRead`, `keySetRefused`, `keySetWithoutKeys`, all for JWKS_SNAPSHOT.
    public init(of issuer: ConfiguredIssuer, _ fetches: FetchSettings) throws(SettingsError) {
        do throws(SnapshotError) { try self.init(issuer.keys, fetches) } catch {
            switch error {
            case .file(let reason):
                throw SettingsError(.jwksSnapshot, .fileNotRead(reason: [UInt8](reason.reasonCode)))
            case .keySet(let reason): throw SettingsError(.jwksSnapshot, .keySetRefused(reason))
            case .noUsableKey(let skipped):
                throw SettingsError(.jwksSnapshot, .keySetWithoutKeys(skipped: skipped))
            }
        }
    }
}
