// VectorTable.swift - what the test vectors of a folder came to, and the index that names them.
//
// Spec:    Vectors/README.md.
// Secret:  no.
// Reads:   Conformance (SuiteResult), Reports (Report, Outline), Bytes. Read by: VectorsCommand.

import Bytes
import Conformance
import Reports

/// A file of an index.
struct IndexEntry {
    let path: [UInt8]
    let cases: Int

    /// A file whose number of cases differs from the index.
    struct CountMismatch {
        var reasonCode: StaticString { "vectors_index" }
    }

    /// Lines of `path suite cases`; `#` begins a comment.
    static func all(_ text: [UInt8]) -> [IndexEntry] {
        var entries: [IndexEntry] = []
        for line in text.split(separator: 0x0A) {
            let words = line.split(separator: 0x20)
            guard words.count == 3, words[0].first != 0x23 else { continue }
            let cases = [UInt8](words[2])
            let count = Decimal.clamped(cases.span, to: 1 << 30) ?? 0
            entries.append(IndexEntry(path: [UInt8](words[0]), cases: Int(count)))
        }
        return entries
    }
}

/// A row for each file, in the order of the index.
struct VectorTable: Report {
    private(set) var rows: [(path: [UInt8], result: SuiteResult)] = []

    mutating func add(_ result: SuiteResult, path: [UInt8]) { rows.append((path, result)) }

    /// Whether there is a file, and every case had the expected outcome.
    var isGood: Bool { !rows.isEmpty && failureCount == 0 }

    var failureCount: Int { sum { $0.failures.count } }

    private func sum(_ count: (SuiteResult) -> Int) -> Int {
        var sum = 0
        for (_, result) in rows { sum += count(result) }
        return sum
    }

    func text(_ paint: Paint) -> [UInt8] {
        var text = [UInt8]("suite                  cases accepted refused  omitted  source\n")
        for (_, result) in rows {
            text.append(result.suite.span)
            for _ in result.suite.count..<max(result.suite.count, 21) { text.append(0x20) }
            append(
                cases: result.cases, accepted: result.accepted, refused: result.refused,
                omitted: result.omitted, to: &text)
            text.append(result.source.span)
            text.append(0x0A)
        }
        text.append("all                  ")
        append(
            cases: sum { $0.cases }, accepted: sum { $0.accepted }, refused: sum { $0.refused },
            omitted: sum { $0.omitted }, to: &text)
        text.append(decimal: rows.count)
        text.append(" files\n")
        for (path, result) in rows {
            for line in result.failures {
                text.append("FAILED: ")
                text.append(path.span)
                text.append(", line ")
                text.append(decimal: line)
                text.append(0x0A)
            }
        }
        text.append(
            failureCount == 0
                ? "Every case had the expected outcome.\n" : "Some cases had an unexpected outcome.\n"
        )
        return text
    }

    /// Appends numbers, each at the right of its column.
    private func append(cases: Int, accepted: Int, refused: Int, omitted: Int, to text: inout [UInt8]) {
        for (value, width) in [(cases, 7), (accepted, 9), (refused, 8), (omitted, 9)] {
            var digits: [UInt8] = []
            digits.append(decimal: value)
            for _ in digits.count..<max(digits.count, width) { text.append(0x20) }
            text.append(digits.span)
        }
        text.append("  ")
    }

    var outline: Outline {
        var outline = Outline()
        outline.add(
            "files",
            rows.map { path, result in
                var entry = Outline()
                entry.add("path", path)
                entry.add("suite", result.suite)
                entry.add("source", result.source)
                entry.add("cases", result.cases)
                entry.add("accepted", result.accepted)
                entry.add("refused", result.refused)
                entry.add("omitted", result.omitted)
                entry.add("failedLines", .list(result.failures.map { .number(Int64($0)) }))
                return entry
            })
        outline.add("cases", sum { $0.cases })
        outline.add("failures", failureCount)
        return outline
    }
}
