import Authorizer
import Events
import TestSupport
import Testing

@testable import Settings

private let policy =
    #"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"iot:Connect","Resource":"arn:aws:iot:*:*:client/a"}]}"#

private func settings(_ further: [(String, String)]) throws(SettingsError) -> Settings {
    let pairs = [("JWKS_URI", "/keys.json"), ("RESOURCE", "*")] + further
    return try Settings(environment: variables(pairs))
}

private func refusal(_ name: String, _ value: String) -> SettingsError? {
    thrown { () throws(SettingsError) in
        _ = try settings([(name, value)])
    }
}

private func policies(_ text: String) throws -> String {
    String(decoding: try settings([("IOT_POLICY", text)]).rules.answers.iotPolicies, as: UTF8.self)
}

/// Settings of answers: defaults, limits, and refused policies (AUDIT 31, 36).
@Suite struct AnswerSettingsTests {
    @Test func theDefaultsAreThoseOfTheREADME() throws {
        let rules = try settings([]).rules
        #expect(
            rules.tokenSources.map { String(decoding: $0.text, as: UTF8.self) } == [
                "header:Authorization:Bearer"
            ])
        #expect(!rules.answers.isSimpleHTTPAPI && !rules.answers.isErrorHTTPAPI)
        #expect(rules.answers.appSyncTTLSeconds == 0 && rules.answers.iotRefreshSeconds == 3600)
        #expect(rules.answers.iotPolicies.isEmpty && rules.answers.usageKeyClaim == nil)
    }

    /// RFC 9728 §3: the well-known path directly after the host.
    @Test func theAddressOfTheMetadata() throws {
        #expect(try settings([]).rules.answers.resourceMetadataURI == nil)
        let path = "/.well-known/oauth-protected-resource"
        func text(_ count: Int) -> String {
            let start = "https://api.example.com\(path)/"
            return start + String(repeating: "a", count: count - start.utf8.count)
        }
        for good in [
            "https://api.example.com\(path)", "https://api.example.com:8443\(path)",
            "https://api.example.com\(path)/v1/orders", "https://api.example.com\(path)/mcp/", text(512),
        ] {
            let found = try settings([("RESOURCE_METADATA_URI", good)]).rules.answers.resourceMetadataURI
            #expect(found == Array(good.utf8))
        }
        for bad in [
            "http://api.example.com\(path)", "http://localhost\(path)", "HTTPS://api.example.com\(path)",
            "https://api.example.com", "https://api.example.com/", "api.example.com\(path)", path,
            "https://api.example.com/prod\(path)", "https://api.example.com\(path)x",
            "https://api.example.com\(path)/", "https://api.example.com\(path)?a=b",
            "https://api.example.com\(path)/v1?a", "https://api.example.com\(path)#a",
            "https://u@api.example.com\(path)", "https://\(path)", "https://api.example.com\(path)/a b",
            "https://api.example.com\(path)/\"x", "https://api.example.com\(path)/a\\b",
            "https://api.example.com\(path)/it's", "https://api.example.com\(path)/é",
            "https://api.example.com/.WELL-KNOWN/oauth-protected-resource",
        ] {
            #expect(
                refusal("RESOURCE_METADATA_URI", bad)
                    == SettingsError(.resourceMetadataURI, .resourceMetadataForm), "\(bad)")
        }
        #expect(refusal("RESOURCE_METADATA_URI", "") == SettingsError(.resourceMetadataURI, .empty))
        #expect(
            refusal("RESOURCE_METADATA_URI", text(513))
                == SettingsError(.resourceMetadataURI, .tooLong(limit: 512)))
        let message = String(
            decoding: SettingsError(.resourceMetadataURI, .resourceMetadataForm).message, as: UTF8.self)
        #expect(message.hasSuffix("for example RESOURCE_METADATA_URI=https://api.example.com\(path)"))
    }

    @Test func everySettingIsRead() throws {
        let rules = try settings([
            ("TOKEN_SOURCES", "header:Authorization, cookie:session"), ("HTTP_API_RESPONSE", "simple"),
            ("HTTP_API_UNAUTHORIZED", "error"), ("APPSYNC_TTL_SECONDS", "3600"), ("IOT_POLICY", policy),
            ("IOT_REFRESH_SECONDS", "86400"), ("USAGE_KEY_CLAIM", "api_key"),
        ]).rules
        #expect(rules.tokenSources.count == 2)
        #expect(rules.answers.isSimpleHTTPAPI && rules.answers.isErrorHTTPAPI)
        #expect(rules.answers.appSyncTTLSeconds == 3600 && rules.answers.iotRefreshSeconds == 86_400)
        #expect(rules.answers.usageKeyClaim == Array("api_key".utf8))
        let words = try settings([("HTTP_API_RESPONSE", "iam"), ("HTTP_API_UNAUTHORIZED", "deny")]).rules
            .answers
        #expect(!words.isSimpleHTTPAPI && !words.isErrorHTTPAPI)
    }

    @Test(arguments: [
        ("TOKEN_SOURCES", "Authorization", SettingName.tokenSources, SettingsError.Problem.tokenSourceForm),
        ("TOKEN_SOURCES", "header:A,", .tokenSources, .emptyEntry),
        ("TOKEN_SOURCES", "", .tokenSources, .empty),
        ("TOKEN_SOURCES", "header:A,header:a:Token", .tokenSources, .repeatedEntry),
        ("TOKEN_SOURCES", "query:t,query:t", .tokenSources, .repeatedEntry),
        ("HTTP_API_RESPONSE", "IAM", .httpAPIResponse, .unknownValue),
        ("HTTP_API_UNAUTHORIZED", "401", .httpAPIUnauthorized, .unknownValue),
        ("APPSYNC_TTL_SECONDS", "3601", .appSyncTTLSeconds, .outOfRange(minimum: 0, maximum: 3600)),
        ("IOT_REFRESH_SECONDS", "299", .iotRefreshSeconds, .outOfRange(minimum: 300, maximum: 86_400)),
        ("IOT_REFRESH_SECONDS", "86401", .iotRefreshSeconds, .outOfRange(minimum: 300, maximum: 86_400)),
        ("USAGE_KEY_CLAIM", "", .usageKeyClaim, .empty), ("IOT_POLICY", "[]", .iotPolicy, .empty),
        ("HTTP_API_RESPONS", "iam", .httpAPIResponse, .misspelled(found: Array("HTTP_API_RESPONS".utf8))),
        ("TOKEN_SOURCE", "query:t", .tokenSources, .misspelled(found: Array("TOKEN_SOURCE".utf8))),
    ]) func refusalsAreExact(
        name: String, value: String, setting: SettingName, problem: SettingsError.Problem
    ) {
        #expect(refusal(name, value) == SettingsError(setting, problem))
    }

    @Test func iotConnectionTimesHaveLimits() {
        for seconds in [AuthorizerLimits.iotLeastSeconds, AuthorizerLimits.iotMostSeconds] {
            #expect(refusal("IOT_REFRESH_SECONDS", "\(seconds)") == nil)
        }
        for seconds in [AuthorizerLimits.iotLeastSeconds - 1, AuthorizerLimits.iotMostSeconds + 1] {
            #expect(
                refusal("IOT_REFRESH_SECONDS", "\(seconds)")
                    == SettingsError(.iotRefreshSeconds, .outOfRange(minimum: 300, maximum: 86_400)))
        }
    }

    @Test func tokenSourcesEndAtTheirLimit() {
        func list(_ count: Int) -> String { (0..<count).map { "query:t\($0)" }.joined(separator: ",") }
        let limit = EventLimits.tokenSourceCount
        #expect(refusal("TOKEN_SOURCES", list(limit)) == nil)
        #expect(
            refusal("TOKEN_SOURCES", list(limit + 1))
                == SettingsError(.tokenSources, .tooManyEntries(limit: limit)))
    }

    // MARK: IOT_POLICY

    @Test func onlyWhiteSpaceIsRemovedFromPolicies() throws {
        #expect(try policies(policy) == policy)
        #expect(try policies(" [\n\(policy) ,\t\(policy)\r]\n") == "\(policy),\(policy)")
        let text =
            #"{ "Version" : "2012-10-17", "Statement": { "Effect": "Deny", "Action": [ "a" , "b" ], "Resource": "x \" , } ] y \\" } }"#
        #expect(
            try policies(text)
                == #"{"Version":"2012-10-17","Statement":{"Effect":"Deny","Action":["a","b"],"Resource":"x \" , } ] y \\"}}"#
        )
    }

    /// A mistake in a policy stops the start: each required member absent, empty and of another type.
    @Test(arguments: [
        "iot-policy.json", "{", "{}", "1", "null", "[1]", "[[]]", #"{"Version":"2012-10-17"}"#,
        #"{"Version":"2012-10-17","Statement":[]}"#, #"{"Version":"2012-10-17","Statement":{}}"#,
        #"{"Version":"2012-10-17","Statement":"x"}"#, #"{"Version":"2012-10-17","Statement":[1]}"#,
        policy.replacing("2012-10-17", with: "2008-10-17"),
        policy.replacing(#""Version""#, with: #""version""#),
        policy.replacing("Allow", with: "allow"), policy.replacing(#""Allow""#, with: "true"),
        policy.replacing(#""Effect""#, with: #""effect""#),
        policy.replacing(#""Action""#, with: #""NotAction""#),
        policy.replacing(#""iot:Connect""#, with: "[]"), policy.replacing(#""iot:Connect""#, with: #""""#),
        policy.replacing(#""iot:Connect""#, with: #"[""]"#), policy.replacing(#""iot:Connect""#, with: "[1]"),
        policy.replacing(#""iot:Connect""#, with: "null"),
        policy.replacing(#""Resource""#, with: #""resource""#),
        policy.replacing(#""arn:aws:iot:*:*:client/a""#, with: "{}"), policy + policy, "[\(policy),{}]",
    ]) func otherPoliciesAreRefused(text: String) {
        #expect(refusal("IOT_POLICY", text) == SettingsError(.iotPolicy, .iotPolicyForm))
    }

    @Test func policiesEndAtTheirLimits() {
        let limit = AuthorizerLimits.iotPolicyByteCount
        let long = { (count: Int) in policy.replacing("client/a", with: String(repeating: "a", count: count))
        }
        let overhead = policy.utf8.count - "client/a".utf8.count
        #expect(refusal("IOT_POLICY", "[\(long(limit - overhead)),  \(policy)]") == nil)
        for text in [long(limit - overhead + 1), "[\(policy),\(long(limit - overhead + 1))]"] {
            #expect(refusal("IOT_POLICY", text) == SettingsError(.iotPolicy, .iotPolicyTooLong(limit: limit)))
        }
        let count = AuthorizerLimits.iotPolicyCount
        func list(_ count: Int) -> String {
            "[" + Array(repeating: policy, count: count).joined(separator: ",") + "]"
        }
        #expect(refusal("IOT_POLICY", list(count)) == nil)
        #expect(
            refusal("IOT_POLICY", list(count + 1)) == SettingsError(.iotPolicy, .tooManyEntries(limit: count))
        )
        let whole = SettingsLimits.iotPolicySettingByteCount
        let padding = String(repeating: " ", count: whole - policy.utf8.count)
        #expect(refusal("IOT_POLICY", policy + padding) == nil)
        #expect(
            refusal("IOT_POLICY", policy + padding + " ") == SettingsError(.iotPolicy, .tooLong(limit: whole))
        )
    }

    @Test func policiesThatAllowEverythingAreWarnedOf() throws {
        func warns(_ effect: String, _ action: String, _ resource: String) throws -> Bool {
            let text =
                #"{"Version":"2012-10-17","Statement":[{"Effect":"\#(effect)","Action":\#(action),"Resource":\#(resource)}]}"#
            return try settings([("IOT_POLICY", text)]).warnings.contains(.iotPolicyIsEverything)
        }
        #expect(try warns("Allow", #""*""#, #""*""#) && warns("Allow", #"["a","iot:*"]"#, #"["b","*"]"#))
        #expect(try !warns("Deny", #""*""#, #""*""#) && !warns("Allow", #""iot:Connect""#, #""*""#))
        #expect(
            try !warns("Allow", #""iot:*""#, #""x""#)
                && !settings([]).warnings.contains(.iotPolicyIsEverything))
    }

    // MARK: RESOURCE

    @Test func resourcesOfAGatewayOrOfAppSync() throws {
        let appSync = "arn:aws-cn:appsync:cn-north-1:123456789012:apis/abc"
        let gateway = "arn:aws:execute-api:*:*:a/*"
        let rules = try Settings(environment: [
            (Array("JWKS_URI".utf8), Array("/k".utf8)),
            (Array("RESOURCE".utf8), Array("\(appSync),\(gateway)".utf8)),
        ]).rules
        #expect(rules.appSyncResources == [Array(appSync.utf8)] && rules.resources == [Array(gateway.utf8)])
    }

    /// A function only for IoT Core needs no RESOURCE if it has a policy for IoT Core.
    @Test func iotCoreAloneNeedsNoResource() throws {
        let rules = try Settings(environment: [
            (Array("JWKS_URI".utf8), Array("/k".utf8)), (Array("IOT_POLICY".utf8), Array(policy.utf8)),
        ]).rules
        #expect(rules.resources.isEmpty && rules.appSyncResources.isEmpty)
    }
}
