// Answer.swift - what goes back to whoever asked.
//
// Spec:    API Gateway, AppSync and IoT Core Developer Guides; README "What the caller gets".
// Secret:  no.
// Reads:   Rules, Authorization, Refusal, the answers of each form; JSON. Read by: LambdaRuntime, the commands.

import Bytes
import JOSE
import JSON

/// The answer to an event, as the runtime posts it.
public enum Answer: Sendable, Equatable {
    /// The body of a response: a policy, or what stands for one.
    case response([UInt8])
    /// An invocation error: its type, and its body (`errorMessage`, `errorType`).
    case error(type: StaticString, body: [UInt8])

    public var body: [UInt8] {
        switch self {
        case .response(let body): body
        case .error(_, let body): body
        }
    }

    public static func == (a: Answer, b: Answer) -> Bool {
        switch (a, b) {
        case (.response, .response), (.error, .error): bytesEqual(a.body.span, b.body.span)
        default: false
        }
    }
}

extension Rules {
    /// The answer that a decision gets.
    public func answer(to decision: Decision) -> Answer {
        switch decision.outcome {
        case .allow(let grant): .response(grant.answer)
        case .refuse(let refusal):
            switch refusal.kind {
            case .deny: .response(refusal: refusal, to: decision, forms: answers)
            case .unauthorized:
                // The gateway makes a 401 of exactly this message.
                gets401ByError(decision.caller)
                    ? errorAnswer("Unauthorized", [UInt8]("Unauthorized"))
                    : .response(refusal: refusal, to: decision, forms: answers)
            case .keysUnavailable:
                errorAnswer(
                    "KeysUnavailable", [UInt8]("No usable key set: see the log for what failed."))
            case .eventError: errorAnswer("EventError", refusal.eventMessage)
            }
        }
    }

    /// Whether a bad token is told by the error `Unauthorized`: REST and WebSocket APIs make a 401 of
    /// it. Of HTTP APIs that is not documented; a wrong guess would be a 500 for each expired token.
    public func gets401ByError(_ caller: Caller?) -> Bool {
        switch caller {
        case .httpAPI1, .httpAPI2: answers.isErrorHTTPAPI
        case .appSync, .iotCore: false
        case .restToken, .restRequest, .webSocket, nil: true
        }
    }

    /// The answer that lets a request through. It is written when it is decided: its length is one
    /// of the checks, and for some callers the time that is left is part of it.
    ///
    /// - Throws: `answerTooLong`, `resourceNotCovered`, `expiresTooSoon`, `iotPolicyMissing`, `eventMember`.
    func answer(allowing grant: Grant, _ event: Event, nowSeconds: Int64) throws(Refusal) -> [UInt8] {
        let answer: [UInt8]
        switch event.caller {
        case .iotCore: return try iotAnswer(allowing: grant, nowSeconds: nowSeconds)
        case .appSync: answer = try appSyncAnswer(allowing: grant, event, nowSeconds: nowSeconds)
        case .httpAPI2 where answers.isSimpleHTTPAPI: answer = try simpleAnswer(allowing: grant, event)
        case .restToken, .restRequest, .webSocket, .httpAPI1, .httpAPI2:
            answer = try policyAnswer(allowing: grant, event.caller)
        }
        guard answer.count <= AuthorizerLimits.answerByteCount else {
            throw .answerTooLong(limit: AuthorizerLimits.answerByteCount, actual: answer.count)
        }
        return answer
    }
}

extension Answer {
    /// The response that refuses, in the caller's form.
    fileprivate static func response(
        refusal: Refusal, to decision: Decision, forms: AnswerForms
    ) -> Answer {
        switch decision.caller {
        case .appSync: .response(appSyncRefusal)
        case .iotCore: .response(iotRefusal)
        case .httpAPI2 where forms.isSimpleHTTPAPI: .response(simpleAnswer(refusing: refusal))
        default: .response(policyAnswer(denying: decision, refusal))
        }
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

extension JSONWriter {
    /// A member that is an object of claims.
    mutating func context(_ name: StaticString, _ entries: [ContextEntry]) {
        guard !entries.isEmpty else { return }
        key(name)
        beginObject()
        for entry in entries {
            key(entry.key.span)
            switch entry.value {
            case .string(let text): string(text.span)
            case .number(let text): raw(text.span)
            case .bool(let value): bool(value)
            }
        }
        endObject()
    }

    /// The member that says why.
    mutating func reasonContext(_ refusal: Refusal) {
        key("context")
        beginObject()
        key("reason")
        string(refusal.reasonCode)
        endObject()
    }
}
