// Requirement.swift - what a token must have for a route, and what a token has.
//
// Spec:    RFC 6749 §3.3 (scope); security-checklist 25; README "Rules".
// Secret:  claim values, which go nowhere from here.
// Reads:   ClaimPath, ClaimTest; JSON. Read by: RouteTable, RoutePolicy, the document.

import Bytes
import JSON

/// All parts must hold; of the any-of parts one member each.
public final class Requirement: Sendable {
    /// Places in the table of names that rules speak of.
    let scopes: [Int]
    let anyOfScopes: [Int]
    let roles: [Int]
    let anyOfRoles: [Int]
    let claims: [ClaimTest]
    let anyOfClaims: [ClaimTest]
    /// The issuers whose tokens may fulfil it, by their places in the settings; empty: all.
    let issuers: [Int]

    init(
        scopes: [Int], anyOfScopes: [Int], roles: [Int], anyOfRoles: [Int], claims: [ClaimTest],
        anyOfClaims: [ClaimTest], issuers: [Int]
    ) {
        self.scopes = scopes
        self.anyOfScopes = anyOfScopes
        self.roles = roles
        self.anyOfRoles = anyOfRoles
        self.claims = claims
        self.anyOfClaims = anyOfClaims
        self.issuers = issuers
    }

    /// A part of a rule, by which `explain` names what was not met.
    public enum Part: Equatable, Sendable {
        case issuers, scopes, anyOfScopes, roles, anyOfRoles, anyOfClaims
        case claim(Int)
    }

    /// The first part that a token does not meet; nil if it meets all. Tests of path variables are left to
    /// `variables`.
    func unmetPart(_ facts: TokenFacts) -> Part? {
        if !issuers.isEmpty && !issuers.contains(facts.issuer) { return .issuers }
        if !facts.scopes.hasAll(scopes) { return .scopes }
        if !anyOfScopes.isEmpty && !facts.scopes.hasAny(anyOfScopes) { return .anyOfScopes }
        if !facts.roles.hasAll(roles) { return .roles }
        if !anyOfRoles.isEmpty && !facts.roles.hasAny(anyOfRoles) { return .anyOfRoles }
        for (index, test) in claims.enumerated() where !test.holds(in: facts.claims) { return .claim(index) }
        if anyOfClaims.isEmpty { return nil }
        for test in anyOfClaims where test.holds(in: facts.claims) { return nil }
        return .anyOfClaims
    }

    /// The place of the first test that depends on the path too.
    var firstVariable: Int? {
        for (index, test) in claims.enumerated() where test.condition == .matchesVariable { return index }
        return nil
    }
}

/// Where an issuer's tokens have their scopes and roles; empty: nobody has said.
public struct ClaimPlaces: Sendable {
    var scopes: [ClaimPath] = []
    var roles: [ClaimPath] = []

    /// Nothing said.
    init() {}

    /// `scope` and `scp`; `roles`.
    static var standard: ClaimPlaces {
        var places = ClaimPlaces()
        places.scopes = [ClaimPath("scope"), ClaimPath("scp")]
        places.roles = [ClaimPath("roles")]
        return places
    }

    /// What is not said here is as there.
    @inline(never)
    func orElse(_ other: ClaimPlaces) -> ClaimPlaces {
        var places = self
        if scopes.isEmpty { places.scopes = other.scopes }
        if roles.isEmpty { places.roles = other.roles }
        return places
    }
}

/// The names that rules ask for, each once.
struct NameTable: Sendable {
    private(set) var names: [[UInt8]] = []

    /// The place of a name, which is added if it is new.
    mutating func place(of name: [UInt8]) -> Int {
        for (index, known) in names.enumerated() where bytesEqual(known.span, name.span) { return index }
        names.append(name)
        return names.count - 1
    }

    /// Which of the names stand in these claims, as words of a string or elements of an array, each
    /// compared whole.
    func held(_ claims: JSONValue, at paths: [ClaimPath]) -> NameSet {
        var set = NameSet(count: names.count)
        guard !names.isEmpty else { return set }
        for path in paths {
            guard let value = path.value(in: claims) else { continue }
            forEachWord(of: value) { word in
                for (index, name) in names.enumerated() where bytesEqual(word, name.span) {
                    set.insert(index)
                }
            }
        }
        return set
    }
}

/// Some of a table's names.
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

/// What rules ask of a token, looked up once.
package struct TokenFacts: Sendable {
    let claims: JSONValue
    /// The issuer's place in the settings.
    let issuer: Int
    let scopes: NameSet
    let roles: NameSet
}
