// IssuerKeys.swift - where one issuer's keys come from.
//
// Spec:    AUDIT 17, 18.
// Secret:  no.
// Reads:   KeySource. Read by: KeyRingIssuers; Settings, KeyFetching, the commands.

/// The addresses of an issuer's keys.
public struct IssuerKeys: Sendable {
    /// The first address, and those to turn to when it fails; never empty.
    public let sources: [KeySource]
    /// A file with a key set for a start without network: absolute, or in the zip.
    public let snapshot: [UInt8]?
    /// Whether each key has an address of its own: the source's, followed by a slash and the key's ID. It
    /// serves the PEM text of a P-256 key.
    public let isPerKey: Bool
    /// Whether the sets are SPIFFE bundles.
    public let isBundle: Bool

    /// - Parameters:
    ///   - sources: the first address, and those to turn to when it fails; at least one.
    ///   - snapshot: a file with a key set for a start without network.
    ///   - isPerKey: of the issuer; a file or a set in the settings has all keys whatever the issuer does.
    ///   - isBundle: whether the sets are SPIFFE bundles.
    public init(
        sources: [KeySource], snapshot: [UInt8]? = nil, isPerKey: Bool = false, isBundle: Bool = false
    ) {
        precondition(!sources.isEmpty, "an issuer has a key source")
        self.sources = sources
        self.snapshot = snapshot
        self.isBundle = isBundle
        if case .url = sources[0] { self.isPerKey = isPerKey } else { self.isPerKey = false }
    }
}
