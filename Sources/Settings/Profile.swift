// Profile.swift - a profile: the properties of an identity provider's tokens, as its documentation defines them.
//
// Spec:    PROFILES.md, which names the documentation; RFC 8725 §3.8 to §3.12, RFC 9068 §4; AUDIT 22, 23, 31.
// Secret:  no.
// Reads:   ProfileRow, IssuerForm, IssuerFault; JOSE, Routes (ClaimPlaces), URI, Bytes.
//          Read by: ConfiguredIssuer.

import Bytes
import JOSE
import Routes
import URI

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
    /// An example of the address of the keys, which must be configured; nil: there is a default.
    private let keyExample: [UInt8]?
    let places: ClaimPlaces
    /// The form of the tokens. Of a load balancer each key has an address of its own: this one, a slash and the key's ID.
    let form: TokenForm
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
            throw IssuerFault(.profile, .profile(Self.unknownName(word)))
        }
        self.word = word
        let (issuers, parts, group) = try Self.completed(given, row, word)
        self.issuers = issuers
        let keyForms = row.keys.list
        var address: [UInt8]?
        var example: [UInt8]?
        if !keyForms.isEmpty {
            let form = keyForms[min(group, keyForms.count - 1)]
            if form[0] == 0x21 {
                example = [UInt8](form[1...])
            } else if form[0] != 0x2D {
                var filling = parts
                // The keys of all tenants are at one address.
                for index in parts.values.indices {
                    let value = parts.values[index]
                    if bytesEqual(value.span, TokenKind.openTenant) {
                        filling.values[index] = [UInt8]("common")
                    }
                }
                address = IssuerForm(form).filled(filling, issuer: issuers[0])
            }
        }
        form = row.form
        // Without an address in a partition for which the documentation names no host.
        if form == .loadBalancer {
            for host in row.loadBalancerKeys.values(of: parts.values[0]) {
                address = IssuerForm(host).filled(parts)
            }
        }
        keyAddress = address
        keyExample = example
        var completed = audiences
        if let form = row.audience {
            let own = IssuerForm(form).filled(parts)
            for audience in audiences where row.hasOneAudience && !bytesEqual(audience.span, own.span) {
                throw Self.fault(.audiences, "is not what the tokens are for with profile ", word, own)
            }
            if completed.isEmpty { completed = [own] }
        }
        if completed.isEmpty, let reason = row.audienceNeeded {
            throw Self.fault(.audiences, "is needed with profile ", word, [UInt8](reason))
        }
        for audience in completed where row.audienceIsURL && !Self.isResource(audience.span) {
            throw Self.fault(
                .audiences, "is not the URL of a resource, which it must be with profile ", word,
                [UInt8]("https://mcp.example.com/mcp, without #"))
        }
        self.audiences = completed
        allowed = row.allowed
        var places = ClaimPlaces()
        for names in row.scopeClaims.paths { places.scopes.append(ClaimPath(names)) }
        for names in row.roleClaims.paths { places.roles.append(ClaimPath(names)) }
        if row.hasClientRoles {
            for audience in completed {
                places.roles.append(ClaimPath([[UInt8]("resource_access"), audience, [UInt8]("roles")]))
            }
        }
        self.places = places
        let policy = [UInt8]("policy")
        routesNeeded = parts.names.contains(policy.span) ? nil : row.routesNeeded.map { [UInt8]($0) }
        tokenTypes = row.types.list
        refusesIDTokens = row.refusesIDTokens
        kind = TokenKind(
            typeClaim: row.typeClaim.list, anyOf: row.anyOf.list, required: row.required.list,
            audienceClaim: row.audienceClaim.map { [UInt8]($0) } ?? [],
            bindsTenant: row.bindsTenant, tenants: tenants, optional: row.optional.list,
            comparesAudienceClaim: row.comparesAudienceClaim)
    }

    /// - Throws: `profile` if the address of the keys must be configured.
    func checkKeyAddress() throws(IssuerFault) {
        if let keyExample { throw Self.fault(.jwksURI, "is needed with profile ", word, keyExample) }
    }

    /// Compares configured algorithms with those of the profile. One that the documentation does not name is accepted beside
    /// one that it names (Settings.Warning).
    ///
    /// - Throws: `profile` if no token of the provider could be accepted.
    func check(_ algorithms: [Algorithm]) throws(IssuerFault) {
        guard let allowed else { return }
        for algorithm in allowed where algorithms.contains(algorithm) { return }
        var names: [UInt8] = []
        for algorithm in allowed {
            if !names.isEmpty { names.append(", ") }
            names.append(algorithm.name)
        }
        throw Self.fault(.algorithms, "has no algorithm of profile ", word, names)
    }

    /// Adds the checks that distinguish access tokens of this provider.
    func complete(_ claims: inout ClaimRules) {
        claims.tokenTypes = tokenTypes
        claims.refusesIDTokens = refusesIDTokens
        claims.kind = kind
        claims.form = form
    }

    // MARK: Issuers

    /// All forms of the given issuers; the parts of the first one (IssuerForm), and the index of its form's group.
    private static func completed(
        _ given: [[UInt8]], _ row: ProfileRow, _ word: [UInt8]
    ) throws(IssuerFault) -> ([[UInt8]], parts: IssuerParts, group: Int) {
        let groups = row.issuers.groups
        if given.isEmpty {
            guard let first = groups.first, IssuerForm(first[0]).nameCount == 0 else {
                throw fault(.issuer, "is needed with profile ", word, joined(groups, or: "the issuer's URL"))
            }
            return (first, IssuerParts(), 0)
        }
        guard !groups.isEmpty else { return (given, IssuerParts(), 0) }
        var issuers = given
        var first: (parts: IssuerParts, group: Int)?
        for issuer in given {
            guard let (parts, group) = match(issuer, groups, row) else {
                throw fault(.issuer, "has not the form of profile ", word, joined(groups, or: ""))
            }
            if let first {
                // Load balancers: each region has its own host for keys.
                if parts.values.count > 4 {
                    throw fault(
                        .issuer, "is one load balancer with profile ", word, [UInt8]("an issuer for each"))
                }
                if first.group != group && row.keys.list.count > 1 || row.form == .svid {
                    throw fault(
                        .issuer, "has forms whose keys are at several addresses with profile ", word,
                        [UInt8]("an issuer for each"))
                }
            }
            first = first ?? (parts, group)
            for form in groups[group] {
                let other = IssuerForm(form).filled(parts)
                if !issuers.contains(other.span) { issuers.append(other) }
            }
        }
        return (issuers, first?.parts ?? IssuerParts(), first?.group ?? 0)
    }

    /// The parts of an issuer in the first form that it has, and the index of this form's group.
    private static func match(
        _ issuer: [UInt8], _ groups: [[[UInt8]]], _ row: ProfileRow
    ) -> (IssuerParts, Int)? {
        for (index, forms) in groups.enumerated() {
            for form in forms {
                guard let parts = IssuerForm(form).parts(of: issuer) else { continue }
                if form[0] == 0x3C {
                    for host in row.knownHosts.list where has(issuer, host) { return nil }
                }
                return (parts, index)
            }
        }
        return nil
    }

    private static func has(_ text: [UInt8], _ part: [UInt8]) -> Bool {
        var start = 0
        while start + part.count <= text.count {
            if bytesEqual(text.span.extracting(start..<(start + part.count)), part.span) { return true }
            start += 1
        }
        return false
    }

    /// RFC 8707 §2: an absolute URI without a fragment; RFC 9728 §1.2: with the scheme https.
    private static func isResource(_ audience: Span<UInt8>) -> Bool {
        guard let url = try? URL(audience), url.scheme == .https || url.isLoopback else { return false }
        return audience.firstIndex(of: 0x23) == audience.count
    }

    private static func joined(_ groups: [[[UInt8]]], or otherwise: StaticString) -> [UInt8] {
        var text: [UInt8] = []
        for forms in groups {
            for form in forms {
                if !text.isEmpty { text.append(" or ") }
                text.append(form.span)
            }
        }
        return text.isEmpty ? [UInt8](otherwise) : text
    }

    private static func unknownName(_ word: [UInt8]) -> [UInt8] {
        var text = [UInt8]("is none of ")
        for (index, row) in ProfileRow.all.enumerated() {
            if index > 0 { text.append(", ") }
            text.append(row.name)
        }
        let meant = ProfileRow.meant(by: word)
        for (index, name) in meant.enumerated() {
            text.append(index == 0 ? ": did you mean " : " or ")
            text.append(name.span)
        }
        if !meant.isEmpty { text.append("?") }
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
