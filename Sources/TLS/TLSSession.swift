// TLSSession.swift - what a later connection to the same server can begin with.
//
// Spec:    RFC 8446 §4.2.11, §4.6.1, §2.2.
// Secret:  the pre-shared key. The ticket is public.
// Reads:   Parameters; Bytes. Read by: TLSClient, ClientHello, ServerMessages13; HTTP.

import Bytes

/// A ticket with its key. Opaque; use each for one connection (RFC 8446 appendix C.4).
public final class TLSSession {
    let hostName: [UInt8]
    let suite: CipherSuite
    let ticket: [UInt8]
    let ageAdd: UInt32
    let receivedSeconds: Int64
    let lifetimeSeconds: Int64
    /// The end of the server's certificate: a resumed connection does not outlive it.
    let certificateEndSeconds: Int64
    private var preSharedKey: SecretBytes

    init(
        hostName: [UInt8], suite: CipherSuite, ticket: [UInt8], ageAdd: UInt32, receivedSeconds: Int64,
        lifetimeSeconds: Int64, certificateEndSeconds: Int64, preSharedKey: consuming SecretBytes
    ) {
        self.hostName = hostName
        self.suite = suite
        self.ticket = ticket
        self.ageAdd = ageAdd
        self.receivedSeconds = receivedSeconds
        self.lifetimeSeconds = lifetimeSeconds
        self.certificateEndSeconds = certificateEndSeconds
        self.preSharedKey = preSharedKey
    }

    /// Whether it may be offered to this host at this time.
    func isUsable(_ configuration: TLSConfiguration) -> Bool {
        let age = configuration.nowSeconds - receivedSeconds
        return hostName == configuration.hostName && age >= 0 && age < lifetimeSeconds
            && configuration.nowSeconds <= certificateEndSeconds
    }

    /// §4.2.11.1: the ticket's age in milliseconds, added to what the server gave, modulo 2^32.
    func obfuscatedAge(nowSeconds: Int64) -> UInt32 {
        UInt32(truncatingIfNeeded: (nowSeconds - receivedSeconds) &* 1000) &+ ageAdd
    }

    /// A schedule that begins with this session's key.
    func keySchedule() -> KeySchedule13 {
        makeSchedule(suite, &preSharedKey)
    }
}

private func makeSchedule(_ suite: CipherSuite, _ key: inout SecretBytes) -> KeySchedule13 {
    KeySchedule13(suite.hash, preSharedKey: key.span)
}
