import Bytes
import Foundation
import JOSE
import Keys
import Settings
import TestSupport
import Testing

@testable import Authorizer

private let now: Int64 = 1_800_000_000
private let arn = "arn:aws:execute-api:eu-central-1:123456789012:a1b2c3d4e5/prod/*"

/// The tokens of Examples/events/tokens.txt.
private func tokens() throws -> [String: String] {
    var tokens: [String: String] = [:]
    for one in try readVectors("../Examples/events/tokens.txt", fields: ["name", "claims", "expires"]) {
        let name = try one.text("name")
        let claims = try one.text("claims").dropFirst()
        let expires = try #require(Int64(try one.text("expires")))
        var token = TestIssuer.first.token(
            #"{"iss":"https://idp.example.com/","aud":"https://api.example.com","iat":\#(now - 7200),"exp":\#(now + expires),\#(claims)"#
        )
        if name == "tampered" { token = TestIssuer.first.tampered(token) }
        tokens[name] = token
    }
    return tokens
}

extension TestIssuer {
    /// The token with one character in the middle of its signature changed.
    fileprivate func tampered(_ token: String) -> String {
        var characters = Array(token)
        let index = characters.count - 100
        characters[index] = characters[index] == "A" ? "B" : "A"
        return String(characters)
    }
}

/// An event of Examples/events with the token inserted, plain, in base64 or in base64url.
private func event(_ path: String, _ token: String) throws -> [UInt8] {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()
    var text = try String(contentsOf: root.appendingPathComponent("Examples/events/\(path)"), encoding: .utf8)
    let place = Array("HEADER.PAYLOAD.SIGNATURE".utf8)
    for (from, to) in [
        (Base64.encode(place.span), Base64.encode(Array(token.utf8).span)),
        (Base64URL.encode(place.span), Base64URL.encode(Array(token.utf8).span)),
        (place, Array(token.utf8)),
    ] {
        text = text.replacingOccurrences(
            of: String(decoding: from, as: UTF8.self), with: String(decoding: to, as: UTF8.self))
    }
    return Array(text.utf8)
}

private func settings(_ further: String) throws(SettingsError) -> Settings {
    var values = [
        "JWKS": String(decoding: TestIssuer.first.keySet, as: UTF8.self), "RESOURCE": arn,
        "ISSUER": "https://idp.example.com/", "AUDIENCE": "https://api.example.com",
    ]
    for pair in further.split(separator: ";") {
        let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        values[String(parts[0])] = String(parts[1])
    }
    return try Settings(
        environment: values.filter { !$0.value.isEmpty }.map { (Array($0.key.utf8), Array($0.value.utf8)) })
}

private func answer(
    _ event: [UInt8], _ settings: Settings, hasKeys: Bool = true, at now: Int64 = now
) throws -> Answer {
    var keys = KeyRing(settings.issuers.map(\.keys), policy: settings.keyCachePolicy)
    if hasKeys {
        _ = keys[0].receive(try KeySet(parsing: TestIssuer.first.keySet), nowSeconds: now)
    }
    var authorization = Authorization(event: event, issuers: settings.trustedIssuers, rules: settings.rules)
    while true {
        switch authorization.next(keys: keys, nowSeconds: now) {
        case .fetchKeys(let issuer, _): keys[issuer].receiveFailure(nowSeconds: now)
        case .decided(let decision): return settings.rules.answer(to: decision)
        }
    }
}

