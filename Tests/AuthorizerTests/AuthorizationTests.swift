import DecisionSupport
import JOSE
import JSON
import Keys
import Settings
import TestSupport
import Testing

@testable import Authorizer

private let arn = "arn:aws:execute-api:eu-central-1:123456789012:a1b2c3d4e5/prod/*"
private let now: Int64 = 1_800_000_000

private func rules(_ change: (inout Rules) -> Void = { _ in }) -> Rules {
    var rules = Rules(resources: [bytes(arn)])
    change(&rules)
    return rules
}

private let trusted = TrustedIssuer(
    claims: ClaimRules(issuers: [bytes("iss")], audiences: [bytes("aud")], clockSkewSeconds: 60))

private func event(_ token: String) -> [UInt8] {
    bytes(
        #"{"type":"TOKEN","authorizationToken":"Bearer \#(token)","methodArn":"arn:aws:execute-api:eu-central-1:123456789012:a1b2c3d4e5/prod/GET/orders/42"}"#
    )
}

private func payload(_ further: String = "", exp: Int64 = now + 60) -> String {
    #"{"iss":"iss","aud":"aud","sub":"alice","exp":\#(exp)\#(further)}"#
}

/// Decides with a cache that may fetch. `fetches` has the result of each fetch; nil is a failure.
private func decide(
    _ event: [UInt8], _ rules: Rules, issuers: [TrustedIssuer] = [trusted], keys: inout KeyRing,
    at now: Int64 = now, fetches: [[UInt8]?] = []
) throws -> (decision: Decision, fetchCount: Int) {
    var authorization = Authorization(event: event, issuers: issuers, rules: rules)
    var count = 0
    while true {
        switch authorization.next(keys: keys, nowSeconds: now) {
        case .decided(let decision): return (decision, count)
        case .fetchKeys(let issuer, let cause):
            _ = keys[issuer].beginFetch(cause, nowSeconds: now)
            if count < fetches.count, let text = fetches[count] {
                _ = keys[issuer].receive(try KeySet(parsing: text), nowSeconds: now)
            } else {
                keys[issuer].receiveFailure(nowSeconds: now)
            }
            count += 1
        }
    }
}

private func answer(_ event: [UInt8], _ rules: Rules = rules()) throws -> String {
    var keys = KeyRing([.oneFile], policy: KeyCachePolicy())
    let decision = try decide(event, rules, keys: &keys, fetches: [TestIssuer.first.keySet]).decision
    return String(decoding: rules.answer(to: decision).body, as: UTF8.self)
}

private func policy(_ principal: String, _ effect: String, _ resource: String, _ context: String = "")
    -> String
{
    #"{"principalId":"\#(principal)","policyDocument":{"Version":"2012-10-17","Statement":[{"Action":"execute-api:Invoke","Effect":"\#(effect)","Resource":\#(resource)}]}\#(context)}"#
}

/// A decision from the event to the answer: the keys that are requested, the tokens that are cached, the contents of the
/// policy and of the context (AUDIT 6, 18, 19, 25 to 29).
@Suite struct AuthorizationTests {
    let issuer = TestIssuer.first
    let unauthorized = #"{"errorMessage":"Unauthorized","errorType":"Unauthorized"}"#

    /// AUDIT 19, 27: withdrawing a key invalidates the tokens verified with it; times are checked on each call.
    @Test func aCachedTokenIsCheckedWithNewKeysAndTheClock() throws {
        var keys = KeyRing([.oneFile], policy: KeyCachePolicy())
        var memo = TokenMemory(capacity: 8)
        func reason(_ token: String, at now: Int64) -> String {
            var authorization = Authorization(event: event(token), issuers: [trusted], rules: rules())
            guard case .decided(let decision) = authorization.next(keys: keys, memo: &memo, nowSeconds: now)
            else { return "fetch" }
            return "\(decision.reasonCode)"
        }
        let token = issuer.token(payload())
        _ = keys[0].receive(try KeySet(parsing: issuer.keySet), nowSeconds: now)
        #expect(reason(token, at: now) == "allowed")
        #expect(reason(token, at: now + 1) == "allowed")
        #expect(reason(token, at: now + 120) == "token_expired")
        // The key is withdrawn.
        _ = keys[0].receive(try KeySet(parsing: TestIssuer.second.keySet), nowSeconds: now + 2)
        #expect(reason(token, at: now + 3) == "key_unknown")
        // The key is published again.
        _ = keys[0].receive(try KeySet(parsing: issuer.keySet), nowSeconds: now + 4)
        #expect(reason(token, at: now + 5) == "allowed")
    }

    // MARK: Answers (README, "What the caller gets")

