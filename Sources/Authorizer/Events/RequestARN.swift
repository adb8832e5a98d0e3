// RequestARN.swift - the ARN of what is called, and its parts.
//
// Spec:    API Gateway Developer Guide, "Resource format of permissions for invoking an API":
//          arn:partition:execute-api:region:account:api/stage/verb/path. A WebSocket's ends in
//          /stage/$connect.
// Secret:  no.
// Reads:   Bytes. Read by: Event, Answer, the rules of routes.
//
// The gateway compares a policy's resources with exactly this text, so the rules look at the verb
// and the path that stand here and at no other member of the event.

import Bytes

/// `methodArn` or `routeArn` of an event.
public struct RequestARN: Sendable {
    public let text: [UInt8]
    /// Where the region, the account, the API, the stage, the verb and the path begin.
    private let accountStart: Int
    private let apiStart: Int
    private let stageStart: Int
    private let verbStart: Int
    private let pathStart: Int

    /// - Returns: nil for what has not the form.
    public init?(_ text: [UInt8]) {
        // Five colons part six fields; the last may hold further ones.
        let bytes = text.span
        guard bytesStart(bytes, with: "arn:aws") else { return nil }
        var starts = [0]
        for index in bytes.indices where bytes[index] == 0x3A && starts.count < 6 { starts.append(index + 1) }
        guard starts.count == 6,
            bytesEqual(bytes.extracting(starts[2]..<(starts[3] - 1)), "execute-api"),
            starts[4] - starts[3] > 1, starts[5] - starts[4] > 1
        else { return nil }
        // The partition: aws, aws-cn, aws-us-gov, and those that may come.
        for index in 7..<(starts[2] - 1) {
            guard bytes[index] == 0x2D || (bytes[index] >= 0x61 && bytes[index] <= 0x7A) else { return nil }
        }
        guard let stage = Self.next(bytes, starts[5]), let verb = Self.next(bytes, stage) else { return nil }
        accountStart = starts[4]
        apiStart = starts[5]
        stageStart = stage
        if bytesEqual(bytes.extracting(verb..<bytes.count), "$connect") {
            verbStart = verb
            pathStart = verb
        } else {
            // The path keeps its slash; the top of an API is "/" or nothing at all.
            var end = verb
            while end < bytes.count, bytes[end] != 0x2F { end += 1 }
            guard end > verb else { return nil }
            verbStart = verb
            pathStart = end
        }
        self.text = text
    }

    /// The offset behind the slash that ends the segment at `start`; nil without one, or if nothing stands before it.
    private static func next(_ bytes: Span<UInt8>, _ start: Int) -> Int? {
        var end = start
        while end < bytes.count, bytes[end] != 0x2F { end += 1 }
        return end > start && end < bytes.count ? end + 1 : nil
    }

    public var account: Span<UInt8> {
        @_lifetime(borrow self)
        get { text.span.extracting(accountStart..<(apiStart - 1)) }
    }

    public var api: Span<UInt8> {
        @_lifetime(borrow self)
        get { text.span.extracting(apiStart..<(stageStart - 1)) }
    }

    public var stage: Span<UInt8> {
        @_lifetime(borrow self)
        get { text.span.extracting(stageStart..<(verbStart - 1)) }
    }

    /// `arn:…:api/stage/`, to put a verb and a path behind.
    public var stagePrefix: Span<UInt8> {
        @_lifetime(borrow self)
        get { text.span.extracting(0..<verbStart) }
    }

    /// The method of the request; empty on `$connect`.
    public var verb: Span<UInt8> {
        @_lifetime(borrow self)
        get { text.span.extracting(verbStart..<pathStart) }
    }

    /// What stands behind the verb, from its slash, as the gateway compares it; `$connect` on a WebSocket.
    public var path: Span<UInt8> {
        @_lifetime(borrow self)
        get { text.span.extracting(pathStart..<text.count) }
    }

    public var isConnect: Bool { verbStart == pathStart }
}
