// DocumentIssuers.swift - the `issuers` of the rules' document.
//
// Spec:    Examples/schemas/rules.schema.json; RFC 7519 §4.1.1, §4.1.3; AUDIT 17, 18, 22, 31.
// Secret:  no.
// Reads:   DocumentValue, DocumentFault, RulesDocument (ClaimPlaces), IssuerInput, IssuerFault, ConfiguredIssuer, SettingsError,
//          Instant, Limits; Authorizer (TrustedIssuer), JOSE (TokenKind), Routes, JSON, Bytes. Read by: RulesDocument.

import Authorizer
import Bytes
import JOSE
import JSON
import Routes

/// All issuers of a document.
struct DocumentIssuers {
    private(set) var issuers: [ConfiguredIssuer] = []

    /// The names that routes use, in the order of the issuers.
    var names: [[UInt8]] { issuers.map { $0.name } }

    /// - Parameters:
    ///   - common: `scope_claims` and `role_claims` of the document, which apply to all issuers.
    ///   - hasRoutes: whether the document has routes.
    /// - Throws: the first fault, with its path.
    init(_ list: DocumentValue, _ common: ClaimPlaces, hasRoutes: Bool) throws(SettingsError) {
        let elements = try list.elements(
            "[{\"issuer\":\"https://idp.example.com/\",\"jwks_uri\":\"https://idp.example.com/jwks.json\"}]",
            limit: SettingsLimits.issuerCount)
        for element in elements {
            let input = try IssuerInput(element, common)
            let issuer: ConfiguredIssuer
            do throws(IssuerFault) { issuer = try ConfiguredIssuer(input, hasRoutes: hasRoutes) } catch {
                throw error.ofElement(element)
            }
            try Self.checkTenants(issuer, element)
            try checkUnique(issuer, element)
            issuers.append(issuer)
        }
        try checkNames(elements)
    }

    /// `tenants` restricts an issuer with a profile and `{tenantid}` in its `iss`.
    private static func checkTenants(
        _ issuer: ConfiguredIssuer, _ element: DocumentValue
    ) throws(SettingsError) {
        guard let list = element["tenants"] else { return }
        let isOpen = issuer.trusted.claims.issuers.first?.contains(0x7B) ?? false
        guard issuer.profile != nil, isOpen else { throw list.fault(.openTenant) }
    }

    /// Neither the written name nor a value of `iss` is that of an earlier issuer.
    private func checkUnique(_ issuer: ConfiguredIssuer, _ element: DocumentValue) throws(SettingsError) {
        if let given = element["name"] {
            let name = issuer.name
            guard !names.contains(name.span) else { throw given.fault(.repeated) }
        }
        if issuer.sharesForm(with: issuers[...]) { throw (element["issuer"] ?? element).fault(.repeated) }
    }

    /// A written name selects one issuer, in `issuers` of a route and in a log: it is neither the name of another issuer (the
    /// written one, or the first value of its `iss`) nor a further value of its `iss`.
    private func checkNames(_ elements: [DocumentValue]) throws(SettingsError) {
        let names = names
        for (index, element) in elements.enumerated() {
            guard let given = element["name"] else { continue }
            let name = names[index]
            for other in issuers.indices where other != index {
                let known = names[other]
                if bytesEqual(known.span, name.span) || issuers[other].trusted.issues(name.span) {
                    throw given.fault(.nameCollision)
                }
            }
        }
    }
}

// MARK: The reader of an element

extension IssuerInput {
    /// - Parameters:
    ///   - element: of `issuers`.
    ///   - common: the claims with scopes and roles for an element without its own.
    /// - Throws: the first member that is unknown, of another type, empty, too long or out of its range.
    @inline(never)
    init(_ element: DocumentValue, _ common: ClaimPlaces) throws(SettingsError) {
        try element.checkMembers([
            "name", "issuer", "audiences", "algorithms", "jwks_uri", "fallback_jwks_uri", "jwks", "snapshot",
            "clock_skew_seconds", "issued_not_before", "scope_claims", "role_claims", "profile", "tenants",
            "token_max_age_seconds", "token_max_lifetime_seconds", "token_min_remaining_seconds",
            "auth_max_age_seconds",
        ])
        self.init(isInDocument: true)
        issuers = try Self.issuers(element)
        audiences = try element["audiences"]?.strings("[\"https://api.example.com\"]") ?? []
        profile = try element["profile"]?.string("\"cognito\"")
        tenants = try Self.tenants(element)
        name = try element["name"]?.string("\"customers\"")
        clockSkewSeconds = try element["clock_skew_seconds"]?.integer(Self.clockSkews, "60")
        if let instant = element["issued_not_before"] { issuedNotBeforeSeconds = try Self.seconds(instant) }
        maximumAgeSeconds = try element["token_max_age_seconds"]?.integer(Self.tokenAges, "3600")
        maximumLifetimeSeconds = try element["token_max_lifetime_seconds"]?.integer(Self.tokenAges, "3600")
        minimumRemainingSeconds = try element["token_min_remaining_seconds"]?.integer(Self.tokenAges, "3600")
        maximumAuthAgeSeconds = try element["auth_max_age_seconds"]?.integer(Self.tokenAges, "3600")
        places = try ClaimPlaces(element).orElse(common)
        algorithms = try element["algorithms"]?.strings("[\"RS256\"]")
        jwksURI = try element["jwks_uri"]?.string(addressExample)
        fallbackJWKSURI = try element["fallback_jwks_uri"]?.string(addressExample)
        if let keySet = element["jwks"] {
            guard keySet.value.kind == .object else { throw keySet.fault(.notObject, "{\"keys\":[…]}") }
            jwks = keySet.text
        }
        snapshot = try element["snapshot"]?.string("\"jwks.json\"")
    }

