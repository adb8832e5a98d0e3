// CallStatements.swift - statements for one call, and whether existing statements allow it.
//
// Spec:    IAM policy version 2012-10-17; IAM policy variables.
// Secret:  no.
// Reads:   PolicyReader, NeedlessEscapes, Limits; Bytes, Events, JSON, URI. Read by: CallPolicy, RoutePolicy; Authorizer
//          (PolicyText, RouteAnswer).

import Bytes
import Events
import JSON
import URI

extension RequestARN {
    /// Whether a Resource with this ARN matches only this ARN. A `$` could start a policy variable, except in `$connect` and in
    /// the names of stages (`$default`).
    package var canBeNamed: Bool {
        guard text.count <= RouteLimits.resourceByteCount else { return false }
        let pathStart = text.count - path.count
        for index in text.indices {
            switch text[index] {
            case 0x2A, 0x3F: return false
            case 0x24: if index >= pathStart && !isConnect { return false }
            default: if isControl(text[index]) { return false }
            }
        }
        return true
    }
}

/// Whether statements allow a call under some interpretation: of the ARN as sent, or of the ARN with unnecessary escapes
/// decoded, as a gateway could do first.
package func mayAllow(_ statements: [UInt8], _ arn: RequestARN) -> Bool {
    if effect(of: statements, on: arn.text.span).allowsInSomeReading { return true }
    guard let plain = arn.withoutNeedlessEscapes else { return false }
    return effect(of: statements, on: plain.span).allowsInSomeReading
}

/// Adds an explicit Deny of a call in each spelling that the statements allow; nil if some interpretation still allows it.
///
/// - Requires: `mayAllow(statements, arn)`.
package func statementsDenying(_ arn: RequestARN, beside statements: [UInt8]) -> [UInt8]? {
    var denied: [[UInt8]] = []
    for spelling in [arn.text, arn.withoutNeedlessEscapes ?? arn.text] {
        guard effect(of: statements, on: spelling.span).allowsInSomeReading else { continue }
        let resource = resourceDenying(spelling)
        if denied.first != resource { denied.append(resource) }
    }
    let text = statementsJoined(statements, statementText("Deny", denied))
    return mayAllow(text, arn) ? nil : text
}

/// A Resource that matches a call, to deny it: `?` for each byte that a Resource cannot contain literally, and `*` for the
/// bytes past the length limit of a Resource.
func resourceDenying(_ arn: [UInt8]) -> [UInt8] {
    var text: [UInt8] = []
    let limit = RouteLimits.resourceByteCount
    for byte in arn {
        if text.count == limit - 1, arn.count > limit {
            // Do not cut within a UTF-8 character.
            while let last = text.last, last & 0xC0 == 0x80 { text.removeLast() }
            if let last = text.last, last >= 0xC0 { text.removeLast() }
            text.append(0x2A)
            return text
        }
        switch byte {
        case 0x2A, 0x24: text.append(0x3F)
        default: text.append(isControl(byte) ? 0x3F : byte)
        }
    }
    return text
}

/// An array of one statement. A single Resource is written as a string without an array, as in hand-written policies.
///
/// - Requires: at least one Resource.
package func statementText(_ effect: StaticString, _ resources: [[UInt8]]) -> [UInt8] {
    var writer = JSONWriter()
    writer.beginArray()
    writer.beginObject()
    writer.key("Action")
    writer.string("execute-api:Invoke")
    writer.key("Effect")
    writer.string(effect)
    writer.key("Resource")
    if resources.count > 1 { writer.beginArray() }
    for resource in resources { writer.string(resource.span) }
    if resources.count > 1 { writer.endArray() }
    writer.endObject()
    writer.endArray()
    return writer.bytes
}

/// The statements of both arrays.
func statementsJoined(_ first: [UInt8], _ second: [UInt8]) -> [UInt8] {
    var text = first
    text.removeLast()
    text.append(0x2C)
    text.append(second.span.extracting(1..<second.count))
    return text
}

/// The effect of written statements on an ARN. Statements that cannot be parsed allow nothing.
package func effect(of statements: [UInt8], on arn: Span<UInt8>) -> PolicyEffect {
    var reader = PolicyReader(statements.span)
    return reader.statements(about: arn, hasMany: true) ?? PolicyEffect()
}
