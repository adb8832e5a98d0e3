// Profile.swift - one word for what an identity provider's documents say of its tokens.
//
// Spec:    PROFILES.md, which names the documents; RFC 8725 §3.8 to §3.12, RFC 9068 §4; security-checklist 22, 23, 31.
// Secret:  no.
// Reads:   ProfileTable, IssuerForm, ClaimPath, Limits; JOSE, JSON. Read by: Settings, DocumentIssuers.

import Bytes
import JOSE
import JSON

/// What is wrong where a profile is used: what stands behind the setting's name, or its place in the document.
struct ProfileFault: Error {
    enum Subject { case profile, issuer, audience }

    let subject: Subject
    let text: [UInt8]
}

/// A profile, with the issuer that it is used for.
final class Profile {
    let word: [UInt8]
    /// What was set, completed: all forms that the same issuer writes, the one that was set first.
    let issuers: [[UInt8]]
    let audiences: [[UInt8]]
    /// Nil: all.
    let allowed: [Algorithm]?
    /// Where the keys are; nil: as the issuer's own document says.
    let keyAddress: [UInt8]?
    let places: ClaimPlaces
    /// Whether each key has an address of its own behind that.
    let isLoadBalancer: Bool
    /// Why there must be routes; nil: there need be none.
    let routesNeeded: [UInt8]?
    private let tokenTypes: [[UInt8]]
    private let refusesIDTokens: Bool
    private let kind: TokenKind

    /// - Parameters:
    ///   - issuers: what was set; empty: nothing was.
    ///   - audiences: the same.
    ///   - tenants: those that are taken where the issuer leaves it open; empty: all.
    init(
        _ word: [UInt8], issuers given: [[UInt8]], audiences: [[UInt8]], tenants: [[UInt8]] = []
    ) throws(ProfileFault) {
        guard let row = ProfileRow(word) else {
            throw ProfileFault(subject: .profile, text: [UInt8](profileWords))
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
        // In a partition whose host no document names there is no address.
        if isLoadBalancer, let host = row.text("load_balancer", parts[0]) {
            address = IssuerForm(host).filled([parts[1], parts[1]])
        }
        keyAddress = address
        var completed = audiences
        if let form = row.text("audience") {
            let own = IssuerForm(form).filled(parts)
            for audience in audiences where !bytesEqual(audience.span, own.span) {
                throw Self.fault(.audience, "is not what the tokens are for with profile ", word, own)
            }
            completed = [own]
        }
        if completed.isEmpty, let why = row.text("audience_needed") {
            throw Self.fault(.audience, "is needed with profile ", word, why)
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
            tenants: tenants, isLoadBalancer: isLoadBalancer)
    }

    /// The checks that tell the tokens that are taken.
    func complete(_ claims: inout ClaimRules) {
        claims.tokenTypes = tokenTypes
        claims.refusesIDTokens = refusesIDTokens
        claims.kind = kind
    }

    // MARK: Issuers

    /// Whether the issuer's form leaves the tenant open.
    var isOpen: Bool { issuers[0].contains(0x7B) }

    /// All forms of the issuers that were given, and what differs in the first of them.
    private static func completed(
        _ given: [[UInt8]], _ forms: [[UInt8]], _ word: [UInt8]
    ) throws(ProfileFault) -> ([[UInt8]], parts: [[UInt8]]) {
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
            // Load balancers have hosts of keys for each region.
            if first != nil, parts.count > 4 {
                throw fault(
                    .issuer, "is one load balancer with profile ", word, [UInt8]("an issuer for each"))
            }
            first = first ?? parts
            for form in forms where IssuerForm(form).nameCount == parts.count {
                let other = IssuerForm(form).filled(parts)
                var isNew = true
                for known in issuers where bytesEqual(known.span, other.span) { isNew = false }
                if isNew { issuers.append(other) }
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
        _ subject: ProfileFault.Subject, _ words: StaticString, _ word: [UInt8], _ detail: [UInt8]
    ) -> ProfileFault {
        var text = [UInt8](words)
        text.append(word.span)
        if !word.isEmpty { text.append(": ") }
        text.append(detail.span)
        return ProfileFault(subject: subject, text: text)
    }
}

/// A row of the table. An object, and each member read by a call: the code stays small.
private final class ProfileRow {
    private let row: DocumentValue
    let places: ClaimPlaces

    /// - Returns: nil if there is no such word. The tests read each row.
    init?(_ word: [UInt8]) {
        do throws(JSONError) {
            let table = try JSONDocument(parsing: [UInt8](profileTable), limits: AuthorizerLimits.document)
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
