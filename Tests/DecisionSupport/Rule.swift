import Authorizer
import Bytes
import Events
import JSON
import Routes
import Settings
import Testing

/// Shared by the suites of the rules: documents, patterns and calls from text.
package enum Rule {
    package static let prefix = "arn:aws:execute-api:eu-central-1:123456789012:a1b2c3d4e5/prod"

    package static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

    package static func texts(_ list: [[UInt8]]) -> [String] { list.map(text) }

    /// The rules of a document; `further` are other members than `routes`, each with a comma before it.
    package static func table(_ routes: String, _ further: String = "") throws -> RouteTable {
        let document = try RulesDocument(parsing: Array(#"{"routes":[\#(routes)]\#(further)}"#.utf8))
        return try #require(document.routes)
    }

    /// `GET /a` and so on, for any token each.
    package static func open(_ routes: String...) -> String {
        routes.map { #"{"route":"\#($0)","allow":"any_token"}"# }.joined(separator: ",")
    }

    package static func allow(_ route: String, scope: String) -> String {
        #"{"route":"\#(route)","allow":{"scopes":["\#(scope)"]}}"#
    }

    /// Why a document is refused: its place, and the problem. Nil: it is not.
    package static func fault(_ document: String) -> DocumentFault? {
        do throws(SettingsError) {
            _ = try RulesDocument(parsing: Array(document.utf8))
            return nil
        } catch {
            guard case .document(let fault) = error.problem else { return nil }
            return fault
        }
    }

    package static func fault(inRoute route: String) -> DocumentFault? { fault(#"{"routes":[\#(route)]}"#) }

    package static func arn(_ call: String, prefix: String = prefix) throws -> RequestARN {
        try #require(RequestARN(Array("\(prefix)/\(call)".utf8)))
    }

    package static func claims(_ text: String) throws -> JSONValue {
        try JSONDocument(parsing: Array(text.utf8)).root
    }

    package static func facts(
        _ table: RouteTable, _ claims: String?, places: ClaimPlaces = .standard, now: Int64 = 0,
        skew: Int64 = 0
    ) throws -> TokenFacts? {
        try claims.map {
            table.facts(
                of: try self.claims($0), issuer: 0, places: places, nowSeconds: now, clockSkewSeconds: skew)
        }
    }

    /// The ruling about a call with these claims (nil: no token).
    package static func verdict(_ table: RouteTable, _ call: String, _ claims: String? = "{}") throws
        -> RouteVerdict
    {
        table.verdict(try arn(call), try facts(table, claims))
    }

    /// The policy that answers a call; nil: no policy can.
    package static func callPolicy(
        _ table: RouteTable, _ call: String, _ claims: String? = "{}", caller: Caller = .restRequest,
        limit: Int = AuthorizerLimits.answerByteCount
    ) throws -> CallPolicy? {
        try verdict(table, call, claims).policy(for: caller, byteLimit: limit)
    }

    /// The Resources of statements, by effect.
    package static func resources(_ statements: [UInt8]?) throws -> [String: [String]] {
        var found: [String: [String]] = [:]
        for statement in try JSONDocument(parsing: try #require(statements)).root.elements ?? [] {
            #expect(
                statement.member("Action")?.isString("execute-api:Invoke") == true && statement.count == 3)
            let effect = text(statement.member("Effect")?.stringBytes ?? [])
            let resource = try #require(statement.member("Resource"))
            found[effect, default: []] += (resource.elements ?? [resource]).map { text($0.stringBytes ?? []) }
        }
        return found
    }
}
