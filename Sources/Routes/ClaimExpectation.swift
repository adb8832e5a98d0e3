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

    init(_ name: StaticString, demand: [UInt8]) {
        path = ClaimPath(name)
        self.demand = demand
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
        case .acr:
            var text = [UInt8]("must be ")
            for (index, value) in asked.acrValues.enumerated() {
                if index > 0 { text.append(" or ") }
                text += value
            }
            return [ClaimExpectation("acr", demand: text)]
        case .authAge:
            var text = [UInt8]("must be at most ")
            text.append(decimal: asked.maximumAuthAgeSeconds ?? 0)
            text.append(" seconds ago")
            return [ClaimExpectation("auth_time", demand: text)]
        default: return []
        }
    }
}

extension ClaimTest {
    fileprivate func appendDemand(to text: inout [UInt8]) {
        text.append(verb)
        switch condition {
        case .present, .absent: break
        case .atLeast, .atMost, .greaterThan, .lessThan: text.append(decimal: number)
        case .oneOf, .contains: appendScalars(to: &text)
        case .startsWith, .endsWith, .like: text += pattern.text
        case .matchesVariable:
            text += pattern.text
            text.append("{")
            text.append(decimal: number)
            text.append("}")
            text += after
        case .anyElement:
            // The inner tests have no inner tests: the depth is one.
            for (index, test) in elementTests.enumerated() {
                if index > 0 { text.append(", ") }
                test.path.append(to: &text)
                text.append(" must ")
                test.appendDemand(to: &text)
            }
        }
    }

    private var verb: StaticString {
        switch condition {
        case .oneOf: "equal "
        case .contains: "contain "
        case .present: "be present"
        case .absent: "be absent"
        case .atLeast: "be at least "
        case .atMost: "be at most "
        case .greaterThan: "be greater than "
        case .lessThan: "be less than "
        case .startsWith: "start with "
        case .endsWith: "end with "
        case .like: "be like "
        case .matchesVariable: "match the path: "
        case .anyElement: "have an element in which "
        }
    }

    private func appendScalars(to text: inout [UInt8]) {
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
