// Requirement.swift - the requirements of a rule, and the properties of a token.
//
// Spec:    RFC 6749 §3.3 (scope); AUDIT 25; README "Rules".
// Secret:  claim values, which are never printed.
// Reads:   ClaimPath, ClaimTest, LikePattern, LoginAge; JSON, Bytes. Read by: RouteTable, LoginAge, RoutePolicy, the document; Authorizer, Settings,
//          Conformance.

import Bytes
import JSON

/// All parts must be met; of each any-of part, one member must be met.
public struct Requirement: Sendable {
    /// Indices into the tables of names (NameTable).
    let scopes: [Int]
    let anyOfScopes: [Int]
    /// Indices into the table of patterns (PatternTable).
    let anyOfScopesLike: [Int]
    let roles: [Int]
    let anyOfRoles: [Int]
    let claims: [ClaimTest]
    let anyOfClaims: [ClaimTest]
    /// The issuers whose tokens can meet it, by their indices in the settings; empty: all issuers.
    let issuers: [Int]
    /// The accepted values of `acr`; empty: not checked.
    package var acrValues: [[UInt8]] = []
    /// The most seconds since the login; nil: not checked.
    package var maximumAuthAgeSeconds: Int64?

    package init(
        scopes: [Int], anyOfScopes: [Int], anyOfScopesLike: [Int] = [], roles: [Int], anyOfRoles: [Int],
        claims: [ClaimTest], anyOfClaims: [ClaimTest], issuers: [Int]
    ) {
        self.scopes = scopes
        self.anyOfScopes = anyOfScopes
        self.anyOfScopesLike = anyOfScopesLike
        self.roles = roles
        self.anyOfRoles = anyOfRoles
        self.claims = claims
        self.anyOfClaims = anyOfClaims
        self.issuers = issuers
    }

    /// A part of a rule; `explain` reports the part that was not met.
    public enum Part: Equatable, Sendable {
        case issuers, scopes, anyOfScopes, anyOfScopesLike, roles, anyOfRoles, anyOfClaims, acr, authAge
        case claim(Int)
    }

    /// The first part that a token does not meet; nil if it meets all. `TokenRoutes.bind` tests path variables.
    func unmetPart(_ facts: TokenFacts) -> Part? {
        if !issuers.isEmpty && !issuers.contains(facts.issuer) { return .issuers }
        if !facts.scopes.hasAll(scopes) { return .scopes }
        if !anyOfScopes.isEmpty && !facts.scopes.hasAny(anyOfScopes) { return .anyOfScopes }
        if !anyOfScopesLike.isEmpty && !facts.scopesLike.hasAny(anyOfScopesLike) { return .anyOfScopesLike }
        if !facts.roles.hasAll(roles) { return .roles }
        if !anyOfRoles.isEmpty && !facts.roles.hasAny(anyOfRoles) { return .anyOfRoles }
        for (index, test) in claims.enumerated() where !test.holds(in: facts.claims) { return .claim(index) }
        guard anyOfClaims.isEmpty || anyOfClaims.contains(where: { $0.holds(in: facts.claims) }) else {
            return .anyOfClaims
        }
        return unmetLogin(facts)
    }

    /// The index of the first test that also depends on the path.
    package var firstVariable: Int? {
        for (index, test) in claims.enumerated() where test.condition == .matchesVariable { return index }
        return nil
    }
}

/// The claim paths of scopes and roles in an issuer's tokens; empty: not configured.
public struct ClaimPlaces: Sendable {
    package var scopes: [ClaimPath] = []
    package var roles: [ClaimPath] = []

    /// Neither path is configured.
    package init() {}

    /// `scope` and `scp`; `roles`.
    package static var standard: ClaimPlaces {
        var places = ClaimPlaces()
        places.scopes = [ClaimPath("scope"), ClaimPath("scp")]
        places.roles = [ClaimPath("roles")]
        return places
    }

    /// Paths that are not configured here are taken from the argument.
    @inline(never)
    package func orElse(_ other: ClaimPlaces) -> ClaimPlaces {
        var places = self
        if scopes.isEmpty { places.scopes = other.scopes }
        if roles.isEmpty { places.roles = other.roles }
        return places
    }
}

/// The names that rules require, without duplicates.
package struct NameTable: Sendable {
    private(set) var names: [[UInt8]] = []

    package init() {}

    /// The index of a name, which is added if it is new.
    package mutating func place(of name: [UInt8]) -> Int {
        if let place = names.firstIndex(of: name.span) { return place }
        names.append(name)
        return names.count - 1
    }

    /// The names that these claims contain, as words of a string or elements of an array. Names are compared as a whole.
    func held(_ claims: JSONValue, at paths: [ClaimPath]) -> NameSet {
        var set = NameSet(count: names.count)
        guard !names.isEmpty else { return set }
        for path in paths {
            guard let value = path.value(in: claims) else { continue }
            forEachWord(of: value) { word in
                if let place = names.firstIndex(of: word) { set.insert(place) }
            }
        }
        return set
    }
}

/// The patterns of scopes that rules require, without duplicates.
package struct PatternTable: Sendable {
    private(set) var patterns: [LikePattern] = []

    package init() {}

    /// The index of a pattern, which is added if it is new.
    package mutating func place(of text: [UInt8]) -> Int {
        for (place, pattern) in patterns.enumerated() {
            let known = pattern.text
            if bytesEqual(known.span, text.span) { return place }
        }
        patterns.append(LikePattern(text))
        return patterns.count - 1
    }

    /// The patterns that match a name of these claims: a word of a string or an element of an array.
    func held(_ claims: JSONValue, at paths: [ClaimPath]) -> NameSet {
        var set = NameSet(count: patterns.count)
        guard !patterns.isEmpty else { return set }
        for path in paths {
            guard let value = path.value(in: claims) else { continue }
            forEachWord(of: value) { word in
                for (place, pattern) in patterns.enumerated() where pattern.matches(word) {
                    set.insert(place)
                }
            }
        }
        return set
    }
}

/// A subset of a table's names.
struct NameSet: Sendable {
    private var isHeld: [Bool]

    init(count: Int) {
        isHeld = [Bool](repeating: false, count: count)
    }

    mutating func insert(_ index: Int) { isHeld[index] = true }

    func hasAll(_ indices: [Int]) -> Bool {
        for index in indices where !isHeld[index] { return false }
        return true
    }

    func hasAny(_ indices: [Int]) -> Bool {
        for index in indices where isHeld[index] { return true }
        return false
    }
}

/// The properties of a token that rules require, computed once.
package struct TokenFacts: Sendable {
    let claims: JSONValue
    /// The issuer's index in the settings.
    let issuer: Int
    let scopes: NameSet
    let scopesLike: NameSet
    let roles: NameSet
    /// The time of the decision, and the clock skew that the issuer is allowed.
    let nowSeconds: Int64
    let clockSkewSeconds: Int64
}
