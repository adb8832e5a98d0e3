// SettingsError.swift - why a setting is refused, with an example of a valid one.
//
// Spec:    none; AUDIT 31.
// Secret:  no. A setting's value is not repeated: JWKS_URI may hold a password by mistake.
// Reads:   SettingName, PastedText, DocumentFault; JOSE, Bytes. Read by: every reader of settings; LambdaRuntime, Conformance,
//          CommandLine.

import Bytes
import JOSE

/// The first setting that cannot be used.
public struct SettingsError: Error, Equatable, Sendable {
    public enum Problem: Equatable, Sendable {
        /// A required setting; JWKS_URI: a source of keys is missing.
        case missing
        /// JWKS_URI and JWKS together.
        case bothKeySources
        /// A setting that applies only with JWKS_URI.
        case withoutJWKSURI
        /// The second address is the first one.
        case sameAddress
        case empty
        case tooLong(limit: Int)
        case tooManyEntries(limit: Int)
        case emptyEntry
        case repeatedEntry
        case notANumber
        case outOfRange(minimum: Int64, maximum: Int64)
        case unknownAlgorithm
        case uriForm
        case httpNotLoopback
        /// The issuer's document would contain the address of the keys, and it cannot be fetched.
        case issuerForm
        case proxyForm
        case arnForm
        case arnTooLong(limit: Int)
        case audienceWildcard
        case scopeForm
        case contextKeysCollide
        case keySetRefused(JOSEError)
        /// The reasons are those of its skipped keys.
        case keySetWithoutKeys(skipped: [KeySet.SkippedKey])
        case logLevel
        case otherWord
        case namespaceForm
        case tokenSourceForm
        case iotPolicyForm
        case iotPolicyTooLong(limit: Int)
        /// A file that a setting names cannot be read.
        case fileNotRead(reason: [UInt8])
        case senderMode
        case resultCacheWord
        /// DPOP or MTLS verifies senders, and RESULT_CACHE is not set.
        case resultCacheNotSaid
        /// A cache keyed by path, while senders are verified.
        case resultCachePath
        case originForm
        case instantForm
        /// A character that no token contains at that place.
        case pasted(PasteFault)
        case misspelled(found: [UInt8])
        /// A fault of the rules' document.
        case document(DocumentFault)
        /// A demand of PROFILE: the predicate of the sentence.
        case profile([UInt8])
        /// A variable, and members of the document that mean the same.
        case routesInDocument, issuersInDocument
    }

    public let setting: SettingName
    public let problem: Problem

    public init(_ setting: SettingName, _ problem: Problem) {
        self.setting = setting
        self.problem = problem
    }

    /// One sentence with the name, the problem and an example.
    public var message: [UInt8] {
        var text: [UInt8] = []
        if case .misspelled(let found) = problem {
            // Escaped and cut: the name comes from outside.
            for byte in found.prefix(64) { text.append(byte >= 0x20 && byte < 0x7F ? byte : 0x3F) }
            text.append(" is no setting: did you mean ")
            text.append(setting.name)
            text.append("?")
            return text
        }
        text.append(setting.name)
        if case .document(let fault) = problem {
            text.append(": ")
            fault.append(to: &text)
            return text
        }
        text.append(" ")
        switch problem {
        case .iotPolicyTooLong(let limit):
            append(&text, "has a policy of more than ", Int64(limit), " characters, white space not counted")
        case .fileNotRead(let reason):
            text.append("names a file that cannot be read (")
            text.append(reason.span)
            text.append("): write the path of a file in the zip, or an absolute path")
        case .tooLong(let limit), .arnTooLong(let limit):
            append(&text, "is longer than ", Int64(limit), " bytes")
        case .tooManyEntries(let limit): append(&text, "has more than ", Int64(limit), " entries")
        case .outOfRange(let minimum, let maximum):
            append(&text, "must be from ", minimum, " to ")
            text.append(decimal: maximum)
        case .keySetRefused(let error):
            text.append("is no key set (")
            text.append(error.reasonCode)
            text.append(")")
            if setting == .jwks {
                text.append(": JWKS is the key set itself, JWKS_URI its address or its file")
            }
        case .keySetWithoutKeys(let skipped):
            text.append(words)
            appendReasons(of: skipped, to: &text)
        case .profile(let words): text.append(words.span)
        case .pasted(let fault): text.append(fault.words)
        default: text.append(words)
        }
        switch problem {
        case .routesInDocument, .issuersInDocument, .profile: return text
        default: break
        }
        text.append("; for example ")
        text.append(setting.name)
        text.append("=")
        text.append(setting.example)
        return text
    }

