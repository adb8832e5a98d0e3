// ResourceARN.swift - the form of an entry of RESOURCE.
//
// Spec:    API Gateway Developer Guide, "Resource format of permissions for invoking an API":
//          arn:partition:execute-api:region:account:api-id/stage/verb/path, with wildcards;
//          AppSync: arn:partition:appsync:region:account:apis/ID.
// Secret:  no.
// Reads:   SettingsError; URI (ARNFields), Routes (RouteLimits), Bytes. Read by: RuleSettings.

import Bytes
import Routes
import URI

/// The kind of API in an entry of RESOURCE.
enum ResourceKind {
    case gatewayAPI, appSyncAPI
}

/// Checks one entry of RESOURCE: an execute-api ARN with wildcards, or `*` alone; or the ARN of an AppSync API, whose
/// account and ID are compared byte for byte.
///
/// - Throws: `arnTooLong`, `arnForm`.
func checkResourceARN(_ text: Span<UInt8>) throws(SettingsError) -> ResourceKind {
    guard text.count <= RouteLimits.resourceByteCount else {
        throw SettingsError(.resource, .arnTooLong(limit: RouteLimits.resourceByteCount))
    }
    if bytesEqual(text, "*") { return .gatewayAPI }
    guard let fields = ARNFields(text), bytesStart(text, with: "arn:"),
        isField(text.extracting(fields.partition)), isField(text.extracting(fields.region)),
        isField(text.extracting(fields.account))
    else { throw SettingsError(.resource, .arnForm) }
    let service = text.extracting(fields.service)
    let path = text.extracting(fields.resource)
    if bytesEqual(service, "appsync") {
        guard path.count > 5, bytesStart(path, with: "apis/") else {
            throw SettingsError(.resource, .arnForm)
        }
        for index in fields.account.lowerBound..<text.count {
            switch text[index] {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x3A, 0x2F: continue
            default: throw SettingsError(.resource, .arnForm)
            }
        }
        return .appSyncAPI
    }
    guard bytesEqual(service, "execute-api"), path.count > 0 else {
        throw SettingsError(.resource, .arnForm)
    }
    for index in path.indices where path[index] <= 0x20 || path[index] == 0x7F {
        throw SettingsError(.resource, .arnForm)
    }
    return .gatewayAPI
}

/// Partition, region and account: letters, digits, hyphens and wildcards.
private func isField(_ field: Span<UInt8>) -> Bool {
    guard field.count > 0 else { return false }
    for index in field.indices {
        switch field[index] {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2A, 0x3F: continue
        default: return false
        }
    }
    return true
}
