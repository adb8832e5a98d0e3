// OperatorRequest.swift - requests of the operator, who invokes the function directly.
//
// Spec:    none; README "Asking the deployed function".
// Secret:  no.
// Reads:   Limits; JSON, Events (limits), Bytes. Read by: LambdaLoop.
//
// Only principals that may call lambda:InvokeFunction can send such a request. The events of API Gateway, AppSync and
// IoT Core are objects of several members, and clients cannot choose the members. So an event whose only member is
// `authorizer` does not come from these services.

import Bytes
import Events
import JSON

/// A request that is not an authorization.
public enum OperatorRequest: Sendable, Equatable {
    /// `{"authorizer":"reload-keys"}`: fetch every issuer's keys now.
    case reloadKeys
    /// `{"authorizer":"doctor"}`: fetch from every address of keys, and report the result of each step.
    case doctor

    /// - Returns: nil for everything else, which is to be decided as an event.
    public init?(event: [UInt8]) {
        // Authorization events are longer, so this check is cheap for them.
        guard event.count <= LambdaLimits.directByteCount else { return nil }
        let document: JSONDocument
        do throws(JSONError) {
            document = try JSONDocument(parsing: event, limits: EventLimits.event)
        } catch { return nil }
        // The object must have exactly one member.
        let root = document.root
        guard root.kind == .object, root.count == 1, let request = root.member("authorizer") else {
            return nil
        }
        switch true {
        case request.isString("reload-keys"): self = .reloadKeys
        case request.isString("doctor"): self = .doctor
        default: return nil
        }
    }
}
