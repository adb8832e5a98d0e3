import Keys

extension IssuerKeys {
    /// Keys of one address, where nobody asks which one it is.
    package static let oneFile = IssuerKeys(sources: [.file([0x2F])])
}
