import TestSupport
import Testing

@testable import Authorizer
@testable import LambdaRuntime

@Suite struct SharedProofsTests {
    /// What a good token without a proof gets, with a proof put in.
    private func decision(jti: String?) throws -> Decision {
        let environment = [
            ("RESOURCE", "*"), ("JWKS", String(decoding: TestIssuer.first.keySet, as: UTF8.self)),
        ]
        let settings = try Settings(environment: environment.map { (Array($0.0.utf8), Array($0.1.utf8)) })
        var decider = try Decider(settings, log: Log(level: .fatal))
        let token = TestIssuer.first.token(#"{"sub":"alice","exp":9000000000}"#)
        var decision = decider.decide(
            event: Array(
                #"{"type":"TOKEN","authorizationToken":"Bearer \#(token)","methodArn":"arn:aws:execute-api:eu-central-1:123456789012:a1b2c3d4e5/prod/GET/x"}"#
                    .utf8))
        decision.proof = jti.map {
            ProofUse(thumbprint: [UInt8](repeating: 7, count: 32), jti: Array($0.utf8), lastSecond: 1000)
        }
        return decision
    }

    /// Eight loops have the same proof at a time: one lets it through.
    @Test func aProofLetsThroughOnce() throws {
        let proofs = SharedProofs(log: Log(level: .fatal, isShared: true), isShared: true)
        for jti in ["first", "second"] {
            let decision = try decision(jti: jti)
            let reasons = try concurrently(8) {
                proofs.spend(decision, nowSeconds: 100).reasonCode.description
            }
            #expect(reasons.filter { $0 == "allowed" }.count == 1)
            #expect(reasons.filter { $0 == "dpop_replayed" }.count == 7)
        }
    }

    @Test func withoutAProofNothingIsSpent() throws {
        let proofs = SharedProofs(log: Log(level: .fatal), isShared: false)
        let decision = try decision(jti: nil)
        for _ in 0..<3 {
            #expect(proofs.spend(decision, nowSeconds: 100).reasonCode.description == "allowed")
        }
    }
}
