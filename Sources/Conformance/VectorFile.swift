// VectorFile.swift - the parser of vector files.
//
// Spec:    Vectors/README.md.
// Secret:  no.
// Reads:   ConformanceError; Bytes. Read by: SuiteRunner and the suites.

import Bytes

/// A header and its cases.
struct VectorFile {
    private(set) var suite: [UInt8] = []
    private(set) var source: [UInt8] = []
    private(set) var caseCount = 0
    private(set) var validCount = 0
    /// The number of cases of the source that the file omits.
    private(set) var omittedCount = 0
    private(set) var cases: [VectorCase] = []

    init(_ text: [UInt8]) throws(ConformanceError) {
        var lineNumber = 0
        var start = 0
        var current = VectorCase(line: 0)
        var hasCounts = false
        for index in 0...text.count where index == text.count || text[index] == 0x0A {
            lineNumber += 1
            let line = text.span.extracting(start..<index)
            start = index + 1
            if line.count == 0 {
                if !current.fields.isEmpty { cases.append(current) }
                current = VectorCase(line: 0)
            } else if bytesStart(line, with: "#: ") {
                try readHeader(line.extracting(3..<line.count), &hasCounts)
            } else if line[0] != 0x23 {
                try current.append(line, number: lineNumber)
            }
        }
        if !current.fields.isEmpty { cases.append(current) }
        guard !suite.isEmpty else { throw .header(.suite) }
        guard !source.isEmpty else { throw .header(.source) }
        guard hasCounts else { throw .header(.cases) }
        guard cases.count == caseCount else { throw .count(said: caseCount, found: cases.count) }
    }

    /// `name value`.
    private mutating func readHeader(_ line: Span<UInt8>, _ hasCounts: inout Bool) throws(ConformanceError) {
        var end = 0
        while end < line.count, line[end] != 0x20 { end += 1 }
        let name = line.extracting(0..<end)
        while end < line.count, line[end] == 0x20 { end += 1 }
        let value = line.extracting(end..<line.count)
        if bytesEqual(name, "suite") {
            suite = [UInt8](value)
        } else if bytesEqual(name, "source") {
            source = [UInt8](value)
        } else if bytesEqual(name, "cases") {
            // `N (valid A, invalid B)`.
            let numbers = Self.numbers(value)
            guard numbers.count == 3, numbers[0] == numbers[1] + numbers[2] else { throw .header(.cases) }
            caseCount = numbers[0]
            validCount = numbers[1]
            hasCounts = true
        } else if bytesEqual(name, "left-out") {
            // `N (reason)`; there may be several.
            guard let count = Self.numbers(value).first else { throw .header(.omitted) }
            omittedCount += count
        } else {
            // These fields are only for readers.
            guard isWord(name, of: "sha256 licence converter seed note") else { throw .header(.unknown) }
        }
    }

    /// The decimal numbers in a text.
    private static func numbers(_ text: Span<UInt8>) -> [Int] {
        var numbers: [Int] = []
        var start = 0
        for end in 0...text.count where end == text.count || !(0x30...0x39).contains(text[end]) {
            if let number = Decimal.clamped(text.extracting(start..<end), to: 1 << 40) {
                numbers.append(Int(number))
            }
            start = end + 1
        }
        return numbers
    }
}

/// One case: its fields, and its line.
struct VectorCase {
    struct Field {
        let line: Int
        let name: [UInt8]
        let value: [UInt8]
    }

    /// The line of its first field.
    private(set) var line: Int
    private(set) var fields: [Field] = []

    init(line: Int) {
        self.line = line
    }

    /// Adds a field `name = value`.
    fileprivate mutating func append(_ text: Span<UInt8>, number: Int) throws(ConformanceError) {
        var equals = 0
        while equals < text.count, text[equals] != 0x3D { equals += 1 }
        guard equals < text.count else { throw .line(number) }
        let name = [UInt8](trimmed(text.extracting(0..<equals)))
        guard !name.isEmpty else { throw .line(number) }
        for field in fields where bytesEqual(field.name.span, name.span) {
            throw .repeatedField(line: number)
        }
        if fields.isEmpty { line = number }
        let value = [UInt8](trimmed(text.extracting((equals + 1)..<text.count)))
        fields.append(Field(line: number, name: name, value: value))
    }

    /// - Throws: `unknownField` for a field that is not on a suite's list.
    func check(fields known: StaticString) throws(ConformanceError) {
        for field in fields where !isWord(field.name.span, of: known) {
            throw .unknownField(line: field.line)
        }
    }

    /// A field's value; nil if the case does not have it.
    func optional(_ name: StaticString) -> Field? {
        for field in fields where bytesEqual(field.name.span, name) { return field }
        return nil
    }

    func field(_ name: StaticString) throws(ConformanceError) -> Field {
        guard let field = optional(name) else { throw .missingField(line: line) }
        return field
    }

    /// A value as text.
    func text(_ name: StaticString) throws(ConformanceError) -> [UInt8] { try field(name).value }

    /// A value in hexadecimal.
    func bytes(_ name: StaticString) throws(ConformanceError) -> [UInt8] {
        let field = try field(name)
        do throws(BytesError) { return try Hex.decode(field.value.span) } catch {
            throw .value(line: field.line)
        }
    }

    /// A value in decimal.
    func number(_ name: StaticString) throws(ConformanceError) -> Int {
        let field = try field(name)
        guard field.value.count <= 9, let number = Decimal.value(field.value.span) else {
            throw .value(line: field.line)
        }
        return Int(number)
    }

    /// Whether `expect` equals `word`.
    func expects(_ word: StaticString) throws(ConformanceError) -> Bool {
        let expect = try text("expect")
        return bytesEqual(expect.span, word)
    }
}

/// Whether a word is in a list of words that are separated by spaces.
private func isWord(_ word: Span<UInt8>, of list: StaticString) -> Bool {
    let list = [UInt8](list)
    var start = 0
    for end in 0...list.count where end == list.count || list[end] == 0x20 {
        if bytesEqual(word, list.span.extracting(start..<end)) { return true }
        start = end + 1
    }
    return false
}
