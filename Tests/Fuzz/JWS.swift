// JWS.swift - fuzz target: no token but the sample's is ever accepted, and nothing traps.

import JOSE

private let keySet = try! KeySet(parsing: sampleKeySet)

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzJWS(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = input(start, count)
    // Both forms: a load balancer's token may have padded parts.
    for form in [TokenForm.compact, .loadBalancer] {
        do {
            let token = try UnverifiedToken(bytes, form: form)
            let verified = try token.verifySignature(keySet: keySet, algorithms: Algorithm.allCases)
            // RSA's signature is one for a message: only the sample token itself gets here.
            let isAlice = verified.claims.root.member("sub")?.isString("alice") == true
            require(isAlice, "only the sample is accepted")
            let rules = ClaimRules(issuers: [], audiences: [], clockSkewSeconds: 0)
            _ = try rules.check(verified, nowSeconds: 1_767_225_700)
        } catch { _ = error.reasonCode }
    }
    return 0
}
