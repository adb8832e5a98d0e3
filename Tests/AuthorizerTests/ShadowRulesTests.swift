import DecisionSupport
import JOSE
import Keys
import Settings
import TestSupport
import Testing

@testable import Authorizer
@testable import Routes

private let now: Int64 = 1_800_000_000
private let issuer = TestIssuer.first
private let allOrders = #"{"routes":[{"route":"GET /orders/{id}","allow":"any_token"}]}"#
private let scopedOrders = #"{"routes":[{"route":"GET /orders/{id}","allow":{"scopes":["orders:read"]}}]}"#
private let publicOrders = #"{"routes":[{"route":"GET /orders/{id}","public":true}]}"#
private let otherIssuer = #"{"issuers":[{"issuer":"other","jwks_uri":"/k"}]}"#
private let narrowIssuer =
    #"{"issuers":[{"issuer":"x","jwks_uri":"/x"},{"issuer":"iss","jwks_uri":"/k","audiences":["new"],"issued_not_before":\#(now)}],"routes":[{"route":"GET /orders/{id}","allow":"any_token","issuers":["iss"]}]}"#

private func settings(_ pairs: (String, String)...) throws(SettingsError) -> Settings {
    let needed = [("JWKS_URI", "/keys.json"), ("ISSUER", "iss"), ("AUDIENCE", "aud")]
    return try Settings(environment: variables(needed + pairs))
}

/// Decides with an inline key set.
private func decision(_ settings: Settings, _ authorization: String?) throws -> Decision {
    let headers = authorization.map { #"{"Authorization":"\#($0)"}"# } ?? "{}"
    var keys = KeyRing(settings.issuers.map(\.keys), policy: KeyCachePolicy())
    _ = keys[0].receive(try KeySet(parsing: issuer.keySet), nowSeconds: now)
    var question = Authorization(
        event: bytes(Shape.request(#""headers":\#(headers)"#)), issuers: settings.trustedIssuers,
        rules: settings.rules)
    guard case .decided(let decision) = question.next(keys: keys, nowSeconds: now) else {
        throw Refusal.keysUnavailable
    }
    return decision
}

private func token(_ further: String = "", exp: Int64 = now + 60) -> String {
    "Bearer " + issuer.token(#"{"iss":"iss","aud":"aud","sub":"alice","exp":\#(exp)\#(further)}"#)
}

/// Shadow rules are reported and change no answer (AUDIT 44).
@Suite struct ShadowRulesTests {
    /// The answer, the result of the second rules, and whether they differ.
    private func check(
        _ settings: Settings, _ authorization: String?, _ reason: String, _ shadow: String?, differs: Bool,
        _ location: SourceLocation = #_sourceLocation
    ) throws {
        let decision = try decision(settings, authorization)
        let found = settings.shadow?.verdict(on: decision)
        #expect("\(decision.reasonCode)" == reason, sourceLocation: location)
        #expect(found.map { "\($0.reasonCode)" } == shadow, sourceLocation: location)
        #expect((found?.differs(from: decision.outcome) ?? false) == differs, sourceLocation: location)
    }

    @Test func withRESOURCE() throws {
        let plain = try settings(("RESOURCE", "*"))
        try check(plain, token(), "allowed", nil, differs: false)
        let scoped = try settings(("RESOURCE", "*"), ("SHADOW_RULES", scopedOrders))
        try check(scoped, token(), "allowed", "route_requirement", differs: true)
        try check(scoped, token(#","scope":"orders:read""#), "allowed", "allowed", differs: false)
        try check(scoped, token(exp: now - 100), "token_expired", "token_expired", differs: false)
        try check(scoped, "Bearer x", "token_part_count", nil, differs: false)
        try check(scoped, nil, "token_missing", "token_missing", differs: false)
        let strict = try settings(("RESOURCE", "*"), ("REQUIRED_SCOPES", "x"), ("SHADOW_RULES", allOrders))
        try check(strict, token(), "scope_missing", "allowed", differs: true)
    }

    @Test func withRULES() throws {
        let both = try settings(("RULES", allOrders), ("SHADOW_RULES", publicOrders))
        try check(both, nil, "token_missing", "allowed", differs: true)
        try check(both, token(), "allowed", "allowed", differs: false)
        let reverse = try settings(("RULES", publicOrders), ("SHADOW_RULES", scopedOrders))
        try check(reverse, nil, "allowed", "token_missing", differs: true)
        try check(reverse, token(), "allowed", "route_requirement", differs: true)
        let decision = try decision(reverse, token())
        #expect(reverse.shadow?.verdict(on: decision)?.finding == RouteFinding(place: 0, unmet: .scopes))
        // The answer is the same as without shadow rules.
        let alone = try settings(("RULES", publicOrders))
        let answers = try [reverse, alone].map { settings in
            settings.rules.answer(to: try self.decided(settings)).body
        }
        #expect(answers[0] == answers[1])
    }

    private func decided(_ settings: Settings) throws -> Decision { try decision(settings, token()) }

    @Test func otherIssuers() throws {
        let unknown = try settings(("RESOURCE", "*"), ("SHADOW_RULES", otherIssuer))
        try check(unknown, token(), "allowed", "issuer_unknown", differs: true)
        let narrow = try settings(("RESOURCE", "*"), ("SHADOW_RULES", narrowIssuer))
        try check(narrow, token(), "allowed", "claim_iat_missing", differs: true)
        try check(narrow, token(#","iat":\#(now)"#), "allowed", "audience_mismatch", differs: true)
        // Refused by the current rules, allowed by the second.
        let new = "Bearer " + issuer.token(#"{"iss":"iss","aud":"new","iat":\#(now),"exp":\#(now + 60)}"#)
        try check(narrow, new, "audience_mismatch", "allowed", differs: true)
        // A document with issuers only does not change the permissions.
        let scoped = try settings(
            ("RESOURCE", "*"), ("REQUIRED_SCOPES", "x"),
            ("SHADOW_RULES", otherIssuer.replacing(#""other""#, with: #""iss""#)))
        try check(scoped, token(), "scope_missing", "scope_missing", differs: false)
    }

    /// Emergency lists and sender constraints apply to both rules.
    @Test func checksThatApplyToBothRules() throws {
        let stopped = try settings(("RESOURCE", "*"), ("DENY_SUBJECTS", "alice"), ("SHADOW_RULES", allOrders))
        try check(stopped, token(), "denied_subject", "denied_subject", differs: false)
        let bound = try settings(("RESOURCE", "*"), ("SHADOW_RULES", allOrders))
        try check(bound, token(#","cnf":{"jkt":"x"}"#), "dpop_off", "dpop_off", differs: false)
    }

    @Test func aFaultPreventsTheStart() {
        for (text, problem) in [
            ("{", DocumentFault.Problem.json(.unexpectedEnd)), ("{}", .nothing), (#"{"routes":[]}"#, .empty),
        ] {
            do throws(SettingsError) {
                _ = try settings(("RESOURCE", "*"), ("SHADOW_RULES", text))
                Issue.record("\(text)")
            } catch {
                #expect(error.setting == .shadowRules)
                guard case .document(let fault) = error.problem else {
                    Issue.record("\(error)")
                    continue
                }
                #expect(fault.problem == problem)
                #expect(String(decoding: error.message, as: UTF8.self).hasPrefix("SHADOW_RULES"))
            }
        }
    }
}
