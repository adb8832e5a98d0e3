// KeySource.swift - where a key set comes from.
//
// Spec:    security-checklist 17, 18: the address is the settings' affair, never the token's.
// Secret:  no; an address is not logged, it may hold what its owner thinks secret.
// Reads:   SettingName, SettingsError; JOSE. Read by: TrustedIssuer, Settings, LambdaRuntime, the commands.

import Bytes
import JOSE

/// Where the key set comes from.
public enum KeySource: Equatable, Sendable {
    /// An `https://` or loopback `http://` URL as it was set; its parts are the HTTP module's affair.
    case url([UInt8])
    /// An absolute path.
    case file([UInt8])
    /// The set itself.
    case inline([UInt8])
    /// The issuer's own document says where: its `iss`, which is a URL then.
    case discovery([UInt8])

    /// The source that an address names.
    ///
    /// - Parameter setting: what an error names.
    /// - Throws: `uriForm`.
    init(address: [UInt8], _ setting: SettingName) throws(SettingsError) {
        let text = address.span
        for index in text.indices where text[index] <= 0x20 || text[index] == 0x7F {
            throw SettingsError(setting, .uriForm)
        }
        if bytesStart(text, with: "/") {
            self = .file(address)
        } else if bytesStart(text, with: "file:///") {
            self = .file([UInt8](text.extracting(7..<text.count)))
        } else if Self.startsWithScheme(text, "https://") || Self.startsWithScheme(text, "http://") {
            self = .url(address)
        } else {
            throw SettingsError(setting, .uriForm)
        }
    }

    /// The set itself. It cannot get better: without a usable key the start stops.
    ///
    /// - Throws: `keySetRefused`, `keySetWithoutKeys`.
    init(keySet text: [UInt8], _ setting: SettingName) throws(SettingsError) {
        do throws(JOSEError) {
            let set = try KeySet(parsing: text)
            if !set.keys.isEmpty {
                self = .inline(text)
                return
            }
        } catch { throw SettingsError(setting, .keySetRefused(error)) }
        throw SettingsError(setting, .keySetWithoutKeys)
    }

    /// The issuer's document.
    ///
    /// - Throws: `issuerForm` for an issuer that is no http or https URL.
    init(discoveredFrom issuer: [UInt8], _ setting: SettingName) throws(SettingsError) {
        guard Self.startsWithScheme(issuer.span, "https://") || Self.startsWithScheme(issuer.span, "http://")
        else { throw SettingsError(setting, .issuerForm) }
        self = .discovery(issuer)
    }

    private static func startsWithScheme(_ text: Span<UInt8>, _ scheme: StaticString) -> Bool {
        text.count > scheme.utf8ByteCount
            && bytesEqualIgnoringASCIICase(text.extracting(0..<scheme.utf8ByteCount), scheme)
    }
}
