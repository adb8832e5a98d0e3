import Testing

@testable import Authorizer

/// The shapes that events are made of in these tests.
enum Shape {
    static let arn = "arn:aws:execute-api:eu-central-1:123456789012:a1b2c3d4e5/prod/GET/orders/42"
    static let connectArn = "arn:aws:execute-api:eu-central-1:123456789012:a1b2c3d4e5/prod/$connect"

    static func token(_ value: String) -> String {
        #"{"type":"TOKEN","authorizationToken":"\#(value)","methodArn":"\#(arn)"}"#
    }
    static func request(_ members: String) -> String {
        #"{"type":"REQUEST","methodArn":"\#(arn)",\#(members)}"#
    }
    static func http1(_ members: String) -> String {
        #"{"version":"1.0","type":"REQUEST","methodArn":"\#(arn)",\#(members)}"#
    }
    static func http2(_ members: String) -> String {
        #"{"version":"2.0","type":"REQUEST","routeArn":"\#(arn)",\#(members)}"#
    }
    static func webSocket(_ members: String) -> String {
        #"{"type":"REQUEST","methodArn":"\#(connectArn)",\#(members)}"#
    }
    static func appSync(_ value: String, _ members: String = "") -> String {
        #"{"authorizationToken":"\#(value)","requestContext":{"apiId":"api1","accountId":"123456789012"}\#(members)}"#
    }
    static func iot(_ members: String) -> String {
        #"{"signatureVerified":false,"protocols":["tls"],\#(members)}"#
    }
}

func parsed(_ text: String) throws(Refusal) -> Event { try Event(parsing: Array(text.utf8)) }

private func refusal(_ text: String) -> Refusal? {
    do throws(Refusal) {
        _ = try parsed(text)
        return nil
    } catch { return error }
}

private func text(_ bytes: Span<UInt8>) -> String { String(decoding: [UInt8](bytes), as: UTF8.self) }

private func headers(_ text: String, _ name: String) throws(Refusal) -> [String] {
    let name = Array(name.utf8)
    return texts(try parsed(text).headerValues(name.span))
}

private func query(_ text: String, _ name: String) throws(Refusal) -> [String] {
    let name = Array(name.utf8)
    return texts(try parsed(text).queryValues(name.span))
}

private func cookies(_ text: String, _ name: String) throws(Refusal) -> [String] {
    let name = Array(name.utf8)
    return texts(try parsed(text).cookieValues(name.span))
}

private func texts(_ values: [[UInt8]]) -> [String] { values.map { String(decoding: $0, as: UTF8.self) } }