/// Each caller gets the answer in its format, with the limits of its service (AUDIT 1, 26).
@Suite struct AnswerTests {
    /// Each caller and outcome, byte for byte. The integration tests use the same file with the release binary and the
    /// Runtime Interface Emulator, and validate the answers against the schemas.
    @Test func everyCallerGetsItsAnswer() throws {
        let tokens = try tokens()
        let cases = try readVectors(
            "../Examples/events/answers.txt",
            fields: ["event", "settings", "token", "keys", "schema", "expect"])
        for one in cases {
            let token = try #require(tokens[try one.text("token")])
            let answer = try answer(
                event(try one.text("event"), token), settings(one.fields["settings"] ?? ""),
                hasKeys: one.fields["keys"] != "missing")
            let kind: String
            switch answer {
            case .response: kind = "response "
            case .error: kind = "error "
            }
            #expect(
                try kind + String(decoding: answer.body, as: UTF8.self) == one.text("expect"),
                "\(one.comment)")
        }
    }

    private func iot(lifetime: Int64, _ further: String = "") throws -> String {
        let token = TestIssuer.first.token(
            #"{"iss":"https://idp.example.com/","aud":"https://api.example.com","sub":"a","exp":\#(now + lifetime)}"#
        )
        let policy =
            #"{"Version":"2012-10-17","Statement":{"Effect":"Deny","Action":["iot:Publish"],"Resource":"x"}}"#
        let body = try answer(
            event("iot/plain.json", token), settings("IOT_POLICY=\(policy);CLOCK_SKEW_SECONDS=60\(further)")
        ).body
        let text = String(decoding: body, as: UTF8.self)
        guard text.hasPrefix(#"{"isAuthenticated":true,"#) else { return "refused" }
        let numbers = text.split(separator: ",").filter { $0.contains("InSeconds") }
        return numbers.map { $0.drop { !$0.isNumber } }.joined(separator: ",")
    }

    /// A connection ends when the token expires, and is not refreshed in the last five minutes.
    @Test func aDevicesConnectionEndsWhenItsTokenExpires() throws {
        #expect(try iot(lifetime: 239) == "refused")
        #expect(try iot(lifetime: 240) == "300,300")
        #expect(try iot(lifetime: 3840) == "3900,3600")
        #expect(try iot(lifetime: 3839) == "3899,3899")
        #expect(try iot(lifetime: 86_340) == "86400,3600")
        #expect(try iot(lifetime: 200_000) == "86400,3600")
        #expect(try iot(lifetime: 1000, ";IOT_REFRESH_SECONDS=760") == "1060,760")
        #expect(try iot(lifetime: 1000, ";IOT_REFRESH_SECONDS=761") == "1060,1060")
    }

    @Test func appSyncCachesNoAnswerPastTheTokensExpiry() throws {
        func ttl(lifetime: Int64) throws -> String {
            let token = TestIssuer.first.token(
                #"{"iss":"https://idp.example.com/","aud":"https://api.example.com","exp":\#(now + lifetime)}"#
            )
            let answer = try answer(
                event("appsync/plain.json", token), settings("RESOURCE=*;APPSYNC_TTL_SECONDS=300"))
            return String(decoding: answer.body, as: UTF8.self)
        }
        for (lifetime, seconds) in [(299, 299), (300, 300), (301, 300), (1, 1), (0, 0), (-59, 0)]
            as [(Int64, Int)]
        {
            #expect(try ttl(lifetime: lifetime) == #"{"isAuthorized":true,"ttlOverride":\#(seconds)}"#)
        }
    }

    /// Required members of another type cause an error, never an Allow.
    @Test(arguments: [
        #"{"apiId":1,"accountId":"123456789012"}"#, #"{"apiId":"aaaaaabbbbbbccccccdddddd"}"#, "null", "[]",
        #"{"apiId":"aaaaaabbbbbbccccccdddddd","accountId":null}"#,
    ]) func anAppSyncEventWithoutAnAPIIsRefused(context: String) throws {
        let token = try #require(try tokens()["good"])
        let event = #"{"authorizationToken":"\#(token)","requestContext":\#(context)}"#
        let answer = try answer(
            Array(event.utf8),
            settings("RESOURCE=arn:aws:appsync:eu-central-1:123456789012:apis/aaaaaabbbbbbccccccdddddd"))
        #expect(String(decoding: answer.body, as: UTF8.self).contains(#"\"requestContext\" is absent"#))
    }

    /// AUDIT 1: a header at the token's limit and one byte longer, in each part of the request that may contain the token.
    @Test func aHugeTokenIsRefusedBeforeAnyWork() throws {
        for place in [
            "rest-request/plain.json", "http-2.0/plain.json", "websocket/plain.json", "rest-token/plain.json",
        ] {
            for (count, reason) in [
                (JOSELimits.tokenByteCount, "token_part_count"),
                (JOSELimits.tokenByteCount + 1, "token_too_long"),
            ] {
                let token = String(repeating: "a", count: count)
                let settings = try settings("")
                var authorization = Authorization(
                    event: try event(place, token), issuers: settings.trustedIssuers, rules: settings.rules)
                let keys = KeyRing(settings.issuers.map(\.keys), policy: settings.keyCachePolicy)
                guard case .decided(let decision) = authorization.next(keys: keys, nowSeconds: now)
                else {
                    Issue.record("keys were asked for")
                    return
                }
                #expect(decision.reasonCode.description == reason)
            }
        }
    }

    /// API Gateway's usage plans have keys of 20 to 128 characters.
    @Test func theLengthOfUsageKeys() throws {
        func hasKey(_ claim: String) throws -> Bool {
            let token = TestIssuer.first.token(
                #"{"iss":"https://idp.example.com/","aud":"https://api.example.com","exp":\#(now + 60),"k":\#(claim)}"#
            )
            let answer = try answer(event("rest-token/plain.json", token), settings("USAGE_KEY_CLAIM=k"))
            return String(decoding: answer.body, as: UTF8.self).contains("usageIdentifierKey")
        }
        let twenty = String(repeating: "k", count: 20)
        #expect(try hasKey("\"\(twenty)\""))
        #expect(try hasKey("\"\(String(repeating: "k", count: 128))\""))
        for claim in [
            "\"\(twenty.dropLast())\"", "\"\(String(repeating: "k", count: 129))\"", "\"\(twenty) \"",
            "\"\(twenty)\\u00e4\"", "[\"\(twenty)\"]", "12345678901234567890", "null",
        ] { #expect(try !hasKey(claim)) }
    }
}
