// Event.swift - the parsed event of an authorizer request.
//
// Spec:    API Gateway Developer Guide, "Input to an API Gateway Lambda authorizer": type TOKEN, authorizationToken,
//          methodArn. The other callers: OtherCallers.
// Secret:  the values of headers, parameters and cookies: one of them is the token. They are read
//          only when they are needed, and are never printed.
// Reads:   Caller, RequestARN, OtherCallers, EventError, Limits; JSON. Read by: PresentedToken, EventValues, the rules;
//          Authorizer (Authorization), Reports.

import JSON

/// An event of one of the callers. The text is parsed once. Members are looked up when they are needed, and a member
/// of a wrong type is reported then.
public struct Event: Sendable {
    public let caller: Caller
    /// The called ARN; nil for AppSync and IoT Core, which do not send one.
    public let arn: RequestARN?
    let root: JSONValue

    /// - Parameter bytes: the event as Lambda delivers it.
    /// - Throws: `tooLong`, `notJSON`, `notObject`, `kind`, `member`.
    public init(parsing bytes: [UInt8]) throws(EventError) {
        guard bytes.count <= EventLimits.eventByteCount else {
            throw .tooLong(limit: EventLimits.eventByteCount, actual: bytes.count)
        }
        let document: JSONDocument
        do { document = try JSONDocument(parsing: bytes, limits: EventLimits.event) } catch {
            throw .notJSON(error)
        }
        root = document.root
        guard root.kind == .object else { throw .notObject }
        guard root.member("type")?.isString("TOKEN") == true else {
            (caller, arn) = try Self.otherCaller(root)
            return
        }
        guard let text = root.member("methodArn")?.stringBytes, let arn = RequestARN(text) else {
            throw .member(.methodArn)
        }
        self.arn = arn
        caller = .restToken
    }
}
