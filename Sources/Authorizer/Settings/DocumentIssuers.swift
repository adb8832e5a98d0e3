// DocumentIssuers.swift - the `issuers` of the rules' document.
//
// Spec:    Examples/schemas/rules.schema.json; RFC 7519 §4.1.1, §4.1.3; security-checklist 17, 18, 22, 31.
// Secret:  no.
// Reads:   DocumentValue, TrustedIssuer, KeySource, Instant; JOSE, JSON. Read by: Document.

import Bytes
import JOSE
import JSON

/// All issuers.
struct DocumentIssuers: Sendable {
    private(set) var issuers: [TrustedIssuer] = []
    /// What routes call them.
    private(set) var names: [[UInt8]] = []
    private let common: ClaimPlaces
    private let hasRoutes: Bool

    /// - Parameters:
    ///   - common: where tokens have scopes and roles, as the document says for all issuers.
    ///   - hasRoutes: whether the document has routes.
    init(_ list: DocumentValue, _ common: ClaimPlaces, hasRoutes: Bool) throws(SettingsError) {
        self.common = common
        self.hasRoutes = hasRoutes
        for element in try list.elements(
            "[{\"issuer\":\"https://idp.example.com/\",\"jwks_uri\":\"https://idp.example.com/jwks.json\"}]",
            limit: AuthorizerLimits.issuerCount)
        {
            try read(element)
        }
    }

    private mutating func read(_ element: DocumentValue) throws(SettingsError) {
        try element.checkMembers([
            "name", "issuer", "audiences", "algorithms", "jwks_uri", "fallback_jwks_uri", "jwks", "snapshot",
            "clock_skew_seconds", "issued_not_before", "scope_claims", "role_claims", "profile", "tenants",
            "token_max_age_seconds", "token_max_lifetime_seconds", "token_min_remaining_seconds",
        ])
        // A profile may name the only issuer that there is.
        let isNamed = element["issuer"] != nil || element["profile"] == nil
        var forms = isNamed ? try Self.forms(element) : []
        var audiences = try Self.audiences(element["audiences"])
        let profile = try profile(element, forms, audiences)
        if let profile { (forms, audiences) = (profile.issuers, profile.audiences) }
        var name = forms[0]
        if let given = element["name"] {
            name = try given.string("\"customers\"")
            for known in names where bytesEqual(known.span, name.span) { throw given.fault(.repeated) }
        }
        for earlier in issuers {
            for form in forms where earlier.issues(form.span) {
                throw (element["issuer"] ?? element).fault(.repeated)
            }
        }
        let skew = try element["clock_skew_seconds"]?.integer(0...300, "60") ?? 60
        var claims = ClaimRules(issuers: forms, audiences: audiences, clockSkewSeconds: skew)
        claims.issuedNotBeforeSeconds = try element["issued_not_before"].map {
            (instant) throws(SettingsError) in try Self.seconds(instant)
        }
        claims.maximumAgeSeconds = try Self.age(element["token_max_age_seconds"])
        claims.maximumLifetimeSeconds = try Self.age(element["token_max_lifetime_seconds"])
        claims.minimumRemainingSeconds = try Self.age(element["token_min_remaining_seconds"])
        // What is written comes before what the profile says.
        let places = try ClaimPlaces(element).orElse(common)
        let issuer = TrustedIssuer(
            name: name, claims, profile, algorithms: try Self.algorithms(element),
            keySources: try Self.keySources(element, forms[0], profile?.keyAddress),
            snapshot: try element["snapshot"]?.string("\"jwks.json\""),
            IssuerTraits(places, profile, documentPath: element.path))
        issuers.append(issuer)
        names.append(name)
    }

    @inline(never)
    private static func age(_ value: DocumentValue?) throws(SettingsError) -> Int64? {
        try value?.integer(Settings.tokenAges, "3600")
    }

    private func profile(
        _ element: DocumentValue, _ forms: [[UInt8]], _ audiences: [[UInt8]]
    ) throws(SettingsError) -> Profile? {
        guard let word = element["profile"] else {
            if let list = element["tenants"] { throw list.fault(.openTenant) }
            return nil
        }
        let text = try word.string("\"cognito\"")
        let list = element["tenants"]
        let tenants = try list?.strings("[\"72f988bf-86f1-41af-91ab-2d7cd011db47\"]") ?? []
        for (index, tenant) in tenants.enumerated() where !TokenKind.isTenant(tenant.span) {
            throw element.place(of: "tenants").element(index).fault(.tenant)
        }
        let profile: Profile
        do throws(ProfileFault) {
            profile = try Profile(text, issuers: forms, audiences: audiences, tenants: tenants)
        } catch {
            let name: StaticString =
                switch error.subject {
                case .profile: "profile"
                case .issuer: "issuer"
                case .audience: "audiences"
                }
            throw element.place(of: name).fault(.profile(error.text))
        }
        if let list, !profile.isOpen { throw list.fault(.openTenant) }
        if let why = profile.routesNeeded, !hasRoutes { throw word.fault(.profile(why)) }
        return profile
    }

