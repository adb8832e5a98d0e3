// ResourceARN.swift - the form of what an answer allows.
//
// Spec:    API Gateway Developer Guide, "Resource format of permissions for invoking an API":
//          arn:partition:execute-api:region:account:api-id/stage/verb/path, with wildcards;
//          AppSync: arn:partition:appsync:region:account:apis/ID.
// Secret:  no.
// Reads:   SettingsError, Limits. Read by: Settings.

import Bytes

/// What an entry of RESOURCE names.
enum ResourceKind {
    case gatewayAPI, appSyncAPI
}

/// Checks one entry of RESOURCE: an execute-api ARN with wildcards, or `*` alone; or an AppSync API's, whose
/// account and ID are compared as they are.
///
/// - Throws: `arnTooLong`, `arnForm`.
func checkResourceARN(_ text: Span<UInt8>) throws(SettingsError) -> ResourceKind {
    guard text.count <= AuthorizerLimits.resourceByteCount else {
        throw SettingsError(.resource, .arnTooLong(limit: AuthorizerLimits.resourceByteCount))
    }
    if bytesEqual(text, "*") { return .gatewayAPI }
    // Five colons part six fields; the last may hold further ones.
    var starts = [0]
    for index in text.indices where text[index] == 0x3A && starts.count < 6 { starts.append(index + 1) }
    guard starts.count == 6,
        bytesEqual(text.extracting(0..<(starts[1] - 1)), "arn"),
        isField(text.extracting(starts[1]..<(starts[2] - 1))),
        isField(text.extracting(starts[3]..<(starts[4] - 1))),
        isField(text.extracting(starts[4]..<(starts[5] - 1)))
    else { throw SettingsError(.resource, .arnForm) }
    let service = text.extracting(starts[2]..<(starts[3] - 1))
    let path = text.extracting(starts[5]..<text.count)
    if bytesEqual(service, "appsync") {
        guard path.count > 5, bytesStart(path, with: "apis/") else {
            throw SettingsError(.resource, .arnForm)
        }
        for index in starts[4]..<text.count {
            switch text[index] {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x3A, 0x2F: continue
            default: throw SettingsError(.resource, .arnForm)
            }
        }
        return .appSyncAPI
    }
    guard bytesEqual(service, "execute-api") else { throw SettingsError(.resource, .arnForm) }
    guard path.count > 0 else { throw SettingsError(.resource, .arnForm) }
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
