// SettingValues.swift - values out of the environment, by name and by form.
//
// Spec:    none; security-checklist 31.
// Secret:  no.
// Reads:   SettingName, SettingsError, Limits. Read by: Settings.

import Bytes

/// The environment as the settings see it. A variable that is set twice has its first value,
/// as getenv(3) has it.
struct SettingValues {
    private let variables: [(name: [UInt8], value: [UInt8])]

    init(_ variables: [(name: [UInt8], value: [UInt8])]) {
        self.variables = variables
    }

    /// - Throws: `misspelled` for a variable that looks like a setting and is none.
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
        _ setting: SettingName, limit: Int = AuthorizerLimits.settingByteCount
    ) throws(SettingsError) -> [UInt8]? {
        guard let value = foreign(setting.name) else { return nil }
        guard !value.isEmpty else { throw SettingsError(setting, .empty) }
        guard value.count <= limit else { throw SettingsError(setting, .tooLong(limit: limit)) }
        return value
    }

    /// A list's entries without the spaces around them; nil if it is not set.
    ///
    /// - Throws: `empty`, `tooLong`, `emptyEntry`, `repeatedEntry`, `tooManyEntries`.
    func list(
        _ setting: SettingName, separatedBy separator: UInt8, limit: Int = AuthorizerLimits.listCount
    ) throws(SettingsError) -> [[UInt8]]? {
        guard let text = try text(setting) else { return nil }
        var entries: [[UInt8]] = []
        var start = 0
        for index in 0...text.count where index == text.count || text[index] == separator {
            var first = start
            var end = index
            while first < end, text[first] == 0x20 { first += 1 }
            while end > first, text[end - 1] == 0x20 { end -= 1 }
            guard first < end else { throw SettingsError(setting, .emptyEntry) }
            let entry = [UInt8](text.span.extracting(first..<end))
            for earlier in entries where bytesEqual(earlier.span, entry.span) {
                throw SettingsError(setting, .repeatedEntry)
            }
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
        var value: Int64 = 0
        for byte in text {
            guard byte >= 0x30, byte <= 0x39, text.count <= 18 else {
                throw SettingsError(setting, .notANumber)
            }
            value = value * 10 + Int64(byte - 0x30)
        }
        guard range.contains(value) else {
            throw SettingsError(setting, .outOfRange(minimum: range.lowerBound, maximum: range.upperBound))
        }
        return value
    }

    /// Which of two words is set; the first if none is.
    ///
    /// - Throws: `empty`, `otherWord`.
    func isSecond(
        _ setting: SettingName, of first: StaticString, _ second: StaticString
    ) throws(SettingsError) -> Bool {
        guard let text = try text(setting) else { return false }
        if bytesEqual(text.span, second) { return true }
        guard bytesEqual(text.span, first) else { throw SettingsError(setting, .otherWord) }
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
