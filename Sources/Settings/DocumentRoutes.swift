// DocumentRoutes.swift - the `routes` of the rules' document.
//
// Spec:    Examples/schemas/rules.schema.json; RFC 6749 §3.3 (scope); README "Rules".
// Secret:  no.
// Reads:   DocumentValue, RulesDocument (ClaimPath), SettingsError; Routes (RouteText, Requirement, ClaimTest), JSON, Bytes.
//          Read by: RulesDocument.

import Bytes
import JSON
import Routes

/// Reads the rules, one after the other.
struct DocumentRoutes: Sendable {
    private(set) var rules: [RouteRule] = []
    private(set) var requirements: [Requirement] = []
    private(set) var scopeNames = NameTable()
    private(set) var scopePatterns = PatternTable()
    private(set) var roleNames = NameTable()
    private let issuerNames: [[UInt8]]
    /// The text of each requirement: equal ones are one entry of the table.
    private var written: [[UInt8]] = []

    init(issuerNames: [[UInt8]]) {
        self.issuerNames = issuerNames
    }

    mutating func read(_ list: DocumentValue) throws(SettingsError) {
        let elements = try list.elements(
            "[{\"route\":\"GET /orders/{id}\",\"allow\":{\"scopes\":[\"orders:read\"]}}]",
            limit: RouteLimits.routeCount)
        for (place, element) in elements.enumerated() { try readRule(element, place) }
    }

    /// `default`: the rule for a request that no route matches.
    mutating func readDefault(_ value: DocumentValue) throws(SettingsError) {
        if value.value.isString("refuse") { return }
        var pattern = SegmentPattern()
        pattern.append(.one)
        pattern.append(.more)
        let requirement = try readRequirement(value, nil, nil, "\"any_token\"")
        rules.append(
            RouteRule(
                place: nil, written: [UInt8]("* /*"), pattern: pattern, effect: .allow,
                requirement: requirement))
    }

    private mutating func readRule(_ element: DocumentValue, _ place: Int) throws(SettingsError) {
        try element.checkMembers(["route", "allow", "deny", "public", "issuers", "description"])
        guard let route = element["route"] else { throw element.missing("route", "\"GET /orders/{id}\"") }
        let text = try route.string("\"GET /orders/{id}\"")
        let read: RouteText
        do throws(RouteText.Fault) { read = try RouteText(text.span) } catch {
            throw route.fault(.route(error), "\"GET /orders/{id}\"")
        }
        if let description = element["description"] { _ = try description.string("\"one order\"") }
        let issuers = element["issuers"]
        let effect: RouteRule.Effect
        var requirement: Int?
        switch (element["allow"], element["deny"], element["public"]) {
        case (let allow?, nil, nil):
            effect = .allow
            requirement = try readRequirement(allow, read, issuers, "\"any_token\"")
        case (nil, let deny?, nil):
            effect = .deny
            requirement = try readRequirement(deny, nil, issuers, "\"always\"")
        case (nil, nil, let isPublic?):
            effect = .public
            guard try isPublic.bool() else { throw isPublic.fault(.notTrue) }
            if let issuers { throw issuers.fault(.publicIssuers) }
        default: throw element.fault(.oneOf(.effect))
        }
        rules.append(
            RouteRule(
                place: place, written: text, pattern: read.pattern, effect: effect, requirement: requirement))
    }

    // MARK: Requirements

