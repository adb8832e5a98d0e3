// OtherAnswers.swift - answers in another format than API Gateway's policy: for AppSync, IoT Core, and HTTP APIs (Boolean).
//
// Spec:    AppSync and IoT Core Developer Guides; API Gateway Developer Guide, "Lambda function response for format 2.0".
// Secret:  no.
// Reads:   Rules, AppSyncAnswer, IoTAnswer, PolicyAnswer, PolicyText, Challenge, AnswerForms, Decision, ContextEntry, Refusal; JSON, Bytes, Events, Routes
//          (PolicyReader). Read by: Answer, AnswerCheck.

import Bytes
import Events
import JSON
import Routes

extension Rules {
    /// Whether the caller gets an answer in another format than API Gateway's policy.
    func hasOtherForm(_ caller: Caller?) -> Bool {
        switch caller {
        case .appSync, .iotCore: true
        case .httpAPI2: answers.isSimpleHTTPAPI
        case .restToken, .restRequest, .webSocket, .httpAPI1, nil: false
        }
    }

    /// Whether an invalid token is answered with the error `Unauthorized`. REST and WebSocket APIs respond to it with 401.
    /// For HTTP APIs this is not documented. If it does not work there, each expired token causes a 500.
    public func gets401ByError(_ caller: Caller?) -> Bool {
        switch caller {
        case .httpAPI1, .httpAPI2: answers.isErrorHTTPAPI
        case .appSync, .iotCore: false
        case .restToken, .restRequest, .webSocket, nil: true
        }
    }

    /// The response for a refusal.
    ///
    /// - Requires: `hasOtherForm(decision.caller)`.
    func otherResponse(_ refusal: Refusal, _ decision: Decision) -> Answer {
        switch decision.caller {
        case .appSync: .response(appSyncRefusal)
        case .iotCore: .response(iotRefusal)
        default:
            .response(
                [UInt8]("{\"isAuthorized\":false,")
                    + contextTail(refusalContext(refusal, decision.finding)))
        }
    }

    /// The answer to a request with a valid token.
    ///
    /// - Requires: `hasOtherForm(event.caller)`.
    /// - Throws: the errors of `write`.
    func writeOther(
        _ grant: Grant, _ event: Event, _ verdict: RouteVerdict?, nowSeconds: Int64
    ) throws(Refusal) -> WrittenAnswer {
        switch event.caller {
        case .iotCore:
            if let refusal = verdict?.refusal { throw .route(refusal) }
            return WrittenAnswer(refusal: nil, body: try iotAnswer(allowing: grant, nowSeconds: nowSeconds))
        case .appSync:
            if let refusal = verdict?.refusal { throw .route(refusal) }
            let body = try appSyncAnswer(
                allowing: grant, event, deniedFields: verdict?.deniedFields, nowSeconds: nowSeconds)
            guard body.count <= AuthorizerLimits.answerByteCount else {
                throw .answerTooLong(limit: AuthorizerLimits.answerByteCount, actual: body.count)
            }
            return WrittenAnswer(refusal: nil, body: body)
        default:
            return WrittenAnswer(refusal: nil, body: try simpleAnswer(grant, event, verdict))
        }
    }

    /// A Boolean that allows the request. The gateway may apply a cached Boolean to other requests of the token, because it
    /// does not name the route.
    ///
    /// - Throws: `route`, `resourceNotCovered`.
    func simpleAnswer(_ grant: Grant, _ event: Event, _ verdict: RouteVerdict?) throws(Refusal) -> [UInt8] {
        if let refusal = verdict?.refusal { throw .route(refusal) }
        guard verdict != nil || event.arn.map({ covers($0) }) == true else { throw .resourceNotCovered }
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("isAuthorized")
        writer.bool(true)
        writer.context("context", grant.context)
        writer.endObject()
        return writer.bytes
    }

    /// Whether an answer has the effect that was decided.
    ///
    /// - Requires: `hasOtherForm(caller)`.
    func isOtherAnswer(_ body: [UInt8], _ caller: Caller?, _ isAllowed: Bool) -> Bool {
        guard caller == .iotCore else { return isBooleanAnswer(body, isAllowed) }
        let refusal = iotRefusal
        return isAllowed
            ? bytesStart(body.span, with: "{\"isAuthenticated\":true,")
            : bytesEqual(body.span, refusal.span)
    }
}

/// `{"isAuthorized":true…` or `{"isAuthorized":false…`.
private func isBooleanAnswer(_ body: [UInt8], _ isAllowed: Bool) -> Bool {
    var reader = PolicyReader(body.span)
    guard reader.pass("{\"isAuthorized\":"), reader.pass(isAllowed ? "true" : "false") else { return false }
    return reader.pass(",") || (reader.pass("}") && reader.isAtEnd)
}
