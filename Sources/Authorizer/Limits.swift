// Limits.swift - how large an event, a setting and an answer may be.
//
// Spec:    API Gateway's quotas: 10,240 bytes of headers, 512 characters of a resource ARN,
//          1,600 bytes of a method ARN, 8 KB of an answer; the rest is our own.
// Secret:  no.
// Reads:   JSON. Read by: every file of Authorizer.

import JSON

/// The bounds of this module. Each is tested at the bound and one past it.
public enum AuthorizerLimits {
    /// The most bytes of an event that is read.
    public static let eventByteCount = 256 * 1024
    /// The most characters of one resource ARN of an answer.
    public static let resourceByteCount = 512
    /// The most resource ARNs.
    public static let resourceCount = 10
    /// The most issuers.
    public static let issuerCount = 16
    /// The most key IDs of an issuer that are remembered as absent.
    public static let absentKeyCount = 16
    /// The most keys of an issuer that are fetched one by one.
    public static let singleKeyCount = 8
    /// The most bytes of a direct invoke's event.
    public static let directByteCount = 256
    /// The most bytes of an answer.
    public static let answerByteCount = 8 * 1024
    /// How long IoT Core may keep a connection: from five minutes to a day.
    public static let iotLeastSeconds: Int64 = 300
    public static let iotMostSeconds: Int64 = 86_400
    /// The most policies that IoT Core takes, and the most characters of one.
    public static let iotPolicyCount = 10
    public static let iotPolicyByteCount = 2048
    /// The most bytes of IOT_POLICY: ten policies and the white space that people write.
    public static let iotPolicySettingByteCount = 64 * 1024
    /// The most places that a token is looked for at.
    public static let tokenSourceCount = 8
    /// The most bytes of a policy's statements before they are written shorter.
    public static let statementsByteCount = 4 * 1024
    /// The most members of a list in a setting.
    public static let listCount = 64
    /// The most bytes of one setting's value, but for JWKS (JOSELimits).
    public static let settingByteCount = 16 * 1024
    /// The most bytes of a principal ID: past it `unknown` would be a lie, so the token is refused a policy.
    public static let principalByteCount = 1024

    /// The most bytes of the rules' document, and of one text in it.
    public static let documentByteCount = 256 * 1024
    public static let documentTextByteCount = 2048
    /// The most rules of a document.
    public static let routeCount = 200
    /// The most routes once the verb `*` is written out where that is needed.
    static let writtenOutRouteCount = 400
    /// The most bytes of a route, and the most segments with the verb.
    public static let routeByteCount = 256
    public static let segmentCount = 24
    /// The most tests in one list, forms of an issuer, and places of scopes or roles.
    public static let testCount = 16
    /// The most names of a claim's path.
    public static let claimDepth = 8
    /// The most bytes of a claim's value that stands for a path's segment.
    public static let segmentByteCount = 256
    /// The most patterns in one policy that come from values of the token.
    public static let boundRouteCount = 32
    /// The most bytes of a path that are looked at: API Gateway takes 1,600 of a whole ARN.
    public static let calledPathByteCount = 4096

    /// The most DPoP proofs that are remembered as used.
    public static let proofCount = 16 * 1024
    /// The most bytes of an event's own words in an error about it.
    public static let namedByteCount = 64

    static let document = JSONLimits(
        byteCount: documentByteCount, depth: 12, memberCount: 64, elementCount: 256, nodeCount: 32_768)
    /// Wide enough for what a client may put into a request of 10,240 bytes of parameters, each of them an object's
    /// member, and into a query's variables (AppSync): an event past it is an error, which whoever pays hears of.
    static let event = JSONLimits(
        byteCount: eventByteCount, depth: 32, memberCount: 1024, elementCount: 16_384, nodeCount: 32_768)
}
