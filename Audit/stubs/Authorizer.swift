// Authorizer.swift - the exits of the core in this module, empty: Scripts/check-core compiles the core with them (Audit/core.txt).

import Bytes
import Events
import JOSE
import JSON
import Keys
import Routes

public typealias TokenMemory = VerifiedTokenMemo<PolicyNote>

extension Refusal {
    public enum DenyList: Equatable, Sendable {}
    public enum SenderFault: Equatable, Sendable {}
}

public struct AnswerForms: Sendable {
    public var policyByteCount = 0
}

public struct SenderPolicy: Sendable {
    public enum Mode: Sendable { case off }
    public var dpop = Mode.off
    public var resultCache: Mode?
    var requiresProof: Bool { false }
}

extension SenderPolicy.Mode {
    public var isChecked: Bool { false }
}

public struct EmergencyDeny: Sendable {
    func check(kid: [UInt8]?) throws(Refusal) {}
    func check(_ token: VerifiedToken) throws(Refusal) {}
}

public struct ContextClaim: Sendable {}

public struct ContextEntry: Sendable {}

public struct StaleKeys: Sendable {
    public let ageSeconds: Int64
    public let isSnapshot: Bool
}

struct ProofUse: Sendable {}

struct DecisionDetails: Sendable {
    var kid: [UInt8]?
    var staleKeys: StaleKeys?
    var finding: RouteFinding?
    var omittedRules: [Int] = []
    var proof: ProofUse?
}

extension Request {
    static func chooseIssuer(_ compact: [UInt8], _ issuers: [TrustedIssuer]) throws(Refusal) -> (UnverifiedToken, Int) { fatalError() }
}

extension Event {
    func checkProofAvailable(of policy: SenderPolicy) throws(Refusal) {}
}

extension TokenVerification {
    mutating func useStaleKeys(
        _ keySet: KeySet, _ old: StaleKeys, _ cache: KeyCache, _ algorithms: [Algorithm], _ memory: inout TokenMemory,
        _ nowSeconds: Int64
    ) -> Step { fatalError() }
}

extension Ruling {
    func checkSender(of request: Request, _ token: VerifiedToken, _ nowSeconds: Int64) throws(Refusal) -> ProofUse? { nil }
    func routeVerdict(on event: Event, _ verified: Decision.Verified, nowSeconds: Int64) -> RouteVerdict? { nil }
    func decision(withoutToken event: Event, nowSeconds: Int64) -> Decision? { nil }
}

extension Grant {
    func until(_ verdict: RouteVerdict?) -> Grant { self }
}

extension Rules {
    func scopesAreMet(by claims: JSONValue, at places: [ClaimPath]) -> Bool { true }
    func context(of claims: JSONValue, for caller: Caller) -> (entries: [ContextEntry], omitted: Int) { ([], 0) }
    func usageKey(of claims: JSONValue) -> [UInt8]? { nil }
    func hasOtherForm(_ caller: Caller?) -> Bool { false }
    func otherResponse(_ refusal: Refusal, _ caller: Caller?) -> Answer { fatalError() }
    func writeOther(_ grant: Grant, _ event: Event, _ verdict: RouteVerdict?, nowSeconds: Int64) throws(Refusal) -> WrittenAnswer { fatalError() }
    func isOtherAnswer(_ body: [UInt8], _ caller: Caller?, _ isAllowed: Bool) -> Bool { false }
    public func gets401ByError(_ caller: Caller?) -> Bool { true }
    func policyOfRoutes(
        _ grant: Grant, _ event: Event, _ verdict: RouteVerdict?, isProved: Bool, _ note: inout PolicyNote?
    ) throws(Refusal) -> WrittenAnswer { fatalError() }
    func statementOfResource(_ arn: RequestARN, isRefused: Bool) -> [UInt8]? { nil }
    func policyTail(_ grant: Grant, _ refusal: Refusal?, _ caller: Caller) -> [UInt8] { [] }
}

func policyHead(_ principal: [UInt8]) -> [UInt8] { [] }

func denyingPolicyAnswer(_ refusal: Refusal, to decision: Decision, namesCall: Bool) -> [UInt8] { [] }

public func errorAnswer(_ type: StaticString, _ message: [UInt8]) -> Answer { .error(type: type, body: message) }

extension Refusal {
    var eventMessage: [UInt8] { [] }
}