    /// - Parameters:
    ///   - route: the route whose variables a claim may match; nil: a claim may match none.
    ///   - issuers: the rule's `issuers`.
    ///   - word: the string for no requirement at all, in quotes.
    /// - Returns: the place in the table; nil for no requirement.
    private mutating func readRequirement(
        _ value: DocumentValue, _ route: RouteText?, _ issuers: DocumentValue?, _ word: StaticString
    ) throws(SettingsError) -> Int? {
        let quoted = [0x22] + value.text + [0x22]
        let isWord = value.value.kind == .string && bytesEqual(quoted.span, word)
        if isWord && issuers == nil { return nil }
        if !isWord { try checkParts(value, word) }
        var places: [Int] = []
        for element in try issuers?.elements("[\"customers\"]") ?? [] {
            places.append(try place(of: element))
        }
        let requirement = Requirement(
            scopes: try readScopes(value["scopes"]), anyOfScopes: try readScopes(value["any_of_scopes"]),
            anyOfScopesLike: try readScopePatterns(value["any_of_scopes_like"]),
            roles: try readRoles(value["roles"]), anyOfRoles: try readRoles(value["any_of_roles"]),
            claims: try Self.readTests(value["claims"], route),
            anyOfClaims: try Self.readTests(value["any_of_claims"], nil), issuers: places)
        // Rules with the same text have one requirement, except for variables, which are those of their own route.
        var text = value.text + [0x00]
        if let issuers { text += issuers.text }
        if requirement.firstVariable == nil {
            if let place = written.firstIndex(of: text.span) { return place }
        } else {
            text = []
        }
        written.append(text)
        requirements.append(requirement)
        return requirements.count - 1
    }

    private func checkParts(_ value: DocumentValue, _ word: StaticString) throws(SettingsError) {
        guard value.value.kind == .object else { throw value.fault(.notObject, word) }
        try value.checkMembers([
            "scopes", "any_of_scopes", "any_of_scopes_like", "roles", "any_of_roles", "claims",
            "any_of_claims",
        ])
        guard value.value.count > 0 else { throw value.fault(.empty, word) }
    }

    private mutating func readScopes(_ list: DocumentValue?) throws(SettingsError) -> [Int] {
        var places: [Int] = []
        for name in try Self.scopes(list, "[\"orders:read\"]") { places.append(scopeNames.place(of: name)) }
        return places
    }

    private mutating func readScopePatterns(_ list: DocumentValue?) throws(SettingsError) -> [Int] {
        var places: [Int] = []
        for (index, text) in try Self.scopes(list, "[\"orders:*\"]").enumerated() {
            if let list { try Self.checkMarks(text, list.element(index)) }
            places.append(scopePatterns.place(of: text))
        }
        return places
    }

    private static func scopes(
        _ list: DocumentValue?, _ example: StaticString
    ) throws(SettingsError) -> [[UInt8]] {
        guard let list else { return [] }
        let names = try list.strings(example)
        for (index, name) in names.enumerated() {
            // RFC 6749 §3.3: %x21 / %x23-5B / %x5D-7E.
            for byte in name where byte <= 0x20 || byte >= 0x7F || byte == 0x22 || byte == 0x5C {
                throw list.element(index).fault(.scope, "\"orders:read\"")
            }
        }
        return names
    }

    /// - Throws: `tooManyMarks`.
    private static func checkMarks(_ pattern: [UInt8], _ place: DocumentValue) throws(SettingsError) {
        var count = 0
        for byte in pattern where byte == 0x3F { count += 1 }
        guard count <= RouteLimits.likeMarkCount else {
            throw place.fault(.tooManyMarks(limit: RouteLimits.likeMarkCount))
        }
    }

    private mutating func readRoles(_ list: DocumentValue?) throws(SettingsError) -> [Int] {
        var places: [Int] = []
        for name in try list?.strings("[\"admin\"]") ?? [] { places.append(roleNames.place(of: name)) }
        return places
    }

    private func place(of element: DocumentValue) throws(SettingsError) -> Int {
        let name = try element.string("\"customers\"")
        if let place = issuerNames.firstIndex(of: name.span) { return place }
        throw element.fault(.unknownIssuer)
    }

    // MARK: Tests of claims

    /// - Parameter isInner: whether these are the tests of an `any_element`, which cannot have another one.
    private static func readTests(
        _ list: DocumentValue?, _ route: RouteText?, isInner: Bool = false
    ) throws(SettingsError) -> [ClaimTest] {
        guard let list else { return [] }
        var tests: [ClaimTest] = []
        for element in try list.elements(
            "[{\"claim\":\"tier\",\"equals\":\"gold\"}]", limit: RouteLimits.testCount)
        {
            guard element.value.kind == .object else { throw element.fault(.notObject) }
            guard let claim = element["claim"] else { throw element.missing("claim", "\"tier\"") }
            if isInner, let nested = element["any_element"] { throw nested.fault(.nestedElement) }
            tests.append(try readTest(element, try ClaimPath(claim), route))
        }
        return tests
    }

