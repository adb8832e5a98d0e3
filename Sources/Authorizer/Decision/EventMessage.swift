// EventMessage.swift - what is wrong with an event, told to whoever set the function up.
//
// Spec:    none; README "What the caller gets".
// Secret:  no: names of members alone, and at most `AuthorizerLimits.namedByteCount` bytes of `type` or `version`.
// Reads:   Refusal. Read by: Answer.

import Bytes

extension Refusal {
    /// What the event was, and what it should be.
    var eventMessage: [UInt8] {
        switch self {
        case .eventKind(.noType(let members)):
            [UInt8](
                "The event has no \"type\" and is none of AppSync or IoT Core: nothing here knows it. Its members: "
            )
                + (members.isEmpty ? [UInt8]("none") : members) + [0x2E]
        case .eventKind(.otherType(let type)):
            [UInt8]("The event's \"type\" is \"") + type
                + [UInt8]("\", neither TOKEN nor REQUEST: it is not one of an API Gateway authorizer.")
        case .eventKind(.otherVersion(let version)):
            [UInt8]("The event's payload format \"version\" is \"") + version
                + [UInt8]("\", neither 1.0 nor 2.0.")
        case .eventMember(let member):
            [UInt8]("The event's \"") + [UInt8](member.name) + [UInt8]("\" is absent or not ")
                + [UInt8](member.form) + [0x2E]
        default: [UInt8](eventWords)
        }
    }

    private var eventWords: StaticString {
        switch self {
        case .eventTooLong: "The event is longer than 256 KiB."
        case .eventJSON: "The event is not JSON."
        case .eventNotObject: "The event is not a JSON object."
        case .iotPolicyMissing:
            "IoT Core asks, and IOT_POLICY is not set: without a policy there is nothing to allow."
        case .senderNotTold:
            "DPOP or MTLS is require, and this caller hands over neither the DPoP header nor the client's certificate: an API Gateway authorizer of type REQUEST does."
        default: "The event could not be decided."
        }
    }
}
