import Foundation
import JOSE
import Routes
import TestSupport
import Testing

@testable import Settings

/// The cells of the rows of a table in PROFILES.md: the table whose heading line starts with `heading`.
private func rows(of heading: String) throws -> [[String]] {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()
    let lines = try String(contentsOf: root.appendingPathComponent("PROFILES.md"), encoding: .utf8)
        .split(separator: "\n", omittingEmptySubsequences: false)
    let first = try #require(lines.firstIndex { $0.hasPrefix(heading) })
    return lines[(first + 2)...].prefix { $0.hasPrefix("|") }.map { line in
        line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
    }
}

/// The code words of a cell: the texts between backticks.
private func words(_ cell: String) -> [String] {
    cell.split(separator: "`", omittingEmptySubsequences: false).enumerated().filter { $0.offset % 2 == 1 }
        .map { String($0.element) }
}

/// The names between < and > of a form; nil if the brackets do not match.
private func placeholders(_ form: String) -> [String]? {
    var names: [String] = []
    var name: String?
    for character in form {
        switch (character, name) {
        case ("<", nil): name = ""
        case ("<", _), (">", nil): return nil
        case (">", let end?):
            names.append(end)
            name = nil
        case (_, let part?): name = part + String(character)
        default: break
        }
    }
    return name == nil && !names.contains("") ? names : nil
}

/// The table of profiles is complete, its forms can be filled in, and PROFILES.md says the same (AUDIT 23, 31).
@Suite struct ProfileTableTests {
    /// The rows have the names of both tables of PROFILES.md, each once and in their order.
    @Test func namesAreThoseOfTheDocument() throws {
        let expected = ProfileRow.all.map { text($0.name) }
        #expect(Set(expected).count == expected.count && !expected.isEmpty)
        #expect(try rows(of: "| word | `ISSUER` ").map { words($0[0])[0] } == expected)
        #expect(try rows(of: "| word | algorithms ").map { words($0[0])[0] } == expected)
        for row in ProfileRow.all {
            #expect(ProfileRow.named(bytes(text(row.name))).map { text($0.name) } == text(row.name))
        }
        #expect(ProfileRow.named(bytes("cognito ")) == nil && ProfileRow.named([]) == nil)
    }

    /// The algorithms of the document's second table, and its addresses where they are whole.
    @Test func algorithmsAndKeysAreThoseOfTheDocument() throws {
        for (row, cells) in zip(ProfileRow.all, try rows(of: "| word | algorithms ")) {
            let names = row.algorithms.list.map(text)
            #expect(names == row.algorithms.list.map { Algorithm(name: $0.span).map { text($0.name) } })
            let algorithms = names.joined(separator: ", ")
            #expect(cells[1] == (algorithms.isEmpty ? "all" : algorithms), "\(row.name)")
            let keys = row.keys.list.map(text)
            guard keys.count == 1, keys[0] != "-", placeholders(keys[0]) == [] else { continue }
            #expect(words(cells[2]) == keys, "\(row.name)")
        }
    }

