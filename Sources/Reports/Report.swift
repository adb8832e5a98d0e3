// Report.swift - a value with two forms: text and JSON.
//
// Spec:    README "Commands": text, or JSON with --json.
// Secret:  no: each report decides what it contains.
// Reads:   Outline, Paint. Read by: every report; the commands (Terminal).

/// A computed value, rendered as text for people and as JSON for programs. Rendering computes nothing new.
package protocol Report {
    /// For people; ends with a line feed.
    func text(_ paint: Paint) -> [UInt8]

    /// For programs.
    var outline: Outline { get }
}
