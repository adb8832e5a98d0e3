// JSON.swift - the exits of the core in this module, empty: Scripts/check-core compiles the core with them (Audit/core.txt).

public struct JSONNumber {
    public var floor: Int64? { nil }
    public var hasFraction: Bool { true }
}

extension JSONValue {
    public var number: JSONNumber? { nil }
}

struct DuplicateNames {
    mutating func firstDuplicate(in object: Int, nodes: [JSONNode], text: Span<UInt8>) -> Int? { fatalError() }
}
