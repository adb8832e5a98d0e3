// Event.swift - fuzz target: any event, of whatever caller, gets an answer that is JSON and short enough.
//
// The first byte chooses among settings: where the token is, and what the answers look like.

import Authorizer
import Events
import JOSE
import JSON
import Keys

private let keys: KeyRing = {
    var keys = KeyRing([IssuerKeys(sources: [.file([0x2F])])], policy: KeyCachePolicy())
    _ = keys[0].receive(try! KeySet(parsing: sampleKeySet), nowSeconds: 1_767_225_600)
    return keys
}()

private let issuer = TrustedIssuer(
    claims: ClaimRules(issuers: [], audiences: [], clockSkewSeconds: 60))

private func rules(_ choice: UInt8) -> Rules {
    var rules = Rules(resources: [[UInt8]("arn:aws:execute-api:*:*:*/*".utf8)])
    rules.appSyncResources = [[UInt8]("arn:aws:appsync:r:123456789012:apis/a".utf8)]
    rules.contextClaims = [[UInt8]("sub".utf8), [UInt8]("scope".utf8)].map { ContextClaim($0) }
    rules.answers.isSimpleHTTPAPI = choice & 1 != 0
    rules.answers.isErrorHTTPAPI = choice & 2 != 0
    rules.answers.appSyncTTLSeconds = 300
    rules.answers.usageKeyClaim = [UInt8]("sub".utf8)
    if choice & 4 != 0 { rules.answers.iotPolicies = [UInt8]("{}".utf8) }
    if choice & 8 != 0 {
        rules.tokenSources = []
        for entry in [
            "header:Authorization", "header:X:", "query:t", "cookie:s", "protocol:bearer",
            "protocol:base64url.b", "mqtt:password",
        ] {
            let bytes = [UInt8](entry.utf8)
            if let source = TokenSource(bytes.span) { rules.tokenSources.append(source) }
        }
    }
    return rules
}

/// Whether a member has the value true, at any depth.
private func holds(_ body: [UInt8], _ name: StaticString) -> Bool {
    (try? JSONDocument(parsing: body))?.root.member(name)?.bool == true
}

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzEvent(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = input(start, count)
    guard let choice = bytes.first else { return 0 }
    let event = Array(bytes.dropFirst())
    let rules = rules(choice)
    if let event = try? Event(parsing: event) {
        if let arn = event.arn {
            let parts = [UInt8](arn.stagePrefix) + [UInt8](arn.verb) + [UInt8](arn.path)
            require(parts == arn.text, "an ARN is made of its parts")
        }
        _ = try? event.clientCertificatePEM()
    }
    var authorization = Authorization(event: event, issuers: [issuer], rules: rules)
    for _ in 0..<2 {
        switch authorization.next(keys: keys, nowSeconds: 1_767_225_700) {
        case .fetchKeys: continue
        case .decided(let decision):
            let (answered, answer) = rules.answered(decision)
            require(
                "\(answered.reasonCode)" == "\(decision.reasonCode)", "an answer does what was decided")
            let body = answer.body
            require(body.count <= 8 * 1024, "an answer is no longer than 8 KB")
            require((try? JSONDocument(parsing: body)) != nil, "an answer is JSON")
            if case .refuse = decision.outcome {
                require(
                    !holds(body, "isAuthorized") && !holds(body, "isAuthenticated"),
                    "a refusal lets nobody in")
            }
            return 0
        }
    }
    require(false, "at most one fetch is asked for")
    return 0
}
