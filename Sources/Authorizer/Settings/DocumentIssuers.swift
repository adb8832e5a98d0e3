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
    private(set) var places: [ClaimPlaces] = []

    init(_ list: DocumentValue, _ common: ClaimPlaces) throws(SettingsError) {
        for element in try list.elements(
            "[{\"issuer\":\"https://idp.example.com/\",\"jwks_uri\":\"https://idp.example.com/jwks.json\"}]",
            limit: AuthorizerLimits.issuerCount)
        {
            try read(element, common)
        }
    }

    private mutating func read(_ element: DocumentValue, _ common: ClaimPlaces) throws(SettingsError) {
        try element.checkMembers([
            "name", "issuer", "audiences", "algorithms", "jwks_uri", "fallback_jwks_uri", "jwks", "snapshot",
            "clock_skew_seconds", "issued_not_before", "scope_claims", "role_claims",
        ])
        let forms = try Self.forms(element)
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
        let audiences = try Self.audiences(element["audiences"])
        let skew = try element["clock_skew_seconds"]?.integer(0...300, "60") ?? 60
        var claims = ClaimRules(issuers: forms, audiences: audiences, clockSkewSeconds: skew)
        claims.issuedNotBeforeSeconds = try element["issued_not_before"].map {
            (instant) throws(SettingsError) in try Self.seconds(instant)
        }
        issuers.append(
            TrustedIssuer(
                name: name, claims: claims, algorithms: try Self.algorithms(element),
                keySources: try Self.keySources(element, forms[0]),
                snapshot: try element["snapshot"]?.string("\"jwks.json\"")))
        names.append(name)
        places.append(try ClaimPlaces(element, else: common))
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

    private static func algorithms(_ element: DocumentValue) throws(SettingsError) -> [Algorithm] {
        guard let list = element["algorithms"] else { return Algorithm.allCases }
        var algorithms: [Algorithm] = []
        for (index, name) in try list.strings("[\"RS256\"]").enumerated() {
            guard let algorithm = Algorithm(name: name.span) else {
                throw list.element(index).fault(.algorithm, "\"RS256\"")
            }
            algorithms.append(algorithm)
        }
        return algorithms
    }

    /// The address and the one to turn to when it fails; or the set itself. With neither, the issuer's
    /// first form leads to the address.
    private static func keySources(
        _ element: DocumentValue, _ issuer: [UInt8]
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
            do throws(SettingsError) { sources = [try KeySource(discoveredFrom: issuer, .rules)] } catch {
                throw element.fault(.oneOf(.keys))
            }
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
