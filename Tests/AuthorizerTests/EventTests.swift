import Testing

@testable import Authorizer

private func refusal(_ text: String) -> Refusal? {
    do throws(Refusal) {
        _ = try Event(parsing: Array(text.utf8)).bearerToken()
        return nil
    } catch { return error }
}

private func token(_ text: String) -> String? {
    guard let event = try? Event(parsing: Array(text.utf8)), let token = try? event.bearerToken() else {
        return nil
    }
    return String(decoding: token, as: UTF8.self)
}

private func tokenEvent(_ value: String) -> String {
    #"{"type":"TOKEN","authorizationToken":"\#(value)","methodArn":"arn:x"}"#
}

private func requestEvent(_ members: String) -> String {
    #"{"type":"REQUEST","methodArn":"arn:x",\#(members)}"#
}

@Suite struct EventTests {
    @Test(arguments: [
        tokenEvent("Bearer abc"), tokenEvent("bearer abc"), tokenEvent("BEARER abc"),
        requestEvent(#""headers":{"Authorization":"Bearer abc"}"#),
        requestEvent(#""headers":{"aUTHORIZATION":"Bearer abc"},"multiValueHeaders":null"#),
        requestEvent(#""headers":null,"multiValueHeaders":{"authorization":["Bearer abc"]}"#),
        requestEvent(
            #""headers":{"Authorization":"Bearer abc"},"multiValueHeaders":{"Authorization":["Bearer abc"]}"#),
        requestEvent(#""version":"1.0","headers":{"Authorization":"Bearer abc"}"#),
    ]) func theTokenIsFound(text: String) {
        #expect(token(text) == "abc")
    }

    /// Security-checklist 30: one value, one scheme, one space, a token's bytes.
    @Test(arguments: [
        (tokenEvent(""), Refusal.tokenMissing),
        (tokenEvent("Bearer"), .tokenMissing),
        (tokenEvent("Bearer "), .tokenMissing),
        (tokenEvent("Basic abc"), .schemeNotBearer),
        (tokenEvent("abc"), .schemeNotBearer),
        (tokenEvent("Bearerabc"), .schemeNotBearer),
        (tokenEvent(" Bearer abc"), .schemeNotBearer),
        (tokenEvent("Bearer  abc"), .tokenCharacter(offset: 0)),
        (tokenEvent("Bearer abc "), .tokenCharacter(offset: 3)),
        (tokenEvent("Bearer a,Bearer b"), .tokenCharacter(offset: 1)),
        (tokenEvent(#"Bearer a\u0000"#), .tokenCharacter(offset: 1)),
        (tokenEvent("Bearer \u{E4}"), .tokenCharacter(offset: 0)),
        (requestEvent(#""headers":{}"#), .tokenMissing),
        (requestEvent(#""headers":null"#), .tokenMissing),
        (requestEvent(#""headers":{"X":"Bearer abc"}"#), .tokenMissing),
        (requestEvent(#""headers":{"Authorization":""}"#), .tokenMissing),
        (
            requestEvent(#""headers":{"Authorization":"Bearer a","authorization":"Bearer b"}"#),
            .tokenRepeated(count: 2)
        ),
        (
            requestEvent(#""headers":{"Authorization":"Bearer a","authorization":"Bearer a"}"#),
            .tokenRepeated(count: 2)
        ),
        (
            requestEvent(#""multiValueHeaders":{"Authorization":["Bearer a","Bearer b"]}"#),
            .tokenRepeated(count: 2)
        ),
        (
            requestEvent(
                #""headers":{"A":"x"},"multiValueHeaders":{"Authorization":["Bearer a","Bearer a"]}"#),
            .tokenRepeated(count: 2)
        ),
        (
            requestEvent(
                #""headers":{"Authorization":"Bearer a"},"multiValueHeaders":{"Authorization":["Bearer b"]}"#),
            .tokenRepeated(count: 2)
        ),
    ]) func refusalsAreExact(text: String, refusal expected: Refusal) {
        #expect(refusal(text) == expected)
    }

    @Test(arguments: [
        ("", Refusal.eventJSON(.unexpectedEnd)),
        ("[]", .eventNotObject),
        ("{}", .eventKind(.noType(members: []))),
        (
            #"{"Records":[],"x":1}"#, .eventKind(.noType(members: Array("Records, x".utf8)))
        ),
        (#"{"type":"token"}"#, .eventKind(.otherType(Array("token".utf8)))),
        (#"{"type":1}"#, .eventMember(.type)),
        (#"{"version":"2.0","type":"REQUEST"}"#, .eventKind(.httpAPIVersion2)),
        (#"{"type":"TOKEN","methodArn":"arn:x"}"#, .eventMember(.authorizationToken)),
        (#"{"type":"TOKEN","authorizationToken":null,"methodArn":"x"}"#, .eventMember(.authorizationToken)),
        (#"{"type":"TOKEN","authorizationToken":"Bearer a"}"#, .eventMember(.methodArn)),
        (#"{"type":"TOKEN","authorizationToken":"Bearer a","methodArn":""}"#, .eventMember(.methodArn)),
        (requestEvent(#""headers":[]"#), .eventMember(.headers)),
        (requestEvent(#""headers":{"Authorization":1}"#), .eventMember(.headers)),
        (requestEvent(#""multiValueHeaders":"x""#), .eventMember(.multiValueHeaders)),
        (requestEvent(#""multiValueHeaders":{"Authorization":"x"}"#), .eventMember(.multiValueHeaders)),
        (requestEvent(#""multiValueHeaders":{"Authorization":[1]}"#), .eventMember(.multiValueHeaders)),
        (#"{"type":"TOKEN","type":"TOKEN"}"#, .eventJSON(.duplicateMember(offset: 16))),
    ]) func malformedEventsAreErrors(text: String, refusal expected: Refusal) {
        #expect(refusal(text) == expected)
        #expect(expected.kind == .eventError)
    }

    @Test func theLimitHolds() {
        let limit = AuthorizerLimits.eventByteCount
        let base = tokenEvent("Bearer abc")
        #expect(token(base + String(repeating: " ", count: limit - base.utf8.count)) == "abc")
        #expect(
            refusal(base + String(repeating: " ", count: limit + 1 - base.utf8.count))
                == .eventTooLong(limit: limit, actual: limit + 1))
    }
}
