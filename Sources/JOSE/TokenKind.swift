// TokenKind.swift - which of an issuer's tokens is an access token, where its documents tell.
//
// Spec:    RFC 8725 §3.11, §3.12; RFC 9068 §2.2; security-checklist 4, 23.
// Secret:  no.
// Reads:   JOSEError; JSON. Read by: ClaimRules, Authorizer.

import Bytes
import JSON

/// What one issuer's tokens have, beyond what all tokens have.
public final class TokenKind: Sendable {
    /// The claim that says what a token is: its name, the value of ID tokens, those that are taken. Empty: none.
    let typeClaim: [[UInt8]]
    /// Access tokens have one of these, ID tokens none; empty: not looked at.
    let anyOf: [[UInt8]]
    /// Claims without which a token is refused.
    let required: [[UInt8]]
    /// Stands in for `aud` in a token that has none; empty: nothing does.
    let audienceClaim: [UInt8]
    /// Whether `iss` holds a tenant, which `tid` must be (Microsoft's documents); a form of `iss` may leave it open.
    let bindsTenant: Bool
    /// The tenants that are taken, where a form of `iss` leaves it open; empty: all.
    let tenants: [[UInt8]]
    /// Whether the header says what others' payload says, as that of AWS's load balancers: `signer` is the issuer,
    /// `client` the audience, and `exp` counts beside the payload's. Its keys are named by UUIDs.
    let isLoadBalancer: Bool

    /// - Requires: `typeClaim` is empty or has three members and more.
    public init(
        typeClaim: [[UInt8]], anyOf: [[UInt8]], required: [[UInt8]], audienceClaim: [UInt8],
        bindsTenant: Bool,
        tenants: [[UInt8]] = [], isLoadBalancer: Bool = false
    ) {
        precondition(
            typeClaim.isEmpty || typeClaim.count > 2, "a claim, the ID token's value, one that is taken")
        self.typeClaim = typeClaim
        self.anyOf = anyOf
        self.required = required
        self.audienceClaim = audienceClaim
        self.bindsTenant = bindsTenant
        self.tenants = tenants
        self.isLoadBalancer = isLoadBalancer
    }

    /// - Throws: `claimMissing`, `claimType`, `tokenTypeMismatch`, `idToken`.
    func check(_ claims: JSONValue) throws(JOSEError) {
        for name in required {
            if try text(claims, name).isEmpty { throw .claimMissing(.init(name)) }
        }
        if let name = typeClaim.first {
            let type = try text(claims, name)
            var found = 0
            for (index, known) in typeClaim.enumerated()
            where index > 0 && bytesEqual(type.span, known.span) { found = index }
            if found == 1 { throw .idToken(.init(name)) }
            if found == 0 { throw .tokenTypeMismatch }
        }
        guard !anyOf.isEmpty else { return }
        for name in anyOf where claims.member(name.span) != nil { return }
        throw .idToken(.other)
    }

    /// A claim that is a string; empty if it is absent. Of a date it is enough that it is a number.
    private func text(_ claims: JSONValue, _ name: [UInt8]) throws(JOSEError) -> [UInt8] {
        guard let value = claims.member(name.span) else { return [] }
        if value.kind == .number, bytesEqual(name.span, "iat") || bytesEqual(name.span, "auth_time") {
            return name
        }
        guard let text = value.stringBytes else { throw .claimType(.init(name)) }
        return text
    }

    /// What is compared with the audiences in a token without `aud`.
    func audience(_ claims: JSONValue) -> JSONValue? {
        let name = audienceClaim
        return name.isEmpty ? nil : claims.member(name.span)
    }

    // MARK: Tenants

    /// What stands in a form of `iss` for a tenant that is left open, as Microsoft's documents write it.
    public static let openTenant: StaticString = "{tenantid}"

    /// Whether `iss` is `form` with some tenant's ID where the form leaves it open.
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

    /// - Throws: `claimType`, `tenantMismatch`: `iss` and `tid` must name one tenant, which is one of those that are
    ///   taken.
    func checkTenant(_ claims: JSONValue, _ iss: [UInt8]) throws(JOSEError) {
        guard bindsTenant else { return }
        let tenant = try text(claims, [UInt8]("tid"))
        guard Self.isTenant(tenant.span) else { throw .tenantMismatch }
        var isTaken = tenants.isEmpty
        for known in tenants where bytesEqual(known.span, tenant.span) { isTaken = true }
        // What is before and behind it in `iss` was compared already.
        var start = 0
        while isTaken && start + tenant.count <= iss.count {
            if bytesEqual(iss.span.extracting(start..<(start + tenant.count)), tenant.span) { return }
            start += 1
        }
        throw .tenantMismatch
    }

    private static let tenantByteCount = 36

    /// A UUID as RFC 9562 §4 writes it, in small letters.
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
    /// The claim of a name; `other` for those that have no reason code of their own.
    init(_ name: [UInt8]) {
        self = .other
        for (text, claim) in [
            ("sub", .sub), ("iat", .iat), ("jti", .jti), ("client_id", .clientID), ("token_use", .tokenUse),
        ] as [(StaticString, JOSEError.Claim)] where bytesEqual(name.span, text) { self = claim }
    }
}
