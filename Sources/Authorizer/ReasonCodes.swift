// ReasonCodes.swift - the stable reason code of each refusal.
//
// Spec:    STYLE 2.4; AUDIT 29, 50.
// Secret:  no.
// Reads:   Refusal; Events, JOSE, Routes. Read by: the answers; the commands.

import Events
import JOSE
import Routes

extension Refusal {
    /// A stable code for logs and, in a Deny, for the caller.
    public var reasonCode: StaticString {
        switch self {
        case .event(let error): error.reasonCode
        case .iotPolicyMissing: "iot_policy_missing"
        case .senderProofUnavailable: "sender_not_told"
        case .token(let error): error.reasonCode
        case .issuerUnreadable: "issuer_unreadable"
        case .issuerUnknown: "issuer_unknown"
        case .keysUnavailable: "keys_unavailable"
        case .denied(let list): list.reasonCode
        case .sender(let fault): fault.reasonCode
        case .scopeMissing: "scope_missing"
        case .resourceNotCovered: "resource_not_covered"
        case .expiresTooSoon: "token_expires_too_soon"
        case .principalNotUsable: "principal_not_usable"
        case .answerTooLong: "answer_too_long"
        case .answerInconsistent: "answer_inconsistent"
        case .route(let fault): fault.reasonCode
        }
    }
}
