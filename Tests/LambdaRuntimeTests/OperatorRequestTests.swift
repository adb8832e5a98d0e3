import Testing

@testable import LambdaRuntime

/// A gateway's event is never an operator's request (AUDIT 26).
@Suite struct OperatorRequestTests {
    private func request(_ text: String) -> OperatorRequest? { OperatorRequest(event: Array(text.utf8)) }

    @Test func aRequestHasOneMember() {
        #expect(request(#"{"authorizer":"reload-keys"}"#) == .reloadKeys)
        #expect(request(" { \"authorizer\" : \"reload-keys\" }\n") == .reloadKeys)
        #expect(request(#"{"authorizer":"doctor"}"#) == .doctor)
        #expect(request(#"{"author\u0069zer":"reload\u002dkeys"}"#) == .reloadKeys)
    }

    /// Other members, before, after or within the member, make it an ordinary event.
    @Test(arguments: [
        "", "{}", "[]", #""reload-keys""#, #"["authorizer","reload-keys"]"#, #"{"authorizer":"reload"}"#,
        #"{"authorizer":"reload-keys","type":"TOKEN"}"#, #"{"type":"REQUEST","authorizer":"reload-keys"}"#,
        #"{"authorizer":"reload-keys","version":"2.0"}"#,
        #"{"authorizer":"reload-keys","authorizer":"reload-keys"}"#,
        #"{"authorizer":["reload-keys"]}"#, #"{"authorizer":{"reload-keys":1}}"#, #"{"authorizer":null}"#,
        #"{"Authorizer":"reload-keys"}"#, #"{"authorizer":"RELOAD-KEYS"}"#,
        #"{"authorizer":"reload-keys"} x"#, #"{"authorizer":"doctor","type":"TOKEN"}"#,
        #"{"authorizer":"Doctor"}"#,
        #"{"x":{"authorizer":"reload-keys"}}"#,
    ]) func otherEventsAreNotRequests(text: String) {
        #expect(request(text) == nil)
    }

    @Test func requestsEndAtTheirLimit() {
        let text = #"{"authorizer":"reload-keys"}"#
        let padding = LambdaLimits.directByteCount - text.utf8.count
        #expect(request(text + String(repeating: " ", count: padding)) == .reloadKeys)
        #expect(request(text + String(repeating: " ", count: padding + 1)) == nil)
    }
}