    /// One `iss`, or the several that the issuer writes.
    private static func forms(_ element: DocumentValue) throws(SettingsError) -> [[UInt8]] {
        let example: StaticString = "\"https://idp.example.com/\""
        guard let issuer = element["issuer"] else { throw element.missing("issuer", example) }
        guard issuer.value.kind == .array else { return [try issuer.string(example)] }
        return try issuer.strings(
            "[\"https://accounts.google.com\",\"accounts.google.com\"]", limit: AuthorizerLimits.testCount)
    }

    private static func audiences(_ list: DocumentValue?) throws(SettingsError) -> [[UInt8]] {
        guard let list else { return [] }
        let audiences = try list.strings("[\"https://api.example.com\"]")
        for (index, audience) in audiences.enumerated() where bytesEqual(audience.span, "*") {
            throw list.element(index).fault(.wildcard)
        }
        return audiences
    }

    private static func algorithms(_ element: DocumentValue) throws(SettingsError) -> [Algorithm]? {
        guard let list = element["algorithms"] else { return nil }
        var algorithms: [Algorithm] = []
        for (index, name) in try list.strings("[\"RS256\"]").enumerated() {
            guard let algorithm = Algorithm(name: name.span) else {
                throw list.element(index).fault(.algorithm, "\"RS256\"")
            }
            algorithms.append(algorithm)
        }
        return algorithms
    }

    /// The address and the one to turn to when it fails; or the set itself. With neither, the profile has it or the
    /// issuer's first form leads to it.
    private static func keySources(
        _ element: DocumentValue, _ issuer: [UInt8], _ address: [UInt8]?
    ) throws(SettingsError) -> [KeySource] {
        let example: StaticString = "\"https://idp.example.com/.well-known/jwks.json\""
        switch (element["jwks_uri"], element["jwks"]) {
        case (let address?, nil):
            var sources = [try source(address, example)]
            if let second = element["fallback_jwks_uri"] {
                sources.append(try source(second, example))
                guard sources[1] != sources[0] else { throw second.fault(.repeated) }
            }
            return sources
        case (nil, let set?):
            for name in ["fallback_jwks_uri", "snapshot"] as [StaticString] {
                if let member = element[name] { throw member.fault(.withSet) }
            }
            guard set.value.kind == .object else { throw set.fault(.notObject, "{\"keys\":[…]}") }
            do throws(SettingsError) {
                return [try KeySource(keySet: set.text, .rules)]
            } catch {
                switch error.problem {
                case .keySetRefused(let reason): throw set.fault(.keySet(reason))
                default: throw set.fault(.empty)
                }
            }
        case (nil, nil):
            var sources: [KeySource] = []
            do throws(SettingsError) {
                if let address {
                    sources = [try KeySource(address: address, .rules)]
                } else {
                    sources = [try KeySource(discoveredFrom: issuer, .rules)]
                }
            } catch { throw element.place(of: "issuer").fault(.issuerAddress) }
            if let second = element["fallback_jwks_uri"] { sources.append(try source(second, example)) }
            return sources
        default: throw element.fault(.oneOf(.keys))
        }
    }

    /// A time of RFC 3339, or seconds since 1970.
    private static func seconds(_ instant: DocumentValue) throws(SettingsError) -> Int64 {
        let example: StaticString = "\"2026-11-25T14:00:00Z\""
        if instant.value.kind == .number { return try instant.integer(0...999_999_999_999, example) }
        let text = try instant.string(example)
        guard let seconds = secondsSince1970(text.span) else { throw instant.fault(.instant, example) }
        return seconds
    }

    private static func source(
        _ address: DocumentValue, _ example: StaticString
    ) throws(SettingsError) -> KeySource {
        let text = try address.string(example)
        do throws(SettingsError) { return try KeySource(address: text, .rules) } catch {
            throw address.fault(.address, example)
        }
    }
}
