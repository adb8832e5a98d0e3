// IssuerSummary.swift - an issuer of the document in one line, and lists in one line.
//
// Spec:    README "Commands", check-config.
// Secret:  no: of an address only the kind is shown.
// Reads:   Settings, Authorizer, Keys, JOSE, Bytes. Read by: SettingsReport, SettingEntries.

import Authorizer
import Bytes
import JOSE
import Keys
import Settings

/// `main: iss https://idp.example.com/; aud (not checked); RS256; keys from a URL`.
func issuerSummary(_ issuer: ConfiguredIssuer) -> [UInt8] {
    let claims = issuer.trusted.claims
    var text = issuer.name
    if let profile = issuer.profile {
        text.append(": profile ")
        text.append(profile.span)
    }
    text.append(issuer.profile == nil ? ": iss " : ", iss ")
    text += joined(claims.issuers)
    text.append("; aud ")
    text += joined(claims.audiences, orElse: "(not checked)")
    text.append("; ")
    text += algorithmNames(issuer.trusted.algorithms)
    text.append("; keys from ")
    for (index, source) in issuer.keys.sources.enumerated() {
        if index > 0 { text.append(", else from ") }
        switch source {
        case .url: text.append("a URL")
        case .file(let path): text.append(path.span)
        case .inline: text.append("the document")
        case .discovery: text.append("the issuer's discovery document")
        }
    }
    if let snapshot = issuer.keys.snapshot {
        text.append("; snapshot ")
        text.append(snapshot.span)
    }
    return text
}

func algorithmNames(_ algorithms: [Algorithm]) -> [UInt8] { joined(algorithms.map { [UInt8]($0.name) }) }

/// With commas between.
///
/// - Parameter absent: for an empty list.
func joined(_ list: [[UInt8]], orElse absent: StaticString = "") -> [UInt8] {
    guard !list.isEmpty else { return [UInt8](absent) }
    var text: [UInt8] = []
    for entry in list {
        if !text.isEmpty { text.append(0x2C) }
        text.append(entry.span)
    }
    return text
}
