import DecisionSupport
import TestSupport
import Testing

@testable import Events

private func source(_ entry: String) -> TokenSource? {
    let bytes = Array(entry.utf8)
    return TokenSource(bytes.span)
}

private func sources(_ entries: [String]) -> [TokenSource] { entries.compactMap(source) }

private func found(_ text: String, _ entries: [String]) throws(EventError) -> String {
    String(decoding: try parsed(text).token(from: sources(entries)).compact, as: UTF8.self)
}

private func refusal(_ text: String, _ entries: [String] = ["header:Authorization"]) -> EventError? {
    thrown { () throws(EventError) in
        _ = try found(text, entries)
    }
}

/// The token is found once, in a part of the request that the settings allow (AUDIT 30).
@Suite struct TokenLookupTests {
    let standard = ["header:Authorization"]

    @Test(arguments: [
        Shape.token("Bearer abc"), Shape.token("bearer abc"), Shape.token("BEARER abc"),
        Shape.request(#""headers":{"Authorization":"Bearer abc"}"#),
        Shape.request(#""headers":{"aUTHORIZATION":"Bearer abc"},"multiValueHeaders":null"#),
        Shape.request(#""headers":null,"multiValueHeaders":{"authorization":["Bearer abc"]}"#),
        Shape.request(
            #""headers":{"Authorization":"Bearer abc"},"multiValueHeaders":{"Authorization":["Bearer abc"]}"#),
        Shape.http1(#""headers":{"Authorization":"Bearer abc"}"#),
        Shape.http2(#""headers":{"authorization":"Bearer abc"}"#),
        Shape.webSocket(#""headers":{"Authorization":"Bearer abc"}"#),
        Shape.appSync("abc"), Shape.appSync("Bearer abc"), Shape.appSync("bearer abc"),
        Shape.iot(#""token":"abc","protocolData":{}"#), Shape.iot(#""token":"Bearer abc""#),
        Shape.iot(#""protocolData":{"http":{"headers":{"Authorization":"Bearer abc"}}}"#),
    ]) func theTokenIsFound(text: String) throws {
        #expect(try found(text, standard) == "abc")
    }

    /// AUDIT 30: one value, one scheme, one space, only bytes of tokens.
    @Test(arguments: [
        (Shape.token(""), EventError.tokenMissing), (Shape.token("Bearer"), .tokenMissing),
        (Shape.token("Bearer "), .tokenMissing), (Shape.token("Basic abc"), .schemeNotBearer),
        (Shape.token("abc"), .schemeNotBearer), (Shape.token("Bearerabc"), .schemeNotBearer),
        (Shape.token(" Bearer abc"), .schemeNotBearer),
        (Shape.token("Bearer  abc"), .tokenCharacter(offset: 0)),
        (Shape.token("Bearer abc "), .tokenCharacter(offset: 3)),
        (Shape.token("Bearer a,Bearer b"), .tokenCharacter(offset: 1)),
        (Shape.token(#"Bearer a\u0000"#), .tokenCharacter(offset: 1)),
        (Shape.token("Bearer \u{E4}"), .tokenCharacter(offset: 0)),
        (Shape.request(#""headers":{}"#), .tokenMissing), (Shape.request(#""headers":null"#), .tokenMissing),
        (Shape.request(#""headers":{"X":"Bearer abc"}"#), .tokenMissing),
        (Shape.request(#""headers":{"Authorization":""}"#), .tokenMissing),
        (
            Shape.request(#""headers":{"Authorization":"Bearer a","authorization":"Bearer b"}"#),
            .tokenRepeated(count: 2)
        ),
        (
            Shape.request(#""headers":{"Authorization":"Bearer a","authorization":"Bearer a"}"#),
            .tokenRepeated(count: 2)
        ),
        (
            Shape.request(#""multiValueHeaders":{"Authorization":["Bearer a","Bearer b"]}"#),
            .tokenRepeated(count: 2)
        ),
        (
            Shape.request(
                #""headers":{"A":"x"},"multiValueHeaders":{"Authorization":["Bearer a","Bearer a"]}"#),
            .tokenRepeated(count: 2)
        ),
        (
            Shape.request(
                #""headers":{"Authorization":"Bearer a"},"multiValueHeaders":{"Authorization":["Bearer b"]}"#),
            .tokenRepeated(count: 2)
        ),
        // Payload 2.0 joins repeated values.
        (Shape.http2(#""headers":{"authorization":"Bearer a,Bearer b"}"#), .tokenRepeated(count: 2)),
        (Shape.http2(#""headers":{"authorization":"Bearer a, Bearer b,c"}"#), .tokenRepeated(count: 3)),
        (Shape.http2(#""headers":{"authorization":"Bearer a,"}"#), .tokenRepeated(count: 2)),
        (Shape.http2(#""headers":{}"#), .tokenMissing), (Shape.http2(#""cookies":[]"#), .tokenMissing),
        // The identity sources are not read.
        (Shape.http2(#""identitySource":["Bearer a"]"#), .tokenMissing),
        (Shape.http1(#""identitySource":"Bearer a","authorizationToken":"Bearer a""#), .tokenMissing),
        (Shape.appSync(""), .tokenMissing), (Shape.appSync("Bearer "), .tokenMissing),
        (Shape.appSync("Basic a"), .tokenCharacter(offset: 5)), (Shape.iot(#""token":"""#), .tokenMissing),
        (Shape.iot(#""token":null"#), .tokenMissing),
        (
            Shape.iot(#""token":"a","protocolData":{"http":{"headers":{"Authorization":"Bearer b"}}}"#),
            .tokenRepeated(count: 2)
        ),
    ]) func refusalsAreExact(text: String, refusal expected: EventError) {
        #expect(refusal(text) == expected)
        #expect(expected.isOfToken)
    }

    /// A member, an element of a list or a value that is null is treated as absent, so the token is missing.
    @Test(arguments: [
        #"{"type":"TOKEN","methodArn":"\#(Shape.arn)"}"#,
        #"{"type":"TOKEN","authorizationToken":null,"methodArn":"\#(Shape.arn)"}"#,
        #"{"authorizationToken":null,"requestContext":{}}"#,
        #"{"type":null,"authorizationToken":null,"requestContext":{}}"#,
        Shape.request(#""headers":{"Authorization":null}"#),
        Shape.request(#""version":null,"headers":{"Authorization":null}"#),
        Shape.request(#""headers":{"Authorization":null},"multiValueHeaders":{"Authorization":null}"#),
        Shape.request(#""multiValueHeaders":{"Authorization":[null,null]}"#),
        Shape.request(#""headers":null,"multiValueHeaders":null"#),
        Shape.http1(#""headers":{"authorization":null}"#), Shape.http2(#""headers":{"authorization":null}"#),
        Shape.http2(#""headers":{"cookie":null},"cookies":[null]"#), Shape.http2(#""cookies":null"#),
        Shape.request(#""queryStringParameters":{"t":null}"#),
        Shape.request(#""multiValueQueryStringParameters":{"t":null},"queryStringParameters":null"#),
        Shape.webSocket(#""headers":{"Sec-WebSocket-Protocol":null}"#),
        Shape.iot(#""token":null,"protocolData":null"#),
        Shape.iot(#""protocolData":{"http":null,"mqtt":null}"#),
        Shape.iot(
            #""protocolData":{"http":{"headers":{"Authorization":null},"queryString":null},"mqtt":{"password":null}}"#
        ),
    ]) func nullIsAbsent(text: String) {
        let entries = ["header:Authorization", "query:t", "cookie:s", "protocol:bearer", "mqtt:password"]
        #expect(refusal(text, entries) == .tokenMissing)
    }

    /// A null value next to the token does not hide it.
    @Test(arguments: [
        Shape.request(#""headers":{"Authorization":"Bearer abc","authorization":null}"#),
        Shape.request(
            #""headers":{"Authorization":"Bearer abc"},"multiValueHeaders":{"Authorization":[null,"Bearer abc"]}"#
        ),
        Shape.http2(#""headers":{"authorization":"Bearer abc","cookie":null},"cookies":[null]"#),
        Shape.iot(#""token":"abc","protocolData":{"http":{"headers":{"Authorization":null}}}"#),
    ]) func nullNextToTheToken(text: String) throws {
        #expect(try found(text, ["header:Authorization", "cookie:s"]) == "abc")
    }

    @Test(arguments: [
        (
            #"{"type":"TOKEN","authorizationToken":["Bearer a"],"methodArn":"\#(Shape.arn)"}"#,
            EventError.Member.authorizationToken
        ),
        (#"{"authorizationToken":1,"requestContext":{}}"#, .authorizationToken),
        (Shape.iot(#""token":{}"#), .token), (Shape.iot(#""token":1"#), .token),
    ]) func otherTypesAreErrors(text: String, member: EventError.Member) {
        #expect(refusal(text) == .member(member))
    }

    // MARK: TOKEN_SOURCES

    @Test(arguments: [
        (["header:X-Api-Token"], Shape.request(#""headers":{"x-api-token":"abc"}"#)),
        (["header:X-Auth:Token"], Shape.request(#""headers":{"X-Auth":"token abc"}"#)),
        (["header:Authorization:"], Shape.http2(#""headers":{"authorization":"abc"}"#)),
        (["header:Authorization:DPoP"], Shape.http2(#""headers":{"authorization":"DPoP abc"}"#)),
        (["header:Authorization:"], Shape.token("abc")),
        (["query:t", "header:X-Auth"], Shape.token("abc")), (["query:t"], Shape.token("Bearer abc")),
        (["query:t"], Shape.webSocket(#""queryStringParameters":{"t":"abc"}"#)),
        (["query:t"], Shape.http2(#""queryStringParameters":{"t":"abc"}"#)),
        (
            ["header:Authorization", "query:t"],
            Shape.request(
                #""headers":{},"queryStringParameters":{"t":"abc"},"multiValueQueryStringParameters":{"t":["abc"]}"#
            )
        ),
        (["cookie:s"], Shape.http2(#""cookies":["a=b","s=abc"]"#)),
        (["cookie:s"], Shape.request(#""headers":{"cookie":"a=b; s=abc"}"#)),
        (["protocol:bearer"], Shape.webSocket(#""headers":{"Sec-WebSocket-Protocol":"chat, bearer, abc"}"#)),
        (["protocol:bearer"], Shape.webSocket(#""headers":{"Sec-WebSocket-Protocol":"bearer.abc,chat"}"#)),
        (
            ["protocol:bearer"],
            Shape.webSocket(#""multiValueHeaders":{"sec-websocket-protocol":["bearer","abc"]}"#)
        ),
        (
            ["protocol:base64url.bearer.authorization.k8s.io"],
            Shape.webSocket(
                #""headers":{"Sec-WebSocket-Protocol":"base64url.bearer.authorization.k8s.io.YWJj, chat"}"#)
        ),
        (["mqtt:password"], Shape.iot(#""protocolData":{"mqtt":{"username":"u","password":"YWJj"}}"#)),
        (["query:t"], Shape.iot(#""protocolData":{"http":{"queryString":"?t=abc"}}"#)),
        // IoT Core copies the value of a header or parameter to `token`.
        (
            ["header:X-Token", "query:t"],
            Shape.iot(#""token":"abc","protocolData":{"http":{"headers":{"X-Token":"abc"}}}"#)
        ),
    ]) func theTokenIsFoundInTheConfiguredSource(entries: [String], text: String) throws {
        #expect(sources(entries).count == entries.count)
        #expect(try found(text, entries) == "abc")
    }

    /// Two members of an event that contain the same header or cookie: identical bytes are one token.
    @Test(arguments: [
        (["cookie:s"], Shape.http2(#""cookies":["s=abc"],"headers":{"cookie":"s=abc"}"#)),
        (["cookie:s"], Shape.http2(#""cookies":["a=b","s=abc"],"headers":{"cookie":"s=abc; a=b"}"#)),
        (
            ["cookie:s"],
            Shape.request(
                #""headers":{"Cookie":"a=b; s=abc"},"multiValueHeaders":{"Cookie":["a=b","s=abc"]}"#)
        ),
        (
            ["header:Authorization"],
            Shape.http1(
                #""headers":{"authorization":"Bearer abc"},"multiValueHeaders":{"Authorization":["Bearer abc"]}"#
            )
        ),
        (
            ["protocol:bearer"],
            Shape.webSocket(
                #""headers":{"Sec-WebSocket-Protocol":"bearer, abc"},"multiValueHeaders":{"Sec-WebSocket-Protocol":["bearer","abc"]}"#
            )
        ),
        (
            ["query:t"],
            Shape.http1(
                #""queryStringParameters":{"t":"abc"},"multiValueQueryStringParameters":{"t":["abc"]}"#)
        ),
    ]) func oneTokenInTwoMembers(entries: [String], text: String) throws {
        #expect(try found(text, entries) == "abc")
    }

    /// Different bytes, or one member that contains the value twice: it was sent twice.
    @Test(arguments: [
        (["cookie:s"], Shape.http2(#""cookies":["s=abc"],"headers":{"cookie":"s=abd"}"#), 2),
        (["cookie:s"], Shape.http2(#""cookies":["s=abc","s=abc"],"headers":{"cookie":"s=abc"}"#), 2),
        (["cookie:s"], Shape.http2(#""cookies":["s=abc"],"headers":{"cookie":"s=abc; s=abc"}"#), 2),
        (["cookie:s"], Shape.http2(#""cookies":["s=a","s=b"],"headers":{"cookie":"s=b; s=a"}"#), 2),
        (["cookie:s"], Shape.http2(#""cookies":["s=a","s=b"],"headers":{"cookie":"s=c"}"#), 3),
        (
            ["cookie:s", "cookie:t"], Shape.http2(#""cookies":["s=abc"],"headers":{"cookie":"t=abc"}"#), 2
        ),
        (
            ["header:Authorization"],
            Shape.request(
                #""headers":{"Authorization":"Bearer a","authorization":"Bearer a"},"multiValueHeaders":{"Authorization":["Bearer a"],"authorization":["Bearer a"]}"#
            ), 2
        ),
        (
            ["protocol:bearer"],
            Shape.webSocket(
                #""headers":{"Sec-WebSocket-Protocol":"bearer, abd"},"multiValueHeaders":{"Sec-WebSocket-Protocol":["bearer","abc"]}"#
            ), 2
        ),
    ]) func differentBytesInTwoMembers(entries: [String], text: String, count: Int) {
        #expect(refusal(text, entries) == .tokenRepeated(count: count))
    }

    /// RFC 6750 §2 and AUDIT 30: two sources or two values, whether they are equal or not.
    @Test(arguments: [
        (
            ["header:Authorization", "query:t"],
            Shape.request(#""headers":{"Authorization":"Bearer a"},"queryStringParameters":{"t":"a"}"#),
            EventError.tokenRepeated(count: 2)
        ),
        (
            ["header:Authorization", "cookie:s"],
            Shape.http2(#""headers":{"authorization":"Basic x"},"cookies":["s=a"]"#),
            .tokenRepeated(count: 2)
        ),
        (
            ["query:t"], Shape.request(#""multiValueQueryStringParameters":{"t":["a","a"]}"#),
            .tokenRepeated(count: 2)
        ),
        (["query:t"], Shape.http2(#""queryStringParameters":{"t":"a,a"}"#), .tokenRepeated(count: 2)),
        (["cookie:s"], Shape.http2(#""cookies":["s=a","s=b"]"#), .tokenRepeated(count: 2)),
        (
            ["protocol:bearer"],
            Shape.webSocket(#""headers":{"Sec-WebSocket-Protocol":"bearer, a, bearer.b"}"#),
            .tokenRepeated(count: 2)
        ),
        (
            ["protocol:bearer"], Shape.webSocket(#""headers":{"Sec-WebSocket-Protocol":"chat, bearer"}"#),
            .tokenMissing
        ),
        (
            ["protocol:bearer"], Shape.webSocket(#""headers":{"Sec-WebSocket-Protocol":"Bearer, a"}"#),
            .tokenMissing
        ),
        (
            ["protocol:base64url.b"],
            Shape.webSocket(#""headers":{"Sec-WebSocket-Protocol":"base64url.b.!"}"#),
            .tokenCharacter(offset: 0)
        ),
        (["query:t"], Shape.http2(#""queryStringParameters":{"t":""}"#), .tokenMissing),
        (["query:t"], Shape.http2(#""queryStringParameters":{"T":"a"}"#), .tokenMissing),
        (["query:t"], Shape.request(#""headers":{"Authorization":"Bearer a"}"#), .tokenMissing),
        (
            ["header:X-Api-Token"], Shape.request(#""headers":{"X-Api-Token":"Bearer a"}"#),
            .tokenCharacter(offset: 6)
        ),
        (["header:X:Token"], Shape.request(#""headers":{"X":"Bearer a"}"#), .schemeNotBearer),
        (["mqtt:password"], Shape.request(#""headers":{}"#), .tokenMissing),
        (
            ["mqtt:password"], Shape.iot(#""protocolData":{"mqtt":{"password":"abc"}}"#),
            .member(.protocolData)
        ),
        (
            ["mqtt:password"], Shape.iot(#""token":"a","protocolData":{"mqtt":{"password":"YWJj"}}"#),
            .tokenRepeated(count: 2)
        ),
    ]) func exactlyOneToken(entries: [String], text: String, expected: EventError) {
        #expect(refusal(text, entries) == expected)
    }

    @Test(arguments: [
        "", "header", "header:", "header::Bearer", "header:A B", "header:A:B:C", "query:", "query:a=b",
        "cookie:a=b", "cookie:", "protocol:", "protocol:a,b", "mqtt:username", "Header:A", "body:a",
    ]) func invalidSources(entry: String) {
        #expect(source(entry) == nil)
    }

    @Test func theTextOfASource() throws {
        for (entry, text) in [
            ("header:authorization", "header:authorization:Bearer"), ("header:X", "header:X:"),
            ("header:Authorization:", "header:Authorization:"), ("query:t", "query:t"),
            ("cookie:c", "cookie:c"), ("protocol:p", "protocol:p"), ("mqtt:password", "mqtt:password"),
        ] {
            let found = try #require(source(entry))
            #expect(String(decoding: found.text, as: UTF8.self) == text)
        }
    }
}
