// CalledPath.swift - fuzz target: any path and subject get a decision, and a policy that is JSON and narrow.
//
// The input: a verb and path as an ARN ends, a zero byte, and the token's claims.

import Authorizer
import Events
import JSON
import Routes
import Settings

private let document: RulesDocument = {
    let document = #"""
        {"routes":[{"route":"GET /a/{x}","allow":{"scopes":["s"]}},{"route":"GET /a/{x}/b","allow":"any_token"},
        {"route":"* /u/{id}","allow":{"claims":[{"claim":"sub","matches_variable":"id"}]}},
        {"route":"GET /f/*","allow":{"any_of_claims":[{"claim":"n","at_least":3},{"claim":"a.b","contains":"x"}]}},
        {"route":"GET /v/{id}","allow":{"claims":[{"claim":"sub","matches_variable":"auth0|{id}"}]}},
        {"route":"GET /e","allow":{"claims":[{"claim":"d","any_element":[{"claim":"t","equals":"pay"},{"claim":"n","at_least":3}]}]}},
        {"route":"GET /l","allow":{"any_of_claims":[{"claim":"c","like":"*a?b*"},{"claim":"c","ends_with":"z"}],"any_of_scopes_like":["a:*"]}},
        {"route":"GET /f/secret","deny":"always"},{"route":"* /h","public":true}]}
        """#
    return try! RulesDocument(parsing: Array(document.utf8))
}()

private let table = document.routes!

private let prefix = Array("arn:aws:execute-api:eu-central-1:123456789012:a1b2c3d4e5/prod/".utf8)

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzCalledPath(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let parts = input(start, count).split(separator: 0, maxSplits: 1, omittingEmptySubsequences: false)
    // An event is JSON, whose strings are UTF-8.
    guard String(validating: parts[0], as: UTF8.self) != nil, let arn = RequestARN(prefix + parts[0]) else {
        return 0
    }
    var facts: TokenFacts?
    if parts.count == 2, let claims = try? JSONDocument(parsing: Array(parts[1])) {
        facts = table.facts(
            of: claims.root, issuer: 0, places: document.firstPlaces, nowSeconds: 0, clockSkewSeconds: 0)
    }
    let verdict = table.verdict(arn, facts)
    for caller in [Caller.restRequest, .httpAPI2] {
        guard let policy = verdict.policy(for: caller, byteLimit: 4096) else {
            require(verdict.refusal == nil, "what is refused has a policy, be it an empty one")
            continue
        }
        guard let statements = policy.statements else {
            require(verdict.refusal != nil, "what is allowed has a policy that allows it")
            continue
        }
        require(statements.count <= 4096, "a policy keeps to its limit")
        check(statements, arn, isAllowed: verdict.refusal == nil)
    }
    return 0
}

private func check(_ statements: [UInt8], _ arn: RequestARN, isAllowed: Bool) {
    guard let policy = try? JSONDocument(parsing: statements) else { fatalError("a policy is JSON") }
    var reader = PolicyReader(statements.span)
    guard let effect = reader.statements(about: arn.text.span) else { fatalError("a policy is readable") }
    require(isAllowed ? effect.allowsInEveryReading : !effect.allowsInSomeReading, "it does what was decided")
    for statement in policy.root.elements ?? [] {
        let isAllow = statement.member("Effect")?.isString("Allow") == true
        guard let resources = statement.member("Resource") else { fatalError("a statement has a Resource") }
        for resource in resources.elements ?? [resources] {
            let text = resource.stringBytes ?? []
            require(text.count <= 512, "an ARN is short")
            guard isAllow else { continue }
            require(text.starts(with: prefix), "an ARN that is allowed is of this API and stage")
            if text == arn.text { continue }
            // Wildcards come from routes alone: as whole segments.
            for index in text.indices where text[index] == 0x2A {
                require(text[index - 1] == 0x2F, "a wildcard is a segment")
                require(index == text.count - 1 || text[index + 1] == 0x2F, "a wildcard is a segment")
            }
            require(!text.contains(0x3F), "there is no ? in an ARN")
        }
    }
}
