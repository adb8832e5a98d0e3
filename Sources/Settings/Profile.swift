// Profile.swift - a profile: the properties of an identity provider's tokens, as its documentation defines them.
//
// Spec:    PROFILES.md, which names the documentation; RFC 8725 §3.8 to §3.12, RFC 9068 §4; AUDIT 22, 23, 31.
// Secret:  no.
// Reads:   ProfileTable, IssuerForm, IssuerFault, DocumentValue, Document (ClaimPlaces), Limits; JOSE, Routes, JSON, Bytes.
//          Read by: ConfiguredIssuer.

import Bytes
import JOSE
import JSON
import Routes

/// A profile, with the issuer that it is used for.
struct Profile {
    /// Its name.
    let word: [UInt8]
    /// All forms of the issuer's `iss`, the configured ones first.
    let issuers: [[UInt8]]
    let audiences: [[UInt8]]
    /// Nil: all.
    let allowed: [Algorithm]?
    /// The address of the keys; nil: the issuer's document contains it.
    let keyAddress: [UInt8]?
    let places: ClaimPlaces
    /// Whether each key has an address of its own: this one, a slash and the key's ID.
    let isLoadBalancer: Bool
    /// The reason for which routes are required; nil: they are optional.
    let routesNeeded: [UInt8]?
    private let tokenTypes: [[UInt8]]
    private let refusesIDTokens: Bool
    private let kind: TokenKind

    /// - Parameters:
    ///   - issuers: the configured ones; possibly none.
    ///   - audiences: likewise.
    ///   - tenants: the accepted ones where the issuer leaves the tenant open; empty: all.
    /// - Throws: `profile`, of the field that does not suit the profile.
    init(
        _ word: [UInt8], issuers given: [[UInt8]], audiences: [[UInt8]], tenants: [[UInt8]] = []
    ) throws(IssuerFault) {
        guard let row = ProfileRow(word) else {
            throw IssuerFault(.profile, .profile([UInt8](profileWords)))
        }
        self.word = word
        let (issuers, parts) = try Self.completed(given, row.strings("issuer"), word)
        self.issuers = issuers
        var address = row.text("keys")
        if let form = address {
            // The keys of all tenants are at one address.
            let isOpen = parts.first.map { bytesEqual($0.span, TokenKind.openTenant) } ?? false
            address = IssuerForm(form).filled(isOpen ? [[UInt8]("common")] : parts, issuer: issuers[0])
        }
        isLoadBalancer = row.has("load_balancer")
        // Without an address in a partition for which the documentation names no host.
        if isLoadBalancer, let host = row.text("load_balancer", parts[0]) {
            address = IssuerForm(host).filled([parts[1], parts[1]])
        }
        keyAddress = address
        var completed = audiences
        if let form = row.text("audience") {
            let own = IssuerForm(form).filled(parts)
            for audience in audiences where !bytesEqual(audience.span, own.span) {
                throw Self.fault(.audiences, "is not what the tokens are for with profile ", word, own)
            }
            completed = [own]
        }
        if completed.isEmpty, let why = row.text("audience_needed") {
            throw Self.fault(.audiences, "is needed with profile ", word, why)
        }
        self.audiences = completed
        var allowed: [Algorithm] = []
        for name in row.strings("algorithms") {
            if let algorithm = Algorithm(name: name.span) { allowed.append(algorithm) }
        }
        self.allowed = allowed.isEmpty ? nil : allowed
        var places = row.places
        if row.text("client_roles") != nil {
            for audience in completed {
                places.roles.append(ClaimPath([[UInt8]("resource_access"), audience, [UInt8]("roles")]))
            }
        }
        self.places = places
        routesNeeded = row.text("routes_needed")
        tokenTypes = row.strings("types")
        refusesIDTokens = row.text("no_id_tokens") != nil
        kind = TokenKind(
            typeClaim: row.strings("type_claim"), anyOf: row.strings("any_of"),
            required: row.strings("required"),
            audienceClaim: row.text("audience_claim") ?? [], bindsTenant: row.text("tenant") != nil,
            tenants: tenants)
    }

    /// Adds the checks that distinguish access tokens of this provider.
    func complete(_ claims: inout ClaimRules) {
        claims.tokenTypes = tokenTypes
        claims.refusesIDTokens = refusesIDTokens
        claims.kind = kind
        claims.form = isLoadBalancer ? .loadBalancer : .compact
    }

    // MARK: Issuers

    /// All forms of the given issuers, and the parts of the first one (IssuerForm).
    private static func completed(
        _ given: [[UInt8]], _ forms: [[UInt8]], _ word: [UInt8]
    ) throws(IssuerFault) -> ([[UInt8]], parts: [[UInt8]]) {
        var issuers = given
        var first: [[UInt8]]?
        if given.isEmpty {
            for form in forms where IssuerForm(form).nameCount == 0 { issuers.append(form) }
            guard !issuers.isEmpty else {
                throw fault(.issuer, "is needed with profile ", word, joined(forms, or: "the issuer's URL"))
            }
            return (issuers, [])
        }
        for issuer in given where !forms.isEmpty {
            var parts: [[UInt8]]?
            for form in forms { parts = parts ?? IssuerForm(form).parts(of: issuer) }
            guard let parts else {
                throw fault(.issuer, "has not the form of profile ", word, joined(forms, or: ""))
            }
            // Load balancers: each region has its own host for keys.
            if first != nil, parts.count > 4 {
                throw fault(
                    .issuer, "is one load balancer with profile ", word, [UInt8]("an issuer for each"))
            }
            first = first ?? parts
            for form in forms where IssuerForm(form).nameCount == parts.count {
                let other = IssuerForm(form).filled(parts)
                if !issuers.contains(other.span) { issuers.append(other) }
            }
        }
        return (issuers, first ?? [])
    }

    private static func joined(_ forms: [[UInt8]], or otherwise: StaticString) -> [UInt8] {
        var text: [UInt8] = []
        for form in forms {
            if !text.isEmpty { text.append(" or ") }
            text.append(form.span)
        }
        return text.isEmpty ? [UInt8](otherwise) : text
    }

    private static func fault(
        _ field: IssuerField, _ words: StaticString, _ word: [UInt8], _ detail: [UInt8]
    ) -> IssuerFault {
        var text = [UInt8](words)
        text.append(word.span)
        if !word.isEmpty { text.append(": ") }
        text.append(detail.span)
        return IssuerFault(field, .profile(text))
    }
}

/// A row of the table.
private struct ProfileRow {
    private let row: DocumentValue
    let places: ClaimPlaces

    /// - Returns: nil if no profile has this name. The tests read each row.
    init?(_ word: [UInt8]) {
        do throws(JSONError) {
            let table = try JSONDocument(parsing: [UInt8](profileTable), limits: SettingsLimits.document)
            guard let row = DocumentValue(table)[word] else { return nil }
            self.row = row
            do throws(SettingsError) { places = try ClaimPlaces(row) } catch { return nil }
        } catch { return nil }
    }

    func text(_ name: StaticString) -> [UInt8]? { row[name]?.value.stringBytes }

    func text(_ name: StaticString, _ member: [UInt8]) -> [UInt8]? { row[name]?[member]?.value.stringBytes }

    func has(_ name: StaticString) -> Bool { row[name] != nil }

    func strings(_ name: StaticString) -> [[UInt8]] {
        do throws(SettingsError) { return try row[name]?.strings("") ?? [] } catch { return [] }
    }
}