    /// A form of an address or an audience has names that each form of the issuer has, or `issuer`.
    @Test(arguments: ProfileRow.all.indices) func formsCanBeFilled(_ index: Int) throws {
        let row = ProfileRow.all[index]
        let groups = try row.issuers.groups.map { forms in
            try forms.map { try #require(placeholders(text($0)), "\(row.name)") }
        }
        // The first form of a group is the one that issuers are compared with first: it has the names of the others.
        for forms in groups {
            #expect(Set(forms[0]).count == forms[0].count)
            for form in forms { #expect(Set(form).isSubset(of: forms[0]), "\(row.name)") }
        }
        let keys = row.keys.list.map(text)
        #expect(keys.count <= max(groups.count, 1))
        for (index, forms) in groups.enumerated() where !keys.isEmpty {
            let key = keys[min(index, keys.count - 1)]
            for name in try #require(placeholders(key)) where name != "issuer" {
                #expect(forms[0].contains(name), "\(row.name): \(name)")
            }
            // An example is an address, and no form.
            if key.hasPrefix("!") { #expect(placeholders(key) == [] && key.hasPrefix("!https://")) }
        }
        for name in try row.audience.map({ try #require(placeholders(text($0))) }) ?? [] {
            #expect(groups.allSatisfy { $0[0].contains(name) } && !groups.isEmpty, "\(row.name): \(name)")
        }
        // Without a configured issuer the address is made from the first form: the default.
        if !row.keys.isEmpty { #expect(!row.issuers.isEmpty) }
        let issuers = groups.flatMap { $0 }
        for partition in row.loadBalancerKeys.list.map(text).map({ $0.prefix { $0 != "=" } }) {
            let hosts = row.loadBalancerKeys.values(of: bytes(String(partition)))
            #expect(!partition.isEmpty && hosts.count == 1)
            #expect(issuers.map { Array($0.prefix(2)) } == [["partition", "region"]])
            #expect(Set(try #require(placeholders(text(hosts[0])))) == ["region"])
        }
        #expect(row.loadBalancerKeys.values(of: bytes("unknown")).isEmpty)
        #expect(row.keys.isEmpty || row.loadBalancerKeys.isEmpty)
    }

    /// The bounds of the types that are made from a row.
    @Test(arguments: ProfileRow.all.indices) func membersAreWithinTheirBounds(_ index: Int) {
        let row = ProfileRow.all[index]
        #expect(row.typeClaim.isEmpty || row.typeClaim.list.count > 2)
        #expect(row.audience == nil || row.audienceNeeded == nil)
        #expect(row.audience != nil || !row.hasOneAudience)
        #expect(row.optional.isEmpty || row.optional.list.count > 1)
        #expect(row.audienceClaim != nil || !row.comparesAudienceClaim)
        #expect(row.knownHosts.isEmpty || row.issuers.list.contains { $0[0] == UInt8(ascii: "<") })
        for list in [row.types, row.typeClaim, row.anyOf, row.required, row.optional, row.issuers] {
            #expect(Set(list.list).count == list.list.count && !list.list.contains([]))
        }
        for paths in [row.scopeClaims.paths, row.roleClaims.paths] {
            #expect(paths.count <= RouteLimits.testCount)
            for path in paths {
                #expect((1...RouteLimits.claimDepth).contains(path.count) && !path.contains([]))
            }
        }
        // An ID token must be recognisable, unless all tokens of the provider are ID tokens or `typ` is checked.
        let tellsTokensApart =
            !row.typeClaim.isEmpty || !row.anyOf.isEmpty || !row.types.isEmpty || row.refusesIDTokens
        #expect(tellsTokensApart || row.required.list.map(text).contains("sub"))
        // Azure AD B2C writes `nonce` into access tokens too; an audience that is a URL names no client.
        if row.refusesIDTokens { #expect(!row.anyOf.isEmpty || row.audienceIsURL) }
        if !row.anyOf.isEmpty { #expect(row.refusesIDTokens || text(row.name) == "azure-b2c") }
    }

    /// Other names lead to profiles, and a profile's own name or one close to it is not among them.
    @Test func otherNamesAreOfProfiles() {
        for (name, meant) in [
            ("azure", ["entra", "entra-external", "azure-b2c"]), ("aws", ["aws-sts", "cognito", "alb"]),
            ("AWS", ["aws-sts", "cognito", "alb"]), ("github", ["github-actions"]), ("k8s", ["kubernetes"]),
            ("eks", ["kubernetes"]), ("Cognito", ["cognito"]), ("cognito ", ["cognito"]),
            ("keycloack", ["keycloak"]), ("terraform", ["terraform-cloud"]),
            ("githubactions", ["github-actions"]),
            ("GitHub_Actions", ["github-actions"]), ("gti-lab", []), ("issuer", []), ("", []),
            ("x=entra", []),
            ("azure=entra", []), ("kuber", []),
        ] as [(String, [String])] {
            #expect(ProfileRow.meant(by: bytes(name)).map(text) == meant, "\(name)")
        }
    }
}
