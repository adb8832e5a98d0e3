// SettingValues.swift - the environment's values, by name and by form.
//
// Spec:    none; AUDIT 31.
// Secret:  no.
// Reads:   SettingName, SettingsError, PastedText, Limits; JSON (HiddenText), Bytes. Read by: Settings, VariableIssuer, RulesDocument,
//          SettingsWarning, LogLevel, and the files that read settings (RuleSettings, AnswerSettings, SenderSettings, KeyTimes,
//          ReportSettings).

import Bytes
import JSON

/// The environment as the settings see it. A variable that is set twice has its first value,
/// as getenv(3) has it.
struct SettingValues {
    private let variables: [(name: [UInt8], value: [UInt8])]

    init(_ variables: [(name: [UInt8], value: [UInt8])]) {
        self.variables = variables
    }

    /// - Throws: `misspelled` for a variable whose name is similar to that of a setting.
    func checkSpelling() throws(SettingsError) {
        for variable in variables where SettingName(variable.name.span) == nil {
            if let meant = SettingName(misspelled: variable.name.span) {
                throw SettingsError(meant, .misspelled(found: variable.name))
            }
        }
    }

    /// A setting's value; nil if it is not set.
    ///
    /// - Throws: `empty`, `tooLong`.
    func text(
        _ setting: SettingName, limit: Int = SettingsLimits.settingByteCount
    ) throws(SettingsError) -> [UInt8]? {
        guard let value = foreign(setting.name) else { return nil }
        guard !value.isEmpty else { throw SettingsError(setting, .empty) }
        guard value.count <= limit else { throw SettingsError(setting, .tooLong(limit: limit)) }
        return value
    }

    /// The single values that are compared with tokens, or name a claim of theirs. `list` checks lists.
    ///
    /// - Throws: `empty`, `tooLong`, `pasted`.
    func checkPasted() throws(SettingsError) {
        for setting in [.issuer, .principalClaim, .usageKeyClaim] as [SettingName] {
            guard let text = try text(setting) else { continue }
            let fault = setting == .issuer ? PasteFault(inIssuer: text) : PasteFault(in: text)
            if let fault { throw SettingsError(setting, .pasted(fault)) }
        }
    }

    /// A list's entries without the spaces around them; nil if it is not set.
    ///
    /// - Throws: `empty`, `tooLong`, `pasted`, `emptyEntry`, `repeatedEntry`, `tooManyEntries`.
    func list(
        _ setting: SettingName, separatedBy separator: UInt8, limit: Int = SettingsLimits.listCount
    ) throws(SettingsError) -> [[UInt8]]? {
        guard let text = try text(setting) else { return nil }
        // Spaces at the ends are removed below; quotation marks may enclose one entry.
        if let fault = PasteFault(in: text), fault != .whiteSpace, fault != .quotationMarks {
            throw SettingsError(setting, .pasted(fault))
        }
        var entries: [[UInt8]] = []
        var start = 0
        for index in 0...text.count where index == text.count || text[index] == separator {
            var first = start
            var end = index
            while first < end, text[first] == 0x20 { first += 1 }
            while end > first, text[end - 1] == 0x20 { end -= 1 }
            guard first < end else { throw SettingsError(setting, .emptyEntry) }
            let entry = [UInt8](text.span.extracting(first..<end))
            if let fault = PasteFault(in: entry) { throw SettingsError(setting, .pasted(fault)) }
            guard !entries.contains(entry.span) else { throw SettingsError(setting, .repeatedEntry) }
            guard entries.count < limit else { throw SettingsError(setting, .tooManyEntries(limit: limit)) }
            entries.append(entry)
            start = index + 1
        }
        return entries
    }

    /// A whole number within a range; nil if it is not set.
    ///
    /// - Throws: `empty`, `notANumber`, `outOfRange`.
    func number(_ setting: SettingName, _ range: ClosedRange<Int64>) throws(SettingsError) -> Int64? {
        guard let text = try text(setting) else { return nil }
        guard let value = Decimal.value(text.span) else { throw SettingsError(setting, .notANumber) }
        guard range.contains(value) else {
            throw SettingsError(setting, .outOfRange(minimum: range.lowerBound, maximum: range.upperBound))
        }
        return value
    }

    /// Whether a setting is the second of two keywords; the first is the default.
    ///
    /// - Throws: `empty`, `unknownValue`.
    func isSecond(
        _ setting: SettingName, of first: StaticString, _ second: StaticString
    ) throws(SettingsError) -> Bool {
        guard let text = try text(setting) else { return false }
        if bytesEqual(text.span, second) { return true }
        guard bytesEqual(text.span, first) else { throw SettingsError(setting, .unknownValue) }
        return false
    }

    /// Whether a setting that is compared with tokens has an invisible character, or a space other than U+0020.
    var hasInvisibleCharacter: Bool {
        for setting in [
            .issuer, .audience, .principalClaim, .usageKeyClaim, .contextClaims, .denyKids, .denyJTIs,
            .denySubjects, .denyClients,
        ] as [SettingName] {
            if let text = foreign(setting.name), HiddenText(in: text) == .invisibleCharacter { return true }
        }
        return false
    }

    /// The first of two variables that is set to something.
    func firstFilled(_ first: StaticString, _ second: StaticString) -> [UInt8]? {
        for name in [first, second] {
            if let value = foreign(name), !value.isEmpty { return value }
        }
        return nil
    }

    /// The value of any variable.
    func foreign(_ name: StaticString) -> [UInt8]? {
        for variable in variables where bytesEqual(variable.name.span, name) { return variable.value }
        return nil
    }
}
