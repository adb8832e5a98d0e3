// DocumentValue.swift - a value of the rules' document with its path.
//
// Spec:    none; AUDIT 31: unknown members, wrong types, empty lists and duplicates stop the start.
// Secret:  no.
// Reads:   DocumentFault, SettingsError, Limits; Events (EventLimits), JSON, Bytes. Read by: RulesDocument, DocumentIssuers,
//          DocumentRoutes.

import Bytes
import Events
import JSON

/// A value and its path from the root.
final class DocumentValue {
    let value: JSONValue
    let path: [UInt8]

    /// The root.
    init(_ document: JSONDocument) {
        value = document.root
        path = []
    }

    private init(_ value: JSONValue, _ path: [UInt8]) {
        self.value = value
        self.path = path
    }

    /// The text in the document; that of a string is without its quotes.
    var text: [UInt8] {
        let value = value
        return [UInt8](value.rawText)
    }

    /// - Parameter example: a value that would be accepted here.
    @inline(never)
    func fault(_ problem: DocumentFault.Problem, _ example: StaticString = "") -> SettingsError {
        SettingsError(.rules, .document(DocumentFault(path: path, problem: problem, example: example)))
    }

    // MARK: Objects

    /// - Throws: `notObject`; `unknownMember` for one that is not in the list.
    func checkMembers(_ names: [StaticString]) throws(SettingsError) {
        guard value.kind == .object else { throw fault(.notObject) }
        var members = value.children
        while let member = members.next() {
            var isKnown = false
            for name in names where bytesEqual(member.name.span, name) { isKnown = true }
            guard isKnown else {
                let name = [UInt8](member.name.prefix(EventLimits.namedByteCount))
                throw DocumentValue(member.value, path(to: name.span)).fault(.unknownMember)
            }
        }
    }

    subscript(_ name: StaticString) -> DocumentValue? {
        @inline(never) get { self[[UInt8](name)] }
    }

    subscript(_ name: [UInt8]) -> DocumentValue? {
        guard let member = value.member(name.span) else { return nil }
        return DocumentValue(member, path(to: name.span))
    }

    /// The member; if it is missing, a value with the member's path.
    func place(of name: StaticString) -> DocumentValue {
        let bytes = [UInt8](name)
        return self[name] ?? DocumentValue(value, path(to: bytes.span))
    }

    private func path(to name: Span<UInt8>) -> [UInt8] {
        var longer = path
        if !longer.isEmpty { longer.append(0x2E) }
        longer.append(name)
        return longer
    }

    /// A fault of a missing member.
    func missing(_ name: StaticString, _ example: StaticString) -> SettingsError {
        place(of: name).fault(.missing, example)
    }

    // MARK: Arrays

    /// - Throws: `notArray`, `empty`, `tooMany`.
    func elements(_ example: StaticString, limit: Int = SettingsLimits.listCount) throws(SettingsError)
        -> [DocumentValue]
    {
        guard value.kind == .array else { throw fault(.notArray, example) }
        guard value.count > 0 else { throw fault(.empty, example) }
        guard value.count <= limit else { throw fault(.tooMany(limit: limit)) }
        var elements: [DocumentValue] = []
        for index in 0..<value.count { elements.append(element(index)) }
        return elements
    }

    /// An array of strings, each not empty and different from the others.
    ///
    /// - Throws: as `elements` and `string`; `repeated`.
    func strings(
        _ example: StaticString, limit: Int = SettingsLimits.listCount
    ) throws(SettingsError) -> [[UInt8]] {
        var strings: [[UInt8]] = []
        for element in try elements(example, limit: limit) {
            let text = try element.string(example)
            guard !strings.contains(text.span) else { throw element.fault(.repeated) }
            strings.append(text)
        }
        return strings
    }

    /// An element of an array that has been read.
    func element(_ index: Int) -> DocumentValue {
        var longer = path
        longer.append(0x5B)
        longer.append(decimal: index)
        longer.append(0x5D)
        var walk = value.children
        for _ in 0..<index { _ = walk.next() }
        return DocumentValue(walk.next()?.value ?? value, longer)
    }

    // MARK: Scalars

    /// - Throws: `notString`, `empty`, `tooLong`.
    func string(_ example: StaticString) throws(SettingsError) -> [UInt8] {
        guard let text = value.stringBytes else { throw fault(.notString, example) }
        guard !text.isEmpty else { throw fault(.empty, example) }
        guard text.count <= SettingsLimits.documentTextByteCount else {
            throw fault(.tooLong(limit: SettingsLimits.documentTextByteCount))
        }
        return text
    }

    /// - Throws: `notInteger`, `outOfRange`.
    func integer(_ range: ClosedRange<Int64>, _ example: StaticString) throws(SettingsError) -> Int64 {
        guard let integer = value.number?.integer else { throw fault(.notInteger, example) }
        guard range.contains(integer) else {
            throw fault(.outOfRange(minimum: range.lowerBound, maximum: range.upperBound))
        }
        return integer
    }

    /// - Throws: `notBool`.
    func bool() throws(SettingsError) -> Bool {
        guard let bool = value.bool else { throw fault(.notBool, "true") }
        return bool
    }
}
