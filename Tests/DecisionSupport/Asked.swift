import Authorizer
import Events
import JOSE
import Keys
import Routes
import SHA256
import Settings
import TestSupport
import Testing

/// Shared by the suites of whole answers: events of each caller, decisions, and an answer's effect.
package enum Asked {
    package static let now: Int64 = 1_800_000_000

    /// The callers that get a policy.
    package static let policyCallers: [Caller] = [.restToken, .restRequest, .httpAPI1, .httpAPI2, .webSocket]
    /// Those of them whose ARN has a method and a path.
    package static let pathCallers: [Caller] = [.restToken, .restRequest, .httpAPI1, .httpAPI2]

    /// An event of a caller; `call` (`GET/orders/1`) is of no use to AppSync and IoT Core.
    ///
    /// - Parameters:
    ///   - further: members of `headers` that bring a proof.
    ///   - context: further members of `requestContext`.
    package static func event(
        _ caller: Caller, _ call: String, _ token: String?, prefix: String = Rule.prefix,
        further: String = "",
        context: String = ""
    ) -> [UInt8] {
        let arn = json("\(prefix)/\(call)")
        let method = json(String(call.prefix { $0 != "/" }))
        let scheme = further.isEmpty ? "Bearer" : "DPoP"
        let headers = token.map { #","headers":{"Authorization":"\#(scheme) \#($0)"\#(further)}"# } ?? ""
        let request = #""requestContext":{"domainName":"api.example.com","identity":{}\#(context)}"#
        let text =
            switch caller {
            case .restToken:
                #"{"type":"TOKEN","methodArn":"\#(arn)","authorizationToken":"\#(token.map { "Bearer " + $0 } ?? "")"}"#
            case .restRequest:
                #"{"type":"REQUEST","methodArn":"\#(arn)","httpMethod":"\#(method)"\#(headers),\#(request)}"#
            case .webSocket: #"{"type":"REQUEST","methodArn":"\#(arn)"\#(headers),\#(request)}"#
            case .httpAPI1:
                #"{"version":"1.0","type":"REQUEST","methodArn":"\#(arn)"\#(headers),\#(request)}"#
            case .httpAPI2: #"{"version":"2.0","type":"REQUEST","routeArn":"\#(arn)"\#(headers),\#(request)}"#
            case .appSync:
                #"{"authorizationToken":"\#(token ?? "")","requestContext":{"apiId":"a","accountId":"1"}}"#
            case .iotCore: #"{"token":"\#(token ?? "")","protocolData":{}}"#
            }
        return Array(text.utf8)
    }

    /// As the content of a JSON string.
    package static func json(_ text: String) -> String {
        text.unicodeScalars.map { scalar in
            switch scalar {
            case "\"", "\\": "\\\(scalar)"
            case "\0"..."\u{1F}": "\\u00" + (scalar.value < 16 ? "0" : "") + String(scalar.value, radix: 16)
            default: String(scalar)
            }
        }.joined()
    }

    package static func token(_ claims: String = "", sub: String = "alice") -> String {
        TestIssuer.first.token(#"{"iss":"iss","aud":"aud","sub":"\#(sub)","exp":\#(now + 600)\#(claims)}"#)
    }

    package static func settings(_ further: [(String, String)]) throws -> Settings {
        let pairs = [("JWKS_URI", "/keys.json"), ("ISSUER", "iss"), ("AUDIENCE", "aud")] + further
        return try Settings(environment: variables(pairs))
    }

    /// With a document of rules.
    package static func settings(rules: String, _ further: [(String, String)] = []) throws -> Settings {
        try settings([("RULES", #"{"routes":[\#(rules)]}"#)] + further)
    }

    /// - Parameter rules: nil: those of the settings.
    package static func decision(_ event: [UInt8], _ settings: Settings, _ rules: Rules? = nil) throws
        -> Decision
    {
        var keys = KeyRing(settings.issuers.map { $0.keys }, policy: settings.keyCachePolicy)
        _ = keys[0].receive(try KeySet(parsing: TestIssuer.first.keySet), nowSeconds: now)
        var authorization = Authorization(
            event: event, issuers: settings.trustedIssuers, rules: rules ?? settings.rules)
        guard case .decided(let decision) = authorization.next(keys: keys, nowSeconds: now) else {
            throw Refusal.keysUnavailable
        }
        return decision
    }

    /// The members of a refusal's context that ask for scopes.
    package static func challenge(_ scopes: String, link: String = "") -> String {
        let tail = link.isEmpty ? "" : #", resource_metadata=\"\#(link)\""#
        return
            #""error":"insufficient_scope","required_scopes":"\#(scopes)","challenge":"Bearer error=\"insufficient_scope\", scope=\"\#(scopes)\"\#(tail)""#
    }

    /// What leaves for an event.
    package static func answer(_ event: [UInt8], _ settings: Settings) throws -> Sent {
        Sent(settings.rules.answered(try decision(event, settings)))
    }

    /// A demonstration of possession of the second issuer's key, and a token that is bound to it.
    package enum Bound {
        package static let token = Asked.token(#","cnf":{"jkt":"\#(thumbprint)"},"nick":"al""#)

        private static let key = #"{"e":"AQAB","kty":"RSA","n":"\#(TestIssuer.second.modulusText)"}"#
        private static let thumbprint = hash(key)

        private static func hash(_ text: String) -> String {
            let bytes = Array(text.utf8)
            let digest = SHA256.hash(bytes.span)
            return base64url([UInt8](digest.span))
        }

        /// The members of `headers` that bring a proof for a request.
        package static func proof(_ method: String, _ path: String, jti: String) -> String {
            let proof = TestIssuer.second.token(
                header: #"{"typ":"dpop+jwt","alg":"RS256","jwk":\#(key)}"#,
                payload:
                    #"{"htm":"\#(method)","htu":"https://api.example.com\#(path)","iat":\#(now),"jti":"\#(jti)","ath":"\#(hash(token))"}"#
            )
            return #","DPoP":"\#(proof)""#
        }
    }
}

/// An answer as it left, with its reason.
package struct Sent {
    package let reason: String
    package let body: String
    private let bytes: [UInt8]

    package init(_ answered: (decision: Decision, answer: Answer)) {
        reason = answered.decision.reasonCode.description
        bytes = answered.answer.body
        body = Rule.text(bytes)
    }

    /// The value of `Statement`.
    private var statements: [UInt8] {
        let start = Array(#""Statement":"#.utf8)
        guard let first = bytes.indices.first(where: { bytes[$0...].starts(with: start) }) else { return [] }
        let list = bytes[(first + start.count)...]
        var (depth, isText, isEscaped) = (0, false, false)
        for index in list.indices {
            switch list[index] {
            case _ where isEscaped: isEscaped = false
            case 0x5C: isEscaped = true
            case 0x22: isText.toggle()
            case 0x5B where !isText: depth += 1
            case 0x5D where !isText:
                depth -= 1
                if depth == 0 { return Array(list[...index]) }
            default: continue
            }
        }
        return []
    }

    /// What its policy does to a call.
    package func effect(_ call: String, prefix: String = Rule.prefix) throws -> PolicyEffect {
        Routes.effect(of: statements, on: try Rule.arn(call, prefix: prefix).text.span)
    }

    /// Its Resources, by effect.
    package func resources() throws -> [String: [String]] { try Rule.resources(statements) }
}
