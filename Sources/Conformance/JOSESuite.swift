// JOSESuite.swift - vectors of JSON Web Signatures and key thumbprints.
//
// Spec:    RFC 7515 §5.2, appendix A; RFC 7520 §4; RFC 7638 §3.1.
// Secret:  no.
// Reads:   VectorFile; JOSE, JSON, Bytes. Read by: SuiteRunner.

import Bytes
import JOSE
import JSON

/// A case: a compact JWS, the key set, and the expected payload. The payload of a JWS can be any bytes, so claims are not
/// checked.
func runJWS(_ vector: VectorCase) throws(ConformanceError) -> CaseOutcome {
    let token = try vector.text("token")
    let keys = try vector.text("keys")
    var payload: [UInt8] = []
    var refusal: StaticString?
    do throws(JOSEError) {
        let keySet = try KeySet(parsing: keys)
        payload = try UnverifiedToken(token).verifiedPayload(keySet: keySet, algorithms: Algorithm.allCases)
    } catch { refusal = error.reasonCode }
    if refusal == nil {
        let expected = try vector.bytes("payload")
        guard bytesEqual(payload.span, expected.span) else { return .failed }
    }
    return try outcome(vector, refusal: refusal)
}

/// A case: a JWK and its SHA-256 thumbprint in base64url.
func runThumbprint(_ vector: VectorCase) throws(ConformanceError) -> CaseOutcome {
    let key = try vector.field("key")
    let expected = try vector.text("thumbprint")
    let document: JSONDocument
    do throws(JSONError) { document = try JSONDocument(parsing: key.value) } catch {
        throw .value(line: key.line)
    }
    do throws(JOSEError) {
        let thumbprint = try JWKThumbprint.sha256(document.root)
        let text = Base64URL.encode(thumbprint.span)
        return .answer(bytesEqual(text.span, expected.span))
    } catch { return .failed }
}
