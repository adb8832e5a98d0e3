// DocumentFault.swift - what is wrong with the rules' document, where, and what to write instead.
//
// Spec:    none; AUDIT 31.
// Secret:  no. Values of the document are not repeated; names of its members are.
// Reads:   PastedText; Routes (RouteText), JOSE, JSON, Bytes. Read by: SettingsError, RulesDocument, DocumentValue, DocumentIssuers,
//          DocumentRoutes.

import Bytes
import JOSE
import JSON
import Routes

/// The first fault of the document. An object, so that the error of each setting stays small.
public final class DocumentFault: Equatable, Sendable {
    public enum Problem: Equatable, Sendable {
        case json(JSONError)
        case missing
        case unknownMember
        case empty
        case repeated
        case notObject, notArray, notString, notBool, notInteger, notScalar
        case tooMany(limit: Int)
        case tooLong(limit: Int)
        /// Of `?` in a pattern.
        case tooManyMarks(limit: Int)
        case outOfRange(minimum: Int64, maximum: Int64)
        case route(RouteText.Fault)
        case claimName, claimIndex, scope, algorithm, wildcard, address, issuerAddress, instant, tenant,
            openTenant
        /// A demand of the profile: the predicate of the sentence.
        case profile([UInt8])
        case keySet(JOSEError)
        /// Not exactly one of several members.
        case oneOf(Choice)
        case unknownVariable, variableElsewhere, variableText, nestedElement, unknownIssuer, publicIssuers,
            onlyWithAddress, notTrue, nothing,
            requiresRoutes
        /// A name of an issuer that is also the name or an `iss` of another one.
        case nameCollision
        /// A character that no token contains at that place.
        case pasted(PasteFault)
    }

    public enum Choice: Equatable, Sendable {
        case keys, effect, condition

        var names: StaticString {
            switch self {
            case .keys: "jwks_uri, jwks"
            case .effect: "allow, deny, public"
            case .condition:
                "equals, one_of, contains, present, at_least, at_most, greater_than, less_than, starts_with, ends_with, like, any_element, matches_variable"
            }
        }
    }

    /// From the document's root: `routes[3].allow.scopes`; empty for the root itself.
    public let path: [UInt8]
    public let problem: Problem
    /// A value that would be accepted there.
    public let example: StaticString

    init(path: [UInt8], problem: Problem, example: StaticString) {
        self.path = path
        self.problem = problem
        self.example = example
    }

    public static func == (a: DocumentFault, b: DocumentFault) -> Bool {
        let (path, other) = (a.path, b.path)
        return bytesEqual(path.span, other.span) && a.problem == b.problem
    }

    /// Appends "routes[3].allow.scopes is empty; for example ["orders:read"]".
    func append(to text: inout [UInt8]) {
        for byte in path { text.append(byte >= 0x20 && byte < 0x7F ? byte : 0x3F) }
        if path.isEmpty { text.append("the document") }
        text.append(" ")
        switch problem {
        case .json(let error):
            text.append("is not strict JSON, or exceeds a limit (")
            text.append(error.reasonCode)
            text.append("): ")
            error.append(to: &text)
        case .keySet(let error):
            text.append("is not a key set (")
            text.append(error.reasonCode)
            text.append(")")
        case .tooMany(let limit):
            text.append("has more than ")
            text.append(decimal: limit)
        case .tooManyMarks(let limit):
            text.append("has more than ")
            text.append(decimal: limit)
            text.append(" ?")
        case .tooLong(let limit), .route(.tooLong(let limit)):
            text.append("is longer than ")
            text.append(decimal: limit)
            text.append(" bytes")
        case .route(.tooManySegments(let limit)):
            text.append("has more than ")
            text.append(decimal: limit)
            text.append(" segments, including the verb")
        case .outOfRange(let minimum, let maximum):
            text.append("must be from ")
            text.append(decimal: minimum)
            text.append(" to ")
            text.append(decimal: maximum)
        case .oneOf(let choice):
            text.append("must have exactly one of ")
            text.append(choice.names)
        case .route(let fault): text.append(fault.words)
        case .profile(let words): text.append(words.span)
        case .pasted(let fault): text.append(fault.words)
        default: text.append(words)
        }
        if example.utf8ByteCount > 0 {
            text.append("; for example ")
            text.append(example)
        }
    }

    private var words: StaticString {
        switch problem {
        case .missing: "is missing"
        case .unknownMember: "is not a member of this object"
        case .empty: "is empty"
        case .repeated: "occurs twice"
        case .notObject: "is not an object"
        case .notArray: "is not an array"
        case .notString: "is not a string"
        case .notBool: "is neither true nor false"
        case .notInteger: "is not a whole number of 64 bits"
        case .notScalar: "is not a string, a whole number, true or false"
        case .claimName: "is not a claim's name: write names with // or an empty part as an array"
        case .claimIndex:
            "has a number for a name: write contains or any_element for an element of an array, [\"x\",\"0\"] for a member named 0"
        case .scope: "has a space, a quote, a backslash or a control character"
        case .algorithm:
            "is not one of RS256, RS384, RS512, PS256, PS384, PS512, ES256, ES384, ES512, EdDSA (Ed25519), ML-DSA-44, ML-DSA-65, ML-DSA-87"
        case .wildcard: "is *: to accept every audience omit it"
        case .address: "is neither an https:// URL, a loopback http:// URL, file:///… nor an absolute path"
        case .issuerAddress:
            "is not an https:// URL without a query, which discovery needs if neither jwks_uri nor jwks is set"
        case .tenant: "is not a tenant ID: a UUID in lower case"
        case .openTenant: "requires profile entra and an issuer with {tenantid}"
        case .instant: "is neither a time of RFC 3339 (seconds, then Z or an offset) nor seconds since 1970"
        case .unknownVariable: "does not name a variable of the route"
        case .variableElsewhere:
            "is only allowed in the claims of allow: elsewhere a policy could not express it"
        case .variableText: "is not a text with one variable of the route in braces"
        case .nestedElement: "cannot be within another any_element"
        case .unknownIssuer: "is not the name of an issuer"
        case .publicIssuers: "has no effect on a public route, which needs no token"
        case .onlyWithAddress: "is only allowed with jwks_uri: jwks is not fetched"
        case .notTrue: "must be true"
        case .nothing: "is empty: it needs issuers or routes"
        case .requiresRoutes: "requires routes"
        case .nameCollision:
            "is also the name or the iss of another issuer: a route's issuers would be ambiguous"
        default: ""
        }
    }
}
