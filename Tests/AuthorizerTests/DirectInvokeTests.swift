import Testing

@testable import Authorizer

@Suite struct DirectInvokeTests {
    private func question(_ text: String) -> DirectInvoke? { DirectInvoke(event: Array(text.utf8)) }

    @Test func aQuestionHasOneMember() {
        #expect(question(#"{"authorizer":"reload-keys"}"#) == .reloadKeys)
        #expect(question(" { \"authorizer\" : \"reload-keys\" }\n") == .reloadKeys)
        #expect(question(#"{"authorizer":"doctor"}"#) == .doctor)
        #expect(question(#"{"author\u0069zer":"reload\u002dkeys"}"#) == .reloadKeys)
    }

    /// No event of a gateway is one, whatever stands beside the member or within it.
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
    ]) func everythingElseIsNone(text: String) {
        #expect(question(text) == nil)
    }

    @Test func aQuestionEndsAtItsLimit() {
        let text = #"{"authorizer":"reload-keys"}"#
        let padding = AuthorizerLimits.directByteCount - text.utf8.count
        #expect(question(text + String(repeating: " ", count: padding)) == .reloadKeys)
        #expect(question(text + String(repeating: " ", count: padding + 1)) == nil)
    }
}
