import DecisionSupport
import TestSupport
import Testing

@testable import Routes

private func fault(_ text: String) -> RouteText.Fault? {
    do throws(RouteText.Fault) {
        _ = try RouteText(Array(text.utf8).span)
        return nil
    } catch { return error }
}

/// Routes are parsed strictly, with limits and exact faults (AUDIT 31).
@Suite struct RouteTextTests {
    @Test func aRouteIsAVerbAndSegments() throws {
        let route = try RouteText(Array("GET /orders/{id}/items/{item_2}/*".utf8).span)
        #expect(route.pattern.segments.map(\.kind) == [.literal, .literal, .one, .literal, .one, .more])
        #expect(route.variables.map { Rule.text($0.name) } == ["id", "item_2"])
        #expect(route.variables.map(\.segment) == [2, 4])
        for verb in RouteTable.verbs { #expect(fault("\(verb) /") == nil) }
        let any = try RouteText(Array("* /".utf8).span).pattern
        #expect(any.segments.map(\.kind) == [.one, .literal])
        for special in RouteText.callersWithoutPath {
            let pattern = try RouteText(Array("\(special)".utf8).span).pattern
            #expect(pattern.count == 1 && pattern.isLiteral)
        }
    }

    @Test(arguments: [
        "", "GET", "GET ", "GET/a", "/a", "GET a", "GET  /a", "$connect ", "$appsyncs", "$connected",
        "$CONNECT",
    ]) func otherForms(text: String) { #expect(fault(text) == .form) }

    @Test(arguments: ["get /a", "GETS /a", "CONNECT /a", "TRACE /a", "** /a", " /a", "GE\u{0} /a"])
    func otherVerbs(text: String) { #expect(fault(text) == .verb) }

    @Test(arguments: [
        ("GET /a b", RouteText.Fault.character), ("GET /ä", .character), ("GET /a?b", .character),
        ("GET /a#b", .character), ("GET /a\\b", .character), ("GET /a\"", .character),
        ("GET /{a", .character),
        ("GET /a}", .character), ("GET /x{a}", .character), ("GET /a\u{7F}", .character),
        ("GET /%", .escape), ("GET /%2", .escape), ("GET /%zz", .escape), ("GET /%e4", .escape),
        ("GET /%Ea", .escape), ("GET /%41", .escape), ("GET /%2D", .escape), ("GET /%2F", .escape),
        ("GET /%5C", .escape), ("GET /%00", .escape),
        // Segments that no allowed call can contain: control characters, dot segments with parameters.
        ("GET /a%1Ab", .escape), ("GET /%7F", .escape), ("GET /..%3Bx", .escape),
        ("GET /..;x/a", .dotSegment), ("GET /.;", .dotSegment),
        ("GET /.", .dotSegment), ("GET /../a", .dotSegment), ("GET /a/./b", .dotSegment),
        ("GET //", .emptySegment), ("GET /a//b", .emptySegment), ("GET //a", .emptySegment),
        ("GET /{}", .variableName), ("GET /{a-b}", .variableName), ("GET /{a+}", .variableName),
        ("GET /{ä}", .variableName), ("GET /{proxy+}", .variableName),
        ("GET /{a}/{a}", .variableRepeated), ("GET /*/a", .starWithin), ("GET /a*", .starWithin),
        ("GET /*a", .starWithin), ("GET /**", .starWithin),
    ]) func faultsAreNamed(text: String, expected: RouteText.Fault) { #expect(fault(text) == expected) }

    @Test func fieldsOfAppSync() throws {
        let field = try RouteText(Array("$appsync _Order1.customer_2".utf8).span).pattern
        #expect(Rule.text(field.resource) == "/$appsync/_Order1.customer_2" && field.isLiteral)
        for other in [
            "", "Query", "Query.", ".a", "Query.a.b", "1Q.a", "Q.1a", "Q.*", " Q.a", "Q.a ", "Q.ä", "Q-.a",
            "Q.a-", ".",
        ] {
            #expect(fault("$appsync \(other)") == .field, "\(other)")
        }
        #expect(fault("$connect Q.a") == .form && fault("$iot Q.a") == .form)
    }

    @Test(arguments: [
        "GET /a%20b", "GET /%E4", "GET /a:b@c!$&'()+,;=~", "GET /...", "GET /.a", "GET /{A_9}/{a_9}",
    ])
    func charactersThatAPathMayContain(text: String) { #expect(fault(text) == nil) }

    @Test func routesHaveLimits() {
        let limit = RouteLimits.routeByteCount
        let longest = "GET /" + String(repeating: "a", count: limit - 5)
        #expect(fault(longest) == nil && fault(longest + "a") == .tooLong(limit: limit))
        let count = RouteLimits.segmentCount
        let deepest = "GET " + String(repeating: "/a", count: count - 1)
        #expect(fault(deepest) == nil)
        for end in ["/a", "/", "/*", "/{x}"] {
            #expect(fault(deepest + end) == .tooManySegments(limit: count), "\(end)")
        }
    }
}
