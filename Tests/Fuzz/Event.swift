// Event.swift - fuzz target: any event gets an answer that is JSON and short enough.

import Authorizer
import JOSE
import JSON

private let keys: KeyRing = {
    var keys = KeyRing(issuerCount: 1, policy: KeyCachePolicy())
    _ = keys[0].receive(try! KeySet(parsing: sampleKeySet), nowSeconds: 1_767_225_600)
    return keys
}()

private let issuer = TrustedIssuer(
    claims: ClaimRules(issuers: [], audiences: [], clockSkewSeconds: 60),
    keySources: [.inline(sampleKeySet)])

private let rules: Rules = {
    var rules = Rules(resources: [[UInt8]("arn:aws:execute-api:*:*:*/*".utf8)])
    rules.contextClaims = [[UInt8]("sub".utf8), [UInt8]("scope".utf8)]
    return rules
}()

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzEvent(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    var authorization = Authorization(event: input(start, count), issuers: [issuer], rules: rules)
    for _ in 0..<2 {
        switch authorization.next(keys: keys, nowSeconds: 1_767_225_700) {
        case .fetchKeys: continue
        case .decided(let decision):
            let body = rules.answer(to: decision).body
            require(body.count <= 8 * 1024, "an answer is no longer than 8 KB")
            require((try? JSONDocument(parsing: body)) != nil, "an answer is JSON")
            return 0
        }
    }
    require(false, "at most one fetch is asked for")
    return 0
}
