// Claims.swift - fuzz target: any payload that is truly signed gets an answer, JSON and short enough.
//
// The tests' issuer signs the input, so that the code after the signature check is reached.

import Authorizer
import JOSE
import JSON
import Keys
import TestSupport

private let nowSeconds: Int64 = 1_767_225_700

private let keys: KeyRing = {
    var keys = KeyRing([IssuerKeys(sources: [.file([0x2F])])], policy: KeyCachePolicy())
    _ = keys[0].receive(try! KeySet(parsing: TestIssuer.first.keySet), nowSeconds: nowSeconds)
    return keys
}()

/// Three sets of rules: nothing asked for, everything, and what a profile asks for.
private let allRules: [(issuer: TrustedIssuer, rules: Rules)] = {
    let resource = [UInt8]("arn:aws:execute-api:*:*:*/*".utf8)
    let names = ["sub", "scope", "aud", "n", "flag", "cognito:groups"].map { [UInt8]($0.utf8) }
    let anyone = ClaimRules(issuers: [], audiences: [], clockSkewSeconds: 0)
    var open = Rules(resources: [resource])
    open.contextClaims = names.map { ContextClaim($0) }
    var claims = ClaimRules(
        issuers: [[UInt8]("https://idp.example.com/".utf8)],
        audiences: [[UInt8]("https://api.example.com".utf8)], clockSkewSeconds: 300)
    claims.refusesIDTokens = true
    claims.maximumAgeSeconds = 3600
    claims.maximumLifetimeSeconds = 3600
    var profiled = claims
    profiled.issuers.append([UInt8]("https://sts.windows.net/{tenantid}/".utf8))
    profiled.minimumRemainingSeconds = 60
    profiled.kind = TokenKind(
        typeClaim: ["token_use", "id", "access"].map { [UInt8]($0.utf8) }, anyOf: [names[0], names[3]],
        required: [names[1]], audienceClaim: names[4], bindsTenant: true)
    var strict = Rules(resources: [resource])
    strict.requiredScopes = [[UInt8]("orders:read".utf8)]
    strict.principalClaim = names[4]
    return [
        (TrustedIssuer(claims: anyone), open),
        (TrustedIssuer(claims: claims), strict),
        (TrustedIssuer(claims: profiled), open),
    ]
}()

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzClaims(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let payload = input(start, min(count, 4096))
    let text = String(decoding: payload, as: UTF8.self)
    let token = TestIssuer.first.token(text)
    let event =
        #"{"type":"TOKEN","authorizationToken":"Bearer \#(token)","methodArn":"arn:aws:execute-api:eu-central-1:123456789012:a1b2c3d4e5/prod/GET/orders/42"}"#
    for (issuer, rules) in allRules {
        var authorization = Authorization(event: [UInt8](event.utf8), issuers: [issuer], rules: rules)
        guard case .decided(let decision) = authorization.next(keys: keys, nowSeconds: nowSeconds) else {
            require(false, "the keys are at hand")
            return 0
        }
        if case .refuse(.token(.signatureMismatch)) = decision.outcome {
            require(false, "the signature holds")
        }
        let (answered, answer) = rules.answered(decision)
        require("\(answered.reasonCode)" == "\(decision.reasonCode)", "an answer does what was decided")
        let body = answer.body
        require(body.count <= 8 * 1024, "an answer is no longer than 8 KB")
        require((try? JSONDocument(parsing: body)) != nil, "an answer is JSON")
    }
    return 0
}
