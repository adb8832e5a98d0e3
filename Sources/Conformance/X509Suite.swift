// X509Suite.swift - vectors of certificate paths.
//
// Spec:    RFC 5280 §6; RFC 9525 §6.
// Secret:  no.
// Reads:   VectorFile; X509, Bytes. Read by: SuiteRunner.

import Bytes
import X509

/// A case: trust anchors, presented certificates, and a time. With a host the path is validated for this server, and
/// without one for no particular purpose.
func runPath(_ vector: VectorCase) throws(ConformanceError) -> CaseOutcome {
    let trusted = try certificates(vector, "anchors")
    let presented = try certificates(vector, "chain")
    let now = try seconds(vector)
    let anchors: TrustAnchors
    do throws(X509Error) { anchors = try TrustAnchors(certificates: trusted) } catch {
        return try outcome(vector, refusal: error.reasonCode)
    }
    var refusal: StaticString?
    do throws(PathError) {
        if let host = vector.optional("host") {
            _ = try validatePath(
                presented: presented, anchors: anchors, hostName: host.value, nowSeconds: now)
        } else {
            _ = try buildPath(presented: presented, anchors: anchors, nowSeconds: now)
        }
    } catch { refusal = error.reasonCode }
    return try outcome(vector, refusal: refusal)
}

/// A case: a certificate, and a signature that a TLS peer made with its key.
func runPeerSignature(_ vector: VectorCase) throws(ConformanceError) -> CaseOutcome {
    let encoded = try vector.bytes("certificate")
    let message = try vector.bytes("message")
    let signature = try vector.bytes("signature")
    let number = try vector.bytes("scheme")
    guard number.count == 2,
        let scheme = SignatureScheme(rawValue: UInt16(number[0]) << 8 | UInt16(number[1]))
    else { throw .value(line: vector.line) }
    var refusal: StaticString?
    do throws(X509Error) {
        let key = try Certificate(encoded: encoded).publicKey()
        try key.verify(
            scheme, message: message.span, signature: signature.span,
            bindsCurve: vector.optional("curve") == nil)
    } catch { refusal = error.reasonCode }
    return try outcome(vector, refusal: refusal)
}

/// Certificates in hexadecimal, separated by spaces.
private func certificates(_ vector: VectorCase, _ name: StaticString) throws(ConformanceError) -> [[UInt8]] {
    let field = try vector.field(name)
    var found: [[UInt8]] = []
    for text in field.value.split(separator: 0x20) {
        let digits = [UInt8](text)
        do throws(BytesError) { found.append(try Hex.decode(digits.span)) } catch {
            throw .value(line: field.line)
        }
    }
    return found
}

/// The time of the case in seconds since 1970.
private func seconds(_ vector: VectorCase) throws(ConformanceError) -> Int64 {
    let field = try vector.field("time")
    guard field.value.count <= 12, let seconds = Decimal.value(field.value.span) else {
        throw .value(line: field.line)
    }
    return seconds
}
