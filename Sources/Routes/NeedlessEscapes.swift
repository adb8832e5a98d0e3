// NeedlessEscapes.swift - the called ARN for a gateway that decodes escapes first.
//
// Spec:    RFC 3986 §6.2.2.2.
// Secret:  no.
// Reads:   Bytes, Events, URI. Read by: CallStatements; Authorizer (AnswerCheck).

import Bytes
import Events
import URI

extension RequestARN {
    /// The ARN with escapes of unreserved characters decoded (RFC 3986 §6.2.2.2); nil without such escapes.
    package var withoutNeedlessEscapes: [UInt8]? {
        let bytes = text.span
        var result: [UInt8] = []
        var start = 0
        var offset = bytes.count - path.count
        while offset < bytes.count {
            if let byte = escapedByte(bytes, offset), isUnreserved(byte) {
                result.append(bytes.extracting(start..<offset))
                result.append(byte)
                offset += 3
                start = offset
            } else {
                offset += 1
            }
        }
        if start == 0 { return nil }
        result.append(bytes.extracting(start..<bytes.count))
        return result
    }
}
