// DecisionDetails.swift - the details of a decision for logs and reports.
//
// Spec:    AUDIT 29.
// Secret:  no: the issuer of a verified token, the caller's ID of the request.
// Reads:   Decision, ProofMemo (ProofUse), ReasonCodes; Bytes, Events, Keys, JSON, Routes, JOSE. Read by: Decision,
//          Ruling, Authorization, ProofMemo; LambdaRuntime, Reports, the commands.

import Bytes
import Events
import JOSE
import JSON
import Keys
import Routes

/// Describes keys that were used although they may not be the issuer's current keys.
public struct StaleKeys: Sendable, Equatable {
    /// The seconds since they were fetched; for a snapshot, since this environment started.
    public let ageSeconds: Int64
    /// Whether they are the snapshot from the zip.
    public let isSnapshot: Bool
}

/// The details of a decision for logs and reports, and the proof of possession.
struct DecisionDetails: Sendable {
    /// The token's key ID, when its header could be read.
    var kid: [UInt8]?
    /// Set if the keys were stale.
    var staleKeys: StaleKeys?
    /// The rule that decided, and what the token lacks for it.
    var finding: RouteFinding?
    /// Rules whose routes the token may call but the policy omits, by their indices in the document; -1 is the default.
    var omittedRules: [Int] = []
    /// The proof of possession, which is accepted for one request.
    var proof: ProofUse?
}

extension Decision {
    convenience init(
        _ outcome: Outcome, body: [UInt8]? = nil, atSeconds: Int64, event: Event?, kid: [UInt8]? = nil,
        staleKeys: StaleKeys? = nil, principal: [UInt8] = [UInt8]("unknown"), finding: RouteFinding? = nil,
        omittedRules: [Int] = [], verified: Verified? = nil, proof: ProofUse? = nil
    ) {
        self.init(
            outcome, body: body, atSeconds: atSeconds, event: event, principal: principal, verified: verified,
            details: DecisionDetails(
                kid: kid, staleKeys: staleKeys, finding: finding, omittedRules: omittedRules, proof: proof))
    }

    public var kid: [UInt8]? { details.kid }

    public var staleKeys: StaleKeys? { details.staleKeys }

    public var finding: RouteFinding? { details.finding }

    public var omittedRules: [Int] { details.omittedRules }

    var proof: ProofUse? { details.proof }

    /// The issuer, if the signature was verified.
    public var issuer: [UInt8]? { verified?.token.claims.root.member("iss")?.stringBytes }

    /// The issuer's index in the settings, if this is the first token that was verified with the key.
    public var issuerOfNewKey: IssuerIndex? { verified?.isOfNewKey == true ? verified?.issuer : nil }

    /// The caller's ID of the request, for logs.
    public var callerRequestID: [UInt8]? { event?.requestID }

    /// `allowed`, or the reason code of the refusal.
    public var reasonCode: StaticString {
        switch outcome {
        case .allow: "allowed"
        case .refuse(let refusal): refusal.reasonCode
        }
    }
}
