// PolicyText.swift - writes the bytes of answers: policies around their statements, refusals, errors.
//
// Spec:    API Gateway Developer Guide, "Output from an API Gateway Lambda authorizer"; Lambda runtime API (`ErrorRequest`).
// Secret:  no.
// Reads:   Rules, Answer, Decision, Challenge, ContextEntry; JSON, Bytes, Events, Routes (CallStatements). Read by: Answer,
//          PolicyAnswer, RouteAnswer, OtherAnswers.
//
// AnswerCheck parses these bytes again before the answer is returned.

import Bytes
import Events
import JSON
import Routes

extension Rules {
    /// A statement that allows RESOURCE. For a refused call it also denies the call if RESOURCE could be read as allowing it.
    func statementOfResource(_ arn: RequestARN, isRefused: Bool) -> [UInt8]? {
        let allowing = statementText("Allow", resources)
        guard isRefused, mayAllow(allowing, arn) else { return allowing }
        return statementsDenying(arn, beside: allowing)
    }

    /// The bytes after the statements: the end of the policy, the context, the usage plan's key.
    ///
    /// - Parameter finding: nil: of a refusal the context has the reason alone.
    func policyTail(
        _ grant: Grant, _ refusal: Refusal?, _ caller: Caller, _ finding: RouteFinding? = nil
    ) -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.context(
            "context", grant.context, refusal: refusal.map { refusalContext($0, finding) } ?? [])
        // Usage plans exist for REST and WebSocket APIs.
        if !caller.isHTTPAPI, let key = grant.usageKey {
            writer.key("usageIdentifierKey")
            writer.string(key.span)
        }
        writer.endObject()
        // These members follow `policyDocument`, so the opening brace is replaced by a comma.
        var tail: [UInt8] = [0x7D]
        if writer.bytes.count > 2 { tail.append(0x2C) }
        tail.append(writer.bytes.span.extracting(1..<writer.bytes.count))
        return tail
    }

    /// A policy that denies everything or, if an answer applies to one call only, this call.
    func denyingPolicyAnswer(_ refusal: Refusal, to decision: Decision, namesCall: Bool) -> [UInt8] {
        var resource: [UInt8] = [0x2A]
        if namesCall, let arn = decision.arn, arn.canBeNamed { resource = arn.text }
        let policy = policyHead(decision.principal) + statementText("Deny", [resource]) + [0x7D, 0x2C]
        let entries = refusalContext(refusal, decision.finding)
        let answer = policy + contextTail(entries)
        guard let caller = decision.caller, answer.count > policyByteLimit(for: caller) else { return answer }
        return policy + contextTail([entries[0]])
    }
}

/// The context of a refusal, and the end of the answer.
func contextTail(_ entries: [ContextEntry]) -> [UInt8] {
    var writer = JSONWriter()
    writer.beginObject()
    writer.context("context", entries)
    writer.endObject()
    return [UInt8](writer.bytes.dropFirst())
}

/// An answer up to the value of its policy's `Statement`.
func policyHead(_ principal: [UInt8]) -> [UInt8] {
    var writer = JSONWriter()
    writer.beginObject()
    writer.key("principalId")
    writer.string(principal.span)
    writer.key("policyDocument")
    writer.beginObject()
    writer.key("Version")
    writer.string("2012-10-17")
    writer.key("Statement")
    return writer.bytes
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

extension Answer: Equatable {
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
