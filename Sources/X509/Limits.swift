// Limits.swift - how much certificate, and how much search, somebody else may make us do.
//
// Spec:    none; RFC 5280 sets no bounds. RFC 5280 §4.1.2.2 for serial numbers.
// Secret:  no.
// Reads:   nothing. Read by: Certificate, TrustAnchors, PathSearch, NameConstraints.

/// The limits of this module.
public enum X509Limits {
    /// One certificate. Certificates for a hundred names have some 5 KB.
    public static let certificateByteCount = 65_536
    /// Extensions in one certificate.
    public static let extensionCount = 64
    /// Names in one subjectAltName, or subtrees in one list of a nameConstraints.
    public static let nameCount = 2048
    /// Attributes in one distinguished name.
    public static let attributeCount = 64
    /// A serial number's octets: 20 (RFC 5280 §4.1.2.2), and the zero byte of those authorities
    /// that forgot the sign.
    public static let serialByteCount = 21

    /// Certificates that the other side presents. RFC 8446 sets no bound; servers send two to five.
    public static let presentedCertificateCount = 32
    /// Certificates in one path, both ends included.
    public static let pathCertificateCount = 10
    /// Signatures checked for one search. Cross-signed certificates multiply paths; a real
    /// chain needs two or three checks.
    public static let signatureCheckCount = 64
    /// Bytes of names and of name constraints that are compared in one search: a hundred names
    /// under a thousand constraints of 40 bytes each.
    public static let comparedByteCount = 8 << 20
    /// Failed paths that a report tells.
    public static let reportedAttemptCount = 32

    /// A file of trust anchors. The public bundle has 220 KB.
    public static let anchorFileByteCount = 4 << 20
    /// Trust anchors of one name that are tried.
    public static let anchorsPerNameCount = 16
}
