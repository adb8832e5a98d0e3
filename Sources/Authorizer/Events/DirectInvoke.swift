// DirectInvoke.swift - what the function's operator asks it, by invoking it directly.
//
// Spec:    none; README "Asking the deployed function".
// Secret:  no.
// Reads:   Limits; JSON. Read by: LambdaRuntime.
//
// Whoever may call lambda:InvokeFunction may ask; nobody else can. What API Gateway, AppSync and IoT
// Core send are objects of several members of their own making, and no caller of theirs chooses the
// members: an event of the one member `authorizer` is none of them.

import Bytes
import JSON

/// A question that is no authorization.
public enum DirectInvoke: Sendable, Equatable {
    /// `{"authorizer":"reload-keys"}`: fetch every issuer's keys now.
    case reloadKeys
    /// `{"authorizer":"doctor"}`: ask every address of keys, and tell how each step went.
    case doctor

    /// - Returns: nil for everything else: it is to be decided as an event.
    public init?(event: [UInt8]) {
        // Cheap for the events that matter: they are longer.
        guard event.count <= AuthorizerLimits.directByteCount else { return nil }
        let document: JSONDocument
        do throws(JSONError) {
            document = try JSONDocument(parsing: event, limits: AuthorizerLimits.event)
        } catch { return nil }
        // An object of one member: `count` says how many there are.
        let root = document.root
        guard root.kind == .object, root.count == 1, let question = root.member("authorizer") else {
            return nil
        }
        switch true {
        case question.isString("reload-keys"): self = .reloadKeys
        case question.isString("doctor"): self = .doctor
        default: return nil
        }
    }
}
