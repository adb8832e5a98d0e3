// SettingsError.swift - why a setting is refused, with an example of a valid one.
//
// Spec:    none; AUDIT 31.
// Secret:  no. A setting's value is not repeated: JWKS_URI may hold a password by mistake.
// Reads:   SettingName, PastedText, DocumentFault; JOSE, Bytes. Read by: every reader of settings; LambdaRuntime,
//          Conformance, CommandLine, Reports.

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
        case unknownValue
        case namespaceForm
        case tokenSourceForm
        case iotPolicyForm
        case iotPolicyTooLong(limit: Int)
        /// A file that a setting names cannot be read.
        case fileNotRead(reason: [UInt8])
        case senderMode
        case resultCacheValue
        /// DPOP or MTLS verifies senders, and RESULT_CACHE is not set.
        case resultCacheMissing
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
            text.append(" is not a setting: did you mean ")
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
            append(&text, "has a policy of more than ", Int64(limit), " characters, not counting white space")
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
            text.append("is not a key set (")
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
                ? "is not set (nor is JWKS, nor an ISSUER for discovery)" : "is not set"
        case .bothKeySources: "and JWKS are both set: keep one"
        case .withoutJWKSURI: "has no effect without JWKS_URI"
        case .sameAddress: "is the same as JWKS_URI"
        case .empty: "is empty"
        case .emptyEntry: "has an empty entry"
        case .repeatedEntry: "has an entry twice"
        case .notANumber: "is not a whole number"
        case .unknownAlgorithm:
            "names an algorithm other than RS256, RS384, RS512, PS256, PS384, PS512, ES256, ES384, ES512, EdDSA (Ed25519), ML-DSA-44, ML-DSA-65, ML-DSA-87"
        case .uriForm: "is neither an https:// URL, a loopback http:// URL, file:///… nor an absolute path"
        case .httpNotLoopback:
            "uses http:// to a host other than localhost, 127.0.0.0/8 or [::1]: an attacker on the way could replace the keys"
        case .issuerForm:
            "is not an https:// URL (or a loopback http:// one) without a query, which discovery needs if neither JWKS_URI nor JWKS is set"
        case .proxyForm:
            "is not the http:// URL of a proxy (TLS connections to a proxy and SOCKS are not supported)"
        case .arnForm:
            "has an entry that is neither an execute-api ARN (arn:partition:execute-api:region:account:api/stage/verb/path), nor the ARN of an AppSync API (arn:partition:appsync:region:account:apis/ID), nor *"
        case .audienceWildcard: "is *: to accept every audience omit AUDIENCE"
        case .scopeForm: "has a scope with a quote, a backslash or a control character"
        case .contextKeysCollide: "has two claims with the same context key"
        case .keySetWithoutKeys: "has no key that can verify tokens"
        case .routesInDocument: "is set, and RULES has routes: keep one"
        case .issuersInDocument: "is set, and RULES has issuers: keep one"
        case .logLevel: "is not one of TRACE, DEBUG, INFO, WARN, ERROR, FATAL"
        case .unknownValue:
            switch setting {
            case .httpAPIResponse: "is neither iam nor simple"
            case .metrics: "is neither off nor emf"
            default: "is neither deny nor error"
            }
        case .namespaceForm:
            "is not a CloudWatch namespace: at most 255 letters, digits and . - _ / # :, not beginning with AWS/ or a colon"
        case .tokenSourceForm:
            "has an entry that is not one of header:NAME, header:NAME:SCHEME, query:NAME, cookie:NAME, protocol:PREFIX, mqtt:password"
        case .iotPolicyForm:
            "is not an IoT policy: an object, or a list of them, with Version 2012-10-17 and statements of Effect, Action and Resource"
        case .senderMode: "is not one of off, ignore, accept, require"
        case .resultCacheValue: "is not off, keyed or path"
        case .resultCachePath:
            "is path, but DPOP or MTLS is checked: a cached answer would also be used for another sender of the same token. Add the proof to the cache key and set keyed, or turn the cache off"
        case .resultCacheMissing:
            "is not set, but DPOP or MTLS is: a cached answer of the gateway would allow the sender of a stolen token without invoking this function. Set the authorizer's result TTL to 0 and RESULT_CACHE=off, or make the proof (the DPoP header; the certificate) an identity source and set RESULT_CACHE=keyed"
        case .originForm:
            "has an entry that is not an https:// URI without query, fragment and user information"
        case .instantForm:
            "is neither a time of RFC 3339 (seconds, then Z or an offset) nor seconds since 1970"
        case .iotPolicyTooLong, .fileNotRead, .tooLong, .tooManyEntries, .outOfRange, .arnTooLong,
            .keySetRefused, .misspelled, .document, .profile, .pasted:
            ""
        }
    }
}