    @Test func aValidTokenGetsAPolicy() throws {
        #expect(try answer(event(issuer.token(payload()))) == policy("alice", "Allow", "\"\(arn)\""))
        let two = rules { $0.resources.append(bytes("arn:aws:execute-api:*:*:b/*")) }
        #expect(
            try answer(event(issuer.token(payload())), two)
                == policy("alice", "Allow", "[\"\(arn)\",\"arn:aws:execute-api:*:*:b/*\"]"))
    }

    @Test func anInvalidTokenGetsUnauthorized() throws {
        let good = issuer.token(payload())
        let parts = good.split(separator: ".").map(String.init)
        let hs256 = base64url(bytes(#"{"alg":"HS256","typ":"JWT","kid":"key-1"}"#))
        let none = base64url(bytes(#"{"alg":"none"}"#))
        for token in [
            "", "x", "\(parts[0]).\(parts[1]).", "\(none).\(parts[1]).", "\(none).\(parts[1]).AA",
            "\(hs256).\(parts[1]).\(parts[2])", "\(parts[0]).\(parts[1]).\(parts[2].dropLast())",
            "\(parts[0]).\(base64url(bytes(payload(#","admin":true"#)))).\(parts[2])",
            issuer.token(payload(exp: now - 61)), issuer.token(#"{"iss":"iss","aud":"aud"}"#),
            issuer.token(#"{"iss":"iss2","aud":"aud","exp":\#(now + 60)}"#),
            issuer.token(#"{"iss":"iss","aud":"aud2","exp":\#(now + 60)}"#),
            TestIssuer.second.token(payload()),
        ] {
            #expect(try answer(event(token)) == unauthorized)
        }
    }

    @Test func aTokenWithoutThePermissionGetsADeny() throws {
        let rules = rules { $0.requiredScopes = [bytes("b")] }
        #expect(
            try answer(event(issuer.token(payload(#","scope":"a bb""#))), rules)
                == policy("alice", "Deny", "\"*\"", #","context":{"reason":"scope_missing"}"#))
    }

    /// AUDIT 25: scopes are compared as a whole; string and array are equivalent.
    @Test(arguments: [
        (#","scope":"b""#, true), (#","scope":"a b c""#, true), (#","scope":["a","b"]"#, true),
        (#","scp":"b""#, true), (#","scp":["b"]"#, true), (#","scope":"x","scp":["b"]"#, true),
        (#","scope":"bb""#, false), (#","scope":"a,b""#, false), (#","scope":["a b"]"#, false),
        (#","scope":{"b":1}"#, false), (#","scope":"B""#, false), ("", false), (#","scope":[]"#, false),
    ]) func scopesAreWords(claims: String, isMet: Bool) throws {
        let rules = rules { $0.requiredScopes = [bytes("b")] }
        let answer = try answer(event(issuer.token(payload(claims))), rules)
        #expect(answer.contains("Allow") == isMet && answer.contains("scope_missing") != isMet)
    }

    @Test func invalidEventsHaveTheirOwnErrors() throws {
        #expect(try answer(bytes("{}")).contains(#""errorType":"EventError""#))
        #expect(try answer(bytes("{}")).contains(#"has no \"type\""#))
        #expect(try answer(bytes("x")).contains("not JSON"))
    }

    // MARK: Principal and context

    @Test(arguments: [
        (#"{"iss":"iss","aud":"aud","exp":1800000060,"client_id":"c","azp":"z"}"#, "c"),
        (#"{"iss":"iss","aud":"aud","exp":1800000060,"azp":"z","cid":"d"}"#, "z"),
        (#"{"iss":"iss","aud":"aud","exp":1800000060,"cid":"d"}"#, "d"),
        (#"{"iss":"iss","aud":"aud","exp":1800000060}"#, "unknown"),
        (#"{"iss":"iss","aud":"aud","exp":1800000060,"sub":""}"#, "unknown"),
    ]) func thePrincipalHasItsOrder(payload: String, principal: String) throws {
        #expect(try answer(event(issuer.token(payload))) == policy(principal, "Allow", "\"\(arn)\""))
    }

    @Test func thePrincipalsClaimCanBeChosen() throws {
        let rules = rules { $0.principalClaim = bytes("email") }
        #expect(
            try answer(event(issuer.token(payload(#","email":"a@b""#))), rules).hasPrefix(
                #"{"principalId":"a@b""#))
        #expect(try answer(event(issuer.token(payload())), rules).hasPrefix(#"{"principalId":"unknown""#))
    }

    /// AUDIT 28: no control characters, and no value becomes policy text.
    @Test func thePrincipalIsSanitised() throws {
        let rules = rules { $0.principalClaim = bytes("p") }
        #expect(
            try answer(event(issuer.token(payload(#","p":"a\u0000""#))), rules)
                == policy("unknown", "Deny", "\"*\"", #","context":{"reason":"principal_not_usable"}"#))
        let long = String(repeating: "x", count: AuthorizerLimits.principalByteCount)
        #expect(try answer(event(issuer.token(payload(#","p":"\#(long)""#))), rules).contains("Allow"))
        #expect(
            try answer(event(issuer.token(payload(#","p":"\#(long)x""#))), rules).contains(
                "principal_not_usable"))
        let hostile = try answer(event(issuer.token(payload(#","p":"\"},\"x\":\"\\""#))), rules)
        #expect(hostile.hasPrefix(#"{"principalId":"\"},\"x\":\"\\","policyDocument""#))
    }

    @Test func theContextHasOnlyValuesThatTheGatewayAccepts() throws {
        let claims =
            #","s":"text","n":1.50,"t":true,"f":false,"l":["a","b"],"e":[],"o":{"a":1},"z":null,"m":["a",1],"j":"{\"a\":1}","b":"[broken","x:y-z":"k""#
        let names = ["s", "n", "t", "f", "l", "e", "o", "z", "m", "j", "b", "x:y-z", "absent"]
        let rules = rules { $0.contextClaims = names.map { ContextClaim(bytes($0)) } }
        var keys = KeyRing([.oneFile], policy: KeyCachePolicy())
        let decision = try decide(
            event(issuer.token(payload(claims))), rules, keys: &keys, fetches: [issuer.keySet]
        ).decision
        guard case .allow(let grant) = decision.outcome else {
            Issue.record("refused: \(decision.reasonCode)")
            return
        }
        // o, z, m and j are in the token, and a context cannot contain them.
        #expect(grant.omittedClaims == 4)
        let body = String(decoding: rules.answer(to: decision).body, as: UTF8.self)
        #expect(
            body.hasSuffix(
                #""context":{"s":"text","n":1.50,"t":true,"f":false,"l":"a b","e":"","b":"[broken","x_y_z":"k"}}"#
            ))
    }

    @Test func theAnswerEndsAtEightKilobytes() throws {
        let rules = rules { $0.contextClaims = [ContextClaim(bytes("c"))] }
        func length(_ count: Int) throws -> String {
            try answer(
                event(issuer.token(payload(#","c":"\#(String(repeating: "x", count: count))""#))), rules)
        }
        let overhead = try length(1).utf8.count - 1
        let room = AuthorizerLimits.answerByteCount - overhead
        #expect(try length(room).utf8.count == AuthorizerLimits.answerByteCount)
        #expect(try length(room + 1).contains("answer_too_long"))
    }

    // MARK: Keys

    @Test func missingKeysAreAnErrorAndNeverADeny() throws {
        var keys = KeyRing([.oneFile], policy: KeyCachePolicy())
        let rules = rules()
        let (decision, count) = try decide(event(issuer.token(payload())), rules, keys: &keys)
        #expect(count == 1)
        #expect(decision.reasonCode.description == "keys_unavailable")
        guard case .error(let type, _) = rules.answer(to: decision) else {
            Issue.record("a policy")
            return
        }
        #expect(type.description == "KeysUnavailable")
        // During the back-off nothing is fetched. After it, the keys are available again without a restart.
        #expect(try decide(event(issuer.token(payload())), rules, keys: &keys).fetchCount == 0)
        let later = try decide(
            event(issuer.token(payload())), rules, keys: &keys, at: now + 1, fetches: [issuer.keySet])
        #expect(later.fetchCount == 1 && later.decision.reasonCode.description == "allowed")
    }

    @Test func tokensThatNoKeyCouldMakeValidCauseNoTraffic() throws {
        let hs256 = base64url(bytes(#"{"alg":"HS256","kid":"key-1"}"#))
        let narrow = TrustedIssuer(claims: trusted.claims, algorithms: [.ps256])
        for (event, trusted) in [
            (event("x"), trusted), (event("\(hs256).e30.AA"), trusted), (bytes("{}"), trusted),
            (event(issuer.token(payload())), narrow),
        ] {
            var keys = KeyRing([.oneFile], policy: KeyCachePolicy())
            #expect(try decide(event, rules(), issuers: [trusted], keys: &keys).fetchCount == 0)
        }
    }

    @Test func anUnknownKeyIsFetchedOnceAnInterval() throws {
        var keys = KeyRing([.oneFile], policy: KeyCachePolicy())
        _ = keys[0].receive(try KeySet(parsing: issuer.keySet), nowSeconds: now)
        let unknown = event(TestIssuer.second.token(payload(exp: now + 600)))
        // The set was just fetched: no fetch, 401.
        var result = try decide(unknown, rules(), keys: &keys, fetches: [issuer.keySet])
        #expect(result.fetchCount == 0 && result.decision.reasonCode.description == "key_unknown")
        // After an interval it is fetched again. The key is still absent: 401.
        result = try decide(unknown, rules(), keys: &keys, at: now + 30, fetches: [issuer.keySet])
        #expect(result.fetchCount == 1 && result.decision.reasonCode.description == "key_unknown")
        // The fetch fails, so it is unknown whether the key exists.
        result = try decide(unknown, rules(), keys: &keys, at: now + 60)
        #expect(result.fetchCount == 1 && result.decision.reasonCode.description == "keys_unavailable")
        // Valid tokens are still accepted.
        let good = try decide(
            event(issuer.token(payload(exp: now + 600))), rules(), keys: &keys, at: now + 60)
        #expect(good.fetchCount == 0 && good.decision.reasonCode.description == "allowed")
        // The new key appears.
        result = try decide(
            unknown, rules(), keys: &keys, at: now + 90, fetches: [TestIssuer.second.keySet])
        #expect(result.fetchCount == 1 && result.decision.reasonCode.description == "allowed")
        // With the new set, the old key was withdrawn.
        let withdrawn = try decide(
            event(issuer.token(payload(exp: now + 600))), rules(), keys: &keys, at: now + 91)
        #expect(withdrawn.decision.reasonCode.description == "key_unknown")
    }

    /// AUDIT 26: whether a key exists is not known while a fetch is in progress, nor when the requested fetch was never made.
    @Test func theEndOfAWaitDoesNotDeny() throws {
        var keys = KeyRing([.oneFile], policy: KeyCachePolicy())
        _ = keys[0].receive(try KeySet(parsing: issuer.keySet), nowSeconds: now)
        let unknown = event(TestIssuer.second.token(payload(exp: now + 600)))
        func reason(after change: (inout KeyRing) -> Void) throws -> String {
            var (keys, asked) = (keys, Authorization(event: unknown, issuers: [trusted], rules: rules()))
            guard case .fetchKeys(let issuer, let cause) = asked.next(keys: keys, nowSeconds: now + 30) else {
                return "no fetch was requested"
            }
            let begins = keys[issuer].beginFetch(cause, nowSeconds: now + 30)
            #expect(begins)
            change(&keys)
            guard case .decided(let decision) = asked.next(keys: keys, nowSeconds: now + 31) else {
                return "a second fetch was requested"
            }
            return decision.reasonCode.description
        }
        let set = try KeySet(parsing: issuer.keySet)
        #expect(try reason { _ in } == "keys_unavailable")
        #expect(try reason { $0[0].cancelFetch() } == "keys_unavailable")
        #expect(try reason { $0[0].receiveFailure(nowSeconds: now + 31) } == "keys_unavailable")
        #expect(try reason { _ = $0[0].receive(set, nowSeconds: now + 31) } == "key_unknown")
    }

    @Test func staleKeysAreUsedWhenTheFetchFails() throws {
        var keys = KeyRing([.oneFile], policy: KeyCachePolicy())
        _ = keys[0].receive(try KeySet(parsing: issuer.keySet), nowSeconds: now)
        let token = event(issuer.token(payload(exp: now + 10_000)))
        var result = try decide(token, rules(), keys: &keys, at: now + 600)
        #expect(
            result.fetchCount == 1
                && result.decision.staleKeys == StaleKeys(ageSeconds: 600, isSnapshot: false))
        #expect(result.decision.reasonCode.description == "allowed")
        result = try decide(token, rules(), keys: &keys, at: now + 4200)
        #expect(result.decision.reasonCode.description == "keys_unavailable")
        result = try decide(token, rules(), keys: &keys, at: now + 4300, fetches: [issuer.keySet])
        #expect(
            result.decision.reasonCode.description == "allowed" && result.decision.staleKeys == nil)
    }

    // MARK: Several issuers

    private func issuers(second: [Algorithm] = Algorithm.allCases) -> [TrustedIssuer] {
        [("iss", Algorithm.allCases), ("iss2", second)].map { form, algorithms in
            TrustedIssuer(
                claims: ClaimRules(issuers: [bytes(form)], audiences: [], clockSkewSeconds: 0),
                algorithms: algorithms)
        }
    }

    private func ring() throws -> KeyRing {
        var keys = KeyRing([.oneFile, .oneFile], policy: KeyCachePolicy())
        _ = keys[0].receive(try KeySet(parsing: TestIssuer.first.keySet), nowSeconds: now)
        _ = keys[1].receive(try KeySet(parsing: TestIssuer.second.keySet), nowSeconds: now)
        return keys
    }

    @Test(arguments: [
        ("iss", 0, "allowed"), ("iss2", 1, "allowed"), ("iss2", 0, "key_unknown"), ("iss", 1, "key_unknown"),
        ("iss3", 0, "issuer_unknown"), ("iss ", 0, "issuer_unknown"), ("ISS", 0, "issuer_unknown"),
        ("", 1, "issuer_unknown"), ("is", 0, "issuer_unknown"),
    ]) func theIssuerSelectsTheKeys(iss: String, signer: Int, reason: String) throws {
        var keys = try ring()
        let signers = [TestIssuer.first, TestIssuer.second]
        let token = signers[signer].token(#"{"iss":"\#(iss)","exp":\#(now + 60)}"#)
        let decision = try decide(event(token), rules(), issuers: issuers(), keys: &keys).decision
        #expect(decision.reasonCode.description == reason)
    }

    /// AUDIT 18: an unknown issuer causes no traffic, whatever keys are cached.
    @Test func anUnknownIssuerCausesNoTraffic() throws {
        for payload in [
            #"{"iss":"x","exp":1}"#, #"{"exp":1}"#, #"{"iss":1}"#, #"{"iss":"iss","iss":"iss"}"#, "[]",
        ] {
            var keys = KeyRing([.oneFile, .oneFile], policy: KeyCachePolicy())
            let (decision, count) = try decide(
                event(issuer.token(payload)), rules(), issuers: issuers(), keys: &keys)
            #expect(count == 0)
            guard case .refuse(let refusal) = decision.outcome else {
                Issue.record("allowed")
                return
            }
            #expect(refusal.kind == .unauthorized)
            switch payload {
            case #"{"iss":"x","exp":1}"#: #expect(refusal == .issuerUnknown)
            case #"{"exp":1}"#: #expect(refusal == .issuerUnreadable(.claimMissing(.iss)))
            case #"{"iss":1}"#: #expect(refusal == .issuerUnreadable(.claimType(.iss)))
            case "[]": #expect(refusal == .issuerUnreadable(.payloadNotObject))
            default: #expect(refusal.reasonCode.description == "issuer_unreadable")
            }
        }
    }

    @Test func onlyTheSelectedIssuersKeysAreFetched() throws {
        var keys = KeyRing([.oneFile, .oneFile], policy: KeyCachePolicy())
        let token = TestIssuer.second.token(#"{"iss":"iss2","exp":\#(now + 60)}"#)
        let result = try decide(
            event(token), rules(), issuers: issuers(), keys: &keys, fetches: [TestIssuer.second.keySet])
        #expect(result.fetchCount == 1 && result.decision.reasonCode.description == "allowed")
        #expect(keys[0].ageSeconds(nowSeconds: now) == nil && keys[1].ageSeconds(nowSeconds: now) == 0)
    }

    /// AUDIT 6: each issuer has its own algorithms.
    @Test func eachIssuerHasItsAlgorithms() throws {
        let two = issuers(second: [.es256])
        var keys = try ring()
        let second = TestIssuer.second.token(#"{"iss":"iss2","exp":\#(now + 60)}"#)
        let refused = try decide(event(second), rules(), issuers: two, keys: &keys).decision
        #expect(refused.reasonCode.description == "header_alg_not_allowed")
        let first = issuer.token(#"{"iss":"iss","exp":\#(now + 60)}"#)
        let allowed = try decide(event(first), rules(), issuers: two, keys: &keys).decision
        #expect(allowed.reasonCode.description == "allowed")
    }

    // MARK: Details for logs

    /// AUDIT 29: the issuer is reported only if the signature was verified.
    @Test func theIssuerIsReportedAfterVerification() throws {
        var keys = KeyRing([.oneFile], policy: KeyCachePolicy())
        _ = keys[0].receive(try KeySet(parsing: issuer.keySet), nowSeconds: now)
        let expired = try decide(event(issuer.token(payload(exp: 1))), rules(), keys: &keys).decision
        #expect(expired.issuer == bytes("iss") && expired.kid == bytes("key-1"))
        let parts = issuer.token(payload()).split(separator: ".")
        let forged = "\(parts[0]).\(base64url(bytes(payload(#","x":1"#)))).\(parts[2])"
        let refused = try decide(event(forged), rules(), keys: &keys).decision
        #expect(refused.issuer == nil && refused.reasonCode.description == "signature_mismatch")
    }
}
