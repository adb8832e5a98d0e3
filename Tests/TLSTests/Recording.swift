import Bytes
import Foundation
import HMAC
import TestSupport
import Testing
import X509

@testable import TLS

/// The answers of OpenSSL's server to a client with fixed randomness. The same client reaches the same
/// connection state when the answers are replayed.
///
/// Recorded by `TLS_RECORD=1 swift test --filter Recorder`.
struct Recording {
    let anchor: [UInt8]
    /// Each answers one output of the client.
    let answers: [[UInt8]]

    init(_ name: String) throws {
        let fields = Set(["anchor"] + (1...4).map { "server-\($0)" })
        let all = try readVectors("tls/recordings.trace", fields: fields)
        let vector = try #require(all.first { $0.comment == name })
        anchor = try vector.bytes("anchor")
        var answers: [[UInt8]] = []
        for number in 1...4 where vector.fields["server-\(number)"] != nil {
            answers.append(try vector.bytes("server-\(number)"))
        }
        self.answers = answers
    }

    static let names: [(name: String, arguments: [String])] = [
        ("1.3", ["1.3", "p256", "--tickets", "1"]),
        ("1.3 retried", ["1.3", "p256", "--group", "prime256v1", "--tickets", "1"]),
        ("1.3 client certificate requested", ["1.3", "ed25519", "--request-certificate", "--tickets", "0"]),
        ("1.2 AES", ["1.2", "p256", "--suites", "ECDHE-ECDSA-AES128-GCM-SHA256"]),
        ("1.2 ChaCha20", ["1.2", "p256", "--suites", "ECDHE-ECDSA-CHACHA20-POLY1305"]),
        ("1.2 client certificate requested", ["1.2", "p256", "--request-certificate"]),
    ]

    func client(seed: UInt8 = 1) throws -> TLSClient {
        try makeClient(try configuration(anchor: anchor), seed: seed)
    }
}

@Suite struct Recorder {
    @Test(.enabled(if: ProcessInfo.processInfo.environment["TLS_RECORD"] != nil)) func recordAgain() throws {
        var text = "#: suite      tls-recording\n"
        text += "#: source     OpenSSL's server, by Tests/Integration/tls_peer.py\n"
        text += "#: note       run by Tests/TLSTests, not by the vectors command: hence the other extension\n"
        text += "#: licence    Apache-2.0\n"
        text += "#: converter  TLS_RECORD=1 swift test --filter Recorder (records anew: other bytes)\n"
        let count = Recording.names.count
        text += "#: cases      \(count) (valid \(count), invalid 0)\n"
        for (name, arguments) in Recording.names {
            let peer = try OpenSSLPeer(arguments)
            let client = try makeClient(try configuration(anchor: peer.anchor))
            text += "\n# \(name)\nanchor   = \(hex(peer.anchor))\n"
            var number = 1
            while true {
                let output = client.takeOutput()
                if output.isEmpty { break }
                let answer = try peer.exchange(output)
                if !answer.isEmpty { text += "server-\(number) = \(hex(answer))\n" }
                number += 1
                try client.receive(answer.span)
            }
            #expect(client.isEstablished)
        }
        let file = repositoryRoot.appendingPathComponent("Vectors/tls/recordings.trace")
        try Data(text.utf8).write(to: file)
    }
}

func hex(_ bytes: [UInt8]) -> String { String(decoding: Hex.encode(bytes.span), as: UTF8.self) }

/// Bytes as records.
func records(_ bytes: [UInt8]) -> [[UInt8]] {
    var list: [[UInt8]] = []
    var offset = 0
    while offset + 5 <= bytes.count {
        let end = offset + 5 + Int(bytes[offset + 3]) << 8 + Int(bytes[offset + 4])
        list.append(Array(bytes[offset..<end]))
        offset = end
    }
    return list
}

/// Handshake bytes as messages.
func messages(_ bytes: [UInt8]) throws -> [[UInt8]] {
    var reader = HandshakeReader()
    reader.append(bytes.span)
    var list: [[UInt8]] = []
    while let message = try reader.next() { list.append(message.bytes) }
    return list
}

/// Whether `bytes` have `part` somewhere.
func contains(_ bytes: [UInt8], _ part: [UInt8]) -> Bool {
    bytes.indices.contains { bytes[$0...].starts(with: part) }
}

/// A record that is not protected.
func plain(_ type: UInt8, _ contents: [UInt8]) -> [UInt8] {
    [type, 3, 3, UInt8(contents.count >> 8), UInt8(contents.count & 0xFF)] + contents
}

/// A message with its header.
func message(_ type: UInt8, _ body: [UInt8]) -> [UInt8] {
    var bytes = [type]
    bytes.append(bigEndian: UInt64(body.count), byteCount: 3)
    return bytes + body
}

