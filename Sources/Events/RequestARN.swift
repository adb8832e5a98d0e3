// RequestARN.swift - the called ARN and its parts.
//
// Spec:    API Gateway Developer Guide, "Resource format of permissions for invoking an API":
//          arn:partition:execute-api:region:account:api/stage/verb/path. A WebSocket API's ends in
//          /stage/$connect.
// Secret:  no.
// Reads:   URI (ARNFields), Bytes. Read by: Event, the rules of routes; Authorizer (Answer), Routes, Reports, Conformance.
//
// The gateway compares a policy's resources with exactly this text. So the rules use its verb and path, and no other
// member of the event.

import Bytes
import URI

/// `methodArn` or `routeArn` of an event.
public struct RequestARN: Sendable {
    public let text: [UInt8]
    /// The offsets of the account, the API, the stage, the verb and the path.
    let accountStart: Int
    let apiStart: Int
    let stageStart: Int
    let verbStart: Int
    let pathStart: Int

    /// - Returns: nil for a text of another form.
    public init?(_ text: [UInt8]) {
        let bytes = text.span
        guard bytesStart(bytes, with: "arn:aws"), let fields = ARNFields(bytes),
            bytesEqual(bytes.extracting(fields.service), "execute-api"),
            !fields.region.isEmpty, !fields.account.isEmpty
        else { return nil }
        // The partition: aws, aws-cn, aws-us-gov, and future ones.
        for index in 7..<fields.partition.upperBound {
            guard bytes[index] == 0x2D || (bytes[index] >= 0x61 && bytes[index] <= 0x7A) else { return nil }
        }
        accountStart = fields.account.lowerBound
        apiStart = fields.resource.lowerBound
        guard let stage = Self.next(bytes, apiStart), let verb = Self.next(bytes, stage) else { return nil }
        stageStart = stage
        if bytesEqual(bytes.extracting(verb..<bytes.count), "$connect") {
            verbStart = verb
            pathStart = verb
        } else {
            // The path includes its slash. The root of an API is "/" or empty.
            var end = verb
            while end < bytes.count, bytes[end] != 0x2F { end += 1 }
            guard end > verb else { return nil }
            verbStart = verb
            pathStart = end
        }
        self.text = text
    }

    /// The offset after the slash that ends the segment at `start`; nil without a slash, or for an empty segment.
    private static func next(_ bytes: Span<UInt8>, _ start: Int) -> Int? {
        var end = start
        while end < bytes.count, bytes[end] != 0x2F { end += 1 }
        return end > start && end < bytes.count ? end + 1 : nil
    }

    /// The text after the verb, from its slash, as the gateway compares it; `$connect` on a WebSocket.
    public var path: Span<UInt8> {
        @_lifetime(borrow self)
        get { text.span.extracting(pathStart..<text.count) }
    }

    public var isConnect: Bool { verbStart == pathStart }
}
