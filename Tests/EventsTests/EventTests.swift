import DecisionSupport
import TestSupport
import Testing

@testable import Events

func parsed(_ text: String) throws(EventError) -> Event { try Event(parsing: Array(text.utf8)) }

private func refusal(_ text: String) -> EventError? {
    thrown { () throws(EventError) in
        _ = try parsed(text)
    }
}

private func text(_ bytes: Span<UInt8>) -> String { String(decoding: [UInt8](bytes), as: UTF8.self) }

private func headers(_ text: String, _ name: String) throws(EventError) -> [String] {
    let name = Array(name.utf8)
    return texts(try parsed(text).headerValues(name.span))
}

private func query(_ text: String, _ name: String) throws(EventError) -> [String] {
    let name = Array(name.utf8)
    return texts(try parsed(text).queryValues(name.span))
}

private func cookies(_ text: String, _ name: String) throws(EventError) -> [String] {
    let name = Array(name.utf8)
    return texts(try parsed(text).cookieValues(name.span))
}

private func texts(_ values: [[UInt8]]) -> [String] { values.map { String(decoding: $0, as: UTF8.self) } }

/// Events are parsed strictly and with limits; ARNs are split into their parts (AUDIT 30, 32).
@Suite struct EventTests {
    @Test(arguments: [
        (Shape.token("x"), Caller.restToken), (Shape.request(#""headers":{}"#), .restRequest),
        (Shape.http1(#""headers":{}"#), .httpAPI1), (Shape.http2(#""headers":{}"#), .httpAPI2),
        (Shape.webSocket(#""headers":{}"#), .webSocket), (Shape.appSync("x"), .appSync),
        (Shape.iot(#""protocolData":{}"#), .iotCore), (#"{"protocolData":{"tls":{}}}"#, .iotCore),
        // A member's name may be written with escapes.
        (#"{"t\u0079pe":"TOKEN","authorizationToken":"x","methodArn":"\#(Shape.arn)"}"#, .restToken),
        // Unknown members are ignored.
        (#"{"new":[{}],"type":"TOKEN","authorizationToken":"x","methodArn":"\#(Shape.arn)"}"#, .restToken),
    ]) func callersAreRecognisedFromTheEvent(text: String, caller: Caller) throws {
        #expect(try parsed(text).caller == caller)
    }

    /// Every member that distinguishes callers, with another type; and texts that are not events.
    @Test(arguments: [
        ("", EventError.notJSON(.unexpectedEnd)), ("[]", .notObject), ("null", .notObject),
        ("{}", .kind(.noType(members: []))),
        (#"{"Records":[],"x":1}"#, .kind(.noType(members: Array("Records, x".utf8)))),
        (#"{"authorizationToken":"x"}"#, .kind(.noType(members: Array("authorizationToken".utf8)))),
        (#"{"requestContext":{}}"#, .kind(.noType(members: Array("requestContext".utf8)))),
        (#"{"type":"token"}"#, .kind(.otherType(Array("token".utf8)))),
        (#"{"type":1}"#, .member(.type)),
        (#"{"type":null}"#, .kind(.noType(members: Array("type".utf8)))),
        (#"{"type":["TOKEN"]}"#, .member(.type)),
        (#"{"type":"REQUEST","version":2.0}"#, .member(.version)),
        (#"{"type":"REQUEST","version":null}"#, .member(.methodArn)),
        (#"{"type":"REQUEST","version":"3.0"}"#, .kind(.otherVersion(Array("3.0".utf8)))),
        (#"{"type":"REQUEST","version":"2.0","methodArn":"\#(Shape.arn)"}"#, .member(.routeArn)),
        (#"{"type":"REQUEST","version":"1.0","routeArn":"\#(Shape.arn)"}"#, .member(.methodArn)),
        (#"{"type":"REQUEST","routeArn":"\#(Shape.arn)"}"#, .member(.methodArn)),
        (#"{"type":"TOKEN","authorizationToken":"Bearer a"}"#, .member(.methodArn)),
        (#"{"type":"TOKEN","authorizationToken":"Bearer a","methodArn":1}"#, .member(.methodArn)),
        (#"{"type":"TOKEN","authorizationToken":"Bearer a","methodArn":"arn:x"}"#, .member(.methodArn)),
        (#"{"type":"TOKEN","type":"TOKEN"}"#, .notJSON(.duplicateMember(offset: 16))),
        (#"{"type":"TOKEN","t\u0079pe":"TOKEN"}"#, .notJSON(.duplicateMember(offset: 16))),
        (#"{"type":"REQUEST","headers":{"a":"","a":""}}"#, .notJSON(.duplicateMember(offset: 36))),
    ]) func malformedEventsAreErrors(text: String, refusal expected: EventError) {
        #expect(refusal(text) == expected)
        #expect(!expected.isOfToken)
    }

    /// The names of an unknown event's members are reported, at most 64 bytes of them.
    @Test func reportedNamesHaveALimit() {
        let long = String(repeating: "k", count: EventLimits.namedByteCount - 2)
        #expect(refusal(#"{"\#(long)":1}"#) == .kind(.noType(members: Array(long.utf8))))
        #expect(refusal(#"{"\#(long)k":1}"#) == .kind(.noType(members: [])))
        let type = String(repeating: "t", count: EventLimits.namedByteCount)
        #expect(refusal(#"{"type":"\#(type)t"}"#) == .kind(.otherType(Array(type.utf8))))
    }

    @Test func theLengthHasALimit() throws {
        let limit = EventLimits.eventByteCount
        let base = Shape.token("Bearer abc")
        #expect(
            try parsed(base + String(repeating: " ", count: limit - base.utf8.count)).caller == .restToken)
        #expect(
            refusal(base + String(repeating: " ", count: limit + 1 - base.utf8.count))
                == .tooLong(limit: limit, actual: limit + 1))
    }

    /// The most members, elements and levels that a client can cause in an event; one more is an error.
    @Test func objectsArraysAndDepthHaveLimits() {
        let limits = EventLimits.event
        func members(_ count: Int) -> String {
            Shape.request(
                "\"headers\":{" + (0..<count).map { "\"h\($0)\":\"\"" }.joined(separator: ",") + "}")
        }
        #expect(refusal(members(limits.memberCount)) == nil)
        #expect(
            refusal(members(limits.memberCount + 1)) == .notJSON(.tooManyMembers(limit: limits.memberCount))
        )
        func elements(_ count: Int) -> String {
            Shape.http2("\"cookies\":[" + Array(repeating: "1", count: count).joined(separator: ",") + "]")
        }
        #expect(refusal(elements(limits.elementCount)) == nil)
        #expect(
            refusal(elements(limits.elementCount + 1))
                == .notJSON(.tooManyElements(limit: limits.elementCount)))
        func depth(_ count: Int) -> String {
            let nest = String(repeating: "[", count: count - 1) + String(repeating: "]", count: count - 1)
            return Shape.request("\"x\":\(nest)")
        }
        #expect(refusal(depth(limits.depth)) == nil)
        #expect(refusal(depth(limits.depth + 1)) == .notJSON(.tooDeep(limit: limits.depth)))
        // The object, two members, the name of a third and its array; then two arrays for the rest.
        func nodes(_ count: Int) -> String {
            let lists = [limits.elementCount, count - 9 - limits.elementCount].map {
                "[" + Array(repeating: "1", count: $0).joined(separator: ",") + "]"
            }
            return Shape.request("\"x\":[\(lists[0]),\(lists[1])]")
        }
        #expect(refusal(nodes(limits.nodeCount)) == nil)
        #expect(refusal(nodes(limits.nodeCount + 1)) == .notJSON(.tooManyNodes(limit: limits.nodeCount)))
    }

    // MARK: Look-ups

    @Test func headerNamesAreCaseInsensitive() throws {
        for text in [
            Shape.request(#""headers":{"x-id":"1"}"#), Shape.http1(#""headers":{"X-ID":"1"}"#),
            Shape.request(#""headers":null,"multiValueHeaders":{"x-ID":["1"]}"#),
            Shape.request(#""headers":{"X-Id":"1"},"multiValueHeaders":{"X-Id":["1"]}"#),
            Shape.http2(#""headers":{"x-id":"1"}"#), Shape.webSocket(#""headers":{"\u0058-id":"1"}"#),
            Shape.appSync("t", #","requestHeaders":{"x-id":"1"}"#),
            Shape.iot(#""protocolData":{"http":{"headers":{"X-ID":"1"}}}"#),
        ] { #expect(try headers(text, "X-Id") == ["1"], "\(text)") }
        #expect(try headers(Shape.token("x"), "X-Id").isEmpty)
        let two = #""headers":{"X-Id":"2","x-id":"2"},"multiValueHeaders":{"X-Id":["1","2"]}"#
        #expect(try headers(Shape.request(two), "X-Id") == ["1", "2", "2"])
    }

    @Test func queryParametersAndCookiesAreCaseSensitive() throws {
        for text in [
            Shape.request(#""queryStringParameters":{"t":"1","T":"2"}"#),
            Shape.http1(#""multiValueQueryStringParameters":{"t":["1"]},"queryStringParameters":null"#),
            Shape.http2(#""queryStringParameters":{"t":"1"}"#),
            Shape.webSocket(
                #""queryStringParameters":{"t":"1"},"multiValueQueryStringParameters":{"t":["1"]}"#),
            Shape.iot(#""protocolData":{"http":{"queryString":"?a=0&t=1&T=2"}}"#),
        ] { #expect(try query(text, "t") == ["1"], "\(text)") }
        for text in [
            Shape.request(#""headers":{"Cookie":"a=0; t=1;T=2; tt=3; t"}"#),
            Shape.http2(#""cookies":["a=0","t=1","T=2"]"#), Shape.http2(#""headers":{"cookie":"t=1"}"#),
        ] { #expect(try cookies(text, "t") == ["1"], "\(text)") }
        #expect(try cookies(Shape.http2(#""cookies":["t=1","t=2"]"#), "t") == ["1", "2"])
    }

    /// Every map that is read, with another type at each level.
    @Test(arguments: [
        (Shape.request(#""headers":[]"#), EventError.Member.headers),
        (Shape.request(#""headers":{"t":1}"#), .headers),
        (Shape.request(#""headers":"x""#), .headers), (Shape.http2(#""headers":{"t":["x"]}"#), .headers),
        (Shape.request(#""multiValueHeaders":"x""#), .multiValueHeaders),
        (Shape.request(#""multiValueHeaders":{"t":"x"}"#), .multiValueHeaders),
        (Shape.request(#""multiValueHeaders":{"t":{"0":"x"}}"#), .multiValueHeaders),
        (Shape.request(#""multiValueHeaders":{"t":[[]]}"#), .multiValueHeaders),
        (Shape.request(#""queryStringParameters":[]"#), .queryStringParameters),
        (Shape.http2(#""queryStringParameters":{"t":true}"#), .queryStringParameters),
        (
            Shape.webSocket(#""multiValueQueryStringParameters":{"t":"x"}"#), .multiValueQueryStringParameters
        ),
        (Shape.http2(#""cookies":"t=x""#), .cookies), (Shape.http2(#""cookies":[1]"#), .cookies),
        (Shape.http2(#""cookies":{"t":"x"}"#), .cookies),
        (Shape.appSync("x", #","requestHeaders":[]"#), .requestHeaders),
        (Shape.iot(#""protocolData":[]"#), .protocolData),
        (Shape.iot(#""protocolData":{"http":1}"#), .protocolData),
        (Shape.iot(#""protocolData":{"http":{"headers":[]}}"#), .protocolData),
        (Shape.iot(#""protocolData":{"http":{"headers":{"t":1}}}"#), .protocolData),
        (Shape.iot(#""protocolData":{"http":{"queryString":{}}}"#), .protocolData),
    ]) func otherTypesAreErrors(text: String, member: EventError.Member) throws {
        let event = try parsed(text)
        let name = Array("t".utf8)
        var found: EventError?
        do throws(EventError) {
            _ = try event.headerValues(name.span)
            _ = try event.queryValues(name.span)
            _ = try event.cookieValues(name.span)
        } catch { found = error }
        #expect(found == .member(member))
    }

    @Test func theClientsCertificateIsFound() throws {
        func pem(_ text: String) throws -> String? {
            try parsed(text).clientCertificatePEM().map { String(decoding: $0, as: UTF8.self) }
        }
        let certificate = #""clientCert":{"clientCertPem":"PEM"}"#
        for shape in [Shape.request, Shape.http1, Shape.webSocket] {
            #expect(try pem(shape(#""requestContext":{"identity":{\#(certificate)}}"#)) == "PEM")
            #expect(try pem(shape(#""requestContext":{"identity":{"clientCert":null}}"#)) == nil)
            #expect(try pem(shape(#""requestContext":{"authentication":{\#(certificate)}}"#)) == nil)
            #expect(throws: EventError.member(.clientCert)) {
                try pem(shape(#""requestContext":{"identity":{"clientCert":{"clientCertPem":1}}}"#))
            }
            for none in ["{}", #"{"clientCertPem":null}"#] {
                #expect(try pem(shape(#""requestContext":{"identity":{"clientCert":\#(none)}}"#)) == nil)
            }
        }
        #expect(try pem(Shape.http2(#""requestContext":{"authentication":{\#(certificate)}}"#)) == "PEM")
        #expect(try pem(Shape.http2(#""requestContext":{"authentication":null}"#)) == nil)
        #expect(throws: EventError.member(.clientCert)) {
            try pem(Shape.http2(#""requestContext":{"authentication":{"clientCert":"PEM"}}"#))
        }
    }

    @Test func theIDOfTheRequest() throws {
        let request = try parsed(
            Shape.http2(#""requestContext":{"requestId":"r1","domainName":"d.example"}"#))
        #expect(request.requestID == Array("r1".utf8) && request.domainName == Array("d.example".utf8))
        #expect(try parsed(Shape.iot(#""connectionMetadata":{"id":"c1"}"#)).requestID == Array("c1".utf8))
        #expect(try parsed(Shape.request(#""requestContext":{"requestId":1}"#)).requestID == nil)
        #expect(try parsed(Shape.token("x")).requestID == nil)
    }

    // MARK: The ARN

    @Test(arguments: [
        (Shape.arn, "prod", "GET", "/orders/42"), (Shape.connectArn, "prod", "", "$connect"),
        ("arn:aws-cn:execute-api:cn-north-1:1:a/$default/POST/", "$default", "POST", "/"),
        ("arn:aws-us-gov:execute-api:us-gov-west-1:1:a/b/GET", "b", "GET", ""),
        ("arn:aws:execute-api:r:1:a/b/GET//x:y/%2F", "b", "GET", "//x:y/%2F"),
        ("arn:aws:execute-api:r:1:a/b/GET/$connect", "b", "GET", "/$connect"),
    ]) func arnsHaveTheirParts(arn: String, stage: String, verb: String, path: String) throws {
        let parts = try #require(RequestARN(Array(arn.utf8)))
        let found = (text(parts.stage), text(parts.verb), text(parts.path))
        #expect(found == (stage, verb, path))
        let whole = text(parts.stagePrefix) + verb + path
        #expect(whole == arn)
    }

    @Test func thePartsOfAnARN() throws {
        let parts = try #require(RequestARN(Array(Shape.arn.utf8)))
        let found = (text(parts.account), text(parts.api))
        #expect(found == ("123456789012", "a1b2c3d4e5"))
    }

    @Test(arguments: [
        "", "arn:x", "arn:aws:execute-api:r:1", "arn:aws:execute-api:r:1:", "arn:aws:execute-api:r:1:a",
        "arn:aws:execute-api:r:1:a/", "arn:aws:execute-api:r:1:a/b", "arn:aws:execute-api:r:1:a/b/",
        "arn:aws:execute-api:r:1:a//GET/x", "arn:aws:execute-api:r:1:/b/GET/x",
        "arn:aws:execute-api:r:1:a/b//x",
        "arn:aws:execute-api::1:a/b/GET/x", "arn:aws:execute-api:r::a/b/GET/x",
        "arn:aws:lambda:r:1:a/b/GET/x", "arn:Aws:execute-api:r:1:a/b/GET/x",
        "arn:aws*:execute-api:r:1:a/b/GET/x", "Arn:aws:execute-api:r:1:a/b/GET/x",
    ]) func otherArnsAreRefused(arn: String) {
        #expect(RequestARN(Array(arn.utf8)) == nil)
    }
}
