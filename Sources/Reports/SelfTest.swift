// SelfTest.swift - known answers, checked before the first decision.
//
// Spec:    FIPS 180-4 examples (SHA-256 of "abc"); RFC 8017 §8.2.2 on the token of Examples/sample.
// Secret:  no.
// Reads:   SampleData; JOSE, JSON, SHA256, Bytes. Read by: CommandLine (LambdaStart), the selftest command.
//
// It detects a damaged binary, or a machine that calculates wrongly, before the first decision. It does not
// prove the implementation: the vectors do.

import Bytes
import JOSE
import JSON
import SHA256

/// The known answers, in the order in which they are tried.
package enum KnownAnswer: CaseIterable {
    case sha256, rsaAccepts, rsaRefuses

    package var name: StaticString {
        switch self {
        case .sha256: "SHA-256"
        case .rsaAccepts: "RSA accepts"
        case .rsaRefuses: "RSA refuses"
        }
    }

    /// Whether the answer comes out as it is known.
    package func passes() -> Bool {
        switch self {
        case .sha256: sha256IsRight()
        case .rsaAccepts: sampleVerifies(changed: false)
        case .rsaRefuses: sampleVerifies(changed: true)
        }
    }
}

/// Whether all known answers come out right.
package func selfTestPasses() -> Bool {
    for answer in KnownAnswer.allCases where !answer.passes() { return false }
    return true
}

private func sha256IsRight() -> Bool {
    let message = [UInt8]("abc")
    let digest = SHA256.hash(message.span)
    let text = Hex.encode(digest.span)
    return bytesEqual(text.span, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
}

/// Whether the sample's token gets the verdict that it must have: accepted as it is, refused
/// for its signature when one bit of its payload is another.
private func sampleVerifies(changed: Bool) -> Bool {
    do throws(JSONError) {
        let event = try JSONDocument(parsing: [UInt8](SampleData.event))
        guard let value = event.root.member("authorizationToken")?.stringBytes else { return false }
        var compact = [UInt8](value.dropFirst(7))
        guard let dot = compact.firstIndex(of: 0x2E) else { return false }
        // "e" and "d" are both in the alphabet: the token stays well-formed.
        if changed { compact[dot + 1] ^= 1 }
        return verdict(compact) == (changed ? .signatureMismatch : .accepted)
    } catch { return false }
}

private enum Verdict { case accepted, signatureMismatch, other }

private func verdict(_ compact: [UInt8]) -> Verdict {
    do throws(JOSEError) {
        let keySet = try KeySet(parsing: [UInt8](SampleData.keySet))
        _ = try UnverifiedToken(compact).verifySignature(keySet: keySet, algorithms: [.rs256])
        return .accepted
    } catch .signatureMismatch {
        return .signatureMismatch
    } catch { return .other }
}
