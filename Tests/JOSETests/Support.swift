import JOSE
import TestSupport

@testable import RSA

let issuer = TestIssuer.first
let otherIssuer = TestIssuer.second

func base64url(_ text: String) -> String { base64url(bytes(text)) }

/// Verifies a token with a key set.
func verify(
    _ token: String, _ keys: String? = nil, _ algorithms: [Algorithm] = Algorithm.allCases
) throws(JOSEError) -> VerifiedToken {
    let keySet = try KeySet(parsing: keys.map(bytes) ?? issuer.keySet)
    return try UnverifiedToken(bytes(token)).verifySignature(keySet: keySet, algorithms: algorithms)
}

/// Why a token is not verified, or nil.
func refusal(
    _ token: String, _ keys: String? = nil, _ algorithms: [Algorithm] = Algorithm.allCases
) -> JOSEError? {
    thrown { () throws(JOSEError) in try verify(token, keys, algorithms) }
}

func keySet(_ keys: String...) -> String { #"{"keys":[\#(keys.joined(separator: ","))]}"# }

extension TestIssuer {
    /// A token of two parts, taken without change, signed with RS256.
    func token(parts: String) -> String { parts + "." + base64url(sign(bytes(parts))) }

    /// A token whose signature's encoded message is made by `encode` from the signing input.
    func token(alg: String, payload: String = "{}", encode: ([UInt8]) -> [UInt8]) -> String {
        let parts = base64url(#"{"alg":"\#(alg)","kid":"\#(kid)"}"#) + "." + base64url(payload)
        return parts + "." + base64url(power(encode(bytes(parts))))
    }
}

/// EMSA-PKCS1-v1_5 for 2048 bits (RFC 8017 §9.2), with its places open to damage.
func encodePKCS1v15(
    _ hash: RSAHash, _ message: [UInt8], start: [UInt8] = [0, 1], padding: UInt8 = 0xFF,
    info: String? = nil, behind: [UInt8] = []
) -> [UInt8] {
    let prefix =
        switch hash {
        case .sha256: "3031300d060960864801650304020105000420"
        case .sha384: "3041300d060960864801650304020205000430"
        case .sha512: "3051300d060960864801650304020305000440"
        }
    let tail = [0] + hexBytes(info ?? prefix) + hash.digest(of: message.span) + behind
    return start + [UInt8](repeating: padding, count: 256 - start.count - tail.count) + tail
}

/// EMSA-PSS for 2048 bits (RFC 8017 §9.1.1).
func encodePSS(
    _ hash: RSAHash, _ message: [UInt8], saltByteCount: Int, trailer: UInt8 = 0xBC
) -> [UInt8] {
    let salt = [UInt8](repeating: 0x5A, count: saltByteCount)
    let seed = [UInt8](repeating: 0, count: 8) + hash.digest(of: message.span) + salt
    let digest = hash.digest(of: seed.span)
    let block = [UInt8](repeating: 0, count: 254 - digest.count - saltByteCount) + [1] + salt
    let mask = mgf1(seed: digest.span, byteCount: block.count, hash)
    var masked = zip(block, mask).map { $0 ^ $1 }
    masked[0] &= 0x7F
    return masked + digest + [trailer]
}
