// RouteSuite.swift - vectors of rules: a token's claims, a call, the decision, and the whole policy.
//
// Spec:    Vectors/README.md; README "Rules".
// Secret:  no.
// Reads:   VectorFile; Authorizer, JSON, Bytes, Events, Routes, Settings. Read by: SuiteRunner.

import Authorizer
import Bytes
import Events
import JSON
import Routes
import Settings

/// A case: the document, the claims (absent without a token), and the part of the ARN after the stage.
func runRouteDecision(_ vector: VectorCase) throws(ConformanceError) -> CaseOutcome {
    let document = try vector.field("document")
    let rules: RulesDocument
    do throws(SettingsError) { rules = try RulesDocument(parsing: document.value) } catch {
        throw .value(line: document.line)
    }
    guard let table = rules.routes else { throw .value(line: document.line) }
    var facts: TokenFacts?
    if let claims = vector.optional("claims") {
        let parsed = try json(claims)
        let now = vector.optional("now") == nil ? 0 : try vector.number("now")
        facts = table.facts(
            of: parsed.root, issuer: 0, places: rules.firstPlaces, nowSeconds: Int64(now), clockSkewSeconds: 0
        )
    }
    let call = try vector.field("call")
    guard let arn = RequestARN([UInt8](prefix) + call.value) else { throw .value(line: call.line) }
    let verdict = table.verdict(arn, facts)
    let rule = verdict.finding?.place
    let expectedRule = vector.optional("rule") == nil ? nil : try vector.number("rule")
    var policy = PolicyText()
    let answer = verdict.policy(for: .restRequest, byteLimit: AuthorizerLimits.answerByteCount)
    if let statements = answer?.statements {
        do throws(JSONError) { policy = PolicyText(try JSONDocument(parsing: statements).root) } catch {
            return .failed
        }
    }
    let (allow, deny) = (vector.optional("allow")?.value ?? [], vector.optional("deny")?.value ?? [])
    guard rule == expectedRule, bytesEqual(policy.allow.span, allow.span),
        bytesEqual(policy.deny.span, deny.span)
    else { return .failed }
    // There is no policy, since the allowed call cannot be expressed in an ARN.
    let refusal = answer == nil ? RouteFault.notExpressible : verdict.refusal
    return try outcome(vector, refusal: refusal.map { Refusal.route($0).reasonCode })
}

private let prefix: StaticString = "arn:aws:execute-api:eu-central-1:123456789012:a1b2c3d4e5/prod/"

private func json(_ field: VectorCase.Field) throws(ConformanceError) -> JSONDocument {
    do throws(JSONError) { return try JSONDocument(parsing: field.value) } catch {
        throw .value(line: field.line)
    }
}

/// A policy in the form of the vectors: the ends of the ARNs in byte order, separated by spaces. For one API and stage the
/// end is the part after the stage, and for all APIs the part after the account.
private struct PolicyText {
    private(set) var allow: [UInt8] = []
    private(set) var deny: [UInt8] = []

    init() {}

    init(_ statements: JSONValue) {
        var (allowed, denied): ([[UInt8]], [[UInt8]]) = ([], [])
        for statement in statements.elements ?? [] {
            let isAllow = statement.member("Effect")?.isString("Allow") == true
            guard let resource = statement.member("Resource") else { continue }
            for one in resource.elements ?? [resource] {
                let end = Self.end(of: one.stringBytes ?? [])
                if isAllow { Self.insert(end, &allowed) } else { Self.insert(end, &denied) }
            }
        }
        allow = Self.joined(allowed)
        deny = Self.joined(denied)
    }

    private static func insert(_ end: [UInt8], _ ends: inout [[UInt8]]) {
        var place = ends.count
        while place > 0, precedes(end, ends[place - 1]) { place -= 1 }
        ends.insert(end, at: place)
    }

    private static func joined(_ ends: [[UInt8]]) -> [UInt8] {
        var text: [UInt8] = []
        for end in ends {
            if !text.isEmpty { text.append(0x20) }
            text.append(end.span)
        }
        return text
    }

    private static func end(of arn: [UInt8]) -> [UInt8] {
        for start in [prefix, denied, everywhere] where bytesStart(arn.span, with: start) {
            return [UInt8](arn.span.extracting(start.utf8ByteCount..<arn.count))
        }
        return arn
    }

    private static func precedes(_ a: [UInt8], _ b: [UInt8]) -> Bool {
        for index in 0..<min(a.count, b.count) where a[index] != b[index] { return a[index] < b[index] }
        return a.count < b.count
    }
}

private let denied: StaticString = "arn:aws:execute-api:*:*:a1b2c3d4e5/prod/"
private let everywhere: StaticString = "arn:aws:execute-api:*:*:"