    private func append(_ text: inout [UInt8], _ before: StaticString, _ number: Int64, _ after: StaticString)
    {
        text.append(before)
        text.append(decimal: number)
        text.append(after)
    }

    /// Why the keys of a set were skipped: the first few.
    private func appendReasons(of skipped: [KeySet.SkippedKey], to text: inout [UInt8]) {
        guard !skipped.isEmpty else { return }
        for (place, key) in skipped.prefix(8).enumerated() {
            text.append(place == 0 ? " (key " : ", key ")
            text.append(decimal: key.index)
            text.append(": ")
            text.append(key.reason.reasonCode)
        }
        text.append(skipped.count > 8 ? ", …)" : ")")
    }

    private var words: StaticString {
        switch problem {
        case .missing:
            setting == .jwksURI
                ? "is not set (nor is JWKS, nor ISSUER, whose keys could be looked up)" : "is not set"
        case .bothKeySources: "and JWKS are both set: keep one"
        case .withoutJWKSURI: "is of no use without JWKS_URI"
        case .sameAddress: "is the same as JWKS_URI"
        case .empty: "is empty"
        case .emptyEntry: "has an empty entry"
        case .repeatedEntry: "has an entry twice"
        case .notANumber: "is not a whole number"
        case .unknownAlgorithm:
            "names an algorithm that is none of RS256, RS384, RS512, PS256, PS384, PS512, ES256, ES384, ES512, EdDSA (Ed25519)"
        case .uriForm: "is neither an https:// URL, a loopback http:// URL, file:///… nor an absolute path"
        case .httpNotLoopback:
            "uses http:// to a host other than localhost, 127.0.0.0/8 or [::1]: anybody on the way could put in keys"
        case .issuerForm:
            "is no https:// URL without a query (nor a loopback http:// one): without JWKS_URI and JWKS the keys are looked up there"
        case .proxyForm:
            "is no http:// URL of a proxy (proxies that are spoken to over TLS or SOCKS are not known)"
        case .arnForm:
            "has an entry that is no execute-api ARN (arn:partition:execute-api:region:account:api/stage/verb/path), no ARN of an AppSync API (arn:partition:appsync:region:account:apis/ID) and not *"
        case .audienceWildcard: "is *: to accept every audience leave AUDIENCE out"
        case .scopeForm: "has a scope with a quote, a backslash or a control character"
        case .contextKeysCollide: "has two claims that would have one context key"
        case .keySetWithoutKeys: "has no key that tokens can be verified with"
        case .routesInDocument: "is set, and RULES has routes: keep one"
        case .issuersInDocument: "is set, and RULES has issuers: keep one"
        case .logLevel: "is none of TRACE, DEBUG, INFO, WARN, ERROR, FATAL"
        case .otherWord:
            switch setting {
            case .httpAPIResponse: "is neither iam nor simple"
            case .metrics: "is neither off nor emf"
            default: "is neither deny nor error"
            }
        case .namespaceForm:
            "is no CloudWatch namespace: at most 255 letters, digits and . - _ / # :, not beginning with AWS/ or a colon"
        case .tokenSourceForm:
            "has an entry that is none of header:NAME, header:NAME:SCHEME, query:NAME, cookie:NAME, protocol:PREFIX, mqtt:password"
        case .iotPolicyForm:
            "is no IoT policy: an object, or a list of them, with Version 2012-10-17 and statements of Effect, Action and Resource"
        case .senderMode: "is none of off, ignore, accept, require"
        case .resultCacheWord: "is not off, keyed or path"
        case .resultCachePath:
            "is path, but DPOP or MTLS is checked: a cached answer would serve another sender of the same token. Key the cache by the proof as well and write keyed, or turn it off"
        case .resultCacheNotSaid:
            "is not set, and DPOP or MTLS is: an answer out of the gateway's result cache would let in whoever sends a stolen token, and this function would not be asked. Set the authorizer's result TTL to 0 and say off, or make the proof (the DPoP header; the certificate) an identity source and say keyed"
        case .originForm: "has an entry that is no https:// URI without query, fragment and user information"
        case .instantForm:
            "is neither a time of RFC 3339 (seconds, then Z or an offset) nor seconds since 1970"
        case .iotPolicyTooLong, .fileNotRead, .tooLong, .tooManyEntries, .outOfRange, .arnTooLong,
            .keySetRefused, .misspelled, .document, .profile, .pasted:
            ""
        }
    }
}
