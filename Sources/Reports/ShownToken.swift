// ShownToken.swift - a token taken apart for an explanation; nothing in it is verified.
//
// Spec:    RFC 7515 §7.1.
// Secret:  the token. Explanations show its kid, iss, aud, the claim that a rule's test refuses, and names of members that are
//          there twice; nothing else.
// Reads:   JSON, Bytes. Read by: DecidedEvent, StepDetails, ClaimDetails, FormHints.

import Bytes
import JSON

/// One of a token's parts that hold JSON.
struct ShownPart {
    /// Nil if the part is not base64url.
    let bytes: [UInt8]?
    /// Nil if that is not JSON.
    let document: JSONDocument?
    let fault: JSONError?

    /// - Parameter encoded: may be padded; nil: there is no such part.
    init(_ encoded: [UInt8]?) {
        var text = encoded ?? []
        while text.last == 0x3D { text.removeLast() }
        var decoded: [UInt8]?
        if encoded != nil {
            do throws(BytesError) { decoded = try Base64URL.decode(text.span) } catch {}
        }
        bytes = decoded
        guard let decoded else {
            (document, fault) = (nil, nil)
            return
        }
        do throws(JSONError) {
            let parsed = try JSONDocument(parsing: decoded)
            document = parsed.root.kind == .object ? parsed : nil
            fault = nil
        } catch {
            (document, fault) = (nil, error)
        }
    }

    func member(_ name: StaticString) -> JSONValue? { document?.root.member(name) }
}

/// A token's parts, as far as they can be read.
struct ShownToken {
    private(set) var parts: [[UInt8]] = []
    let header: ShownPart
    let payload: ShownPart

    /// - Parameter value: as it was sent, with its scheme.
    init(_ value: [UInt8]) {
        // A space ends the scheme: the parts after the last one count.
        for byte in value {
            if byte == 0x20 { parts = [] } else if parts.isEmpty || byte == 0x2E { parts.append([]) }
            if byte != 0x20 && byte != 0x2E && byte != 0x22 { parts[parts.count - 1].append(byte) }
        }
        header = ShownPart(parts.first)
        payload = ShownPart(parts.count > 1 ? parts[1] : nil)
    }

    /// Appends what a member is: a string, a number, true or false, those of an array with a comma and a space between, or
    /// `(an object)`, `(an array)`.
    ///
    /// - Parameter limit: the most bytes.
    static func append(_ value: JSONValue, to text: inout [UInt8], limit: Int) {
        var shown: [UInt8] = []
        if let elements = value.elements {
            for element in elements.prefix(16) {
                if !shown.isEmpty { shown.append(", ") }
                shown += scalar(element)
            }
            if elements.count > 16 { shown.append(", ...") }
        } else {
            shown = scalar(value)
        }
        appendCut(shown, to: &text, limit: limit)
    }

    private static func scalar(_ value: JSONValue) -> [UInt8] {
        switch value.kind {
        case .string: return value.stringBytes ?? []
        case .object: return [UInt8]("(an object)")
        case .array: return [UInt8]("(an array)")
        default: return [UInt8](value.rawText)
        }
    }

    /// Appends a text, and three dots if it was cut.
    static func appendCut(_ shown: [UInt8], to text: inout [UInt8], limit: Int) {
        guard shown.count > limit else { return appendPrintable(&text, shown) }
        var end = limit
        while end > 0, shown[end] & 0xC0 == 0x80 { end -= 1 }
        appendPrintable(&text, [UInt8](shown[..<end]))
        text.append("...")
    }
}
