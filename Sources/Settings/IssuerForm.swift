// IssuerForm.swift - the form of an `iss`: its text, with a <name> for each part that differs between issuers.
//
// Spec:    PROFILES.md.
// Secret:  no.
// Reads:   JOSE (TokenKind), Bytes. Read by: Profile.
//
// A part has letters, digits, - and _. If its name has a dot, the part may have dots (a host); if its name has a slash, the part
// may have slashes, except at its end and for the slashes of the form after it (an address). `uuid` is a UUID; `tenant-id` is
// one, or {tenantid}; `trust.domain` has no capitals.

import Bytes
import JOSE

/// The parts of an issuer, with their names.
struct IssuerParts {
    var names: [[UInt8]] = []
    var values: [[UInt8]] = []
}

/// A form, `https://cognito-idp.<region>.amazonaws.com/<pool>`.
struct IssuerForm {
    private let text: [UInt8]

    init(_ text: [UInt8]) { self.text = text }

    init(_ text: StaticString) { self.init([UInt8](text)) }

    /// The number of its names.
    var nameCount: Int {
        var count = 0
        for byte in text where byte == 0x3C { count += 1 }
        return count
    }

    /// The parts of an issuer at the names; nil for an issuer of another form.
    func parts(of issuer: [UInt8]) -> IssuerParts? {
        var parts = IssuerParts()
        var (at, place) = (0, 0)
        while place < text.count {
            guard text[place] == 0x3C else {
                guard at < issuer.count, issuer[at] == text[place] else { return nil }
                (at, place) = (at + 1, place + 1)
                continue
            }
            let name = name(at: place)
            place += name.count + 2
            let end = wordEnd(
                issuer, at, name, slashes: name.contains(0x2F) ? slashCount(behind: place) : nil)
            guard end > at else { return nil }
            let part = [UInt8](issuer[at..<end])
            let isOpen = bytesEqual(name.span, "tenant-id")
            if isOpen || bytesEqual(name.span, "uuid"), !TokenKind.isTenant(part.span) {
                guard isOpen, bytesEqual(part.span, TokenKind.openTenant) else { return nil }
            }
            if bytesEqual(name.span, "trust.domain") {
                for byte in part where byte == 0x25 || byte == 0x3A || (0x41...0x5A).contains(byte) {
                    return nil
                }
            }
            parts.names.append(name)
            parts.values.append(part)
            at = end
        }
        return at == issuer.count ? parts : nil
    }

    /// The form with its names filled in; `<issuer>` is the whole issuer without a slash at its end.
    ///
    /// - Parameter parts: with all other names of the form.
    func filled(_ parts: IssuerParts, issuer: [UInt8] = []) -> [UInt8] {
        var result: [UInt8] = []
        var place = 0
        while place < text.count {
            guard text[place] == 0x3C else {
                result.append(text[place])
                place += 1
                continue
            }
            let name = name(at: place)
            place += name.count + 2
            if bytesEqual(name.span, "issuer") {
                result.append(issuer.span)
                if result.last == 0x2F { result.removeLast() }
            } else if let index = parts.names.firstIndex(of: name.span) {
                let part = parts.values[index]
                result.append(part.span)
            }
        }
        return result
    }

    private func name(at place: Int) -> [UInt8] {
        var end = place + 1
        while end < text.count, text[end] != 0x3E { end += 1 }
        return [UInt8](text[(place + 1)..<end])
    }

    private func slashCount(behind place: Int) -> Int {
        var count = 0
        for byte in text[place...] where byte == 0x2F { count += 1 }
        return count
    }

    /// - Parameter slashes: the number of the form's slashes after an address; nil for a part without slashes.
    private func wordEnd(_ issuer: [UInt8], _ start: Int, _ name: [UInt8], slashes: Int?) -> Int {
        var end = start
        while end < issuer.count {
            switch issuer[end] {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x5F: break
            case 0x2E, 0x3A, 0x25: guard name.contains(0x2E) else { return end }
            case 0x7B, 0x7D: guard name.contains(0x2D) else { return end }
            case 0x2F: guard slashes != nil else { return end }
            default: return end
            }
            end += 1
        }
        // Back to before the slashes that belong to the form.
        var left = slashes ?? 0
        while left > 0, end > start {
            end -= 1
            if issuer[end] == 0x2F { left -= 1 }
        }
        return slashes != nil && end > start && issuer[end - 1] == 0x2F ? start : end
    }
}
