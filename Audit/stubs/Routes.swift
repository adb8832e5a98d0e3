// Routes.swift - the exits of the core in this module, empty: Scripts/check-core compiles the core with them (Audit/core.txt).

import Events

package struct ClaimPlaces: Sendable {
    package static var standard: ClaimPlaces { ClaimPlaces() }
    package var scopes: [ClaimPath] { [] }
}

package struct ClaimPath: Sendable {}

public struct RouteTable: Sendable {}

package struct RouteVerdict {
    package var finding: RouteFinding? { nil }
}

public struct RouteFinding: Sendable {}

public struct PolicyNote: Sendable {}

public enum RouteFault: Equatable, Sendable {}

struct ComparedHead {
    init?(_ text: Span<UInt8>) { return nil }
    func matches(_ resource: Span<UInt8>, _ text: Span<UInt8>) -> Bool? { nil }
}

extension RequestARN {
    package var withoutNeedlessEscapes: [UInt8]? { nil }
}
