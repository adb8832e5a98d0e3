// BuildOrigin.swift - the commit and the compiler that a binary comes from.
//
// Spec:    gitattributes(5), export-subst; VERIFY.md.
// Secret:  no. No path, no user and no date either: two builds of one commit are equal.
// Reads:   Bytes. Read by: VersionCommand.

import Bytes

enum BuildOrigin {
    /// The commit's hash. `git archive` writes it here (.gitattributes), so the checkout stays as it is and an
    /// export needs no git; Scripts/release builds from such an export.
    private static let exported: StaticString = "$Format:%H$"

    static var commit: StaticString { exported.utf8Byte(at: 0) == 0x24 ? "unknown" : exported }

    /// The compiler, as far as the language reports it; Scripts/release accepts only the one that .swift-version names.
    static var compiler: StaticString {
        #if compiler(>=6.3.2)
            "Swift, newer than 6.3.1"
        #elseif compiler(>=6.3.1)
            "Swift 6.3.1"
        #else
            "Swift, older than 6.3.1"
        #endif
    }
}
