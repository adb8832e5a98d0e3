import TestSupport
import Testing

@testable import X509

/// Names are compared according to RFC 5280, and escaped in text (AUDIT 48).
@Suite struct DistinguishedNameTests {
    private func canonical(_ encoded: [UInt8]) throws -> [UInt8] { try canonicalName(encoded.span, at: 0) }

    private let utf8: UInt8 = 0x0C
    private let printable: UInt8 = 0x13

    private func common(_ text: String, _ tag: UInt8 = 0x0C) -> [UInt8] {
        attribute(commonName, tag, Array(text.utf8))
    }

    /// RFC 5280 §7.1, for ASCII.
    @Test func equalNames() throws {
        let plain = try canonical(name([common("Example Name")]))
        #expect(try canonical(name([common("Example Name", printable)])) == plain)
        #expect(try canonical(name([common("eXAMPLE nAME")])) == plain)
        #expect(try canonical(name([common("  Example   Name ")])) == plain)
        #expect(try canonical(name([common("ExampleName")])) != plain)
        #expect(try canonical(name([common("Example Name2")])) != plain)
        #expect(try canonical(name([attribute(organization, 0x0C, Array("Example Name".utf8))])) != plain)
        // Characters outside ASCII are compared byte for byte.
        #expect(try canonical(name([common("É")])) != canonical(name([common("é")])))
        #expect(try canonical(name([common("")])) == canonical(name([common("  ")])))
    }

    /// The canonical form contains lengths, so two different names never have the same form.
    @Test func structureCounts() throws {
        let (a, b) = (common("a"), common("b"))
        #expect(try canonical(name([a], [b])) != canonical(name([a, b])))
        #expect(try canonical(name([a], [b])) != canonical(name([b], [a])))
        #expect(try canonical(name()) == [])
        let prefix = try canonical(name([a]))
        #expect(try Array(canonical(name([a], [b])).prefix(prefix.count)) == prefix)
        #expect(try !canonical(name([a, b])).starts(with: prefix))
    }

    /// In a relative name attributes are in the order of their encodings; in the canonical form, in the order of their
    /// canonical forms.
    @Test func severalAttributes() throws {
        let one = name(
            [common("B", printable), attribute(organization, utf8, Array("a".utf8))].sorted {
                $0.lexicographicallyPrecedes($1)
            })
        let other = name(
            [attribute(organization, printable, Array("A".utf8)), common("b")].sorted {
                $0.lexicographicallyPrecedes($1)
            })
        #expect(try canonical(one) == canonical(other))
    }

    /// The filter for trust anchors must be equal for equal names.
    @Test func filter() {
        func filter(_ encoded: [UInt8]) -> UInt64 { nameFilter(encoded.span) }
        let plain = filter(name([common("Example Name")], [common("x")]))
        #expect(filter(name([common(" example  NAME", printable)], [common("X")])) == plain)
        #expect(filter(name([common("Example Nome")], [common("x")])) != plain)
        #expect(filter(name([common("É", 0x0C)])) != filter(name([common("é", 0x0C)])))
        // Malformed names also get a value, and do not trap.
        let malformed: [[UInt8]] = [
            [], [0x30], [0x30, 0x80], [0x30, 0x84, 1, 2, 3], [0x30, 0x03, 0x31, 0x7F, 0x0C],
        ]
        for encoded in malformed {
            _ = filter(encoded)
        }
    }

    @Test(arguments: [
        ("Example", "CN=Example"), ("a,b+c", "CN=a\\,b\\+c"), ("a\"b\\c<d>e;f", "CN=a\\\"b\\\\c\\<d\\>e\\;f"),
        ("two words", "CN=two words"), ("line\nfeed", "CN=line\\0afeed"), ("\u{1B}[31m", "CN=\\1b[31m"),
        ("é", "CN=\\c3\\a9"), ("", "CN="),
    ]) func escapedText(_ value: String, _ expected: String) {
        let encoded = name([common(value)])
        #expect(text(nameText(encoded.span)) == expected)
    }

    @Test func order() {
        let encoded = name(
            [attribute([0x55, 0x04, 0x06], printable, Array("DE".utf8))],
            [attribute(organization, utf8, Array("Acme".utf8))],
            [common("a"), attribute([0x55, 0x04, 0x05], printable, Array("7".utf8))],
            [attribute([0x2A, 0x03, 0x04], utf8, Array("x".utf8))])
        #expect(text(nameText(encoded.span)) == "1.2.3.4=x,CN=a+serialNumber=7,O=Acme,C=DE")
        #expect(nameText([UInt8]().span) == [])
        #expect(nameText([0x31, 0x00].span) == [])
    }
}
