// PolicyAnswer.swift - API Gateway's two forms: a policy, and a word.
//
// Spec:    API Gateway Developer Guide, "Output from an API Gateway Lambda authorizer";
//          IAM policy version 2012-10-17; "Lambda function response for format 2.0".
// Secret:  no.
// Reads:   Rules, WildcardMatch, Refusal; JSON. Read by: Answer.

import Bytes
import JSON

extension Rules {
    /// A policy that allows what the routes let the token call, or else RESOURCE.
    ///
    /// - Throws: `resourceNotCovered` if RESOURCE names no API of API Gateway.
    func policyAnswer(allowing grant: Grant, _ caller: Caller) throws(Refusal) -> [UInt8] {
        guard grant.statements != nil || !resources.isEmpty else { throw .resourceNotCovered }
        var writer = JSONWriter()
        writer.beginObject()
        writePolicy(
            &writer, principal: grant.principal,
            statements: grant.statements ?? statement("Allow", resources: resources))
        writer.context("context", grant.context)
        // Usage plans are an affair of REST and WebSocket APIs.
        if !caller.isHTTPAPI, let key = grant.usageKey {
            writer.key("usageIdentifierKey")
            writer.string(key.span)
        }
        writer.endObject()
        return writer.bytes
    }

    /// A word that lets the request through, and with it, from the gateway's cache, others of the
    /// token: no policy says where to. RESOURCE is compared here.
    ///
    /// - Throws: `resourceNotCovered`.
    func simpleAnswer(allowing grant: Grant, _ event: Event) throws(Refusal) -> [UInt8] {
        guard routes != nil || event.arn.map({ covers($0.text.span) }) == true else {
            throw .resourceNotCovered
        }
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("isAuthorized")
        writer.bool(true)
        writer.context("context", grant.context)
        writer.endObject()
        return writer.bytes
    }

    /// A statement that allows this call and no other: for a proof that is good for no other.
    ///
    /// - Throws: `resourceNotCovered`; `route(.notExpressible)` for a path that a policy would read as a pattern.
    func statementOfCall(_ event: Event) throws(Refusal) -> [UInt8] {
        guard let arn = event.arn, routes != nil || covers(arn.text.span) else { throw .resourceNotCovered }
        guard arn.text.count <= AuthorizerLimits.resourceByteCount else { throw .route(.notExpressible) }
        // Security-checklist 28: wildcards, policy variables, control characters.
        let path = arn.path
        for index in path.indices {
            switch path[index] {
            case 0x2A, 0x3F, 0x24, 0x00...0x1F, 0x7F: throw .route(.notExpressible)
            default: continue
            }
        }
        return statement("Allow", resources: [arn.text])
    }

    private func covers(_ arn: Span<UInt8>) -> Bool {
        for resource in resources where wildcardsMatch(resource.span, arn) { return true }
        return false
    }
}

/// What the token may call instead, by the routes: the call is not in it, which is a 403, and the gateway may keep
/// the answer for the token's other requests. Without routes a Deny of everything: what the token lacks it lacks
/// everywhere.
func policyAnswer(denying decision: Decision, _ refusal: Refusal) -> [UInt8] {
    var writer = JSONWriter()
    writer.beginObject()
    writePolicy(
        &writer, principal: decision.principal,
        statements: decision.statements ?? statement("Deny", resources: [[UInt8]("*")]))
    writer.reasonContext(refusal)
    writer.endObject()
    return writer.bytes
}

func simpleAnswer(refusing refusal: Refusal) -> [UInt8] {
    var writer = JSONWriter()
    writer.beginObject()
    writer.key("isAuthorized")
    writer.bool(false)
    writer.reasonContext(refusal)
    writer.endObject()
    return writer.bytes
}

private func writePolicy(_ writer: inout JSONWriter, principal: [UInt8], statements: [UInt8]) {
    writer.key("principalId")
    writer.string(principal.span)
    writer.key("policyDocument")
    writer.beginObject()
    writer.key("Version")
    writer.string("2012-10-17")
    writer.key("Statement")
    writer.raw(statements.span)
    writer.endObject()
}

private func statement(_ effect: StaticString, resources: [[UInt8]]) -> [UInt8] {
    var writer = JSONWriter()
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
    return writer.bytes
}
