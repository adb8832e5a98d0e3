// IoTPolicy.swift - IOT_POLICY: the policies of a device with a valid token.
//
// Spec:    IoT Core Developer Guide, "AWS IoT Core policies": Version 2012-10-17, statements with
//          Effect, Action and Resource; at most ten documents of 2,048 characters.
// Secret:  no.
// Reads:   SettingsError; Authorizer (AuthorizerLimits), JSON, Bytes. Read by: AnswerSettings, SettingsWarning.
//
// The form is checked, so that a mistake stops the start and not the devices. The permissions are not checked; IoT Core
// replaces the variables (${iot:ClientId} …).

import Authorizer
import Bytes
import JSON

/// The documents of one object or of an array of objects, without white space, with commas between.
///
/// - Throws: `iotPolicyForm`, `tooManyEntries`, `iotPolicyTooLong`.
func checkedIoTPolicies(_ text: [UInt8]) throws(SettingsError) -> [UInt8] {
    let document: JSONDocument
    do throws(JSONError) { document = try JSONDocument(parsing: text) } catch {
        throw SettingsError(.iotPolicy, .iotPolicyForm)
    }
    let documents = document.root.elements ?? [document.root]
    guard !documents.isEmpty else { throw SettingsError(.iotPolicy, .empty) }
    guard documents.count <= AuthorizerLimits.iotPolicyCount else {
        throw SettingsError(.iotPolicy, .tooManyEntries(limit: AuthorizerLimits.iotPolicyCount))
    }
    for policy in documents where !isPolicy(policy) { throw SettingsError(.iotPolicy, .iotPolicyForm) }
    return try compacted(text, isList: document.root.kind == .array)
}

/// The documents without white space and without the brackets around them, each short enough.
///
/// - Requires: `text` has been parsed.
private func compacted(_ text: [UInt8], isList: Bool) throws(SettingsError) -> [UInt8] {
    var policies: [UInt8] = []
    var isInString = false
    var isEscaped = false
    var depth = isList ? -1 : 0
    var start = 0
    for byte in text {
        if isInString {
            policies.append(byte)
            if !isEscaped && byte == 0x22 { isInString = false }
            isEscaped = !isEscaped && byte == 0x5C
            continue
        }
        switch byte {
        case 0x20, 0x09, 0x0A, 0x0D: continue
        case 0x7B, 0x5B:
            depth += 1
            if depth == 0 { continue }
        case 0x7D, 0x5D:
            depth -= 1
            if depth < 0 { continue }
        case 0x2C where depth == 0:
            policies.append(byte)
            start = policies.count
            continue
        default: isInString = byte == 0x22
        }
        policies.append(byte)
        guard policies.count - start <= AuthorizerLimits.iotPolicyByteCount else {
            throw SettingsError(.iotPolicy, .iotPolicyTooLong(limit: AuthorizerLimits.iotPolicyByteCount))
        }
    }
    return policies
}

private func isPolicy(_ policy: JSONValue) -> Bool {
    guard policy.member("Version")?.isString("2012-10-17") ?? false,
        let statements = policy.member("Statement"), statements.count > 0
    else { return false }
    for statement in statements.elements ?? [statements] {
        guard let effect = statement.member("Effect"), effect.isString("Allow") || effect.isString("Deny"),
            isNames(statement.member("Action")), isNames(statement.member("Resource"))
        else { return false }
    }
    return true
}

/// A string, or strings.
private func isNames(_ value: JSONValue?) -> Bool {
    guard let value else { return false }
    guard let elements = value.elements else { return value.kind == .string && !value.isString("") }
    for element in elements where element.kind != .string || element.isString("") { return false }
    return !elements.isEmpty
}

/// Whether a policy lets a device do everything: an Allow of `*` or `iot:*` on `*`.
func iotPoliciesAllowEverything(_ policies: [UInt8]) -> Bool {
    let document: JSONDocument
    do throws(JSONError) { document = try JSONDocument(parsing: [0x5B] + policies + [0x5D]) } catch {
        return false
    }
    for policy in document.root.elements ?? [] {
        guard let statements = policy.member("Statement") else { continue }
        for statement in statements.elements ?? [statements] {
            guard statement.member("Effect")?.isString("Allow") ?? false else { continue }
            let action = statement.member("Action")
            if holds(action, "*") || holds(action, "iot:*"), holds(statement.member("Resource"), "*") {
                return true
            }
        }
    }
    return false
}

private func holds(_ value: JSONValue?, _ name: StaticString) -> Bool {
    guard let value else { return false }
    for element in value.elements ?? [value] where element.isString(name) { return true }
    return false
}
