import Bytes
import Foundation
import TestSupport
import Testing
import X509

@testable import TLS

/// Moves bytes until both sides are silent; returns what the server sent.
@discardableResult
func run(_ client: TLSClient, _ peer: OpenSSLPeer) throws -> [UInt8] {
    var sent: [UInt8] = []
    while true {
        let output = client.takeOutput()
        if output.isEmpty { return sent }
        let answer = try peer.exchange(output)
        sent += answer
        try client.receive(answer.span)
    }
}

@Suite(.serialized, .enabled(if: PythonPeers.areAvailable, "needs python3 with the package cryptography"))
struct OpenSSLPeerTests {
    struct Case: CustomTestStringConvertible {
        let arguments: [String]
        let suite: CipherSuite
        let group: NamedGroup
        let scheme: SignatureScheme
        var prefersAES = true
        var testDescription: String { arguments.joined(separator: " ") }
    }

    static let cases: [Case] = [
        Case(arguments: ["1.3", "rsa"], suite: .aes128GCM, group: .x25519, scheme: .rsaPSSWithRSAKeySHA256),
        Case(
            arguments: ["1.3", "p256", "--group", "prime256v1"], suite: .aes128GCM, group: .p256,
            scheme: .ecdsaP256SHA256),
        Case(
            arguments: ["1.3", "p384", "--group", "secp384r1", "--request-certificate"], suite: .aes128GCM,
            group: .p384, scheme: .ecdsaP384SHA384),
        Case(
            arguments: ["1.3", "ed25519", "--plain-alpn", "--request-certificate"], suite: .chaCha20Poly1305,
            group: .x25519, scheme: .ed25519, prefersAES: false),
        Case(
            arguments: ["1.2", "rsa", "--suites", "ECDHE-RSA-AES128-GCM-SHA256"],
            suite: .ecdheRSAWithAES128GCM, group: .x25519, scheme: .rsaPSSWithRSAKeySHA256),
        Case(
            arguments: ["1.2", "rsa", "--suites", "ECDHE-RSA-AES256-GCM-SHA384", "--group", "secp384r1"],
            suite: .ecdheRSAWithAES256GCM, group: .p384, scheme: .rsaPSSWithRSAKeySHA256),
        Case(
            arguments: ["1.2", "rsa", "--suites", "ECDHE-RSA-CHACHA20-POLY1305", "--request-certificate"],
            suite: .ecdheRSAWithChaCha20Poly1305, group: .x25519, scheme: .rsaPSSWithRSAKeySHA256),
        Case(
            arguments: ["1.2", "p256", "--suites", "ECDHE-ECDSA-AES128-GCM-SHA256", "--group", "prime256v1"],
            suite: .ecdheECDSAWithAES128GCM, group: .p256, scheme: .ecdsaP256SHA256),
        Case(
            arguments: ["1.2", "p384", "--suites", "ECDHE-ECDSA-AES256-GCM-SHA384", "--request-certificate"],
            // TLS 1.2: the scheme names the hash alone, not the curve.
            suite: .ecdheECDSAWithAES256GCM, group: .x25519, scheme: .ecdsaP256SHA256),
        Case(
            arguments: [
                "1.2", "rsa", "--suites", "ECDHE-RSA-AES128-GCM-SHA256", "--no-extended-master-secret",
            ],
            suite: .ecdheRSAWithAES128GCM, group: .x25519, scheme: .rsaPSSWithRSAKeySHA256),
        Case(
            arguments: ["1.2", "ed25519", "--suites", "ECDHE-ECDSA-CHACHA20-POLY1305"],
            suite: .ecdheECDSAWithChaCha20Poly1305, group: .x25519, scheme: .ed25519),
    ]

    @Test(arguments: cases) func aConnection(_ test: Case) throws {
        let peer = try OpenSSLPeer(test.arguments)
        let client = try makeClient(try configuration(anchor: peer.anchor, prefersAES: test.prefersAES))
        try run(client, peer)
        #expect(client.isEstablished)
        let summary = try #require(client.summary)
        #expect(summary.suite == test.suite)
        #expect(summary.version == (test.arguments[0] == "1.3" ? .tls13 : .tls12))
        #expect(summary.group == test.group)
        #expect(summary.scheme == test.scheme)
        #expect(summary.extendedMasterSecret == !test.arguments.contains("--no-extended-master-secret"))
        #expect(summary.resumed == false)
        #expect(summary.applicationProtocolNamed == !test.arguments.contains("--plain-alpn"))
        #expect((client.session != nil) == (test.arguments[0] == "1.3"))

        // More than a record each way.
        let message = (0..<40_000).map { UInt8(truncatingIfNeeded: $0) }
        try client.send(message.span)
        try run(client, peer)
        #expect(client.takeApplicationData() == message)
        client.close()
        try run(client, peer)
        #expect(client.peerHasClosed)
    }

    @Test(arguments: [[], ["--group", "prime256v1"]]) func aResumedConnection(_ more: [String]) throws {
        let peer = try OpenSSLPeer(["1.3", "p256"] + more)
        let settings = try configuration(anchor: peer.anchor)
        let first = try makeClient(settings)
        try run(first, peer)
        let session = try #require(first.session)
        _ = try peer.exchange([])
        let second = try makeClient(settings, seed: 2, session: session)
        try run(second, peer)
        #expect(second.isEstablished)
        #expect(second.summary?.resumed == true)
        #expect(second.summary?.scheme == nil)
        let ping = Array("ping".utf8)
        try second.send(ping.span)
        try run(second, peer)
        #expect(second.takeApplicationData() == ping)
        #expect(second.session != nil)
    }
}
