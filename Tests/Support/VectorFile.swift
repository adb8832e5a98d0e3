// VectorFile.swift - cases of Vectors/ for a module's own tests. All files are run by ConformanceTests.

import Bytes
import Foundation

/// One case of a vector file: its comment and its fields.
public struct VectorCase {
    public var comment = ""
    public var fields: [String: String] = [:]

    public func bytes(_ name: String) throws -> [UInt8] {
        try Hex.decode(Array(try text(name).utf8).span)
    }

    public func text(_ name: String) throws -> String {
        guard let value = fields[name] else { throw VectorFileError.missingField(name) }
        return value
    }
}

public enum VectorFileError: Error {
    case missingField(String)
    case unknownField(String)
    case count(said: Int, found: Int)
}

/// The cases of `Vectors/<path>`; the count in its header must be right, and every field known.
public func readVectors(_ path: String, fields known: Set<String>) throws -> [VectorCase] {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()
    let text = try String(contentsOf: root.appendingPathComponent("Vectors/\(path)"), encoding: .utf8)
    var cases: [VectorCase] = []
    var current = VectorCase()
    var said = -1
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
        if line.hasPrefix("#: cases") {
            said = line.split(separator: " ").lazy.compactMap { Int($0) }.first ?? -1
        } else if line.hasPrefix("# ") {
            current.comment = String(line.dropFirst(2))
        } else if line.isEmpty {
            if !current.fields.isEmpty { cases.append(current) }
            current = VectorCase()
        } else if !line.hasPrefix("#") {
            let parts = line.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let name = parts[0].trimmingCharacters(in: .whitespaces)
            guard known.contains(name) else { throw VectorFileError.unknownField(name) }
            current.fields[name] = parts[1].trimmingCharacters(in: .whitespaces)
        }
    }
    guard cases.count == said else { throw VectorFileError.count(said: said, found: cases.count) }
    return cases
}
