// Limits.swift - how much a server may make us read, keep and do.
//
// Spec:    RFC 8446 §4.6.1, §5.1, §5.2, §5.4, §5.5; RFC 5246 §6.2. The others are ours: the RFCs leave them open.
// Secret:  no.
// Reads:   nothing. Read by: the rest of TLS; CommandLine.

/// The limits of this module.
public enum TLSLimits {
    // Records.

    /// The content of a record (RFC 8446 §5.1, RFC 5246 §6.2.1).
    public static let plaintextByteCount = 1 << 14
    /// A TLSInnerPlaintext of TLS 1.3: the content, its type and the padding (RFC 8446 §5.4).
    public static let innerPlaintextByteCount = (1 << 14) + 1
    /// The expansion of a record of TLS 1.3 on the wire (RFC 8446 §5.2).
    public static let expansion13ByteCount = 256
    /// The expansion of TLS 1.2 (RFC 5246 §6.2.3). Before the version is known, the content alone is allowed.
    public static let expansion12ByteCount = 2048
    /// Records without content, in one connection. Some servers send one now and then.
    public static let emptyRecordCount = 32
    /// ChangeCipherSpec records that TLS 1.3 drops, in one connection; a server sends one.
    public static let changeCipherSpecCount = 4
    /// Records under one key. RFC 8446 §5.5: 2^24.5 for AES-GCM.
    public static let recordsPerKeyCount: UInt64 = 1 << 24

    // Handshake.

    /// A handshake message other than Certificate. A CertificateRequest may name many authorities.
    public static let handshakeMessageByteCount = 65_536
    /// A Certificate message: many times what servers send.
    public static let certificateMessageByteCount = 131_072
    /// Extensions in one list.
    public static let extensionCount = 64
    /// The cookie of a HelloRetryRequest, which goes back in a ClientHello of one record.
    public static let cookieByteCount = 4096

    // Afterwards.

    /// Alerts that do not end the connection, and HelloRequests, in one connection.
    public static let warningCount = 8
    /// KeyUpdate messages of the server, in one connection.
    public static let keyUpdateCount = 32
    /// NewSessionTicket messages, in one connection. Servers send one to four.
    public static let ticketCount = 32
    /// A ticket that is kept, which goes back in a ClientHello of one record. A longer one is dropped.
    public static let ticketByteCount = 4096
    /// How long a ticket is used, in seconds: seven days (RFC 8446 §4.6.1).
    public static let ticketLifetimeSeconds: Int64 = 604_800
}