/// A vector with its length before it.
func vector(_ lengthByteCount: Int, _ contents: [UInt8]) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.append(bigEndian: UInt64(contents.count), byteCount: lengthByteCount)
    return bytes + contents
}

func item(_ type: UInt16, _ contents: [UInt8]) -> [UInt8] {
    [UInt8(type >> 8), UInt8(type & 0xFF)] + vector(2, contents)
}

/// The error that the client ends with, and the alert that it sends: nil for none.
func refusal(_ client: TLSClient, _ bytes: [UInt8]) -> TLSError? {
    do throws(TLSError) {
        try client.receive(bytes.span)
        return nil
    } catch { return error }
}

/// The recorded server's keys, with which tests can send any message.
struct Forger13 {
    let recording: Recording
    let serverHello: [UInt8]
    /// EncryptedExtensions, Certificate, CertificateVerify, Finished.
    let flight: [[UInt8]]
    let clientHandshake: [UInt8]
    let serverHandshake: [UInt8]
    let clientApplication: [UInt8]
    let serverApplication: [UInt8]
    /// The messages of the client's second flight.
    let suite: CipherSuite

    init(_ name: String = "1.3") throws {
        recording = try Recording(name)
        let client = try recording.client()
        let hello = Array(client.takeOutput()[5...])
        let answer = records(recording.answers[0])
        let serverHello = Array(answer[0][5...])
        self.serverHello = serverHello
        let parsed = try ServerHello(serverHello.span.extracting(4..<serverHello.count))
        suite = try #require(CipherSuite(rawValue: parsed.suite))
        var transcript = Transcript(suite.hash, hello.span)
        transcript.add(serverHello.span)
        let exchange = try KeyExchange(.x25519, seed: fixedKeySeed())
        var schedule = KeySchedule13(suite.hash, preSharedKey: [UInt8]().span)
        schedule.addSharedSecret(try exchange.sharedSecret(with: try parsed.keyShare().key))
        clientHandshake = bytes(schedule.derive("c hs traffic", transcriptHash: transcript.digest()))
        serverHandshake = bytes(schedule.derive("s hs traffic", transcriptHash: transcript.digest()))
        var opening = protection(serverHandshake, suite)
        var contents: [UInt8] = []
        for bytes in answer[1...] where bytes[0] == .applicationData {
            contents += try opening.open(try record(bytes)).contents
        }
        let flight = try messages(contents)
        self.flight = flight
        for message in flight { transcript.add(message.span) }
        schedule.becomeMaster()
        clientApplication = bytes(schedule.derive("c ap traffic", transcriptHash: transcript.digest()))
        serverApplication = bytes(schedule.derive("s ap traffic", transcriptHash: transcript.digest()))
    }

    func sealed(_ secret: [UInt8], _ contents: [(ContentType, [UInt8])]) -> [UInt8] {
        var sealing = protection(secret, suite)
        var output: [UInt8] = []
        for (type, bytes) in contents { sealing.seal(type, bytes.span, into: &output) }
        return output
    }

    /// A client that has the ServerHello.
    func clientAfterHello() throws -> TLSClient {
        let client = try recording.client()
        let hello = plain(.handshake, serverHello)
        try client.receive(hello.span)
        return client
    }

    /// The refusal of messages after the ServerHello, each in a record of its own.
    func refusal(flight messages: [[UInt8]]) throws -> TLSError? {
        try refusal(records: messages.map { (.handshake, $0) })
    }

    func refusal(records: [(ContentType, [UInt8])]) throws -> TLSError? {
        let client = try clientAfterHello()
        _ = client.takeOutput()
        let error = TLSTests.refusal(client, sealed(serverHandshake, records))
        try checkAlert(client, clientHandshake, error)
        return error
    }

    /// A client whose connection is established.
    func establishedClient() throws -> TLSClient {
        let client = try clientAfterHello()
        let rest = sealed(serverHandshake, flight.map { (.handshake, $0) })
        try client.receive(rest.span)
        _ = client.takeOutput()
        return client
    }

    /// The refusal of records after the handshake.
    func refusal(after records: [(ContentType, [UInt8])]) throws -> TLSError? {
        let client = try establishedClient()
        let error = TLSTests.refusal(client, sealed(serverApplication, records))
        try checkAlert(client, clientApplication, error)
        return error
    }

    /// The last thing sent is the alert of the error, under the client's key.
    func checkAlert(_ client: TLSClient, _ secret: [UInt8], _ error: TLSError?) throws {
        guard let error, let alert = error.alert else { return }
        var opening = protection(secret, suite)
        var last: OpenedRecord?
        for bytes in TLSTests.records(client.takeOutput()) where bytes[0] == .applicationData {
            last = try opening.open(try record(bytes))
        }
        #expect(last?.type == .alert && last?.contents == [2, alert.rawValue], "\(error)")
        // The connection has ended with this error.
        let again = TLSTests.refusal(client, [])
        #expect(again == error && !client.isEstablished && client.session == nil)
    }
}
