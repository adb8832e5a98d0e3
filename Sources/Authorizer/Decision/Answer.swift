// Answer.swift - what goes back to API Gateway.
//
// Spec:    API Gateway Developer Guide, "Output from an API Gateway Lambda authorizer";
//          IAM policy version 2012-10-17.
// Secret:  no.
// Reads:   Rules, Authorization, Refusal; JSON. Read by: LambdaRuntime, the commands.

import Bytes
import JOSE
import JSON

/// The answer to an event, as the runtime posts it.
public enum Answer: Sendable, Equatable {
    /// A policy: the body of a response.
    case policy([UInt8])
    /// An invocation error: its type, and its body (`errorMessage`, `errorType`).
    case error(type: StaticString, body: [UInt8])

    public var body: [UInt8] {
        switch self {
        case .policy(let body): body
        case .error(_, let body): body
        }
    }

    public static func == (a: Answer, b: Answer) -> Bool {
        switch (a, b) {
        case (.policy, .policy), (.error, .error): bytesEqual(a.body.span, b.body.span)
        default: false
        }
    }
}

extension Rules {
    /// The answer that a decision gets.
    public func answer(to decision: Decision) -> Answer {
        switch decision.outcome {
        case .allow(let grant): .policy(grant.answer)
        case .refuse(let refusal):
            switch refusal.kind {
            case .deny: .policy(policyAnswer(denying: decision, refusal))
            // The gateway makes a 401 of exactly this message.
            case .unauthorized: errorAnswer("Unauthorized", [UInt8]("Unauthorized"))
            case .keysUnavailable:
                errorAnswer(
                    "KeysUnavailable", [UInt8]("No usable key set: see the log for what failed."))
            case .eventError: errorAnswer("EventError", refusal.eventMessage)
            }
        }
    }

    /// - Throws: `answerTooLong`.
    func policyAnswer(allowing grant: Grant) throws(Refusal) -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writePolicy(&writer, principal: grant.principal, effect: "Allow", resources: resources)
        if !grant.context.isEmpty {
            writer.key("context")
            writer.beginObject()
            for entry in grant.context {
                writer.key(entry.key.span)
                switch entry.value {
                case .string(let text): writer.string(text.span)
                case .number(let text): writer.raw(text.span)
                case .bool(let value): writer.bool(value)
                }
            }
            writer.endObject()
        }
        writer.endObject()
        guard writer.bytes.count <= AuthorizerLimits.answerByteCount else {
            throw .answerTooLong(limit: AuthorizerLimits.answerByteCount, actual: writer.bytes.count)
        }
        return writer.bytes
    }

    /// A Deny of everything: the gateway caches it for the token, and what this token lacks it lacks everywhere.
    private func policyAnswer(denying decision: Decision, _ refusal: Refusal) -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writePolicy(&writer, principal: decision.principal, effect: "Deny", resources: [[UInt8]("*")])
        writer.key("context")
        writer.beginObject()
        writer.key("reason")
        writer.string(refusal.reasonCode)
        writer.endObject()
        writer.endObject()
        return writer.bytes
    }

    private func writePolicy(
        _ writer: inout JSONWriter, principal: [UInt8], effect: StaticString, resources: [[UInt8]]
    ) {
        writer.key("principalId")
        writer.string(principal.span)
        writer.key("policyDocument")
        writer.beginObject()
        writer.key("Version")
        writer.string("2012-10-17")
        writer.key("Statement")
        writer.beginArray()
        writer.beginObject()
        writer.key("Action")
        writer.string("execute-api:Invoke")
        writer.key("Effect")
        writer.string(effect)
        writer.key("Resource")
        if resources.count > 1 { writer.beginArray() }
        for resource in resources { writer.string(resource.span) }
        if resources.count > 1 { writer.endArray() }
        writer.endObject()
        writer.endArray()
        writer.endObject()
    }
}

/// The body of an error post (Lambda runtime API, `ErrorRequest`).
public func errorAnswer(_ type: StaticString, _ message: [UInt8]) -> Answer {
    var writer = JSONWriter()
    writer.beginObject()
    writer.key("errorMessage")
    writer.string(message.span)
    writer.key("errorType")
    writer.string(type)
    writer.endObject()
    return .error(type: type, body: writer.bytes)
}

extension Refusal {
    /// For whoever set the function up: what the event was, and what it should be.
    var eventMessage: [UInt8] {
        switch self {
        case .eventKind(.noType(let members)):
            [UInt8](
                "The event has no \"type\": it is not one of an API Gateway authorizer (TOKEN or REQUEST). Its members: "
            )
                + (members.isEmpty ? [UInt8]("none") : members) + [0x2E]
        case .eventKind(.otherType(let type)):
            [UInt8]("The event's \"type\" is \"") + type
                + [UInt8]("\", neither TOKEN nor REQUEST: it is not one of an API Gateway authorizer.")
        default: [UInt8](eventWords)
        }
    }

    private var eventWords: StaticString {
        switch self {
        case .eventTooLong: "The event is longer than 256 KiB."
        case .eventJSON: "The event is not JSON."
        case .eventNotObject: "The event is not a JSON object."
        case .eventKind(.httpAPIVersion2):
            "The event has payload format 2.0 of an HTTP API: set the authorizer's payload format version to 1.0."
        case .eventMember(.type): "The event's \"type\" is not a string."
        case .eventMember(.methodArn): "The event has no string \"methodArn\"."
        case .eventMember(.authorizationToken): "The TOKEN event has no string \"authorizationToken\"."
        case .eventMember(.headers): "The event's \"headers\" are not an object of strings."
        case .eventMember(.multiValueHeaders):
            "The event's \"multiValueHeaders\" are not an object of arrays of strings."
        default: "The event could not be decided."
        }
    }
}
