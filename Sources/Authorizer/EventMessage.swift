// EventMessage.swift - the error message for an invalid event, for the person who configured the function.
//
// Spec:    none; README "What the caller gets".
// Secret:  no: names of members, and the text of the event that EventError contains.
// Reads:   Refusal; Events (EventError), Bytes. Read by: Answer.

import Bytes
import Events

extension Refusal {
    /// The received and the expected form of the event.
    var eventMessage: [UInt8] {
        switch self {
        case .event(let error): error.message
        case .iotPolicyMissing:
            [UInt8](
                "The event is from IoT Core, and IOT_POLICY is not set: without a policy nothing can be allowed."
            )
        case .senderProofUnavailable:
            [UInt8](
                "DPOP or MTLS is require, and this caller passes neither the DPoP header nor the client's certificate: an API Gateway authorizer of type REQUEST does."
            )
        default: [UInt8]("The event could not be decided.")
        }
    }
}
