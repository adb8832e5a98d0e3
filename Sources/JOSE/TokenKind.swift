// TokenKind.swift - distinguishes access tokens from ID tokens as the issuer documents it.
//
// Spec:    RFC 8725 §3.11, §3.12; RFC 9068 §2.2; AUDIT 4, 23.
// Secret:  no.
// Reads:   JOSEError; JSON, Bytes. Read by: ClaimRules; Authorizer, Settings.

import Bytes
import JSON

/// Requirements for the tokens of one issuer, in addition to the general ones.
public final class TokenKind: Sendable {
    /// The name of the claim that contains the token's type, the value in ID tokens, then the accepted values. Empty:
    /// not checked.
    let typeClaim: [[UInt8]]
    /// Claims of which an access token has at least one, and an ID token has none. Empty: not checked.
    let anyOf: [[UInt8]]
    /// Claims that are required.
    let required: [[UInt8]]
    /// A claim that may be absent, then its accepted values. Empty: not checked.
    let optional: [[UInt8]]
    /// The claim that is used as the audience if `aud` is absent. Empty: no claim is used.
    let audienceClaim: [UInt8]
    /// Whether that claim, if present, must be an accepted audience in a token with `aud` too.
    let comparesAudienceClaim: Bool
    /// Whether `iss` contains a tenant ID that must be equal to `tid` (as Microsoft documents). An entry of
    /// `ClaimRules.issuers` may have a placeholder for it.
    let bindsTenant: Bool
    /// The accepted tenants if the issuer entry has a placeholder. Empty: all tenants.
    let tenants: [[UInt8]]

    /// - Requires: `typeClaim` is empty or has at least three elements.
    public init(
        typeClaim: [[UInt8]], anyOf: [[UInt8]], required: [[UInt8]], audienceClaim: [UInt8],
        bindsTenant: Bool,
        tenants: [[UInt8]] = [], optional: [[UInt8]] = [], comparesAudienceClaim: Bool = false
    ) {
        precondition(
            typeClaim.isEmpty || typeClaim.count > 2, "a claim, the ID token's value, one that is taken")
        self.typeClaim = typeClaim
        self.anyOf = anyOf
        self.required = required
        self.audienceClaim = audienceClaim
        self.bindsTenant = bindsTenant
        self.tenants = tenants
        self.optional = optional
        self.comparesAudienceClaim = comparesAudienceClaim
    }

    /// - Parameter audiences: the accepted ones.
    /// - Throws: `claimMissing`, `claimType`, `tokenTypeMismatch`, `idToken`, `audienceMismatch`.
    func check(_ claims: JSONValue, _ audiences: [[UInt8]]) throws(JOSEError) {
        for name in required {
            if try text(claims, name).isEmpty { throw .claimMissing(.init(name)) }
        }
        if let name = optional.first, claims.member(name.span) != nil {
            let value = try text(claims, name)
            let place = optional.firstIndex(of: value.span) ?? 0
            // The first element is the claim's name.
            guard place > 0 else { throw .tokenTypeMismatch }
        }
        let party = audienceClaim
        if comparesAudienceClaim, claims.member(party.span) != nil {
            let value = try text(claims, party)
            guard audiences.contains(value.span) else { throw .audienceMismatch }
        }
        if let name = typeClaim.first {
            let type = try text(claims, name)
            // The first value is that of ID tokens.
            let place = [[UInt8]](typeClaim.dropFirst()).firstIndex(of: type.span)
            if place == 0 { throw .idToken(.init(name)) }
            if place == nil { throw .tokenTypeMismatch }
        }
        guard !anyOf.isEmpty else { return }
        for name in anyOf where claims.member(name.span) != nil { return }
        throw .idToken(.other)
    }

    /// A claim that is a string; empty if it is absent. If the claim is a date, a number is accepted too.
    private func text(_ claims: JSONValue, _ name: [UInt8]) throws(JOSEError) -> [UInt8] {
        guard let value = claims.member(name.span) else { return [] }
        if value.kind == .number, bytesEqual(name.span, "iat") || bytesEqual(name.span, "auth_time") {
            return name
        }
        guard let text = value.stringBytes else { throw .claimType(.init(name)) }
        return text
    }

    /// The claim that is compared with the audiences in a token without `aud`.
    func audience(_ claims: JSONValue) -> JSONValue? {
        let name = audienceClaim
        return name.isEmpty ? nil : claims.member(name.span)
    }

    // MARK: Tenants

    /// The placeholder for a tenant ID in an issuer entry, as Microsoft's metadata writes it.
    public static let openTenant: StaticString = "{tenantid}"

    /// Whether `iss` is equal to `form` with a tenant ID in place of the placeholder.
    func isOfSomeTenant(_ iss: Span<UInt8>, _ form: [UInt8]) -> Bool {
        guard bindsTenant, let start = form.firstIndex(of: 0x7B) else { return false }
        let (end, formEnd) = (start + Self.tenantByteCount, start + Self.openTenant.utf8ByteCount)
        let formText = form.span
        guard formEnd <= formText.count, end <= iss.count else { return false }
        return bytesEqual(formText.extracting(start..<formEnd), Self.openTenant)
            && bytesEqual(iss.extracting(0..<start), formText.extracting(0..<start))
            && Self.isTenant(iss.extracting(start..<end))
            && bytesEqual(iss.extracting(end..<iss.count), formText.extracting(formEnd..<formText.count))
    }

    /// Checks that `iss` contains the tenant in `tid`, and that this tenant is accepted.
    ///
    /// - Throws: `claimType`, `tenantMismatch`.
    func checkTenant(_ claims: JSONValue, _ iss: [UInt8]) throws(JOSEError) {
        guard bindsTenant else { return }
        let tenant = try text(claims, [UInt8]("tid"))
        guard Self.isTenant(tenant.span) else { throw .tenantMismatch }
        let isTaken = tenants.isEmpty || tenants.contains(tenant.span)
        // The caller has already compared the other parts of `iss`.
        var start = 0
        while isTaken && start + tenant.count <= iss.count {
            if bytesEqual(iss.span.extracting(start..<(start + tenant.count)), tenant.span) { return }
            start += 1
        }
        throw .tenantMismatch
    }

    private static let tenantByteCount = 36

    /// Whether the text is a UUID as in RFC 9562 §4, in lower case.
    public static func isTenant(_ text: Span<UInt8>) -> Bool {
        guard text.count == tenantByteCount else { return false }
        for index in text.indices {
            switch text[index] {
            case 0x2D: guard index == 8 || index == 13 || index == 18 || index == 23 else { return false }
            case 0x30...0x39, 0x61...0x66:
                guard index != 8, index != 13, index != 18, index != 23 else { return false }
            default: return false
            }
        }
        return true
    }
}

extension JOSEError.Claim {
    /// The claim with this name; `other` for claims without a case of their own.
    init(_ name: [UInt8]) {
        self = .other
        for (text, claim) in [
            ("sub", .sub), ("iat", .iat), ("jti", .jti), ("client_id", .clientID), ("token_use", .tokenUse),
        ] as [(StaticString, JOSEError.Claim)] where bytesEqual(name.span, text) { self = claim }
    }
}