    private static let bounds: [(name: StaticString, condition: ClaimTest.Condition)] = [
        ("at_least", .atLeast), ("at_most", .atMost), ("greater_than", .greaterThan),
        ("less_than", .lessThan),
    ]

    private static let texts: [(name: StaticString, condition: ClaimTest.Condition)] = [
        ("starts_with", .startsWith), ("ends_with", .endsWith), ("like", .like),
    ]

    private static func readTest(
        _ element: DocumentValue, _ path: ClaimPath, _ route: RouteText?
    ) throws(SettingsError) -> ClaimTest {
        try element.checkMembers([
            "claim", "equals", "one_of", "contains", "present", "at_least", "at_most", "greater_than",
            "less_than", "starts_with", "ends_with", "like", "any_element", "matches_variable",
        ])
        guard element.value.count == 2 else { throw element.fault(.oneOf(.condition)) }
        for bound in bounds {
            if let value = element[bound.name] {
                return ClaimTest(path, bound.condition, number: try readBound(value))
            }
        }
        for entry in texts {
            if let value = element[entry.name] {
                let text = try value.string("\"repo:acme/*\"")
                if entry.condition == .like { try checkMarks(text, value) }
                return ClaimTest(path, entry.condition, text: text)
            }
        }
        if let list = element["any_element"] {
            return ClaimTest(path, .anyElement, elementTests: try readTests(list, nil, isInner: true))
        }
        if let value = element["present"] { return ClaimTest(path, try value.bool() ? .present : .absent) }
        if let value = element["matches_variable"] { return try readVariable(value, path, route) }
        var scalars: [ClaimTest.Scalar] = []
        for entry in try element["one_of"]?.elements("[\"gold\",\"silver\"]") ?? [] {
            scalars.append(try readScalar(entry))
        }
        for name in ["equals", "contains"] as [StaticString] {
            if let value = element[name] { scalars.append(try readScalar(value)) }
        }
        return ClaimTest(path, element["contains"] == nil ? .oneOf : .contains, scalars: scalars)
    }

    /// `id`, or a text with the variable in braces: `auth0|{id}`.
    private static func readVariable(
        _ value: DocumentValue, _ path: ClaimPath, _ route: RouteText?
    ) throws(SettingsError) -> ClaimTest {
        guard let route else { throw value.fault(.variableElsewhere) }
        let text = try value.string("\"id\"")
        var name = text
        var (before, after): ([UInt8], [UInt8]) = ([], [])
        let (open, close) = (text.span.firstIndex(of: 0x7B), text.span.firstIndex(of: 0x7D))
        if open < text.count || close < text.count {
            guard open < close, close < text.count,
                text.span.firstIndex(of: 0x7B, from: open + 1) == text.count,
                text.span.firstIndex(of: 0x7D, from: close + 1) == text.count
            else { throw value.fault(.variableText, "\"auth0|{id}\"") }
            name = [UInt8](text[(open + 1)..<close])
            before = [UInt8](text[..<open])
            after = [UInt8](text[(close + 1)...])
        }
        for variable in route.variables where bytesEqual(variable.name.span, name.span) {
            return ClaimTest(
                path, .matchesVariable, number: Int64(variable.segment), text: before, after: after)
        }
        throw value.fault(.unknownVariable)
    }

    private static func readBound(_ value: DocumentValue) throws(SettingsError) -> Int64 {
        try value.integer(Int64.min...Int64.max, "18")
    }

    private static func readScalar(_ value: DocumentValue) throws(SettingsError) -> ClaimTest.Scalar {
        switch value.value.kind {
        case .string:
            return .string(try value.string("\"gold\""))
        case .true: return .bool(true)
        case .false: return .bool(false)
        case .number: return .integer(try readBound(value))
        default: throw value.fault(.notScalar, "\"gold\"")
        }
    }
}
