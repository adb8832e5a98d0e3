// TokenVerification.swift - jwt[:BITS], a whole RS256 token: parts, header, signature, claims.
//
// Reads tokenBITS.jwt, jwksBITS.json, iss and aud. The key set is parsed once, as in a warm function.

import Authorizer
import Bytes
import JOSE
import Platform

struct TokenVerification: Operation {
    private let token: [UInt8]
    private let keySet: KeySet
    private let rules: ClaimRules

    init?(_ request: Request) {
        var bits: [UInt8] = []
        bits.append(decimal: request.size ?? 2048)
        token = trimmed(dataFile([UInt8]("token") + bits + [UInt8](".jwt")))
        rules = ClaimRules(
            issuers: [trimmed(dataFile([UInt8]("iss")))], audiences: [trimmed(dataFile([UInt8]("aud")))],
            clockSkewSeconds: 60)
        do throws(JOSEError) {
            keySet = try KeySet(parsing: dataFile([UInt8]("jwks") + bits + [UInt8](".json")))
        } catch {
            fail("not a key set", status: 2)
        }
    }

    mutating func perform() -> Bool {
        do throws(JOSEError) {
            let verified = try UnverifiedToken(token).verifySignature(keySet: keySet, algorithms: [.rs256])
            _ = try rules.check(verified, nowSeconds: Clock.wallSeconds)
            return true
        } catch {
            StandardError.write([UInt8](error.reasonCode) + [0x0A])
            return false
        }
    }
}

private func trimmed(_ text: [UInt8]) -> [UInt8] {
    text.last == 0x0A ? [UInt8](text.dropLast()) : text
}