@Suite struct EventTests {
    @Test(arguments: [
        (Shape.token("x"), Caller.restToken), (Shape.request(#""headers":{}"#), .restRequest),
        (Shape.http1(#""headers":{}"#), .httpAPI1), (Shape.http2(#""headers":{}"#), .httpAPI2),
        (Shape.webSocket(#""headers":{}"#), .webSocket), (Shape.appSync("x"), .appSync),
        (Shape.iot(#""protocolData":{}"#), .iotCore), (#"{"protocolData":{"tls":{}}}"#, .iotCore),
        // A member's name may be written with escapes.
        (#"{"t\u0079pe":"TOKEN","authorizationToken":"x","methodArn":"\#(Shape.arn)"}"#, .restToken),
        // Members that nobody knows yet do no harm.
        (#"{"new":[{}],"type":"TOKEN","authorizationToken":"x","methodArn":"\#(Shape.arn)"}"#, .restToken),
    ]) func callersAreToldApartByTheEvent(text: String, caller: Caller) throws {
        #expect(try parsed(text).caller == caller)
    }

    /// Every member that tells callers apart, with another type; and what is no event at all.
    @Test(arguments: [
        ("", Refusal.eventJSON(.unexpectedEnd)), ("[]", .eventNotObject), ("null", .eventNotObject),
        ("{}", .eventKind(.noType(members: []))),
        (#"{"Records":[],"x":1}"#, .eventKind(.noType(members: Array("Records, x".utf8)))),
        (#"{"authorizationToken":"x"}"#, .eventKind(.noType(members: Array("authorizationToken".utf8)))),
        (#"{"requestContext":{}}"#, .eventKind(.noType(members: Array("requestContext".utf8)))),
        (#"{"type":"token"}"#, .eventKind(.otherType(Array("token".utf8)))),
        (#"{"type":1}"#, .eventMember(.type)), (#"{"type":null}"#, .eventMember(.type)),
        (#"{"type":["TOKEN"]}"#, .eventMember(.type)),
        (#"{"type":"REQUEST","version":2.0}"#, .eventMember(.version)),
        (#"{"type":"REQUEST","version":null}"#, .eventMember(.version)),
        (#"{"type":"REQUEST","version":"3.0"}"#, .eventKind(.otherVersion(Array("3.0".utf8)))),
        (#"{"type":"REQUEST","version":"2.0","methodArn":"\#(Shape.arn)"}"#, .eventMember(.routeArn)),
        (#"{"type":"REQUEST","version":"1.0","routeArn":"\#(Shape.arn)"}"#, .eventMember(.methodArn)),
        (#"{"type":"REQUEST","routeArn":"\#(Shape.arn)"}"#, .eventMember(.methodArn)),
        (#"{"type":"TOKEN","authorizationToken":"Bearer a"}"#, .eventMember(.methodArn)),
        (#"{"type":"TOKEN","authorizationToken":"Bearer a","methodArn":1}"#, .eventMember(.methodArn)),
        (#"{"type":"TOKEN","authorizationToken":"Bearer a","methodArn":"arn:x"}"#, .eventMember(.methodArn)),
        (#"{"type":"TOKEN","type":"TOKEN"}"#, .eventJSON(.duplicateMember(offset: 16))),
        (#"{"type":"TOKEN","t\u0079pe":"TOKEN"}"#, .eventJSON(.duplicateMember(offset: 16))),
        (#"{"type":"REQUEST","headers":{"a":"","a":""}}"#, .eventJSON(.duplicateMember(offset: 36))),
    ]) func malformedEventsAreErrors(text: String, refusal expected: Refusal) {
        #expect(refusal(text) == expected)
        #expect(expected.kind == .eventError)
    }

    /// The keys of an event that nobody knows are named, and no more than 64 bytes of them.
    @Test func namedKeysAreBounded() {
        let long = String(repeating: "k", count: AuthorizerLimits.namedByteCount - 2)
        #expect(refusal(#"{"\#(long)":1}"#) == .eventKind(.noType(members: Array(long.utf8))))
        #expect(refusal(#"{"\#(long)k":1}"#) == .eventKind(.noType(members: [])))
        let type = String(repeating: "t", count: AuthorizerLimits.namedByteCount)
        #expect(refusal(#"{"type":"\#(type)t"}"#) == .eventKind(.otherType(Array(type.utf8))))
    }

    @Test func theLimitHolds() throws {
        let limit = AuthorizerLimits.eventByteCount
        let base = Shape.token("Bearer abc")
        #expect(
            try parsed(base + String(repeating: " ", count: limit - base.utf8.count)).caller == .restToken)
        #expect(
            refusal(base + String(repeating: " ", count: limit + 1 - base.utf8.count))
                == .eventTooLong(limit: limit, actual: limit + 1))
    }

    /// As many members, elements and levels as a client may make an event have; one more is an error.
    @Test func objectsArraysAndDepthEndAtTheirLimits() {
        let limits = AuthorizerLimits.event
        func members(_ count: Int) -> String {
            Shape.request(
                "\"headers\":{" + (0..<count).map { "\"h\($0)\":\"\"" }.joined(separator: ",") + "}")
        }
        #expect(refusal(members(limits.memberCount)) == nil)
        #expect(
            refusal(members(limits.memberCount + 1)) == .eventJSON(.tooManyMembers(limit: limits.memberCount))
        )
        func elements(_ count: Int) -> String {
            Shape.http2("\"cookies\":[" + Array(repeating: "1", count: count).joined(separator: ",") + "]")
        }
        #expect(refusal(elements(limits.elementCount)) == nil)
        #expect(
            refusal(elements(limits.elementCount + 1))
                == .eventJSON(.tooManyElements(limit: limits.elementCount)))
        func depth(_ count: Int) -> String {
            let nest = String(repeating: "[", count: count - 1) + String(repeating: "]", count: count - 1)
            return Shape.request("\"x\":\(nest)")
        }
        #expect(refusal(depth(limits.depth)) == nil)
        #expect(refusal(depth(limits.depth + 1)) == .eventJSON(.tooDeep(limit: limits.depth)))
        // The object, two members, a third's name and its array; then two arrays for the rest.
        func nodes(_ count: Int) -> String {
            let lists = [limits.elementCount, count - 9 - limits.elementCount].map {
                "[" + Array(repeating: "1", count: $0).joined(separator: ",") + "]"
            }
            return Shape.request("\"x\":[\(lists[0]),\(lists[1])]")
        }
        #expect(refusal(nodes(limits.nodeCount)) == nil)
        #expect(refusal(nodes(limits.nodeCount + 1)) == .eventJSON(.tooManyNodes(limit: limits.nodeCount)))
    }

    // MARK: Look-ups

    @Test func headersAreFoundWhateverTheirCase() throws {
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

    @Test func queryParametersAndCookiesKeepTheirCase() throws {
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

    /// Every map that is looked through, with another type at each level.
    @Test(arguments: [
        (Shape.request(#""headers":[]"#), Refusal.EventMember.headers),
        (Shape.request(#""headers":{"t":1}"#), .headers), (Shape.request(#""headers":{"T":null}"#), .headers),
        (Shape.request(#""headers":"x""#), .headers), (Shape.http2(#""headers":{"t":["x"]}"#), .headers),
        (Shape.request(#""multiValueHeaders":"x""#), .multiValueHeaders),
        (Shape.request(#""multiValueHeaders":{"t":"x"}"#), .multiValueHeaders),
        (Shape.request(#""multiValueHeaders":{"t":{"0":"x"}}"#), .multiValueHeaders),
        (Shape.request(#""multiValueHeaders":{"t":[null]}"#), .multiValueHeaders),
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
    ]) func otherTypesAreErrors(text: String, member: Refusal.EventMember) throws {
        let event = try parsed(text)
        let name = Array("t".utf8)
        var found: Refusal?
        do throws(Refusal) {
            _ = try event.headerValues(name.span)
            _ = try event.queryValues(name.span)
            _ = try event.cookieValues(name.span)
        } catch { found = error }
        #expect(found == .eventMember(member))
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
            #expect(throws: Refusal.eventMember(.clientCert)) {
                try pem(shape(#""requestContext":{"identity":{"clientCert":{"clientCertPem":1}}}"#))
            }
        }
        #expect(try pem(Shape.http2(#""requestContext":{"authentication":{\#(certificate)}}"#)) == "PEM")
        #expect(try pem(Shape.http2(#""requestContext":{"authentication":null}"#)) == nil)
        #expect(throws: Refusal.eventMember(.clientCert)) {
            try pem(Shape.http2(#""requestContext":{"authentication":{"clientCert":"PEM"}}"#))
        }
    }

    @Test func theRequestIsNamed() throws {
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

    @Test func anArnSaysWhoseAPIItIs() throws {
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