    /// One `iss`, or all that the issuer writes. It may be absent only with a profile, which may define it.
    private static func issuers(_ element: DocumentValue) throws(SettingsError) -> [[UInt8]] {
        guard let issuer = element["issuer"] else {
            guard element["profile"] != nil else { throw element.missing("issuer", issuerExample) }
            return []
        }
        guard issuer.value.kind == .array else { return [try issuer.string(issuerExample)] }
        return try issuer.strings(
            "[\"https://accounts.google.com\",\"accounts.google.com\"]", limit: RouteLimits.testCount)
    }

    private static func tenants(_ element: DocumentValue) throws(SettingsError) -> [[UInt8]] {
        guard let list = element["tenants"] else { return [] }
        let tenants = try list.strings("[\"72f988bf-86f1-41af-91ab-2d7cd011db47\"]")
        for (index, tenant) in tenants.enumerated() where !TokenKind.isTenant(tenant.span) {
            throw list.element(index).fault(.tenant)
        }
        return tenants
    }

    /// A time of RFC 3339, or seconds since 1970.
    private static func seconds(_ instant: DocumentValue) throws(SettingsError) -> Int64 {
        let example: StaticString = "\"2026-11-25T14:00:00Z\""
        if instant.value.kind == .number { return try instant.integer(0...999_999_999_999, example) }
        let text = try instant.string(example)
        guard let seconds = secondsSince1970(text.span) else { throw instant.fault(.instant, example) }
        return seconds
    }
}

// MARK: Faults at their path

extension IssuerFault {
    /// The fault as one of a member, or of an entry of the member's list.
    fileprivate func ofElement(_ issuer: DocumentValue) -> SettingsError {
        var place = issuer.place(of: field.member)
        // `issuer` is a list only if it is written as an array.
        if let element, place.value.kind == .array { place = place.element(element) }
        switch problem {
        case .pasted(let fault):
            return place.fault(
                .pasted(fault), field == .issuer ? issuerExample : "\"https://api.example.com\"")
        case .audienceWildcard: return place.fault(.wildcard)
        case .unknownAlgorithm: return place.fault(.algorithm, "\"RS256\"")
        case .profile(let words): return place.fault(.profile(words))
        case .noKeySource: return place.fault(.missing, addressExample)
        case .twoKeySources: return issuer.fault(.oneOf(.keys))
        case .onlyForAddress: return place.fault(.onlyWithAddress)
        // An address that the profile makes of the issuer: the issuer is what is written.
        case .addressForm where field == .issuer, .httpNotLoopback where field == .issuer, .issuerForm:
            return place.fault(.issuerAddress)
        case .addressForm, .httpNotLoopback: return place.fault(.address, addressExample)
        case .sameAddress: return place.fault(.repeated)
        case .keySetRefused(let error): return place.fault(.keySet(error))
        case .keySetWithoutKeys: return place.fault(.empty)
        }
    }
}

extension IssuerField {
    fileprivate var member: StaticString {
        switch self {
        case .issuer: "issuer"
        case .audiences: "audiences"
        case .profile: "profile"
        case .algorithms: "algorithms"
        case .jwksURI: "jwks_uri"
        case .fallbackJWKSURI: "fallback_jwks_uri"
        case .jwks: "jwks"
        case .snapshot: "snapshot"
        }
    }
}

private let issuerExample: StaticString = "\"https://idp.example.com/\""
private let addressExample: StaticString = "\"https://idp.example.com/.well-known/jwks.json\""
