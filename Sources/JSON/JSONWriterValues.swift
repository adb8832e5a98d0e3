// JSONWriterValues.swift - writes members, numbers, booleans, and values that are already JSON.
//
// Spec:    RFC 8259 §3, §6.
// Secret:  no.
// Reads:   JSONWriter; Bytes. Read by: Authorizer (contexts), LambdaRuntime, the commands.

import Bytes

extension JSONWriter {
    /// Writes the name, in UTF-8, of the next member. Its value must follow.
    @inline(never)
    public mutating func key(_ name: Span<UInt8>) {
        separate()
        appendQuoted(name)
        bytes.append(0x3A)
    }

    /// Writes a member with a string value.
    @inline(never)
    public mutating func member(_ name: StaticString, _ text: StaticString) {
        key(name)
        string(text)
    }

    /// Writes a member with a string value, in UTF-8.
    @inline(never)
    public mutating func member(_ name: StaticString, _ text: [UInt8]) {
        key(name)
        string(text.span)
    }

    /// Writes a member with an integer value.
    @inline(never)
    public mutating func member(_ name: StaticString, _ number: Int64) {
        key(name)
        integer(number)
    }

    @inline(never)
    public mutating func integer(_ value: Int64) {
        separate()
        bytes.append(decimal: value)
        needsComma = true
    }

    public mutating func integer(_ value: Int) {
        integer(Int64(value))
    }

    @inline(never)
    public mutating func bool(_ value: Bool) {
        raw(value ? "true" : "false")
    }

    public mutating func null() {
        raw("null")
    }

    /// Writes a value that is already JSON.
    public mutating func raw(_ json: StaticString) {
        separate()
        bytes.append(json)
        needsComma = true
    }

    /// Writes a value that is already JSON.
    @inline(never)
    public mutating func raw(_ json: Span<UInt8>) {
        separate()
        bytes.append(json)
        needsComma = true
    }
}
