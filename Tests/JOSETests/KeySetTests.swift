import JSON
import RSA
import TestSupport
import Testing

@testable import JOSE

/// Key sets are limited, and a token is verified only with keys that match its key ID and algorithm (AUDIT 3, 6, 11, 17, 20).
@Suite struct KeySetTests {
    private func refusal(_ json: String) -> JOSEError? {
        thrown { () throws(JOSEError) in try KeySet(parsing: bytes(json)) }
    }

    private func kidless(_ issuer: TestIssuer, _ further: String = "") -> String {
        #"{"kty":"RSA","n":"\#(issuer.modulusText)","e":"AQAB"\#(further)}"#
    }

    private let kidlessToken = issuer.token(header: #"{"alg":"RS256"}"#, payload: "{}")

    @Test func form() {
        for json in [
            "{}", "[]", "null", #""keys""#, #"{"keys":{}}"#, #"{"keys":null}"#, #"{"keys":"x"}"#,
            #"{"Keys":[]}"#, "[\(issuer.jwk())]", issuer.jwk(),
        ] {
            #expect(refusal(json) == .keySetForm, "\(json)")
        }
        // Empty, and with unknown members: RFC 7517 §5.
        #expect(refusal(#"{"keys":[]}"#) == nil)
        #expect(refusal(#"{"keys":[],"other":1}"#) == nil)
    }

    /// AUDIT 3.
    @Test func json() {
        #expect(refusal("") == .keySetJSON(.unexpectedEnd))
        #expect(refusal("<html>") == .keySetJSON(.unexpectedByte(offset: 0)))
        #expect(refusal(#"{"keys":[],"keys":[]}"#) == .keySetJSON(.duplicateMember(offset: 11)))
        #expect(
            refusal(#"{"keys":[{"kty":"RSA","kty":"oct"}]}"#) == .keySetJSON(.duplicateMember(offset: 22)))
        #expect(refusal("{\"keys\":[]}\0") == .keySetJSON(.trailingBytes(offset: 11)))
        let depth = { (n: Int) in
            #"{"keys":\#(String(repeating: "[", count: n - 1))\#(String(repeating: "]", count: n - 1))}"#
        }
        #expect(refusal(depth(16)) == nil)
        #expect(refusal(depth(17)) == .keySetJSON(.tooDeep(limit: 16)))
        let members = { (n: Int) in
            #"{"keys":[{\#((0..<n).map { #""m\#($0)":0"# }.joined(separator: ","))}]}"#
        }
        #expect(refusal(members(64)) == nil)
        #expect(refusal(members(65)) == .keySetJSON(.tooManyMembers(limit: 64)))
    }

    /// AUDIT 17: the limits, at the limit and one past it.
    @Test func limits() {
        let limit = JOSELimits.keySetByteCount
        #expect(limit == 512 * 1024)
        let set = #"{"keys":[]}"#
        #expect(refusal(set + String(repeating: " ", count: limit - set.count)) == nil)
        #expect(
            refusal(set + String(repeating: " ", count: limit - set.count + 1))
                == .keySetTooLong(limit: limit, actual: limit + 1))
        func keys(_ count: Int) -> String {
            keySet(Array(repeating: "{}", count: count).joined(separator: ","))
        }
        #expect(refusal(keys(100)) == nil)
        #expect(refusal(keys(101)) == .keySetTooManyKeys(limit: 100, actual: 101))
        func lists(_ counts: [Int]) -> String {
            let lists = counts.enumerated().map { index, count in
                #""l\#(index)":[\#(Array(repeating: "0", count: count).joined(separator: ","))]"#
            }
            return keySet("{\(lists.joined(separator: ","))}")
        }
        #expect(refusal(lists([4096])) == nil)
        #expect(refusal(lists([4097])) == .keySetJSON(.tooManyElements(limit: 4096)))
        // The set, its name and list, the key, and two nodes more than elements for each list: 4 + 16 + 32748.
        let seven = Array(repeating: 4096, count: 7)
        #expect(refusal(lists(seven + [4076])) == nil)
        #expect(refusal(lists(seven + [4077])) == .keySetJSON(.tooManyNodes(limit: 32768)))
    }

    /// AUDIT 20: the other keys of a set with an invalid key are used, and the index of the invalid one is reported.
    @Test func unusableKeysAreSkipped() throws {
        let set = try KeySet(
            parsing: bytes(
                keySet(
                    #"{"kty":"oct","k":"AAAA","kid":"key-1"}"#, issuer.jwk(), "7",
                    #"{"kty":"RSA","use":"enc"}"#,
                    otherIssuer.jwk())))
        #expect(set.keys.map(\.kid) == [bytes("key-1"), bytes("key-2")])
        #expect(set.skipped.map(\.index) == [0, 2, 3])
        #expect(set.skipped.map(\.reason) == [.symmetric, .notAnObject, .notForSignatures])
        #expect(set.skipped.map(\.kid) == [bytes("key-1"), nil, nil])
        // The beginning of a too long ID is reported.
        let long = try KeySet(
            parsing: bytes(keySet(kidless(issuer, #","kid":"\#(String(repeating: "k", count: 300))""#))))
        #expect(long.skipped.first?.kid?.count == JOSELimits.kidByteCount)
        #expect(long.skipped.first?.reason == .kidTooLong)
    }

    @Test func hasKey() throws {
        let set = try KeySet(parsing: bytes(keySet(issuer.jwk(), kidless(otherIssuer))))
        for (kid, expected) in [("key-1", true), ("key-2", false), ("", false), ("Key-1", false)] {
            let name = bytes(kid)
            let found = set.hasKey(kid: name.span)
            #expect(found == expected)
        }
    }

    /// AUDIT 11: a token that names a key is verified with that key only.
    @Test func namedKey() throws {
        let both = keySet(issuer.jwk(), otherIssuer.jwk())
        #expect(try verify(issuer.token("{}"), both).key.kid == bytes("key-1"))
        #expect(try verify(otherIssuer.token("{}"), both).key.kid == bytes("key-2"))
        // Signed by the other key of the set.
        let swapped = otherIssuer.token(header: #"{"alg":"RS256","kid":"key-1"}"#, payload: "{}")
        #expect(JOSETests.refusal(swapped, both) == .signatureMismatch(.rsa(.encodedMessageMismatch)))
        // No key has that ID, although one without an ID could verify the token.
        #expect(JOSETests.refusal(issuer.token("{}"), keySet(kidless(issuer))) == .unknownKey)
        #expect(JOSETests.refusal(issuer.token("{}"), keySet(otherIssuer.jwk())) == .unknownKey)
        #expect(JOSETests.refusal(issuer.token("{}"), keySet()) == .unknownKey)
    }

    /// AUDIT 11: without a key ID, exactly one key must match.
    @Test func tokenWithoutKeyID() throws {
        #expect(try verify(kidlessToken, keySet(kidless(issuer))).key.kid == nil)
        #expect(try verify(kidlessToken, keySet(issuer.jwk())).key.kid == bytes("key-1"))
        #expect(
            JOSETests.refusal(kidlessToken, keySet(issuer.jwk(), otherIssuer.jwk()))
                == .keyAmbiguous(candidates: 2))
        #expect(JOSETests.refusal(kidlessToken, keySet()) == .unknownKey)
        // A key for another algorithm is not a candidate.
        #expect(
            JOSETests.refusal(kidlessToken, keySet(issuer.jwk(), otherIssuer.jwk(#","alg":"PS256""#))) == nil)
        #expect(JOSETests.refusal(kidlessToken, keySet(issuer.jwk(#","alg":"RS512""#))) == .unknownKey)
    }

    /// AUDIT 6: the key's own algorithm restricts the algorithms of its tokens.
    @Test func algorithmOfTheKey() {
        let token = issuer.token("{}")
        #expect(refusalOf(token, #","alg":"RS256""#) == nil)
        for alg in ["RS384", "PS256", "PS512"] {
            #expect(refusalOf(token, #","alg":"\#(alg)""#) == .keyAlgorithmMismatch, "\(alg)")
        }
    }

    private func refusalOf(_ token: String, _ members: String) -> JOSEError? {
        JOSETests.refusal(token, keySet(issuer.jwk(members)))
    }

    /// AUDIT 20: two keys with one ID are both tried, up to a limit.
    @Test func repeatedNames() throws {
        let imposter = #"{"kty":"RSA","kid":"key-1","n":"\#(otherIssuer.modulusText)","e":"AQAB"}"#
        for keys in [keySet(imposter, issuer.jwk()), keySet(issuer.jwk(), imposter)] {
            #expect(JOSETests.refusal(issuer.token("{}"), keys) == nil)
        }
        // The ID decides, not the order of the keys.
        let keys = keySet(imposter, imposter, imposter)
        #expect(
            JOSETests.refusal(issuer.token("{}"), keys) == .signatureMismatch(.rsa(.encodedMessageMismatch)))

        func repeated(_ count: Int) -> String {
            keySet((Array(repeating: imposter, count: count - 1) + [issuer.jwk()]).joined(separator: ","))
        }
        #expect(JOSETests.refusal(issuer.token("{}"), repeated(JOSELimits.candidateCount)) == nil)
        #expect(
            JOSETests.refusal(issuer.token("{}"), repeated(JOSELimits.candidateCount + 1))
                == .keyAmbiguous(candidates: 5))
        // Keys with that ID for other algorithms are not counted.
        let other = #"{"kty":"RSA","kid":"key-1","alg":"PS256","n":"\#(otherIssuer.modulusText)","e":"AQAB"}"#
        let mixed = keySet((Array(repeating: other, count: 9) + [issuer.jwk()]).joined(separator: ","))
        #expect(JOSETests.refusal(issuer.token("{}"), mixed) == nil)
    }
}
