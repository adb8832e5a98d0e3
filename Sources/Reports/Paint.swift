// Paint.swift - colours for the words that matter.
//
// Spec:    ECMA-48 §8.3.117 (SGR).
// Secret:  no.
// Reads:   Bytes. Read by: every report; the commands (Terminal).

import Bytes

/// Green and red for a terminal, or neither.
package struct Paint {
    private let isOn: Bool

    package init(isOn: Bool) {
        self.isOn = isOn
    }

    package func good(_ text: StaticString) -> [UInt8] { painted(text, "\u{1B}[32m") }
    package func bad(_ text: StaticString) -> [UInt8] { painted(text, "\u{1B}[31m") }

    private func painted(_ text: StaticString, _ colour: StaticString) -> [UInt8] {
        guard isOn else { return [UInt8](text) }
        var painted = [UInt8](colour)
        painted.append(text)
        painted.append("\u{1B}[0m")
        return painted
    }
}
