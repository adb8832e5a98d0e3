// RulesDocument.swift - the rules' document: issuers, routes, and the claims with scopes and roles.
//
// Spec:    Examples/schemas/rules.schema.json; README "Rules".
// Secret:  no.
// Reads:   SettingValues, SettingsError, DocumentFault, DocumentValue, DocumentIssuers, DocumentRoutes, ConfiguredIssuer, Limits;
//          Authorizer, Routes, JSON, Bytes. Read by: Settings, RuleSettings, DocumentIssuers, DocumentRoutes;
//          Conformance.

import Authorizer
import Bytes
import JSON
import Routes

/// The document of RULES or SHADOW_RULES.
package struct RulesDocument: Sendable {
    /// Nil: environment variables describe the issuer.
    package private(set) var issuers: [ConfiguredIssuer]?
    /// Nil: RESOURCE lists the calls that are allowed.
    package private(set) var routes: RouteTable?
    /// Its `scope_claims` and `role_claims` for all issuers.
    let places: ClaimPlaces

    /// The claims with scopes and roles of the first issuer.
    package var firstPlaces: ClaimPlaces { issuers?.first?.trusted.places ?? places.orElse(.standard) }

    /// - Throws: the first fault, with its place.
    package init(parsing text: [UInt8]) throws(SettingsError) {
        let document: JSONDocument
        do throws(JSONError) {
            document = try JSONDocument(parsing: text, limits: SettingsLimits.document)
        } catch {
            throw SettingsError(
                .rules, .document(DocumentFault(path: [], problem: .json(error), example: "")))
        }
        let root = DocumentValue(document)
        try root.checkMembers([
            "$schema", "issuers", "scope_claims", "role_claims", "routes", "default", "routes_are_complete",
        ])
        places = try ClaimPlaces(root)
        var names: [[UInt8]] = []
        if let list = root["issuers"] {
            let read = try DocumentIssuers(list, places, hasRoutes: root["routes"] != nil)
            issuers = read.issuers
            names = read.names
        }
        if let list = root["routes"] {
            var reader = DocumentRoutes(issuerNames: names)
            try reader.read(list)
            if let otherwise = root["default"] { try reader.readDefault(otherwise) }
            let isComplete = try root["routes_are_complete"]?.bool() ?? false
            routes = RouteTable(
                rules: reader.rules, requirements: reader.requirements, scopeNames: reader.scopeNames,
                scopePatterns: reader.scopePatterns, roleNames: reader.roleNames, isComplete: isComplete)
            return
        }
        guard issuers != nil else { throw root.fault(.nothing) }
        for name in ["default", "routes_are_complete", "scope_claims", "role_claims"] as [StaticString] {
            if let member = root[name] { throw member.fault(.requiresRoutes) }
        }
    }
}

extension RulesDocument {
    /// The document of a setting (RULES, SHADOW_RULES); nil if it is not set.
    ///
    /// - Throws: `empty`, `tooLong`; the document's first fault, as one of the setting.
    static func read(_ setting: SettingName, of values: SettingValues) throws(SettingsError) -> RulesDocument?
    {
        guard let text = try values.text(setting, limit: SettingsLimits.documentByteCount) else {
            return nil
        }
        do throws(SettingsError) { return try RulesDocument(parsing: text) } catch {
            throw SettingsError(setting, error.problem)
        }
    }
}

extension ClaimPlaces {
    /// `scope_claims` and `role_claims` of an object.
    init(_ object: DocumentValue) throws(SettingsError) {
        self.init()
        if let list = object["scope_claims"] { scopes = try Self.paths(list, "[\"scope\"]") }
        if let list = object["role_claims"] { roles = try Self.paths(list, "[\"realm_access.roles\"]") }
    }

    private static func paths(_ list: DocumentValue, _ example: StaticString) throws(SettingsError)
        -> [ClaimPath]
    {
        var paths: [ClaimPath] = []
        for element in try list.elements(example, limit: RouteLimits.testCount) {
            paths.append(try ClaimPath(element))
        }
        return paths
    }
}

extension ClaimPath {
    /// A string is split at its dots; an array contains the names as they are.
    init(_ value: DocumentValue) throws(SettingsError) {
        let example: StaticString = "\"realm_access.roles\" or [\"https://example.com/roles\"]"
        if value.value.kind == .array {
            var names: [[UInt8]] = []
            for element in try value.elements(example, limit: RouteLimits.claimDepth) {
                if element.value.kind == .number { throw element.fault(.claimIndex) }
                names.append(try element.string(example))
            }
            self.init(names)
            return
        }
        let text = try value.string(example)
        var names: [[UInt8]] = []
        var start = 0
        for index in 0...text.count where index == text.count || text[index] == 0x2E {
            // Splitting `https://example.com/roles` at its dots would be a mistake.
            guard index > start else { throw value.fault(.claimName, example) }
            let name = [UInt8](text[start..<index])
            guard !Self.isIndex(name) else { throw value.fault(.claimIndex) }
            names.append(name)
            start = index + 1
        }
        for index in 1..<max(1, text.count) where text[index] == 0x2F && text[index - 1] == 0x2F {
            throw value.fault(.claimName, example)
        }
        guard names.count <= RouteLimits.claimDepth else {
            throw value.fault(.tooMany(limit: RouteLimits.claimDepth))
        }
        self.init(names)
    }

    /// Whether a name is a number, or ends with a number in brackets: what other languages write for an element of an array.
    private static func isIndex(_ name: [UInt8]) -> Bool {
        var digits = name.span.extracting(0..<name.count)
        if name.last == 0x5D {
            let start = name.span.firstIndex(of: 0x5B)
            guard start < name.count - 1 else { return false }
            digits = name.span.extracting((start + 1)..<(name.count - 1))
        }
        for index in digits.indices where !(0x30...0x39).contains(digits[index]) { return false }
        return digits.count > 0
    }
}
