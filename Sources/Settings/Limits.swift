// Limits.swift - how long settings may be.
//
// Spec:    AWS Lambda's quota of 4 KB for all variables together is the tightest; files may hold more.
// Secret:  no.
// Reads:   JSON. Read by: the files of this module that read texts, lists and the document; LambdaRuntime.

import JSON

/// The bounds of this module. Each is tested at the bound and one past it.
public enum SettingsLimits {
    /// The most resource ARNs.
    public static let resourceCount = 10
    /// The most issuers.
    public static let issuerCount = 16
    /// The most bytes of IOT_POLICY: ten policies with white space.
    public static let iotPolicySettingByteCount = 64 * 1024
    /// The most members of a list in a setting.
    public static let listCount = 64
    /// The most bytes of one setting's value, except JWKS (JOSELimits).
    public static let settingByteCount = 16 * 1024
    /// The most bytes of the rules' document, and of one text in it.
    public static let documentByteCount = 256 * 1024
    public static let documentTextByteCount = 2048

    /// The most bytes of RESOURCE_METADATA_URI, which is part of refusals.
    public static let resourceMetadataByteCount = 512

    static let document = JSONLimits(
        byteCount: documentByteCount, depth: 12, memberCount: 64, elementCount: 256, nodeCount: 32_768)
}
