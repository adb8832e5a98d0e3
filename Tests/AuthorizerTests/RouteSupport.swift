import Bytes
import JSON
import Testing

@testable import Authorizer

/// What the suites of the rules share: documents, patterns and calls from text.
enum Rule {
    static let prefix = "arn:aws:execute-api:eu-central-1:123456789012:a1b2c3d4e5/prod"

    static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

    static func texts(_ list: [[UInt8]]) -> [String] { list.map(text) }

    /// The rules of a document; `further` are members beside `routes`, each with a comma before it.
    static func table(_ routes: String, _ further: String = "") throws -> RouteTable {
        let document = try RulesDocument(parsing: Array(#"{"routes":[\#(routes)]\#(further)}"#.utf8))
        return try #require(document.routes)
    }

    /// `GET /a` and so on, for any token each.
    static func open(_ routes: String...) -> String {
        routes.map { #"{"route":"\#($0)","allow":"any_token"}"# }.joined(separator: ",")
    }

    static func allow(_ route: String, scope: String) -> String {
        #"{"route":"\#(route)","allow":{"scopes":["\#(scope)"]}}"#
    }

    /// Why a document is refused: its place, and the problem. Nil: it is not.
    static func fault(_ document: String) -> DocumentFault? {
        do throws(SettingsError) {
            _ = try RulesDocument(parsing: Array(document.utf8))
            return nil
        } catch {
            guard case .document(let fault) = error.problem else { return nil }
            return fault
        }
    }

    static func fault(inRoute route: String) -> DocumentFault? { fault(#"{"routes":[\#(route)]}"#) }

    static func pattern(_ text: String) throws -> SegmentPattern {
        try RouteText(Array(text.utf8).span).pattern
    }

    static func route(_ text: String, rank: Int = 1) throws -> Route {
        Route(try pattern(text), rules: 0..<1, rank: rank)
    }

    static func arn(_ call: String, prefix: String = prefix) throws -> RequestARN {
        try #require(RequestARN(Array("\(prefix)/\(call)".utf8)))
    }

    static func called(_ call: String, prefix: String = prefix) throws -> CalledRoute {
        try #require(CalledRoute(try arn(call, prefix: prefix)))
    }

    static func claims(_ text: String) throws -> JSONValue {
        try JSONDocument(parsing: Array(text.utf8)).root
    }

    static func facts(
        _ table: RouteTable, _ claims: String?, places: ClaimPlaces = .standard
    ) throws -> TokenFacts? {
        try claims.map { table.facts(of: try self.claims($0), issuer: 0, places: places) }
    }

    /// What a token with these claims (nil: no token) gets for a call.
    static func verdict(_ table: RouteTable, _ call: String, _ claims: String? = "{}") throws -> RouteVerdict
    {
        table.verdict(try arn(call), try facts(table, claims))
    }

    static func policy(_ table: RouteTable, _ claims: String? = "{}", call: String = "GET/none") throws
        -> RoutePolicy
    {
        let called = try called(call)
        let routes = TokenRoutes(table, try facts(table, claims), call: called.call)
        let deciding = routes.deciding(called.call)
        let isAllowed = deciding.map { routes.isAllowed($0) } ?? false
        return RoutePolicy(routes, called: isAllowed ? deciding : nil, call: called.call)
    }
}
