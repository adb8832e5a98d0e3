import JSON
import TestSupport
import Testing

@testable import JOSE

private let now: Int64 = 1_700_000_000

/// Claims are checked in type, range and time (AUDIT 4, 22, 23, 24).
@Suite struct ClaimRulesTests {
    private func rules(skew: Int64 = 60, _ change: (inout ClaimRules) -> Void = { _ in }) -> ClaimRules {
        var rules = ClaimRules(issuers: [], audiences: [], clockSkewSeconds: skew)
        change(&rules)
        return rules
    }

    private func check(
        _ payload: String, _ rules: ClaimRules, typ: String? = nil
    ) throws(JOSEError) -> ValidatedToken {
        let header = #"{"alg":"RS256"\#(typ.map { #","typ":"\#($0)""# } ?? "")}"#
        let token = try verify(issuer.token(header: header, payload: payload))
        return try rules.check(token, nowSeconds: now)
    }

    private func refusal(_ payload: String, _ rules: ClaimRules, typ: String? = nil) -> JOSEError? {
        thrown { () throws(JOSEError) in try check(payload, rules, typ: typ) }
    }

    /// The error for a token with an `exp` and these members; nil if it is accepted.
    private func refusal(with members: String, _ rules: ClaimRules, typ: String? = nil) -> JOSEError? {
        refusal(#"{"exp":\#(now + 600),\#(members)}"#, rules, typ: typ)
    }

    @Test func aGoodToken() throws {
        let token = try check(
            #"{"iss":"i","sub":"s","aud":["a","b"],"exp":\#(now + 600),"nbf":\#(now),"iat":\#(now),"jti":"1"}"#,
            rules {
                $0.issuers = [bytes("i")]
                $0.audiences = [bytes("b")]
            })
        #expect(token.expirySeconds == now + 600)
        #expect(token.token.claims.root.member("sub")?.stringBytes == bytes("s"))
    }

    // MARK: exp, nbf, iat

    /// AUDIT 22: exp is required.
    @Test func expIsRequired() {
        #expect(refusal("{}", rules()) == .claimMissing(.exp))
        #expect(refusal(#"{"Exp":\#(now + 1)}"#, rules()) == .claimMissing(.exp))
    }

    @Test func expiry() {
        for (exp, error) in [
            (now + 1, JOSEError?.none), (now, .some(.expired(secondsAgo: 0))),
            (now - 1, .some(.expired(secondsAgo: 1))), (0, .some(.expired(secondsAgo: now))),
        ] {
            #expect(refusal(#"{"exp":\#(exp)}"#, rules(skew: 0)) == error)
        }
        #expect(refusal(#"{"exp":\#(now - 59)}"#, rules()) == nil)
        #expect(refusal(#"{"exp":\#(now - 60)}"#, rules()) == .expired(secondsAgo: 60))
        #expect(refusal(#"{"exp":\#(now - 299)}"#, rules(skew: 300)) == nil)
        #expect(refusal(#"{"exp":\#(now - 300)}"#, rules(skew: 300)) == .expired(secondsAgo: 300))
    }

    /// AUDIT 4: fractions of a second count exactly, without rounding in either direction.
    @Test func fractions() {
        #expect(refusal(#"{"exp":\#(now).5}"#, rules(skew: 0)) == nil)
        #expect(refusal(#"{"exp":\#(now).0}"#, rules(skew: 0)) == .expired(secondsAgo: 0))
        // Nearer to the next second than a double can represent.
        #expect(
            refusal(#"{"exp":\#(now - 1).99999999999999999999}"#, rules(skew: 0)) == .expired(secondsAgo: 1))
        #expect(
            refusal(with: #""nbf":\#(now).00000000000000000001"#, rules(skew: 0))
                == .notYetValid(secondsAhead: 0))
        #expect(refusal(with: #""iat":\#(now).5"#, rules(skew: 0)) == .issuedInFuture(secondsAhead: 0))
        #expect(refusal(#"{"exp":1.7000006e9}"#, rules(skew: 0)) == nil)
        #expect(refusal(#"{"exp":17e8}"#, rules(skew: 0)) == .expired(secondsAgo: 0))
    }

    @Test func notBefore() {
        #expect(refusal(with: #""nbf":\#(now)"#, rules(skew: 0)) == nil)
        #expect(refusal(with: #""nbf":\#(now + 1)"#, rules(skew: 0)) == .notYetValid(secondsAhead: 1))
        #expect(refusal(with: #""nbf":\#(now + 60)"#, rules()) == nil)
        #expect(refusal(with: #""nbf":\#(now + 61)"#, rules()) == .notYetValid(secondsAhead: 61))
        #expect(refusal(with: #""nbf":0"#, rules()) == nil)
    }

    /// AUDIT 24: a token issued in the future is rejected.
    @Test func issuedInTheFuture() {
        #expect(refusal(with: #""iat":\#(now)"#, rules(skew: 0)) == nil)
        #expect(refusal(with: #""iat":\#(now + 1)"#, rules(skew: 0)) == .issuedInFuture(secondsAhead: 1))
        #expect(refusal(with: #""iat":\#(now + 60)"#, rules()) == nil)
        #expect(refusal(with: #""iat":\#(now + 61)"#, rules()) == .issuedInFuture(secondsAhead: 61))
    }

    /// AUDIT 24: the optional limits on age and lifetime.
    @Test func ageAndLifetime() {
        let aged = rules(skew: 10) { $0.maximumAgeSeconds = 100 }
        #expect(refusal(with: #""iat":\#(now - 110)"#, aged) == nil)
        #expect(refusal(with: #""iat":\#(now - 111)"#, aged) == .tooOld(maximumSeconds: 100))
        #expect(refusal(#"{"exp":\#(now + 1)}"#, aged) == .claimMissing(.iat))

        let short = rules { $0.maximumLifetimeSeconds = 700 }
        #expect(refusal(with: #""iat":\#(now - 100)"#, short) == nil)
        #expect(refusal(with: #""iat":\#(now - 101)"#, short) == .lifetimeTooLong(maximumSeconds: 700))
        #expect(
            refusal(#"{"exp":\#(now + 600).5,"iat":\#(now - 100)}"#, short)
                == .lifetimeTooLong(maximumSeconds: 700))
        #expect(refusal(#"{"exp":\#(now + 1)}"#, short) == .claimMissing(.iat))
        // An iat after exp gives a token without a lifetime, not a trap.
        #expect(refusal(#"{"exp":\#(now - 5),"iat":\#(now)}"#, short) == nil)
    }

    /// RFC 9470: the login, at the limit and one past it; without `auth_time`, or with one of another form, the token is refused.
    @Test func timeOfLogin() throws {
        let recent = rules(skew: 10) { $0.maximumAuthAgeSeconds = 100 }
        for login in ["\(now)", "\(now + 10)", "\(now - 110)", "\(now - 110).5"] {
            #expect(refusal(with: #""auth_time":\#(login)"#, recent) == nil, "\(login)")
        }
        for login in ["\(now - 111)", "\(now - 111).5", "0"] {
            #expect(
                refusal(with: #""auth_time":\#(login)"#, recent) == .loginTooOld(maximumSeconds: 100),
                "\(login)")
        }
        #expect(refusal(with: #""auth_time":\#(now + 11)"#, recent) == .loginInFuture(secondsAhead: 11))
        #expect(refusal(with: #""auth_time":\#(now + 10).1"#, recent) == .loginInFuture(secondsAhead: 10))
        #expect(refusal(with: #""iat":\#(now)"#, recent) == .claimMissing(.authTime))
        for value in ["null", "true", "[]", "{}", #""\#(now)""#] {
            #expect(refusal(with: #""auth_time":\#(value)"#, recent) == .claimType(.authTime), "\(value)")
        }
        for value in ["-1", "9007199254740992", "1e400"] {
            #expect(refusal(with: #""auth_time":\#(value)"#, recent) == .claimRange(.authTime), "\(value)")
        }
        // Without the setting the claim is not read.
        #expect(refusal(with: #""auth_time":"x""#, rules()) == nil)
        // What ends first, with `iat` and without.
        for iat in ["", #","iat":\#(now)"#] {
            let login = #""auth_time":\#(now - 30)\#(iat)"#
            #expect(try check(#"{"exp":\#(now + 600),\#(login)}"#, recent).expirySeconds == now + 70)
            #expect(try check(#"{"exp":\#(now + 60),\#(login)}"#, recent).expirySeconds == now + 60)
        }
    }

    /// AUDIT 4: a known claim of the wrong type is an error, never "absent".
    @Test func types() {
        let wrong = ["null", "true", "[]", "{}"]
        for value in wrong + [#""\#(now + 600)""#] {
            #expect(refusal(#"{"exp":\#(value)}"#, rules()) == .claimType(.exp), "\(value)")
            #expect(refusal(with: #""nbf":\#(value)"#, rules()) == .claimType(.nbf), "\(value)")
            #expect(refusal(with: #""iat":\#(value)"#, rules()) == .claimType(.iat), "\(value)")
        }
        for value in wrong + ["1"] {
            #expect(refusal(with: #""sub":\#(value)"#, rules()) == .claimType(.sub), "\(value)")
            #expect(refusal(with: #""jti":\#(value)"#, rules()) == .claimType(.jti), "\(value)")
            // Also if no issuer is configured.
            #expect(refusal(with: #""iss":\#(value)"#, rules()) == .claimType(.iss), "\(value)")
        }
        for value in ["null", "1", "true", "{}", "[1]", #"["a",null]"#, #"[["a"]]"#, #"["a",{}]"#] {
            #expect(refusal(with: #""aud":\#(value)"#, rules()) == .claimType(.aud), "\(value)")
            let asked = rules { $0.audiences = [bytes("a")] }
            #expect(refusal(with: #""aud":\#(value)"#, asked) == .claimType(.aud), "\(value)")
        }
        for value in wrong + ["1"] {
            let access = rules { $0.refusesIDTokens = true }
            #expect(refusal(with: #""token_use":\#(value)"#, access) == .claimType(.tokenUse), "\(value)")
        }
    }

    /// AUDIT 4: finite, not negative, below 2^53; at the bound and one past it.
    @Test func ranges() {
        let limit: Int64 = 1 << 53
        #expect(refusal(#"{"exp":\#(limit - 1)}"#, rules()) == nil)
        #expect(refusal(#"{"exp":\#(limit - 1).9}"#, rules()) == nil)
        for value in [
            "\(limit)", "9007199254740992.0", "1e16", "1e400", "1e9999999999", "9223372036854775808",
            "18446744073709551616", "-1", "-0.5", "-1e400",
        ] {
            #expect(refusal(#"{"exp":\#(value)}"#, rules()) == .claimRange(.exp), "\(value)")
            #expect(refusal(with: #""nbf":\#(value)"#, rules()) == .claimRange(.nbf), "\(value)")
            #expect(refusal(with: #""iat":\#(value)"#, rules()) == .claimRange(.iat), "\(value)")
        }
        for value in ["0", "-0", "0.0", "0e99", "1e-400"] {
            #expect(refusal(with: #""nbf":\#(value),"iat":\#(value)"#, rules()) == nil, "\(value)")
        }
    }

    // MARK: iss, aud

    /// AUDIT 22: equal byte for byte, to one of those configured.
    @Test func issuers() {
        let rules = rules { $0.issuers = [bytes("https://a.example/"), bytes("https://b.example")] }
        #expect(refusal(with: #""iss":"https://a.example/""#, rules) == nil)
        #expect(refusal(with: #""iss":"https:\/\/b.example""#, rules) == nil)
        for iss in [
            "https://a.example", "https://a.example//", "https://A.example/", "https://b.example/",
            "a.example",
            "https://", "", "https://b.example\\u0000", "https://b.exampl", " https://b.example", ".*", "*",
        ] {
            #expect(refusal(with: #""iss":"\#(iss)""#, rules) == .issuerMismatch, "\(iss)")
        }
        #expect(refusal(#"{"exp":\#(now + 1)}"#, rules) == .claimMissing(.iss))
        // A list of issuers is rejected, even of the right one.
        #expect(refusal(with: #""iss":["https://b.example"]"#, rules) == .claimType(.iss))
        // Not configured: any issuer is accepted.
        #expect(refusal(with: #""iss":"x""#, self.rules()) == nil)
        #expect(refusal(#"{"exp":\#(now + 1)}"#, self.rules()) == nil)
    }

    /// AUDIT 22: any of the token's audiences is one of those configured.
    @Test func audiences() {
        let rules = rules { $0.audiences = [bytes("a"), bytes("b")] }
        for aud in [#""a""#, #""b""#, #"["b"]"#, #"["x","a"]"#, #"["a","b"]"#, #"["\u0061"]"#] {
            #expect(refusal(with: #""aud":\#(aud)"#, rules) == nil, "\(aud)")
        }
        for aud in [#""c""#, #""A""#, #""a b""#, #""ab""#, #""""#, "[]", #"["c"]"#, #"["a,b"]"#] {
            #expect(refusal(with: #""aud":\#(aud)"#, rules) == .audienceMismatch, "\(aud)")
        }
        #expect(refusal(#"{"exp":\#(now + 1)}"#, rules) == .claimMissing(.aud))
        // Not configured: any audience is accepted, also an absent one.
        #expect(refusal(with: #""aud":[]"#, self.rules()) == nil)
        #expect(refusal(with: #""aud":"x""#, self.rules()) == nil)
    }

    // MARK: What kind of token

    /// AUDIT 23: a required type, as RFC 9068 §4 compares it.
    @Test func tokenTypes() {
        let rules = rules { $0.tokenTypes = [bytes("at+jwt"), bytes("application/x")] }
        for typ in ["at+jwt", "AT+JWT", "application/at+jwt", "Application/AT+jwt", "x", "application/x"] {
            #expect(refusal(#"{"exp":\#(now + 1)}"#, rules, typ: typ) == nil, "\(typ)")
        }
        for typ in [
            "JWT", "jwt", "at", "at+jwt ", "", "application/", "text/at+jwt", "application/application/x",
        ] {
            #expect(refusal(#"{"exp":\#(now + 1)}"#, rules, typ: typ) == .tokenTypeMismatch, "\(typ)")
        }
        #expect(refusal(#"{"exp":\#(now + 1)}"#, rules) == .tokenTypeMismatch)
        #expect(refusal(#"{"exp":\#(now + 1)}"#, self.rules(), typ: "anything") == nil)
    }

    /// AUDIT 23: ID tokens where access tokens are expected.
    @Test func idTokens() {
        let access = rules { $0.refusesIDTokens = true }
        #expect(refusal(with: #""token_use":"access""#, access) == nil)
        for use in ["id", "Access", "", "refresh"] {
            #expect(refusal(with: #""token_use":"\#(use)""#, access) == .idToken(.tokenUse), "\(use)")
        }
        for value in [#""x""#, "null", "1"] {
            #expect(refusal(with: #""at_hash":\#(value)"#, access) == .idToken(.atHash))
            #expect(refusal(with: #""nonce":\#(value)"#, access) == .idToken(.nonce))
        }
        // Not configured: not checked.
        for member in [#""token_use":"id""#, #""nonce":"x""#, #""at_hash":"x""#] {
            #expect(refusal(with: member, rules()) == nil)
        }
    }

    /// The order is fixed, so that the reason of a refusal is: types, dates, issuer, audience, kind.
    @Test func order() {
        let all = rules {
            $0.issuers = [bytes("i")]
            $0.audiences = [bytes("a")]
            $0.tokenTypes = [bytes("at+jwt")]
            $0.refusesIDTokens = true
        }
        #expect(refusal(#"{"sub":1,"exp":0}"#, all) == .claimType(.sub))
        #expect(refusal(#"{"exp":0,"iss":"x"}"#, all) == .expired(secondsAgo: now))
        #expect(refusal(with: #""iss":"x","aud":"x""#, all) == .issuerMismatch)
        #expect(refusal(with: #""iss":"i","aud":"x""#, all) == .audienceMismatch)
        #expect(refusal(with: #""iss":"i","aud":"a","nonce":"x""#, all) == .tokenTypeMismatch)
        #expect(refusal(with: #""iss":"i","aud":"a","nonce":"x""#, all, typ: "at+jwt") == .idToken(.nonce))
    }
}
