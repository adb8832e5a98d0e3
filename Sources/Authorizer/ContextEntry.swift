// ContextEntry.swift - a claim converted to a value that API Gateway's context supports.
//
// Spec:    API Gateway Developer Guide, "Output from an API Gateway Lambda authorizer": keys map
//          to strings, numbers or booleans; anything else fails later, and no log shows the failure.
// Secret:  no; the values are sent to the integration and are never logged.
// Reads:   Routes (ClaimPath), JSON, Bytes. Read by: Rules, RuleClaims; Settings.

import Bytes
import JSON
import Routes

/// A claim that the settings copy into the context.
public struct ContextClaim: Sendable {
    /// As the setting has it.
    package let written: [UInt8]
    package let key: [UInt8]
    let path: ClaimPath

    package init(written: [UInt8], key: [UInt8], path: ClaimPath) {
        self.written = written
        self.key = key
        self.path = path
    }

    /// A claim of the root, with the key that its name gives.
    public init(_ name: [UInt8]) {
        self.init(written: name, key: ContextEntry.key(of: name), path: ClaimPath([name]))
    }
}

/// One member of an answer's `context`.
public struct ContextEntry: Sendable {
    public enum Value: Sendable {
        case string([UInt8])
        case number([UInt8])
        case bool(Bool)
    }

    public let key: [UInt8]
    public let value: Value

    /// Strings, numbers and booleans are used unchanged. Arrays of strings are joined by a space. Nil for objects, nulls,
    /// other arrays, and strings that contain a JSON object or array. (HTTP APIs respond with 500 to such strings if the
    /// answer comes from their cache.)
    init?(key: [UInt8], value: JSONValue) {
        self.key = key
        switch value.kind {
        case .string:
            guard let text = value.stringBytes, !Self.isJSONContainer(text) else { return nil }
            self.value = .string(text)
        case .number:
            guard let number = value.number else { return nil }
            self.value = .number(number.text)
        case .true: self.value = .bool(true)
        case .false: self.value = .bool(false)
        case .array:
            guard let joined = Self.joined(value) else { return nil }
            self.value = .string(joined)
        case .object, .null: return nil
        }
    }

    /// A claim's name with every byte outside `[A-Za-z0-9_]` replaced by `_`.
    package static func key(of claim: [UInt8]) -> [UInt8] {
        claim.map { byte in
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: byte
            default: 0x5F
            }
        }
    }

    private static func joined(_ array: JSONValue) -> [UInt8]? {
        var joined: [UInt8] = []
        var elements = array.children
        var isFirst = true
        while let element = elements.next() {
            guard let text = element.value.stringBytes else { return nil }
            if !isFirst { joined.append(0x20) }
            joined.append(text.span)
            isFirst = false
        }
        return isJSONContainer(joined) ? nil : joined
    }

    /// Whether a text parses as a JSON object or array.
    private static func isJSONContainer(_ text: [UInt8]) -> Bool {
        var start = 0
        while start < text.count, text[start] == 0x20 || (text[start] >= 0x09 && text[start] <= 0x0D) {
            start += 1
        }
        guard start < text.count, text[start] == 0x7B || text[start] == 0x5B else { return false }
        do throws(JSONError) {
            _ = try JSONDocument(parsing: text)
            return true
        } catch {
            // JSON that exceeds our limits may still be valid for the gateway.
            switch error {
            case .tooLong, .tooDeep, .tooManyMembers, .tooManyElements, .tooManyNodes, .numberTooLong,
                .duplicateMember, .loneSurrogate:
                return true
            default: return false
            }
        }
    }
}

extension JSONWriter {
    /// Writes an object member with the claims and the reason of a refusal. A claim whose context name is `reason` takes
    /// precedence over the reason: backends rely on claims.
    mutating func context(_ name: StaticString, _ entries: [ContextEntry], reason: StaticString? = nil) {
        guard !entries.isEmpty || reason != nil else { return }
        key(name)
        beginObject()
        var isNamed = false
        for entry in entries where bytesEqual(entry.key.span, "reason") { isNamed = true }
        if let reason, !isNamed { member("reason", reason) }
        for entry in entries {
            key(entry.key.span)
            switch entry.value {
            case .string(let text): string(text.span)
            case .number(let text): raw(text.span)
            case .bool(let value): bool(value)
            }
        }
        endObject()
    }
}
