// GrantCheck.swift - the members of an answer beside its effect: principal, context, usage plan's key, Resources.
//
// Spec:    API Gateway Developer Guide, "Output from an API Gateway Lambda authorizer"; AppSync and IoT Core Developer Guides.
// Secret:  no.
// Reads:   Rules, Decision, ContextEntry, IoTAnswer; JSON, Bytes, Events. Read by: AnswerCheck, OtherAnswers.
//
// AnswerCheck determines the effect of an answer on the call. The values below identify the caller to the backend, so a
// fault in the code that writes them could give one caller the identity of another one. They are parsed from the bytes of the
// answer by the strict parser, which refuses a member that occurs twice.

import Bytes
import Events
import JSON

extension Rules {
    /// Whether an answer with a policy names the principal of the decision, and for an allowed call exactly its context and
    /// its key of a usage plan. If RESOURCE decides: whether the policy allows only Resources of RESOURCE, or the call.
    ///
    /// - Parameter policy: the range of the policy's member. With routes the policy may be long, and the calls that it
    ///   allows cannot be compared with a list: only the other members are parsed.
    func hasGrantedMembers(_ body: [UInt8], of decision: Decision, beside policy: Range<Int>) -> Bool {
        var text = body
        if routes != nil { text = [UInt8](body[..<policy.lowerBound]) + body[policy.upperBound...] }
        let principal = decision.principal
        guard let root = parsed(text), root.member("principalId")?.isString(principal.span) == true else {
            return false
        }
        if routes == nil, !allowsOnlyResources(root.member("policyDocument"), decision) { return false }
        guard case .allow(let grant) = decision.outcome else { return true }
        var memberCount = routes == nil ? 2 : 1
        if !grant.context.isEmpty { memberCount += 1 }
        if let key = grant.usageKey, decision.caller?.isHTTPAPI == false {
            guard root.member("usageIdentifierKey")?.isString(key.span) == true else { return false }
            memberCount += 1
        }
        return root.count == memberCount && hasContext(root.member("context"), of: grant)
    }

    /// Whether the answer to an allowed call of AppSync, or a Boolean for an HTTP API, has exactly the context of the grant.
    func hasGrantedContext(_ body: [UInt8], _ name: StaticString, of decision: Decision) -> Bool {
        guard case .allow(let grant) = decision.outcome else { return true }
        guard let root = parsed(body) else { return false }
        return hasContext(root.member(name), of: grant)
    }

    /// Whether an answer to IoT Core allows the connection, for the principal of the grant.
    func isIoTAllow(_ body: [UInt8], of decision: Decision) -> Bool {
        guard case .allow(let grant) = decision.outcome else { return false }
        // The principal has letters and digits only.
        let start = [UInt8]("{\"isAuthenticated\":true,\"principalId\":\"") + iotPrincipal(grant.principal)
        return body.count > start.count && bytesEqual(body.span.extracting(0..<start.count), start.span)
            && body[start.count] == 0x22
    }

    private func parsed(_ text: [UInt8]) -> JSONValue? {
        do throws(JSONError) { return try JSONDocument(parsing: text).root } catch { return nil }
    }

    /// Whether each Resource of each Allow is an entry of RESOURCE, or the called ARN.
    private func allowsOnlyResources(_ policy: JSONValue?, _ decision: Decision) -> Bool {
        guard let statements = policy?.member("Statement")?.elements else { return false }
        for statement in statements where statement.member("Effect")?.isString("Deny") != true {
            guard let resource = statement.member("Resource") else { return false }
            for value in resource.elements ?? [resource] {
                guard let text = value.stringBytes else { return false }
                if resources.contains(text.span) { continue }
                guard let arn = decision.arn, bytesEqual(text.span, arn.text.span) else { return false }
            }
        }
        return true
    }

    /// Whether a context has the entries of the grant and no other member; nil is the context without entries.
    private func hasContext(_ context: JSONValue?, of grant: Grant) -> Bool {
        guard (context?.count ?? 0) == grant.context.count else { return false }
        for entry in grant.context {
            guard let value = context?.member(entry.key.span) else { return false }
            switch entry.value {
            case .string(let text):
                guard value.isString(text.span) else { return false }
            case .number(let text):
                guard value.kind == .number, bytesEqual(value.rawText, text.span) else { return false }
            case .bool(let isTrue):
                guard value.bool == isTrue else { return false }
            }
        }
        return true
    }
}
