// KeySource.swift - where a key set comes from.
//
// Spec:    AUDIT 17, 18: the address comes from the settings, never from the token.
// Secret:  no; an address is not logged, it may hold what its owner thinks secret.
// Reads:   URI (URL, IssuerAddress). Read by: IssuerKeys; Settings, KeyFetching, the commands.

import URI

/// Where the key set comes from.
public enum KeySource: Equatable, Sendable {
    /// An https URL, or a loopback http one.
    case url(URL)
    /// An absolute path.
    case file([UInt8])
    /// The set itself.
    case inline([UInt8])
    /// The issuer's own document says where.
    case discovery(IssuerAddress)

    /// Whether it is fetched over TLS.
    package var isHTTPS: Bool {
        switch self {
        case .url(let url): url.scheme == .https
        case .discovery(let issuer): issuer.url.scheme == .https
        case .file, .inline: false
        }
    }
}
