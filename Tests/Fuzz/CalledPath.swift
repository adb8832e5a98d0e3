// CalledPath.swift - fuzz target: any path and subject get a decision, and a policy that is JSON and narrow.
//
// The input: a verb and path as an ARN ends, a zero byte, and the token's claims.

import Authorizer
import JSON

private let document: RulesDocument = {
    let document = #"""
        {"routes":[{"route":"GET /a/{x}","allow":{"scopes":["s"]}},{"route":"GET /a/{x}/b","allow":"any_token"},
        {"route":"* /u/{id}","allow":{"claims":[{"claim":"sub","matches_variable":"id"}]}},
        {"route":"GET /f/*","allow":{"any_of_claims":[{"claim":"n","at_least":3},{"claim":"a.b","contains":"x"}]}},
        {"route":"GET /f/secret","deny":"always"},{"route":"* /h","public":true}]}
        """#
    return try! RulesDocument(parsing: Array(document.utf8))
}()

private let table = document.routes!

private let prefix = Array("arn:aws:execute-api:eu-central-1:123456789012:a1b2c3d4e5/prod/".utf8)
/// Of a policy that would be too long otherwise: the API's name and the stage alone.
private let shortPrefix = Array("arn:aws:execute-api:*:*:a1b2c3d4e5/prod/".utf8)

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzCalledPath(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let parts = input(start, count).split(separator: 0, maxSplits: 1, omittingEmptySubsequences: false)
    guard let arn = RequestARN(prefix + parts[0]) else { return 0 }
    var facts: TokenFacts?
    if parts.count == 2, let claims = try? JSONDocument(parsing: Array(parts[1])) {
        facts = table.facts(of: claims.root, issuer: 0, places: document.firstPlaces)
    }
    let verdict = table.verdict(arn, facts)
    guard let statements = verdict.statements else {
        require(verdict.refusal != nil, "what is allowed has a policy")
        return 0
    }
    require(statements.count <= 8 * 1024, "a policy is no longer than 8 KB")
    guard let policy = try? JSONDocument(parsing: statements) else { fatalError("a policy is JSON") }
    for statement in policy.root.elements ?? [] {
        let isAllow = statement.member("Effect")?.isString("Allow") == true
        for resource in statement.member("Resource")?.elements ?? [] {
            let text = resource.stringBytes ?? []
            require(text.count <= 512, "an ARN is short")
            guard isAllow else { continue }
            let isShort = text.starts(with: shortPrefix)
            require(isShort || text.starts(with: prefix), "an ARN that is allowed is of this API and stage")
            // Wildcards come from routes alone: as whole segments.
            for index in text.indices.dropFirst(isShort ? shortPrefix.count : 0) where text[index] == 0x2A {
                require(text[index - 1] == 0x2F, "a wildcard is a segment")
                require(index == text.count - 1 || text[index + 1] == 0x2F, "a wildcard is a segment")
            }
            require(!text.contains(0x3F), "there is no ? in an ARN")
        }
    }
    return 0
}
