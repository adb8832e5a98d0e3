import TestSupport
import Testing

@testable import Reports

/// A token from a file or a terminal, as people paste it (AUDIT 1).
@Suite struct PastedTokenTests {
    private static let token = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhIn0.c2ln"

    /// The token that is found, and how many notes there are.
    @Test(arguments: [
        (token, token, ""), ("a.b.c", "a.b.c", ""), ("", "", ""), ("x y", "x y", ""),
        ("Bearer \(token)", token, "scheme"), ("authorization: bearer \(token)", token, "scheme"),
        ("  \(token)\n", token, "around"), ("\"\(token)\"", token, "quotation"),
        ("“\(token)”", token, "quotation"), ("\u{FEFF}\(token)", token, "around"),
        ("eyJhbGciOiJSUzI1NiJ9.\neyJzdWIiOiJhIn0\n.c2ln", token, "within"),
        ("curl -H 'Authorization: Bearer \(token)' https://x", token, "quotation scheme ignored"),
        (#"{"access_token":"\#(token)","expires_in":3}"#, token, "quotation ignored"),
        ("\(token) \(token)", token, "more than once"),
        ("\(token) eyJhbGciOiJSUzI1NiJ9.e30.eA", token, "first"),
        ("Bearer opaque", "opaque", "scheme"), ("Bearer Bearer", "Bearer Bearer", ""),
    ])
    func aPaste(pasted: String, token: String, notes: String) {
        let found = PastedToken(bytes(pasted))
        #expect(text(found.token) == token)
        let words =
            notes.isEmpty
            ? [] : notes == "more than once" ? [notes] : notes.split(separator: " ").map(String.init)
        let told = found.notes.map { text([UInt8]($0)) }
        for word in words { #expect(told.contains { $0.contains(word) }, "\(word) in \(told)") }
        #expect(told.count == words.count, "\(told)")
    }

    @Test func oneLineBreakAtTheEndOfAFileIsExpected() {
        for end in ["", "\n", "\r\n"] {
            let found = PastedToken(bytes(Self.token + end), isFromFile: true)
            #expect(text(found.token) == Self.token && found.notes.isEmpty)
        }
        #expect(PastedToken(bytes(Self.token + "\n\n"), isFromFile: true).notes.count == 1)
    }

    @Test(arguments: [
        ("/a", true), ("./a", true), ("../a", true), ("~/a", true), ("a.jwt", true), ("a.txt", true),
        ("a.json", true), ("a.token", true), (".jwt", false), ("a", false), ("a.b.c", false), ("", false),
        ("/a b", false), ("eyJh/a.txt", false), ("/a\nb", false),
    ])
    func aFileName(text: String, isName: Bool) {
        #expect(PastedToken.looksLikeFileName(bytes(text)) == isName)
    }
}
