import Authorizer
import DecisionSupport
import Events
import JSON
import Settings
import TestSupport
import Testing

@testable import Reports

/// A policy that lets devices connect.
let iotPolicy =
    #"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"iot:Connect","Resource":"x"}}"#

let plain = Paint(isOn: false)

extension Outline {
    var jsonText: String { text(json) }

    /// Read back.
    func parsed() throws -> JSONValue { try JSONDocument(parsing: json).root }
}

extension JSONValue {
    /// A string's content; else nil.
    func string(_ name: StaticString) -> String? { member(name)?.stringBytes.map(text) }

    func strings(_ name: StaticString) -> [String] {
        (member(name)?.elements ?? []).map { text($0.stringBytes ?? []) }
    }

    func list(_ name: StaticString) -> [JSONValue] { member(name)?.elements ?? [] }
}

/// Explanations of decisions with the first test issuer's keys.
enum Explained {
    static let resource = Rule.prefix + "/*"

    static func settings(_ further: (String, String)...) throws -> Settings {
        try Asked.settings([("RESOURCE", resource)] + further)
    }

    /// With another issuer than the usual one.
    static func settings(issuer: String, _ further: (String, String)...) throws -> Settings {
        try Settings(
            environment: ([
                ("JWKS_URI", "/keys.json"), ("ISSUER", issuer), ("AUDIENCE", "aud"), ("RESOURCE", resource),
            ] + further).map { (bytes($0.0), bytes($0.1)) })
    }

    static func explanation(
        _ event: [UInt8], _ settings: Settings, cacheSeconds: Int64 = 300
    ) throws -> Explanation {
        Explanation(
            of: try Asked.decision(event, settings), event: event, settings, skippedKeys: [],
            nowSeconds: Asked.now, cacheSeconds: cacheSeconds)
    }

    /// Of a REST API's TOKEN event for `GET/orders/42`.
    static func explanation(
        token: String, _ settings: Settings? = nil, call: String = "GET/orders/42", cacheSeconds: Int64 = 300
    ) throws -> Explanation {
        try explanation(
            Asked.event(.restToken, call, token), try settings ?? Explained.settings(),
            cacheSeconds: cacheSeconds)
    }

    static func hints(
        token: String, _ settings: Settings? = nil, call: String = "GET/orders/42", cacheSeconds: Int64 = 300
    ) throws -> [String] {
        try explanation(token: token, settings, call: call, cacheSeconds: cacheSeconds).hints.map {
            text($0.code)
        }
    }

    /// A token with these claims and no others.
    static func token(_ claims: String, header: String = "") -> String {
        TestIssuer.first.token(
            header: #"{"alg":"RS256","kid":"\#(TestIssuer.first.kid)"\#(header)}"#, payload: "{\(claims)}")
    }

    static let good = #""iss":"iss","aud":"aud","sub":"alice","exp":\#(Asked.now + 600)"#
}
