// VectorsCommand.swift - run the test vectors of a folder, and print the table.
//
// Spec:    DESIGN 2, 5; Vectors/README.md.
// Secret:  no.
// Reads:   Conformance; Platform, JSON. Read by: Bootstrap.

import Bytes
import Conformance
import JSON
import Platform

/// `authorizer vectors`.
func runVectorsCommand(_ options: Options) -> Int32 {
    let folder = options.operand ?? [UInt8]("Vectors")
    let index: [UInt8]
    let indexPath = folder + [UInt8]("/INDEX")
    do throws(PlatformError) { index = try File.read(path: indexPath, limit: 1 << 20) } catch {
        return fileError(indexPath, error)
    }
    var table = VectorTable()
    for entry in indexEntries(index) {
        let path = folder + [0x2F] + entry.path
        let text: [UInt8]
        do throws(PlatformError) { text = try File.read(path: path, limit: 64 << 20) } catch {
            return fileError(path, error)
        }
        do throws(ConformanceError) {
            let result = try runVectors(text)
            guard result.cases == entry.cases else { return malformed(path, "vectors_index") }
            table.add(result, path: entry.path)
        } catch { return malformed(path, error.reasonCode) }
    }
    StandardOutput.write(options.json ? table.json : table.text)
    return table.failureCount == 0 && table.fileCount > 0 ? ExitStatus.allowed : ExitStatus.refused
}

private func malformed(_ path: [UInt8], _ reason: StaticString) -> Int32 {
    var text = [UInt8]("authorizer: ")
    text.append(path.span)
    text.append(": ")
    text.append(reason)
    text.append("\n")
    StandardError.write(text)
    return ExitStatus.usage
}

private struct IndexEntry {
    let path: [UInt8]
    let cases: Int
}

/// Lines of `path suite cases`; `#` begins a comment.
private func indexEntries(_ text: [UInt8]) -> [IndexEntry] {
    var entries: [IndexEntry] = []
    var words: [[UInt8]] = []
    var word: [UInt8] = []
    for byte in text + [0x0A] {
        if byte != 0x20 && byte != 0x0A {
            word.append(byte)
            continue
        }
        if !word.isEmpty { words.append(word) }
        word = []
        guard byte == 0x0A else { continue }
        if words.count == 3, words[0].first != 0x23 {
            var cases = 0
            for digit in words[2].prefix(9) { cases = cases * 10 + Int(digit & 0x0F) }
            entries.append(IndexEntry(path: words[0], cases: cases))
        }
        words = []
    }
    return entries
}

/// The table in the making.
private struct VectorTable {
    private(set) var fileCount = 0
    private(set) var failureCount = 0
    private var total = (cases: 0, accepted: 0, refused: 0, leftOut: 0)
    private var rows: [UInt8] = []
    private var failures: [UInt8] = []
    private var writer = JSONWriter()

    init() {
        rows.append("suite                  cases accepted refused left out  source\n")
        writer.beginObject()
        writer.key("files")
        writer.beginArray()
    }

    mutating func add(_ result: SuiteResult, path: [UInt8]) {
        fileCount += 1
        failureCount += result.failures.count
        total.cases += result.cases
        total.accepted += result.accepted
        total.refused += result.refused
        total.leftOut += result.leftOut
        rows.append(result.suite.span)
        for _ in result.suite.count..<max(result.suite.count, 21) { rows.append(0x20) }
        for (value, width) in [
            (result.cases, 7), (result.accepted, 9), (result.refused, 8), (result.leftOut, 9),
        ] {
            appendRight(&rows, value, width)
        }
        rows.append("  ")
        rows.append(result.source.span)
        rows.append(0x0A)
        for line in result.failures {
            failures.append("FAILED: ")
            failures.append(path.span)
            failures.append(", line ")
            failures.append(decimal: line)
            failures.append(0x0A)
        }
        writer.beginObject()
        writer.key("path")
        writer.string(path.span)
        writer.key("suite")
        writer.string(result.suite.span)
        writer.key("source")
        writer.string(result.source.span)
        writer.key("cases")
        writer.integer(result.cases)
        writer.key("accepted")
        writer.integer(result.accepted)
        writer.key("refused")
        writer.integer(result.refused)
        writer.key("leftOut")
        writer.integer(result.leftOut)
        writer.key("failedLines")
        writer.beginArray()
        for line in result.failures { writer.integer(line) }
        writer.endArray()
        writer.endObject()
    }

    var text: [UInt8] {
        var text = rows
        text.append("all                  ")
        for (value, width) in [(total.cases, 7), (total.accepted, 9), (total.refused, 8), (total.leftOut, 9)]
        {
            appendRight(&text, value, width)
        }
        text.append("  ")
        text.append(decimal: fileCount)
        text.append(" files\n")
        text.append(failures.span)
        text.append(
            failureCount == 0 ? "Every case had the expected outcome.\n" : "Some cases had another outcome.\n"
        )
        return text
    }

    var json: [UInt8] {
        var writer = writer
        writer.endArray()
        writer.key("cases")
        writer.integer(total.cases)
        writer.key("failures")
        writer.integer(failureCount)
        writer.endObject()
        return writer.bytes + [0x0A]
    }

    private func appendRight(_ text: inout [UInt8], _ value: Int, _ width: Int) {
        var digits: [UInt8] = []
        digits.append(decimal: value)
        for _ in digits.count..<max(digits.count, width) { text.append(0x20) }
        text.append(digits.span)
    }
}
