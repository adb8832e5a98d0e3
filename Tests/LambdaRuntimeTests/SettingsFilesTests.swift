import Settings
import TestSupport
import Testing

@testable import LambdaRuntime

/// Files that settings name are read before the settings are checked (AUDIT 31).
@Suite struct SettingsFilesTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func fault(_ name: String, _ value: String, _ further: (String, String)...) -> SettingsError? {
        let pairs = [("JWKS_URI", "https://idp.example.com/keys"), (name, value)] + further
        return thrown { () throws(SettingsError) in try settings(environment: variables(pairs)) }
    }

    @Test func rulesMayBeAFile() throws {
        let rules = #"{"routes":[{"route":"GET /a","allow":"any_token"}]}"#
        #expect(try fault("RULES", folder.write("rules.json", bytes(rules))) == nil)
        // JSON allows white space before the bracket.
        #expect(fault("RULES", " \t\r\n" + rules) == nil)
        let absent = fault("RULES", folder.path + "/absent.json")
        #expect(absent == SettingsError(.rules, .fileNotRead(reason: Array("file_not_found".utf8))))
        #expect(fault("RULES", " \n") != nil)
    }

    /// A file that key fetches need later is checked at the start: a warning if it is missing.
    @Test func missingLaterFilesAreWarnedOf() throws {
        try folder.write("ca.pem", bytes("no certificate"))
        let keys = try folder.write("keys.json", bytes("{}"))
        func warnings(_ pairs: [(String, String)]) throws -> Int {
            try settings(environment: variables(pairs + [("RESOURCE", "*")])).warnings.count
        }
        let usual = try warnings([("JWKS_URI", "https://idp.example.com/keys")])
        for bundle in ["/ca.pem", "/absent.pem"] {
            let found = try warnings([
                ("JWKS_URI", "https://idp.example.com/keys"), ("CA_BUNDLE", folder.path + bundle),
            ])
            #expect(found == usual + 1, "\(bundle)")
        }
        let present = try warnings([("JWKS_URI", keys)])
        #expect(try warnings([("JWKS_URI", folder.path + "/absent.json")]) == present + 1)
    }
}
