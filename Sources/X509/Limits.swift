// Limits.swift - bounds on untrusted certificates and on the work of a path search.
//
// Spec:    RFC 5280 §4.1.2.2 (serial numbers). RFC 5280 sets no other bounds; these are ours.
// Secret:  no.
// Reads:   nothing. Read by: Certificate, TrustAnchors, PathSearch, NameConstraints; KeyFetching, CommandLine.

/// The limits of this module.
public enum X509Limits {
    /// One certificate. A certificate for a hundred names has about 5 KB.
    public static let certificateByteCount = 65_536
    /// Extensions in one certificate.
    public static let extensionCount = 64
    /// Names in one subjectAltName, or subtrees in one list of a nameConstraints.
    public static let nameCount = 2048
    /// Attributes in one distinguished name.
    public static let attributeCount = 64
    /// A serial number's octets: 20 (RFC 5280 §4.1.2.2), and a leading zero octet, which some authorities do not count.
    public static let serialByteCount = 21

    /// Certificates that the peer presents. RFC 8446 sets no bound. Servers send two to five, and a server in a bridged PKI
    /// (RFC 4158 §2.4) may send forty. `signatureCheckCount` bounds the work of the search.
    public static let presentedCertificateCount = 64
    /// Certificates in one path, both ends included.
    public static let pathCertificateCount = 10
    /// Signature checks in one search. Cross-signed certificates multiply paths; a real chain needs two or three checks.
    public static let signatureCheckCount = 64
    /// Bytes of names and of name constraints that are compared in one search: a hundred names
    /// under a thousand constraints of 40 bytes each.
    public static let comparedByteCount = 8 << 20
    /// Failed paths that a report lists.
    public static let reportedAttemptCount = 32

    /// A file of trust anchors, in bytes. The public bundle has 220 KB.
    public static let anchorFileByteCount = 4 << 20
    /// Trust anchors with one name that a search tries.
    public static let anchorsPerNameCount = 16
}
