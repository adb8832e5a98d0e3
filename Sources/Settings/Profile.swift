// Profile.swift - a profile: the properties of an identity provider's tokens, as its documentation defines them.
//
// Spec:    PROFILES.md, which names the documentation; RFC 8725 §3.8 to §3.12, RFC 9068 §4; AUDIT 22, 23, 31.
// Secret:  no.
// Reads:   ProfileRow, IssuerForm, IssuerFault; JOSE, Routes (ClaimPlaces), Bytes. Read by: ConfiguredIssuer.

import Bytes
import JOSE
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
        guard let row = ProfileRow.named(word) else {
            throw IssuerFault(.profile, .profile(Self.unknownName))
        }
        self.word = word
        let (issuers, parts) = try Self.completed(given, row.issuers.list, word)
        self.issuers = issuers
        var address: [UInt8]?
        if let form = row.keys {
            // The keys of all tenants are at one address.
            let isOpen = parts.first.map { bytesEqual($0.span, TokenKind.openTenant) } ?? false
            address = IssuerForm(form).filled(isOpen ? [[UInt8]("common")] : parts, issuer: issuers[0])
        }
        isLoadBalancer = !row.loadBalancerKeys.isEmpty
        // Without an address in a partition for which the documentation names no host.
        if isLoadBalancer {
            let (partition, region) = (parts[0], parts[1])
            for host in row.loadBalancerKeys.values(of: partition) {
                address = IssuerForm(host).filled([region, region])
            }
        }
        keyAddress = address
        var completed = audiences
        if let form = row.audience {
            let own = IssuerForm(form).filled(parts)
            for audience in audiences where !bytesEqual(audience.span, own.span) {
                throw Self.fault(.audiences, "is not what the tokens are for with profile ", word, own)
            }
            completed = [own]
        }
        if completed.isEmpty, let reason = row.audienceNeeded {
            throw Self.fault(.audiences, "is needed with profile ", word, [UInt8](reason))
        }
        self.audiences = completed
        allowed = row.algorithms.isEmpty ? nil : row.algorithms.list.compactMap { Algorithm(name: $0.span) }
        var places = ClaimPlaces()
        for names in row.scopeClaims.paths { places.scopes.append(ClaimPath(names)) }
        for names in row.roleClaims.paths { places.roles.append(ClaimPath(names)) }
        if row.hasClientRoles {
            for audience in completed {
                places.roles.append(ClaimPath([[UInt8]("resource_access"), audience, [UInt8]("roles")]))
            }
        }
        self.places = places
        routesNeeded = row.routesNeeded.map { [UInt8]($0) }
        tokenTypes = row.types.list
        refusesIDTokens = row.refusesIDTokens
        kind = TokenKind(
            typeClaim: row.typeClaim.list, anyOf: row.anyOf.list, required: row.required.list,
            audienceClaim: row.audienceClaim.map { [UInt8]($0) } ?? [],
            bindsTenant: row.bindsTenant, tenants: tenants)
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

    private static var unknownName: [UInt8] {
        var text = [UInt8]("is none of ")
        for (index, row) in ProfileRow.all.enumerated() {
            if index > 0 { text.append(", ") }
            text.append(row.name)
        }
        return text
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
