import DecisionSupport
import Foundation
import JOSE
import Keys
import Routes
import Settings
import TestSupport
import Testing

@testable import Authorizer

private let now: Int64 = 1_800_000_000
private let orders = [
    Rule.allow("GET /o/{id}", scope: "o"), Rule.allow("GET /o/{id}/items", scope: "i"),
    Rule.open("POST /o"),
]
.joined(separator: ",")

/// Decisions are the same with and without a cache of verified tokens (AUDIT 27).
@Suite struct TokenMemoryTests {
    /// The answers with a cache of tokens equal those without, for each token and each call.
    @Test func decisionsAreTheSameWithAMemory() throws {
        let settings = try Settings(
            environment: [
                ("JWKS_URI", "/k"), ("ISSUER", "iss"), ("AUDIENCE", "aud"),
                ("RULES", #"{"routes":[\#(orders)]}"#),
            ].map { (Array($0.0.utf8), Array($0.1.utf8)) })
        var keys = KeyRing(settings.issuers.map(\.keys), policy: KeyCachePolicy())
        _ = keys[0].receive(try KeySet(parsing: TestIssuer.first.keySet), nowSeconds: now)
        // The cache is smaller than the number of tokens: some are evicted and presented again.
        var memo = TokenMemory(capacity: 2)
        let tokens = ["o", "i", "o i", "x"].map {
            TestIssuer.first.token(
                #"{"iss":"iss","aud":"aud","sub":"alice","exp":\#(now + 60),"scope":"\#($0)"}"#)
        }
        func answer(_ event: [UInt8], _ memo: inout TokenMemory) -> [UInt8] {
            var authorization = Authorization(
                event: event, issuers: settings.trustedIssuers, rules: settings.rules)
            guard case .decided(let decision) = authorization.next(keys: keys, memo: &memo, nowSeconds: now)
            else { return [] }
            return settings.rules.answer(to: decision).body
        }
        for token in [0, 0, 1, 0, 2, 2, 0, 3, 3, 1, 0, 1, 2].map({ tokens[$0] }) {
            for call in ["GET/o/1", "GET/o/2", "GET/o/1/items", "POST/o", "GET/o/"] {
                let event = Array(
                    #"{"type":"TOKEN","authorizationToken":"Bearer \#(token)","methodArn":"\#(Rule.prefix)/\#(call)"}"#
                        .utf8)
                var none = TokenMemory(capacity: 0)
                let (with, without) = (answer(event, &memo), answer(event, &none))
                #expect(!with.isEmpty && with == without, "\(call)")
            }
        }
    }
}
