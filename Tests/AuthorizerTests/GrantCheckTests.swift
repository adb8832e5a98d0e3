import Bytes
import DecisionSupport
import Events
import JSON
import SHA256
import TestSupport
import Testing

@testable import Authorizer

private let other = "arn:aws:execute-api:eu-central-1:123456789012:a1b2c3d4e5/prod/GET/other"
private let usageKey = "kkkkkkkkkkkkkkkkkkkk"
/// The context of the grant below, as it is written.
private let context = #""a":"}\"\\\n","n":-1.5e3,"t":true"#

private func entries() throws -> [ContextEntry] {
    let claims = try Rule.claims(#"{"a":"}\"\\\n","n":-1.5e3,"t":true}"#)
    return try ["a", "n", "t"].map { name in
        let name = bytes(name)
        let value = claims.member(name.span)
        let entry = value.flatMap { ContextEntry(claim: name, value: $0) }
        return try #require(entry)
    }
}

private func ownARN(_ caller: Caller) -> String {
    Rule.prefix + "/" + (caller == .webSocket ? "$connect" : "GET/a")
}

/// A whole answer with a policy that allows this Resource.
private func policy(_ principal: String, _ resource: String, _ further: String = "") -> String {
    let statement = #"{"Action":"execute-api:Invoke","Effect":"Allow","Resource":["\#(resource)"]}"#
    return
        #"{"principalId":"\#(principal)","policyDocument":{"Version":"2012-10-17","Statement":[\#(statement)]}\#(further)}"#
}

private func rules(_ resources: [String], isSimple: Bool = false) -> Rules {
    var rules = Rules(resources: resources.map(bytes))
    rules.answers.isSimpleHTTPAPI = isSimple
    return rules
}

/// Whether an answer is right for an allowed call of this grant.
private func isRight(
    _ answer: String, _ caller: Caller, _ rules: Rules, principal: String = "alice",
    context: [ContextEntry] = [],
    usageKey: String? = nil, refusal: Refusal? = nil
) throws -> Bool {
    let grant = Grant(
        principal: bytes(principal), context: context, omittedClaims: 0, expirySeconds: .max,
        refusedFromSeconds: .max, usageKey: usageKey.map(bytes))
    let path = caller == .webSocket ? "$connect" : "GET/a"
    let decision = Decision(
        refusal.map { .refuse($0) } ?? .allow(grant), body: bytes(answer), atSeconds: Asked.now,
        event: try Event(parsing: Asked.event(caller, path, nil)), principal: bytes(principal))
    return rules.isAnswer(.response(bytes(answer)), rightFor: decision)
}

/// An answer with another principal, context, key of a usage plan or Resource than its decision is replaced (AUDIT 33, 34).
@Suite struct GrantCheckTests {
    @Test(arguments: Asked.policyCallers) func thePrincipalIsTheDecisions(caller: Caller) throws {
        for (principal, written) in [
            ("alice", "alice"), (#"a"li\ce"#, #"a\"li\\ce"#), ("älice", "älice"), ("alice", #"al\u0069ce"#),
        ] {
            let answer = policy(written, ownARN(caller))
            #expect(try isRight(answer, caller, rules(["*"]), principal: principal))
            for wrong in [principal + "x", String(principal.dropLast()), "", "unknown", written + "\\u0000"]
            where wrong != written {
                #expect(try !isRight(answer, caller, rules(["*"]), principal: wrong), "\(wrong)")
            }
        }
        // The answer to a refused call, which the gateway caches for other calls of this token.
        let cached = policy("alice", other)
        for refusal in [Refusal.route(.unmet), .resourceNotCovered] {
            #expect(try isRight(cached, caller, rules([other]), refusal: refusal))
            #expect(try !isRight(cached, caller, rules([other]), principal: "bob", refusal: refusal))
        }
    }

    @Test(arguments: Asked.policyCallers) func theContextIsTheGrants(caller: Caller) throws {
        let (arn, rules, entries) = (ownARN(caller), rules(["*"]), try entries())
        let right = policy("alice", arn, ",\"context\":{\(context)}")
        #expect(try isRight(right, caller, rules, context: entries))
        // The order of members, and escapes that stand for the same characters, do not matter.
        #expect(
            try isRight(
                policy("alice", arn, #","context":{"t":true,"n":-1.5e3,"a":"}\u0022\\\n"}"#), caller, rules,
                context: entries))
        for wrong in [
            // A member is missing, added, named otherwise, written twice, or has another value or type.
            #""a":"}\"\\\n","n":-1.5e3"#, context + #","admin":"true""#,
            #""b":"}\"\\\n","n":-1.5e3,"t":true"#,
            context + #","t":true"#, #""a":"}","admin":"\\\n","n":-1.5e3,"t":true"#,
            #""a":"}\"\\","n":-1.5e3,"t":true"#,
            #""a":"}\"\\\n","n":-1.5e2,"t":true"#, #""a":"}\"\\\n","n":"-1.5e3","t":true"#,
            #""a":"}\"\\\n","n":-1.5e3,"t":false"#, #""a":"}\"\\\n","n":-1.5e3,"t":"true""#,
            #""a":true,"n":-1.5e3,"t":true"#, "",
        ] {
            let answer = policy("alice", arn, ",\"context\":{\(wrong)}")
            #expect(try !isRight(answer, caller, rules, context: entries), "\(wrong)")
        }
        #expect(try !isRight(policy("alice", arn), caller, rules, context: entries))
        // A grant without a context.
        #expect(try isRight(policy("alice", arn), caller, rules))
        #expect(try !isRight(right, caller, rules))
    }

    @Test(arguments: Asked.policyCallers) func theKeyOfAUsagePlanIsTheGrants(caller: Caller) throws {
        let (arn, rules) = (ownARN(caller), rules(["*"]))
        let written = policy("alice", arn, ",\"usageIdentifierKey\":\"\(usageKey)\"")
        // HTTP APIs have no usage plans.
        #expect(try isRight(written, caller, rules, usageKey: usageKey) == !caller.isHTTPAPI)
        #expect(try isRight(policy("alice", arn), caller, rules, usageKey: usageKey) == caller.isHTTPAPI)
        #expect(try !isRight(written, caller, rules, usageKey: usageKey + "k"))
        #expect(try !isRight(written, caller, rules))
        let both = policy("alice", arn, ",\"context\":{\(context)},\"usageIdentifierKey\":\"\(usageKey)\"")
        #expect(
            try isRight(both, caller, rules, context: entries(), usageKey: usageKey) == !caller.isHTTPAPI)
    }

    /// If RESOURCE decides, the policy allows entries of RESOURCE, or the call itself.
    @Test(arguments: Asked.policyCallers) func nothingIsAllowedThatResourceDoesNotAllow(caller: Caller) throws
    {
        let arn = ownARN(caller)
        let wide = Rule.prefix + "/*"
        for (resources, resource, isAllowed) in [
            (["*"], "*", true), ([wide, other], wide, true), ([wide], arn, true), ([wide], "*", false),
            ([other], wide, false), ([arn + "x"], arn, true), ([], "*", false), (["*"], wide, false),
        ] {
            let found = try isRight(policy("alice", resource), caller, rules(resources))
            #expect(found == isAllowed, "\(resources) \(resource)")
        }
        let refusal = Refusal.resourceNotCovered
        #expect(try isRight(policy("alice", other), caller, rules([other]), refusal: refusal))
        #expect(try !isRight(policy("alice", other), caller, rules([wide]), refusal: refusal))
        // One Resource without a list, and a Deny of anything.
        let single = policy("alice", wide).replacing("[\"\(wide)\"]", with: "\"\(wide)\"")
        #expect(try isRight(single, caller, rules([wide])) && !isRight(single, caller, rules(["*"])))
        let denied = policy("alice", other).replacing("Allow", with: "Deny")
        #expect(try isRight(denied, caller, rules([wide]), refusal: refusal))
    }

    @Test func theContextOfABooleanIsTheGrants() throws {
        let entries = try entries()
        for (caller, name, end) in [
            (Caller.httpAPI2, "context", ""), (.appSync, "resolverContext", #","ttlOverride":0"#),
        ] {
            func answer(_ members: String) -> String {
                #"{"isAuthorized":true,"\#(name)":{\#(members)}\#(end)}"#
            }
            let rules = rules(["*"], isSimple: true)
            #expect(try isRight(answer(context), caller, rules, context: entries))
            for wrong in ["", context + #","admin":"true""#, context.replacing("true", with: "false")] {
                #expect(try !isRight(answer(wrong), caller, rules, context: entries), "\(wrong)")
            }
            let plain = #"{"isAuthorized":true\#(end)}"#
            #expect(try isRight(plain, caller, rules) && !isRight(plain, caller, rules, context: entries))
            #expect(try !isRight(answer(context), caller, rules))
        }
    }

    /// IoT Core accepts letters and digits: another principal is named by its hash.
    @Test func theConnectionsPrincipalIsTheGrants() throws {
        func answer(_ principal: String) -> String {
            #"{"isAuthenticated":true,"principalId":"\#(principal)","policyDocuments":[]}"#
        }
        let hash = text(Hex.encode(SHA256.hash(bytes("alice").span).span))
        for (principal, written, isWritten) in [
            ("alice", "alice", true), ("alice", "alice2", false), ("alice2", "alice", false),
            ("alice", hash, false), ("a-b", "a-b", false), ("alice", "", false),
        ] {
            let found = try isRight(answer(written), .iotCore, rules(["*"]), principal: principal)
            #expect(found == isWritten, "\(principal) \(written)")
        }
        let named = text(Hex.encode(SHA256.hash(bytes("a-b").span).span))
        #expect(try isRight(answer(named), .iotCore, rules(["*"]), principal: "a-b"))
        #expect(try !isRight(answer(named), .iotCore, rules(["*"]), principal: "a-c"))
    }
}
