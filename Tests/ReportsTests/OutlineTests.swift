import TestSupport
import Testing

@testable import Reports

/// JSON and lines say the same, and text from outside stays in its line (AUDIT 29).
@Suite struct OutlineTests {
    @Test func jsonAndLinesSayTheSame() throws {
        var inner = Outline()
        inner.add("name", "a")
        inner.add("count", 3)
        var outline = Outline()
        outline.add("title", bytes("t"))
        outline.add("number", Int64(-5))
        outline.add("flag", true)
        outline.add("texts", ["x", "y"] as [StaticString])
        outline.add("group", inner)
        outline.add("list", [inner, inner])
        outline.add("last", false)
        #expect(
            outline.jsonText
                == #"{"title":"t","number":-5,"flag":true,"texts":["x","y"],"group":{"name":"a","count":3},"list":[{"name":"a","count":3},{"name":"a","count":3}],"last":false}"#
        )
        #expect(
            text(outline.lines) == """
                title: t
                number: -5
                flag: true
                texts:
                  x
                  y
                group:
                  name: a
                  count: 3
                list:

                    name: a
                    count: 3

                    name: a
                    count: 3
                last: false
                """)
    }

    @Test func nothingIsALineOfItsNameAlone() {
        var outline = Outline()
        #expect(outline.jsonText == "{}" && outline.lines.isEmpty)
        outline.add("text", "")
        outline.add("list", [Outline]())
        outline.add("texts", ["", "b"] as [StaticString])
        outline.add("group", Outline())
        outline.add("end", 0)
        #expect(outline.jsonText == #"{"text":"","list":[],"texts":["","b"],"group":{},"end":0}"#)
        #expect(text(outline.lines) == "text:\nlist:\n\ntexts:\n\n  b\ngroup:\n\nend: 0")
    }

    /// It cannot begin a line, nor send a terminal a control sequence.
    @Test func textFromOutsideStaysInItsLine() {
        var outline = Outline()
        outline.add("a", bytes("x\ny\r\t\u{1B}[31m\"q\\é\u{7F}"))
        outline.add("b", [0xFF, 0x41])
        #expect(text(outline.lines) == "a: xnyrtu001b[31m\"q\\??u007f\nb: ???A")
        #expect(outline.jsonText == #"{"a":"x\ny\r\t\u001b[31m\"q\\é\u007f","b":"�A"}"#)
    }
}
