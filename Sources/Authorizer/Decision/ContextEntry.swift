// ContextEntry.swift - a claim as API Gateway's context can hold it.
//
// Spec:    API Gateway Developer Guide, "Output from an API Gateway Lambda authorizer": keys map
//          to strings, numbers or booleans; anything else fails later, where no log shows it.
// Secret:  no; the values go to the integration and into no log.
// Reads:   JSON. Read by: Rules, Answer.

import Bytes
import JSON

/// One member of an answer's `context`.
public struct ContextEntry: Sendable {
    public enum Value: Sendable {
        case string([UInt8])
        case number([UInt8])
        case bool(Bool)
    }

    public let key: [UInt8]
    public let value: Value

    /// Strings, numbers and booleans as they are; arrays of strings joined by a space. Nil for
    /// objects, nulls, other arrays, and strings that are JSON objects or arrays themselves
    /// (HTTP APIs answer 500 for those when the answer comes from their cache).
    init?(claim: [UInt8], value: JSONValue) {
        key = Self.key(of: claim)
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

    /// A claim's name with every byte outside `[A-Za-z0-9_]` as `_`.
    static func key(of claim: [UInt8]) -> [UInt8] {
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

    /// Whether a text would itself be read as a JSON object or array.
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
            // Too deep or too large for us may still be JSON for the gateway.
            switch error {
            case .tooLong, .tooDeep, .tooManyMembers, .tooManyElements, .tooManyNodes, .numberTooLong,
                .duplicateMember, .loneSurrogate:
                return true
            default: return false
            }
        }
    }
}
