// ClaimExpectation.swift - what a test demands of a claim, in words, for explanations.
//
// Spec:    RULES.md, tests of claims.
// Secret:  no: the text is from the document and contains no value of a claim.
// Reads:   RouteTable, RouteDecision (RouteFinding), Requirement, ClaimTest; Bytes. Read by: Reports.

import Bytes

/// A claim that a rule tests, and the demand.
package struct ClaimExpectation {
    package let path: ClaimPath
    /// `must be like repo:acme/*`
    package let demand: [UInt8]

    init(_ test: ClaimTest) {
        path = test.path
        var text = [UInt8]("must ")
        test.appendDemand(to: &text)
        demand = text
    }
}

extension RouteTable {
    /// The tests of claims of which a rule's unmet part consists. Empty for other parts.
    package func expectations(of finding: RouteFinding) -> [ClaimExpectation] {
        var asked: Requirement?
        for rule in rules where rule.place == finding.place && rule.requirement != nil {
            asked = requirement(of: rule)
        }
        guard let asked else { return [] }
        switch finding.unmet {
        case .claim(let place):
            return place < asked.claims.count ? [ClaimExpectation(asked.claims[place])] : []
        case .anyOfClaims: return asked.anyOfClaims.map { ClaimExpectation($0) }
        default: return []
        }
    }
}

extension ClaimTest {
    fileprivate func appendDemand(to text: inout [UInt8]) {
        switch condition {
        case .oneOf: append("equal ", scalars, to: &text)
        case .contains: append("contain ", scalars, to: &text)
        case .present: text.append("be present")
        case .absent: text.append("be absent")
        case .atLeast: append("be at least ", number, to: &text)
        case .atMost: append("be at most ", number, to: &text)
        case .greaterThan: append("be greater than ", number, to: &text)
        case .lessThan: append("be less than ", number, to: &text)
        case .startsWith: append("start with ", pattern.text, to: &text)
        case .endsWith: append("end with ", pattern.text, to: &text)
        case .like: append("be like ", pattern.text, to: &text)
        case .matchesVariable:
            text.append("match the path: ")
            text += pattern.text
            text.append("{")
            text.append(decimal: Int(number))
            text.append("}")
            text += after
        case .anyElement:
            // The inner tests have no inner tests: the depth is one.
            text.append("have an element in which ")
            for (index, test) in elementTests.enumerated() {
                if index > 0 { text.append(", ") }
                test.path.append(to: &text)
                text.append(" must ")
                test.appendDemand(to: &text)
            }
        }
    }

    private func append(_ words: StaticString, _ number: Int64, to text: inout [UInt8]) {
        text.append(words)
        text.append(decimal: number)
    }

    private func append(_ words: StaticString, _ expected: [UInt8], to text: inout [UInt8]) {
        text.append(words)
        text += expected
    }

    private func append(_ words: StaticString, _ scalars: [Scalar], to text: inout [UInt8]) {
        text.append(words)
        for (index, scalar) in scalars.enumerated() {
            if index > 0 { text.append(" or ") }
            switch scalar {
            case .string(let expected): text += expected
            case .integer(let number): text.append(decimal: number)
            case .bool(let bool): text.append(bool ? "true" : "false")
            }
        }
    }
}
