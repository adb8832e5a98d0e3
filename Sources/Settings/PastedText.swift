// PastedText.swift - characters pasted by mistake, with which a value matches no token.
//
// Spec:    RFC 7519 §2 (StringOrURI: compared byte for byte); README "Settings"; AUDIT 31.
// Secret:  no.
// Reads:   JSON (HiddenText), Bytes. Read by: SettingValues, ConfiguredIssuer, SettingsWarning, IssuerFault, SettingsError,
//          DocumentFault.

import Bytes
import JSON

/// Why a text that is compared with tokens matches no token that an issuer would write.
public enum PasteFault: Equatable, Sendable {
    case controlCharacter, notUTF8, jsonArray, quotationMarks, whiteSpace, severalIssuers

    /// - Parameter text: one value, not empty.
    /// - Returns: nil without such a character.
    init?(in text: [UInt8]) {
        switch HiddenText(in: text) {
        case .controlCharacter: self = .controlCharacter
        case .illFormed: self = .notUTF8
        case .invisibleCharacter, nil:
            if text.first == 0x5B && text.last == 0x5D {
                self = .jsonArray
            } else if text.count > 1, text.first == text.last, text.first == 0x22 || text.first == 0x27 {
                self = .quotationMarks
            } else if text.first == 0x20 || text.last == 0x20 {
                self = .whiteSpace
            } else {
                return nil
            }
        }
    }

    /// As above, for an `iss`: a single value.
    init?(inIssuer text: [UInt8]) {
        if let fault = PasteFault(in: text) {
            self = fault
        } else if Self.hasSecondURL(text.span) {
            self = .severalIssuers
        } else {
            return nil
        }
    }

    /// Whether a URL follows directly after a comma, a semicolon or a space.
    private static func hasSecondURL(_ text: Span<UInt8>) -> Bool {
        // `start` is the offset at which a scheme may begin; nil: none may begin before the next separator.
        var start: Int?
        for index in text.indices {
            switch text[index] {
            case 0x2C, 0x3B, 0x20: start = index + 1
            case 0x3A:
                if let first = start, index > first, index + 2 < text.count, text[index + 1] == 0x2F,
                    text[index + 2] == 0x2F
                {
                    return true
                }
                start = nil
            // RFC 3986 §3.1: letters, digits, + - .
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2B, 0x2D, 0x2E: continue
            default: start = nil
            }
        }
        return false
    }

    /// The predicate of a sentence whose subject is the setting's name or the place in the document.
    var words: StaticString {
        switch self {
        case .controlCharacter:
            "has a line break, a tab or another control character: write it on one line, with a comma between two entries of a list"
        case .notUTF8: "is not UTF-8, the encoding of all texts of a token"
        case .jsonArray:
            "is written as a JSON array: write it without brackets and quotation marks, with a comma between two entries of a list"
        case .quotationMarks:
            "has quotation marks around a value, which would be compared too: write it without them"
        case .whiteSpace:
            "begins or ends with a space, which would be compared too: write it without the space"
        case .severalIssuers: "names several issuers: list them in issuers of RULES"
        }
    }
}

/// Whether a value may be several with a separator that is not a comma: a space or a semicolon within.
func looksLikeSeveral(_ text: [UInt8]) -> Bool { text.contains(0x20) || text.contains(0x3B) }
