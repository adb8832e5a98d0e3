import DecisionSupport
import JOSE
import Keys
import Settings
import TestSupport
import Testing

@testable import Authorizer

private let now: Int64 = 1_800_000_000
private let issuer = TestIssuer.first

private func refusal(
    _ further: String, header: String? = nil, cutoff: Int64? = nil, _ change: (inout EmergencyDeny) -> Void
) throws -> Refusal? {
    var claims = ClaimRules(issuers: [], audiences: [], clockSkewSeconds: 60)
    claims.issuedNotBeforeSeconds = cutoff
    var rules = Rules(resources: [bytes("*")])
    change(&rules.deny)
    let payload = #"{"exp":\#(now + 60)\#(further)}"#
    let token = header.map { issuer.token(header: $0, payload: payload) } ?? issuer.token(payload)
    let trusted = TrustedIssuer(claims: claims)
    var keys = KeyRing([.oneFile], policy: KeyCachePolicy())
    _ = keys[0].receive(try KeySet(parsing: issuer.keySet), nowSeconds: now)
    var authorization = Authorization(
        event: bytes(Shape.token("Bearer " + token)),
        issuers: [trusted], rules: rules)
    guard case .decided(let decision) = authorization.next(keys: keys, nowSeconds: now) else { return nil }
    switch decision.outcome {
    case .allow: return nil
    case .refuse(let refusal): return refusal
    }
}

/// A token with a listed key, ID, subject, client or time of issue is refused even if it is valid (AUDIT 4, 43).
@Suite struct EmergencyDenyTests {
    @Test func keys() throws {
        #expect(try refusal("") { $0.kids = [bytes("key-2"), bytes("key-1")] } == .denied(.kid))
        #expect(try refusal("") { $0.kids = [bytes("key-"), bytes("key-11"), bytes("KEY-1")] } == nil)
        // A token without a key ID is verified with the same key.
        let nameless = #"{"alg":"RS256"}"#
        #expect(try refusal("", header: nameless) { $0.kids = [bytes("key-1")] } == .denied(.kid))
        #expect(try refusal("", header: nameless) { $0.kids = [bytes("key-2")] } == nil)
    }

    /// A denied key is not fetched.
    @Test func aDeniedKeyCausesNoTraffic() {
        var rules = Rules(resources: [bytes("*")])
        rules.deny.kids = [bytes("key-1")]
        let trusted = TrustedIssuer(
            claims: ClaimRules(issuers: [], audiences: [], clockSkewSeconds: 0))
        var authorization = Authorization(
            event: bytes(Shape.token("Bearer " + issuer.token("{}"))), issuers: [trusted], rules: rules)
        let keys = KeyRing([.oneFile], policy: KeyCachePolicy())
        guard case .decided(let decision) = authorization.next(keys: keys, nowSeconds: now) else {
            Issue.record("keys were asked for")
            return
        }
        #expect("\(decision.reasonCode)" == "denied_kid" && decision.kid.map { $0 == bytes("key-1") } == true)
    }

    @Test func tokensSubjectsAndClients() throws {
        func all(_ deny: inout EmergencyDeny) {
            deny.jtis = [bytes("t1"), bytes("t2")]
            deny.subjects = [bytes("mallory")]
            deny.clients = [bytes("app")]
        }
        for (claims, expected) in [
            (#","jti":"t3","sub":"alice","client_id":"web""#, nil), ("", nil),
            (#","jti":"t2""#, Refusal.denied(.jti)), (#","sub":"mallory""#, .denied(.subject)),
            (#","client_id":"app""#, .denied(.client)), (#","azp":"app""#, .denied(.client)),
            (#","cid":"app""#, .denied(.client)), (#","appid":"app""#, .denied(.client)),
            (#","client_id":"web","azp":"app""#, .denied(.client)),
            (#","sub":"\u006dallory""#, .denied(.subject)), (#","sub":"Mallory""#, nil),
            (#","sub":"mallory ""#, nil),
            // AUDIT 4.
            (#","jti":1"#, .token(.claimType(.jti))), (#","sub":["mallory"]"#, .token(.claimType(.sub))),
            (#","azp":["app"]"#, .token(.claimType(.clientID))),
        ] as [(String, Refusal?)] {
            #expect(try refusal(claims, all) == expected, "\(claims)")
        }
        // Without a list for clients, the claim is not checked.
        #expect(try refusal(#","azp":["app"]"#) { _ in } == nil)
        // The signature is verified first: before that, the token's claims are not known to be true.
        #expect(Refusal.denied(.jti).kind == .unauthorized)
    }

    @Test func tokensIssuedBefore() throws {
        for (iat, expected) in [
            (#","iat":1799999000"#, nil), (#","iat":1799999000.5"#, nil), (#","iat":1800000000"#, nil),
            (#","iat":1799998999"#, JOSEError.issuedBeforeCutoff(secondsBefore: 1)),
            (#","iat":1799998999.9"#, .issuedBeforeCutoff(secondsBefore: 1)),
            (#","iat":0"#, .issuedBeforeCutoff(secondsBefore: 1_799_999_000)), ("", .claimMissing(.iat)),
            (#","iat":"1799999000""#, .claimType(.iat)),
        ] as [(String, JOSEError?)] {
            #expect(
                try refusal(iat, cutoff: 1_799_999_000) { _ in } == expected.map { .token($0) }, "\(iat)")
        }
    }
}
