// PolicyText.swift - writes the bytes of answers: policies around their statements, refusals, errors.
//
// Spec:    API Gateway Developer Guide, "Output from an API Gateway Lambda authorizer"; Lambda runtime API (`ErrorRequest`).
// Secret:  no.
// Reads:   Rules, Answer, Decision, ReasonCodes, ContextEntry; JSON, Bytes, Events, Routes (CallStatements). Read by: Answer,
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
    func policyTail(_ grant: Grant, _ refusal: Refusal?, _ caller: Caller) -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        if !grant.context.isEmpty {
            writer.context("context", grant.context, reason: refusal?.reasonCode)
        } else if let refusal {
            writer.reasonContext(refusal)
        }
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

/// A policy that denies everything or, if an answer applies to one call only, this call.
func denyingPolicyAnswer(_ refusal: Refusal, to decision: Decision, namesCall: Bool) -> [UInt8] {
    var resource: [UInt8] = [0x2A]
    if namesCall, let arn = decision.arn, arn.canBeNamed { resource = arn.text }
    var writer = JSONWriter()
    writer.beginObject()
    writer.reasonContext(refusal)
    writer.endObject()
    return policyHead(decision.principal) + statementText("Deny", [resource]) + [0x7D, 0x2C]
        + [UInt8](writer.bytes.dropFirst())
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
    /// Writes the context member with the reason code.
    mutating func reasonContext(_ refusal: Refusal) {
        key("context")
        beginObject()
        key("reason")
        string(refusal.reasonCode)
        endObject()
    }
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
