// SettingsReport.swift - the settings with their defaults.
//
// Spec:    README "Commands", check-config.
// Secret:  no: of an address only the kind is shown, a proxy without its credentials.
// Reads:   Report, Outline, SettingEntries, IssuerSummary, RulesReport, PolicyReportText; Settings, Routes, JSON
//          (appendPrintable), Authorizer, Bytes. Read by: the check-config command.

import Authorizer
import Bytes
import JSON
import Routes
import Settings

/// The report of `check-config` on valid settings.
package struct SettingsReport: Report {
    /// Those of the document, a line each; nil if variables name the issuer.
    let issuers: [[UInt8]]?
    let entries: [SettingEntries.Entry]
    let warnings: [StaticString]
    let rules: RulesReport?
    /// The routes that policies of those rules do not name.
    let policies: [PolicyReport]
    /// The rules of SHADOW_RULES.
    let shadow: RulesReport?

    /// - Parameter proxyName: what lies on the way to the keys, without its credentials.
    package init(_ settings: Settings, proxyName: [UInt8]?) {
        issuers = settings.rulesNameIssuers ? settings.issuers.map { issuerSummary($0) } : nil
        entries = SettingEntries(settings, proxyName).all
        warnings = settings.warnings.map { $0.message }
        rules = settings.rules.routes.map { RulesReport($0) }
        policies = settings.rules.policyReports
        shadow = settings.shadow?.routes.map { RulesReport($0) }
    }

    package func text(_ paint: Paint) -> [UInt8] {
        var text: [UInt8] = []
        for issuer in issuers ?? [] { Self.append("issuer", issuer, to: &text) }
        for entry in entries { Self.append(entry.name, entry.value, to: &text) }
        for warning in warnings {
            text.append("warning: ")
            text.append(warning)
            text.append(0x0A)
        }
        rules?.append(to: &text)
        for policy in policies { policy.append(to: &text) }
        if let shadow {
            text.append("SHADOW_RULES, which do not change answers:\n")
            shadow.append(to: &text)
        }
        text.append("The settings are valid.\n")
        return text
    }

    private static func append(_ name: StaticString, _ value: [UInt8], to text: inout [UInt8]) {
        text.append(name)
        for _ in 0..<max(1, 28 - name.utf8ByteCount) { text.append(0x20) }
        appendPrintable(&text, value)
        text.append(0x0A)
    }

    package var outline: Outline {
        var outline = Outline()
        outline.add("valid", true)
        var settings = Outline()
        for entry in entries { settings.add(entry.name, entry.value) }
        outline.add("settings", settings)
        outline.add("warnings", warnings)
        if let issuers { outline.add("issuers", issuers) }
        if let rules {
            rules.add(to: &outline)
            outline.add("policies", policies.map { $0.outline })
        }
        return outline
    }
}

extension Outline {
    /// The report on an invalid setting.
    package init(_ error: SettingsError) {
        self.init()
        add("valid", false)
        add("setting", error.setting.name)
        add("error", error.message)
    }
}
