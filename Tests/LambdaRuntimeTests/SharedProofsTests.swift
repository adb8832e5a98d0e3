import Settings
import TestSupport
import Testing

@testable import Authorizer
@testable import LambdaRuntime

/// Only one of many loops accepts a proof (AUDIT 40).
@Suite struct SharedProofsTests {
    /// The decision for a valid token, with a proof added.
    private func decision(jti: String?) throws -> Decision {
        let environment = [
            ("RESOURCE", "*"), ("JWKS", String(decoding: TestIssuer.first.keySet, as: UTF8.self)),
        ]
        let settings = try Settings(environment: variables(environment))
        var decider = try Decider(settings, log: Log(level: .fatal))
        let token = TestIssuer.first.token(#"{"sub":"alice","exp":9000000000}"#)
        let decision = decider.decide(
            event: Array(
                #"{"type":"TOKEN","authorizationToken":"Bearer \#(token)","methodArn":"arn:aws:execute-api:eu-central-1:123456789012:a1b2c3d4e5/prod/GET/x"}"#
                    .utf8))
        let proof = jti.map {
            ProofUse(thumbprint: [UInt8](repeating: 7, count: 32), jti: Array($0.utf8), lastSecond: 1000)
        }
        return Decision(decision.outcome, atSeconds: decision.atSeconds, event: decision.event, proof: proof)
    }

    /// Eight loops have the same proof at the same time: one accepts it.
    @Test func aProofIsAcceptedOnce() throws {
        let proofs = SharedProofs(log: Log(level: .fatal, isShared: true), isShared: true)
        for jti in ["first", "second"] {
            let decision = try decision(jti: jti)
            let reasons = try concurrently(8) {
                proofs.spend(decision).reasonCode.description
            }
            #expect(reasons.filter { $0 == "allowed" }.count == 1)
            #expect(reasons.filter { $0 == "dpop_replayed" }.count == 7)
        }
    }

    @Test func decisionsWithoutAProofDoNotChange() throws {
        let proofs = SharedProofs(log: Log(level: .fatal), isShared: false)
        let decision = try decision(jti: nil)
        for _ in 0..<3 {
            #expect(proofs.spend(decision).reasonCode.description == "allowed")
        }
    }
}
