// PolicyReader.swift - parses a written policy and determines its effect on a call.
//
// Spec:    IAM JSON policy language: an explicit Deny overrides any Allow; a call that no statement matches is denied.
// Secret:  no.
// Reads:   ResourceMatch; Bytes. Read by: RoutePolicy's callers; Authorizer (AnswerCheck).
//
// It parses the bytes of the answer, not the values from which they were written, and accepts only the form in which this
// program writes a policy. Every caller treats anything else as a wrong answer.

import Bytes

/// The effect of a policy on one ARN, in each interpretation.
package struct PolicyEffect: Sendable {
    private var isAllowed: (wholeString: Bool, fieldByField: Bool) = (false, false)
    private var isDenied: (wholeString: Bool, fieldByField: Bool) = (false, false)
    /// Whether some statement allows something.
    package private(set) var hasAllow = false

    /// Whether the call is allowed in every interpretation.
    package var allowsInEveryReading: Bool {
        isAllowed.wholeString && isAllowed.fieldByField && !isDenied.wholeString && !isDenied.fieldByField
    }

    /// Whether the call is allowed in some interpretation.
    package var allowsInSomeReading: Bool {
        (isAllowed.wholeString && !isDenied.wholeString) || (isAllowed.fieldByField && !isDenied.fieldByField)
    }

    fileprivate mutating func note(_ resource: Span<UInt8>, _ arn: borrowing ComparedARN, isAllow: Bool) {
        if isAllow { hasAllow = true }
        let matches = arn.isMatched(by: resource)
        if isAllow {
            isAllowed.wholeString = isAllowed.wholeString || matches.wholeString
            isAllowed.fieldByField = isAllowed.fieldByField || matches.fieldByField
        } else {
            isDenied.wholeString = isDenied.wholeString || matches.wholeString
            isDenied.fieldByField = isDenied.fieldByField || matches.fieldByField
        }
    }
}

/// A parser for the JSON of our answers: without white space, and with members in a fixed order.
package struct PolicyReader: ~Escapable {
    private let text: Span<UInt8>
    private var offset = 0

    @_lifetime(copy text)
    package init(_ text: Span<UInt8>) {
        self.text = text
    }

    package var isAtEnd: Bool { offset == text.count }

    /// Consumes this text, if it is next.
    @_lifetime(self: copy self)
    package mutating func pass(_ expected: StaticString) -> Bool {
        let end = offset + expected.utf8ByteCount
        guard end <= text.count, bytesEqual(text.extracting(offset..<end), expected) else { return false }
        offset = end
        return true
    }

    /// Consumes a string with any content.
    ///
    /// - Returns: the range of its content, and whether it has escapes; nil if the next value is not a string.
    @_lifetime(self: copy self)
    package mutating func passString() -> (content: Range<Int>, hasEscapes: Bool)? {
        guard pass("\"") else { return nil }
        let start = offset
        var hasEscapes = false
        while offset < text.count {
            if text[offset] == 0x22 {
                offset += 1
                return (start..<(offset - 1), hasEscapes)
            }
            if text[offset] == 0x5C {
                hasEscapes = true
                offset += 1
            }
            offset += 1
        }
        return nil
    }

    /// RFC 8259 §7: `\\` and `\"` stand for the second character. A policy has no other escapes, which stand for
    /// control characters.
    private func unescaped(_ content: Range<Int>) -> [UInt8]? {
        var result: [UInt8] = []
        var index = content.lowerBound
        while index < content.upperBound {
            if text[index] == 0x5C {
                index += 1
                guard text[index] == 0x22 || text[index] == 0x5C else { return nil }
            }
            result.append(text[index])
            index += 1
        }
        return result
    }

    /// Consumes a Resource and records its effect; false if it cannot be parsed.
    @_lifetime(self: copy self)
    private mutating func passResource(
        _ effect: inout PolicyEffect, _ arn: borrowing ComparedARN, isAllow: Bool
    ) -> Bool {
        guard let (content, hasEscapes) = passString() else { return false }
        if hasEscapes {
            guard let resource = unescaped(content) else { return false }
            effect.note(resource.span, arn, isAllow: isAllow)
        } else {
            effect.note(text.extracting(content), arn, isAllow: isAllow)
        }
        return true
    }

    /// Consumes an object of strings, numbers and booleans.
    @_lifetime(self: copy self)
    package mutating func passFlatObject() -> Bool {
        guard pass("{") else { return false }
        if pass("}") { return true }
        repeat {
            guard passString() != nil, pass(":") else { return false }
            if offset < text.count, text[offset] == 0x22 {
                guard passString() != nil else { return false }
            } else {
                let start = offset
                while offset < text.count, isScalarByte(text[offset]) { offset += 1 }
                guard offset > start else { return false }
            }
        } while pass(",")
        return pass("}")
    }

    /// Whether a byte can be part of a number, `true` or `false`.
    private func isScalarByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x61...0x7A, 0x45, 0x2B, 0x2D, 0x2E: true
        default: false
        }
    }

    /// Parses the value of `Statement` and returns its effect on an ARN; nil if it cannot be parsed.
    ///
    /// - Parameter hasMany: whether there may be many Resources.
    @_lifetime(self: copy self)
    package mutating func statements(about arn: Span<UInt8>, hasMany: Bool = true) -> PolicyEffect? {
        var effect = PolicyEffect()
        let arn = ComparedARN(arn, hasMany: hasMany)
        guard pass("[") else { return nil }
        repeat {
            guard pass("{\"Action\":\"execute-api:Invoke\",\"Effect\":") else { return nil }
            let isAllow = pass("\"Allow\"")
            guard isAllow || pass("\"Deny\""), pass(",\"Resource\":") else { return nil }
            if pass("[") {
                repeat {
                    guard passResource(&effect, arn, isAllow: isAllow) else { return nil }
                } while pass(",")
                guard pass("]") else { return nil }
            } else {
                guard passResource(&effect, arn, isAllow: isAllow) else { return nil }
            }
            guard pass("}") else { return nil }
        } while pass(",")
        return pass("]") ? effect : nil
    }
}
