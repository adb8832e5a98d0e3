import Keys

extension IssuerKeys {
    /// The keys of a single file, for tests that do not depend on its path.
    package static let oneFile = IssuerKeys(sources: [.file([0x2F])])
}
