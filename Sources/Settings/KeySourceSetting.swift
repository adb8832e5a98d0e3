// KeySourceSetting.swift - the source of a key set from the text of a field.
//
// Spec:    AUDIT 17, 18.
// Secret:  no; an address is not repeated, it may hold what its owner considers secret.
// Reads:   IssuerFault; Keys (KeySource), URI, JOSE, Bytes. Read by: ConfiguredIssuer.

import Bytes
import JOSE
import Keys
import URI

extension KeySource {
    /// The source at an address: an https URL, a loopback http URL, or a file.
    ///
    /// - Parameters:
    ///   - field: the field that a fault names.
    ///   - isPerKey: whether a slash and the ID of a key are appended; a query is then refused.
    /// - Throws: `addressForm`, `httpNotLoopback`.
    init(address: [UInt8], _ field: IssuerField, isPerKey: Bool) throws(IssuerFault) {
        let text = address.span
        for index in text.indices where text[index] <= 0x20 || text[index] == 0x7F {
            throw IssuerFault(field, .addressForm)
        }
        if bytesStart(text, with: "/") {
            self = .file(address)
            return
        }
        if bytesStart(text, with: "file:///") {
            self = .file([UInt8](text.extracting(7..<text.count)))
            return
        }
        let url: URL
        do throws(URLError) { url = try URL(text) } catch { throw IssuerFault(field, .addressForm) }
        guard url.scheme == .https || url.isLoopback else { throw IssuerFault(field, .httpNotLoopback) }
        guard !isPerKey || !url.hasQuery else { throw IssuerFault(field, .addressForm) }
        self = .url(url)
    }

    /// The key set itself. It is never fetched again, so one without a usable key is refused.
    ///
    /// - Throws: `keySetRefused`, `keySetWithoutKeys`.
    init(keySet text: [UInt8], isBundle: Bool) throws(IssuerFault) {
        let skipped: [KeySet.SkippedKey]
        do throws(JOSEError) {
            let set = isBundle ? try KeySet(parsingBundle: text) : try KeySet(parsing: text)
            if !set.keys.isEmpty {
                self = .inline(text)
                return
            }
            skipped = set.skipped
        } catch { throw IssuerFault(.jwks, .keySetRefused(error)) }
        throw IssuerFault(.jwks, .keySetWithoutKeys(skipped: skipped))
    }

    /// The document of an issuer.
    ///
    /// - Throws: `issuerForm` unless the issuer is an https URL, or a loopback http URL, of which the document's address can
    ///   be made.
    init(discoveredFrom issuer: [UInt8]) throws(IssuerFault) {
        guard let address = IssuerAddress(issuer) else { throw IssuerFault(.issuer, .issuerForm) }
        do throws(URLError) { _ = try address.document(.openID) } catch {
            throw IssuerFault(.issuer, .issuerForm)
        }
        self = .discovery(address)
    }
}
