// IoTAnswer.swift - the answer for IoT Core.
//
// Spec:    IoT Core Developer Guide, "Defining your Lambda function": isAuthenticated, principalId
//          matching [a-zA-Z0-9]{1,128}, policyDocuments, disconnectAfterInSeconds and
//          refreshAfterInSeconds of 300 to 86,400.
// Secret:  no.
// Reads:   Rules; SHA256, Bytes, JSON. Read by: OtherAnswers.

import Bytes
import JSON
import SHA256

extension Rules {
    /// The policies of IOT_POLICY, for a connection that ends when the token expires.
    ///
    /// - Throws: `iotPolicyMissing`; `expiresTooSoon` if the shortest connection of IoT Core would outlast the token.
    func iotAnswer(allowing grant: Grant, nowSeconds: Int64) throws(Refusal) -> [UInt8] {
        guard !answers.iotPolicies.isEmpty else { throw .iotPolicyMissing }
        // Until this time the token would still be accepted.
        let left = grant.refusedFromSeconds - nowSeconds
        guard left >= AuthorizerLimits.iotLeastSeconds else { throw .expiresTooSoon(secondsLeft: left) }
        let disconnect = min(left, AuthorizerLimits.iotMostSeconds)
        // A refresh in the last five minutes would be refused. So the last refresh is at the end of the connection.
        var refresh = min(answers.iotRefreshSeconds, disconnect)
        if disconnect - refresh < AuthorizerLimits.iotLeastSeconds { refresh = disconnect }
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("isAuthenticated")
        writer.bool(true)
        writer.key("principalId")
        writer.string(iotPrincipal(grant.principal).span)
        writer.key("disconnectAfterInSeconds")
        writer.integer(disconnect)
        writer.key("refreshAfterInSeconds")
        writer.integer(refresh)
        writer.key("policyDocuments")
        writer.beginArray()
        writer.raw(answers.iotPolicies.span)
        writer.endArray()
        writer.endObject()
        return writer.bytes
    }
}

/// The principal itself if IoT Core accepts it, else its SHA-256 in hexadecimal.
private func iotPrincipal(_ principal: [UInt8]) -> [UInt8] {
    var fits = !principal.isEmpty && principal.count <= 128
    for byte in principal {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: continue
        default: fits = false
        }
    }
    return fits ? principal : Hex.encode(SHA256.hash(principal.span).span)
}

/// Every member that IoT Core requires; nothing is allowed.
var iotRefusal: [UInt8] {
    [UInt8](
        #"{"isAuthenticated":false,"principalId":"unknown","disconnectAfterInSeconds":300,"refreshAfterInSeconds":300,"policyDocuments":[]}"#
    )
}
