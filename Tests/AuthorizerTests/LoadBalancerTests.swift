import JOSE
import Keys
import Settings
import TestSupport
import Testing

@testable import Authorizer

private let now: Int64 = 1_800_000_000
private let api = "arn:aws:execute-api:eu-central-1:123456789012:a1b2c3d4e5/prod"
private let arn =
    "arn:aws:elasticloadbalancing:eu-central-1:123456789012:loadbalancer/app/shop/50dc6c495c0c9188"
private let kid = "abb8289f-e3a4-4a34-9472-c2105e2b2482"

private func settings(_ pairs: (String, String)...) throws(SettingsError) -> Settings {
    try Settings(environment: variables(pairs))
}

/// A load balancer's token, except for its algorithm, which the settings here allow.
private func token(
    signer: String? = arn, kid: String? = kid, client: String = "c", exp: Int64 = now + 120,
    payload: String = #"{"sub":"alice","iss":"https://idp/"}"#, by issuer: TestIssuer = .first,
    encode: ([UInt8]) -> String = paddedBase64url
) -> String {
    let key = kid.map { #""kid":"\#($0)","# } ?? ""
    let name = signer.map { #""signer":"\#($0)","# } ?? ""
    // Spaces are added until both parts end in padding.
    var head = #"{"alg":"RS256",\#(key)\#(name)"client":"\#(client)","iss":"https://idp/","exp":\#(exp)}"#
    var body = payload
    while head.utf8.count % 3 != 1 { head += " " }
    while body.utf8.count % 3 != 1 { body += " " }
    let parts = encode(bytes(head)) + "." + encode(bytes(body))
    return parts + "." + encode(issuer.sign(bytes(parts)))
}

private func event(_ token: String) -> [UInt8] {
    bytes(#"{"type":"TOKEN","authorizationToken":"Bearer \#(token)","methodArn":"\#(api)/GET/orders/42"}"#)
}

/// The result of a fetch: a key with this ID; 404 or 403; or no response.
private enum Reply {
    case key(TestIssuer)
    case absent, forbidden, failure
}

/// Decides, fetches as the decision requests, and marks keys as proved like Decider.
private func decide(
    _ token: String, _ settings: Settings, _ keys: inout KeyRing, at now: Int64 = now,
    _ reply: Reply = .failure
) throws -> (reason: String, expected: [[UInt8]?]) {
    var authorization = Authorization(
        event: event(token), issuers: settings.trustedIssuers, rules: settings.rules)
    var expected: [[UInt8]?] = []
    while true {
        switch authorization.next(keys: keys, nowSeconds: now) {
        case .decided(let decision):
            if let issuer = decision.issuerOfNewKey, let kid = decision.kid {
                keys[issuer].prove(kid)
            }
            return (decision.reasonCode.description, expected)
        case .fetchKeys(let issuer, let cause):
            let kid = cause.keyID
            expected.append(kid)
            _ = keys[issuer].beginFetch(cause, nowSeconds: now)
            switch reply {
            case .key(let owner):
                let name = String(decoding: kid ?? [], as: UTF8.self)
                let text = owner.jwk().replacing(owner.kid, with: name)
                _ = keys[issuer].receive(try KeySet(parsing: bytes("{\"keys\":[\(text)]}")), nowSeconds: now)
            case .absent: keys[issuer].receiveAbsence(isCertain: true, nowSeconds: now)
            case .forbidden: keys[issuer].receiveAbsence(isCertain: false, nowSeconds: now)
            case .failure: keys[issuer].receiveFailure(nowSeconds: now)
            }
        }
    }
}

/// A UUID made from a number.
private func uuid(_ number: Int) -> String {
    let digits = String(number, radix: 16)
    return "00000000-0000-4000-8000-" + String(repeating: "0", count: 12 - digits.utf8.count) + digits
}

/// Tokens of load balancers: padded, signed with a key that has its own address, and never verified with other keys (AUDIT
/// 2, 18, 19).
@Suite struct LoadBalancerTests {
    private let settings: Settings
    private var keys: KeyRing

    init() throws {
        settings = try AuthorizerTests.settings(
            ("PROFILE", "alb"), ("ISSUER", arn), ("AUDIENCE", "c"), ("ALGORITHMS", "RS256,ES256"),
            ("RESOURCE", api + "/*"))
        keys = KeyRing(settings.issuers.map(\.keys), policy: settings.keyCachePolicy)
    }

    @Test mutating func aKeyIsFetchedOnce() throws {
        #expect(keys[0].isPerKey)
        var answer = try decide(token(), settings, &keys, .key(.first))
        #expect(answer.reason == "allowed" && answer.expected == [bytes(kid)])
        #expect(!keys[0].isUnproved(bytes(kid)))
        answer = try decide(token(encode: base64url), settings, &keys, at: now + 1)
        #expect(answer.reason == "allowed" && answer.expected.isEmpty)
        // Stale again, and requested by its ID; a failed fetch keeps the key.
        answer = try decide(token(exp: now + 900), settings, &keys, at: now + 600)
        #expect(answer.reason == "allowed" && answer.expected == [bytes(kid)])
        answer = try decide(token(exp: now + 900), settings, &keys, at: now + 800, .absent)
        #expect(answer.reason == "key_unknown" && answer.expected == [bytes(kid)])
    }

    /// AUDIT 18: a token that no key could make valid causes no traffic.
    @Test mutating func nothingIsFetchedForUnknownSigners() throws {
        for (token, reason) in [
            (token(signer: nil), "signer_mismatch"), (token(signer: arn + "x"), "signer_mismatch"),
            (token(kid: nil), "header_kid_form"), (token(kid: "../" + kid), "header_kid_form"),
            (token(kid: "key-1"), "header_kid_form"), (token(kid: kid.uppercased()), "header_kid_form"),
        ] {
            let answer = try decide(token, settings, &keys, .key(.first))
            #expect(answer.reason == reason && answer.expected.isEmpty)
        }
        #expect(keys[0].schedule.fetchCount == 0)
    }

    /// A thousand invented key IDs in an hour, real ones of other load balancers among them: at most one fetch an interval, and
    /// the cached key remains usable.
    @Test(arguments: [true, false]) mutating func aFlood(_ exist: Bool) throws {
        _ = try decide(token(exp: now + 4000), settings, &keys, .key(.first))
        var fetches: [Int64] = []
        for number in 0..<1000 {
            let instant = now + Int64(number)
            let forged = try decide(
                token(kid: uuid(number), exp: now + 4000), settings, &keys, at: instant,
                exist ? .key(.second) : number % 2 == 0 ? .absent : .forbidden)
            #expect(
                forged.reason == (exist && !forged.expected.isEmpty ? "signature_mismatch" : "key_unknown"))
            if !forged.expected.isEmpty { fetches.append(instant) }
            if number % 50 == 0 {
                let good = try decide(token(exp: now + 4000), settings, &keys, at: instant, .key(.first))
                #expect(good.reason == "allowed")
                // The renewal of the key itself does not shorten the interval for unknown keys.
                #expect(good.expected.isEmpty || good.expected == [bytes(kid)])
            }
        }
        // 33 intervals, and one more after each of the two times at which the valid key was proved or renewed.
        #expect(fetches.count >= 33 && fetches.count <= 36, "\(fetches.count)")
    }

    /// Between a failed fetch and the end of the back-off, it is unknown which keys exist.
    @Test mutating func withoutNetwork() throws {
        var answer = try decide(token(), settings, &keys)
        #expect(answer.reason == "keys_unavailable" && answer.expected.count == 1)
        answer = try decide(token(), settings, &keys)
        #expect(answer.reason == "keys_unavailable" && answer.expected.isEmpty)
        answer = try decide(token(), settings, &keys, at: now + 1, .key(.first))
        #expect(answer.reason == "allowed")
        // After the end of its stale use a key is not used at all.
        answer = try decide(token(exp: now + 9000), settings, &keys, at: now + 4201)
        #expect(answer.reason == "keys_unavailable" && answer.expected == [bytes(kid)])
        // An absent key is a valid response, so the outage is over.
        answer = try decide(token(kid: uuid(1), exp: now + 9000), settings, &keys, at: now + 4300, .absent)
        #expect(answer.reason == "key_unknown" && answer.expected.count == 1)
    }

    @Test mutating func aDeniedClient() throws {
        let stopped = try AuthorizerTests.settings(
            ("PROFILE", "alb"), ("ISSUER", arn), ("AUDIENCE", "c,d"), ("ALGORITHMS", "RS256,ES256"),
            ("RESOURCE", api + "/*"), ("DENY_CLIENTS", "d"))
        #expect(try decide(token(client: "d"), stopped, &keys, .key(.first)).reason == "denied_client")
        #expect(try decide(token(), stopped, &keys).reason == "allowed")
    }

    /// With other issuers, the signer selects the issuer, and padding is accepted only from load balancers.
    @Test func withOtherIssuers() throws {
        let set = String(decoding: TestIssuer.second.keySet, as: UTF8.self)
        let rules = #"""
            {"issuers":[{"issuer":"https://idp/","audiences":["c"],"jwks":\#(set)},
            {"profile":"alb","issuer":"\#(arn)","audiences":["c"],"algorithms":["RS256","ES256"]},
            {"profile":"alb","issuer":"\#(arn)2","audiences":["c"],"algorithms":["RS256","ES256"]}],
            "routes":[{"route":"GET /orders/{id}","allow":"any_token"}]}
            """#
        let settings = try AuthorizerTests.settings(("RULES", rules))
        var keys = KeyRing(settings.issuers.map(\.keys), policy: settings.keyCachePolicy)
        _ = keys[0].receive(try KeySet(parsing: TestIssuer.second.keySet), nowSeconds: now)
        // The load balancer's users belong to the first issuer.
        #expect(try decide(token(), settings, &keys, .key(.first)).reason == "allowed")
        #expect(
            keys[0].schedule.fetchCount == 1 && keys[1].schedule.fetchCount == 1
                && keys[2].schedule.fetchCount == 0)
        #expect(try decide(token(signer: arn + "2"), settings, &keys, .key(.first)).reason == "allowed")
        #expect(keys[2].schedule.fetchCount == 1)
        #expect(
            try decide(token(signer: arn + "3", payload: "{}"), settings, &keys).reason == "issuer_unreadable"
        )
        #expect(
            try decide(token(signer: arn + "3", payload: #"{"iss":"x"}"#), settings, &keys).reason
                == "issuer_unknown")
        // The provider's own token is accepted as before, but not with padding. Its iss does not make it the load balancer's.
        let own = #"{"iss":"https://idp/","aud":"c","sub":"alice","exp":\#(now + 60)}"#
        let plain = TestIssuer.second
        func its(_ encode: ([UInt8]) -> String) -> String {
            token(signer: nil, kid: plain.kid, payload: own, by: plain, encode: encode)
        }
        #expect(try decide(its(base64url), settings, &keys).reason == "allowed")
        #expect(try decide(its(paddedBase64url), settings, &keys).reason == "token_header_encoding")
        let parts = its(base64url).split(separator: ".")
        for (number, reason) in ["header", "payload", "signature"].enumerated() {
            var padded = parts.map(String.init)
            padded[number] += "="
            // Makes a part of any length end with padding.
            while padded[number].utf8.count % 4 != 0 { padded[number] += "=" }
            let refused = try decide(padded.joined(separator: "."), settings, &keys).reason
            #expect(padded[number].hasSuffix("===") || refused == "token_\(reason)_encoding")
        }
        #expect(
            try decide("\(parts[0]).\(parts[1]).\(parts[2])==", settings, &keys).reason
                == "token_signature_encoding")
        #expect(
            try decide(token(signer: nil, payload: #"{"iss":"\#(arn)"}"#), settings, &keys).reason
                == "signer_mismatch")
    }
}
