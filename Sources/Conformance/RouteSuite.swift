// RouteSuite.swift - rules, a token's claims and a call: the decision, and the whole policy.
//
// Spec:    Vectors/README.md; README "Rules".
// Secret:  no.
// Reads:   VectorFile; Authorizer, JSON. Read by: SuiteRunner.

import Authorizer
import Bytes
import JSON

/// The document, the claims (none: there is no token) and the ARN's end behind the stage.
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
        facts = table.facts(of: parsed.root, issuer: 0, places: rules.firstPlaces)
    }
    let call = try vector.field("call")
    guard let arn = RequestARN([UInt8](prefix) + call.value) else { throw .value(line: call.line) }
    let verdict = table.verdict(arn, facts)
    let rule = verdict.finding?.place
    let expectedRule = vector.optional("rule") == nil ? nil : try vector.number("rule")
    var policy = PolicyText()
    if let statements = verdict.statements {
        do throws(JSONError) { policy = PolicyText(try JSONDocument(parsing: statements).root) } catch {
            return .failed
        }
    }
    let (allow, deny) = (vector.optional("allow")?.value ?? [], vector.optional("deny")?.value ?? [])
    guard rule == expectedRule, bytesEqual(policy.allow.span, allow.span),
        bytesEqual(policy.deny.span, deny.span)
    else { return .failed }
    return try outcome(vector, refusal: verdict.refusal.map { Refusal.route($0).reasonCode })
}

private let prefix: StaticString = "arn:aws:execute-api:eu-central-1:123456789012:a1b2c3d4e5/prod/"

private func json(_ field: VectorCase.Field) throws(ConformanceError) -> JSONDocument {
    do throws(JSONError) { return try JSONDocument(parsing: field.value) } catch {
        throw .value(line: field.line)
    }
}

/// A policy as the vectors write it: the ends of ARNs in their order as bytes with a space between, those of one API and stage behind
/// the stage; those of all APIs behind the account.
private struct PolicyText {
    private(set) var allow: [UInt8] = []
    private(set) var deny: [UInt8] = []

    init() {}

    init(_ statements: JSONValue) {
        for statement in statements.elements ?? [] {
            var ends: [[UInt8]] = []
            for resource in statement.member("Resource")?.elements ?? [] {
                let end = Self.end(of: resource.stringBytes ?? [])
                var place = ends.count
                while place > 0, Self.precedes(end, ends[place - 1]) { place -= 1 }
                ends.insert(end, at: place)
            }
            var text: [UInt8] = []
            for end in ends {
                if !text.isEmpty { text.append(0x20) }
                text.append(end.span)
            }
            if statement.member("Effect")?.isString("Allow") == true { allow = text } else { deny = text }
        }
    }

    private static func end(of arn: [UInt8]) -> [UInt8] {
        for start in [prefix, everywhere] where bytesStart(arn.span, with: start) {
            return [UInt8](arn.span.extracting(start.utf8ByteCount..<arn.count))
        }
        return arn
    }

    private static func precedes(_ a: [UInt8], _ b: [UInt8]) -> Bool {
        for index in 0..<min(a.count, b.count) where a[index] != b[index] { return a[index] < b[index] }
        return a.count < b.count
    }
}

private let everywhere: StaticString = "arn:aws:execute-api:*:*:"
