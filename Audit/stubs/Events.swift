// Events.swift - the exits of the core in this module, empty: Scripts/check-core compiles the core with them (Audit/core.txt).

import JSON

public enum TokenSource: Sendable { case header(name: [UInt8], scheme: [UInt8]) }

extension TokenSource {
    public static var standard: [TokenSource] { [] }
}

extension Event {
    static func otherCaller(_ root: JSONValue) throws(EventError) -> (Caller, RequestARN?) { throw .notObject }
    func onlyToken(in sources: [TokenSource], _ acceptsDPoP: Bool) throws(EventError) -> PresentedToken { throw .tokenMissing }
}
