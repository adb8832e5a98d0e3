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
            guard let keys = row.keys, placeholders(text(keys)) == [] else { continue }
            #expect(words(cells[2]) == [text(keys)], "\(row.name)")
        }
    }

    /// A form of an address or an audience has names that each form of the issuer has, or `issuer`.
    @Test(arguments: ProfileRow.all.indices) func formsCanBeFilled(_ index: Int) throws {
        let row = ProfileRow.all[index]
        let issuers = try row.issuers.list.map { try #require(placeholders(text($0)), "\(row.name)") }
        for names in issuers { #expect(Set(names).count == names.count) }
        for form in [row.keys, row.audience].compactMap({ $0 }) {
            for name in try #require(placeholders(text(form))) where name != "issuer" {
                #expect(issuers.allSatisfy { $0.contains(name) } && !issuers.isEmpty, "\(row.name): \(name)")
            }
        }
        // Without a configured issuer the address is made from the first form: the default.
        if row.keys != nil { #expect(!row.issuers.isEmpty) }
        for partition in row.loadBalancerKeys.list.map(text).map({ $0.prefix { $0 != "=" } }) {
            let hosts = row.loadBalancerKeys.values(of: bytes(String(partition)))
            #expect(!partition.isEmpty && hosts.count == 1)
            #expect(issuers.map { Array($0.prefix(2)) } == [["partition", "region"]])
            #expect(Set(try #require(placeholders(text(hosts[0])))) == ["region"])
        }
        #expect(row.loadBalancerKeys.values(of: bytes("unknown")).isEmpty)
        #expect(row.keys == nil || row.loadBalancerKeys.isEmpty)
    }

    /// What the types that a row becomes require of it.
    @Test(arguments: ProfileRow.all.indices) func membersAreWithinTheirBounds(_ index: Int) {
        let row = ProfileRow.all[index]
        #expect(row.typeClaim.isEmpty || row.typeClaim.list.count > 2)
        #expect(row.audience == nil || row.audienceNeeded == nil)
        for list in [row.types, row.typeClaim, row.anyOf, row.required, row.issuers] {
            #expect(Set(list.list).count == list.list.count && !list.list.contains([]))
        }
        for paths in [row.scopeClaims.paths, row.roleClaims.paths] {
            #expect(paths.count <= RouteLimits.testCount)
            for path in paths {
                #expect((1...RouteLimits.claimDepth).contains(path.count) && !path.contains([]))
            }
        }
        // An ID token must be recognisable, except where a provider has no other tokens, or `typ` is checked.
        let tellsTokensApart = !row.typeClaim.isEmpty || !row.anyOf.isEmpty || !row.types.isEmpty
        #expect(tellsTokensApart || row.required.list.map(text).contains("sub"))
        #expect(row.refusesIDTokens == !row.anyOf.isEmpty)
    }
}
