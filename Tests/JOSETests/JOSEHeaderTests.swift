import JSON
import TestSupport
import Testing

@testable import JOSE

/// Headers are read strictly; keys in them are ignored, extensions refused (AUDIT 3, 4, 6 to 10).
@Suite struct JOSEHeaderTests {
    private func parse(_ json: String) throws(JOSEError) -> JOSEHeader {
        let encoded = bytes(base64url(json))
        return try JOSEHeader(encoded: encoded.span)
    }

    private func refusal(_ json: String) -> JOSEError? {
        thrown { () throws(JOSEError) in try parse(json) }
    }

    @Test func membersAreParsed() throws {
        let header = try parse(#" {"typ":"at+jwt" , "kid":"k\u0065y","alg":"PS384","other":[1,{}]} "#)
        #expect(header.algorithm == .ps384)
        #expect(header.kid == bytes("key"))
        #expect(header.typ == bytes("at+jwt"))
        let least = try parse(#"{"alg":"RS256"}"#)
        #expect(least.kid == nil && least.typ == nil)
    }

    /// AUDIT 3: strict JSON, duplicates at every level.
    @Test func json() {
        #expect(refusal(#"{"alg":"RS256","alg":"RS256"}"#) == .headerJSON(.duplicateMember(offset: 15)))
        // The same name, spelt with an escape.
        #expect(refusal(#"{"alg":"RS256","\u0061lg":"none"}"#) == .headerJSON(.duplicateMember(offset: 15)))
        #expect(refusal(#"{"alg":"RS256","a":{"b":1,"b":2}}"#) == .headerJSON(.duplicateMember(offset: 26)))
        #expect(refusal(#"{"alg":"RS256"}x"#) == .headerJSON(.trailingBytes(offset: 15)))
        #expect(refusal(#"{"alg":"RS256"}{}"#) == .headerJSON(.trailingBytes(offset: 15)))
        #expect(refusal(#"{"alg":NaN}"#) == .headerJSON(.unexpectedByte(offset: 7)))
        #expect(refusal(#"{"alg":"RS256""#) == .headerJSON(.unexpectedEnd))
        #expect(refusal(#"{"kid":"\ud800"}"#) == .headerJSON(.loneSurrogate(offset: 8)))
        #expect(refusal("{\"kid\":\"a\nb\"}") == .headerJSON(.controlCharacter(offset: 9)))
        #expect(refusal("{alg:1}") == .headerJSON(.unexpectedByte(offset: 1)))
        #expect(refusal("") == .headerJSON(.unexpectedEnd))
        let notUTF8 = bytes(base64url(bytes(#"{"kid":""#) + [0xC0, 0x80] + bytes(#""}"#)))
        #expect(
            thrown { () throws(JOSEError) in try JOSEHeader(encoded: notUTF8.span) }
                == .headerJSON(.invalidUTF8(offset: 8)))
    }

    @Test func notAnObject() {
        for json in ["[]", #"["alg","RS256"]"#, #""alg""#, "1", "null", "true"] {
            #expect(refusal(json) == .headerNotObject, "\(json)")
        }
    }

    /// AUDIT 3: the limits, at the limit and one past it.
    @Test func limits() {
        func nested(_ depth: Int) -> String {
            let inside = String(repeating: "[", count: depth - 1) + String(repeating: "]", count: depth - 1)
            return #"{"alg":"RS256","x":\#(inside)}"#
        }
        #expect(refusal(nested(8)) == nil)
        #expect(refusal(nested(9)) == .headerJSON(.tooDeep(limit: 8)))
        func members(_ count: Int) -> String {
            #"{"alg":"RS256"\#((1..<count).map { #","m\#($0)":0"# }.joined())}"#
        }
        #expect(refusal(members(32)) == nil)
        #expect(refusal(members(33)) == .headerJSON(.tooManyMembers(limit: 32)))
        func elements(_ counts: Int...) -> String {
            let lists = counts.enumerated().map { index, count in
                #","l\#(index)":[\#(Array(repeating: "0", count: count).joined(separator: ","))]"#
            }
            return #"{"alg":"RS256"\#(lists.joined())}"#
        }
        #expect(refusal(elements(64)) == nil)
        #expect(refusal(elements(65)) == .headerJSON(.tooManyElements(limit: 64)))
        // The object, two nodes for alg, and each list's name, itself and its elements: 3 + 8 + 245.
        #expect(refusal(elements(64, 64, 64, 53)) == nil)
        #expect(refusal(elements(64, 64, 64, 54)) == .headerJSON(.tooManyNodes(limit: 256)))
    }

    /// AUDIT 4: a known member of the wrong type is an error, never "absent".
    @Test func types() {
        for wrong in ["null", "1", "true", "[]", "{}", #"["a"]"#] {
            #expect(refusal(#"{"alg":\#(wrong)}"#) == .headerType(.alg))
            #expect(refusal(#"{"alg":"RS256","kid":\#(wrong)}"#) == .headerType(.kid))
            #expect(refusal(#"{"alg":"RS256","typ":\#(wrong)}"#) == .headerType(.typ))
            #expect(refusal(#"{"alg":"RS256","cty":\#(wrong)}"#) == .headerType(.cty))
        }
    }

    /// AUDIT 6: names in exact case; HMAC and none are not implemented.
    @Test func algorithms() throws {
        #expect(refusal("{}") == .algMissing)
        #expect(refusal(#"{"Alg":"RS256"}"#) == .algMissing)
        for name in [
            "none", "None", "NONE", "nOnE", "HS256", "HS384", "HS512", "hs256", "rs256", "Rs256", "RS256 ",
            " RS256", #"RS256\u0000"#, "RS1", "RS224", "RS257", "RSA1_5", "RSA-OAEP", "dir", "A128KW",
            "PBES2-HS256+A128KW", "", "R", "RS2566",
        ] {
            #expect(refusal(#"{"alg":"\#(name)"}"#) == .algNotAllowed, "\(name)")
        }
        for algorithm in Algorithm.allCases {
            #expect(try parse(#"{"alg":"\#(algorithm.name)"}"#).algorithm == algorithm)
        }
    }

    /// AUDIT 7: members that refer to a key elsewhere are not read.
    @Test func keysInTheHeaderAreIgnored() throws {
        // Each signed with a key from its header: only keys of the set are used.
        for member in [
            #""jwk":\#(otherIssuer.jwk())"#, #""jku":"https://attacker.example/keys""#,
            #""jku":"file:///dev/zero""#, #""x5u":"http://169.254.169.254/""#, #""x5c":["AAAA"]"#,
            #""x5t":"AAAA""#, #""jku":1"#, #""jwk":null"#, #""x5c":{}"#, #""x5u":[]"#,
        ] {
            let forged = otherIssuer.token(header: #"{"alg":"RS256",\#(member)}"#, payload: "{}")
            #expect(
                JOSETests.refusal(forged) == .signatureMismatch(.rsa(.encodedMessageMismatch)), "\(member)")
            let named = otherIssuer.token(header: #"{"alg":"RS256","kid":"key-2",\#(member)}"#, payload: "{}")
            #expect(JOSETests.refusal(named) == .unknownKey, "\(member)")
            // A valid token with them is accepted.
            let good = issuer.token(header: #"{"alg":"RS256","kid":"key-1",\#(member)}"#, payload: "{}")
            #expect(JOSETests.refusal(good) == nil, "\(member)")
        }
    }

    /// AUDIT 8: extensions that must be understood; an unencoded payload.
    @Test func criticalExtensions() {
        for crit in [#"["b64"]"#, #"["exp"]"#, "[]", "null", #""exp""#, "0"] {
            #expect(refusal(#"{"alg":"RS256","crit":\#(crit)}"#) == .headerNotSupported(.crit), "\(crit)")
        }
        for b64 in ["false", "true", "null", #""false""#] {
            #expect(refusal(#"{"alg":"RS256","b64":\#(b64)}"#) == .headerNotSupported(.b64), "\(b64)")
        }
        #expect(refusal(#"{"alg":"RS256","b64":false,"crit":["b64"]}"#) == .headerNotSupported(.crit))
    }

    /// AUDIT 10: nothing encrypted, compressed or nested.
    @Test func encryptedCompressedNested() {
        #expect(refusal(#"{"alg":"RS256","enc":"A256GCM"}"#) == .headerNotSupported(.enc))
        #expect(refusal(#"{"alg":"dir","enc":"A256GCM"}"#) == .headerNotSupported(.enc))
        #expect(refusal(#"{"alg":"RS256","zip":"DEF"}"#) == .headerNotSupported(.zip))
        for cty in ["JWT", "jwt", "Jwt", "application/jwt", "APPLICATION/JWT", #"\u004aWT"#] {
            #expect(refusal(#"{"alg":"RS256","cty":"\#(cty)"}"#) == .headerNotSupported(.cty), "\(cty)")
        }
        #expect(refusal(#"{"alg":"RS256","cty":"json"}"#) == nil)
    }

    /// AUDIT 9: a key ID has a limit, in bytes, and is compared byte by byte.
    @Test func keyIDs() throws {
        let longest = String(repeating: "k", count: 256)
        #expect(try parse(#"{"alg":"RS256","kid":"\#(longest)"}"#).kid == bytes(longest))
        #expect(refusal(#"{"alg":"RS256","kid":"\#(longest)k"}"#) == .kidTooLong(limit: 256, actual: 257))
        let umlauts = String(repeating: "ä", count: 128)
        #expect(refusal(#"{"alg":"RS256","kid":"\#(umlauts)"}"#) == nil)
        #expect(refusal(#"{"alg":"RS256","kid":"\#(umlauts)a"}"#) == .kidTooLong(limit: 256, actual: 257))
        // Longer as text than as a name.
        let escaped = String(repeating: #"\u006b"#, count: 256)
        #expect(try parse(#"{"alg":"RS256","kid":"\#(escaped)"}"#).kid == bytes(longest))

        for kid in [
            "", "KEY-1", "key-1 ", " key-1", #"key-1\u0000"#, "key-", "key-11", "../../../dev/null",
            "' OR '1'='1", "https://attacker.example/", #"key\u002d1\n"#, "*", "ｋey-1",
        ] {
            let token = issuer.token(header: #"{"alg":"RS256","kid":"\#(kid)"}"#, payload: "{}")
            #expect(JOSETests.refusal(token) == .unknownKey, "\(kid)")
        }
        // An escape is spelling, not another name.
        let token = issuer.token(header: #"{"alg":"RS256","kid":"\u006bey-1"}"#, payload: "{}")
        #expect(JOSETests.refusal(token) == nil)
    }
}
