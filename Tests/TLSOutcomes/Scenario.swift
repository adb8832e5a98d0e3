// Scenario.swift - what an honest server does, step by step: full, retried and resumed handshakes, and what follows.

import Bytes
import HMAC
import X509

@testable import TLS

/// One thing that happens to the client.
enum Step: Equatable {
    /// A record of the server: in the clear (0), under the keys of the handshake (1), of the application (2). TLS 1.2
    /// has the epochs 0 and 2.
    case record(epoch: Int, type: UInt8, contents: [UInt8])
    /// Bytes as they are.
    case wire([UInt8])
    case send, close
}

/// A server's steps, and the keys that they are sealed with.
struct Scenario {
    let name: String
    let anchor: [UInt8]
    let seed: UInt8
    let session: TLSSession?
    var steps: [Step]
    /// Of the epochs 1 and 2.
    let sealers: [Sealer]

    var isTLS13: Bool { sealers[0].suite.version == .tls13 }

    func client(host: String = "server.test", now: Int64 = 1_750_000_000) -> TLSClient {
        let configuration = TLSConfiguration(
            hostName: Array(host.utf8), nowSeconds: now, prefersAES: true)
        let client = try! TLSClient.begin(configuration, random: clientRandom(seed), session: session)
        client.trust(try! TrustAnchors(certificates: [anchor]))
        return client
    }
}

/// A recording of Vectors/tls/recordings.trace.
struct Recording {
    let name: String
    let anchor: [UInt8]
    let answers: [[UInt8]]

    static func all(_ text: String) -> [Recording] {
        var list: [Recording] = []
        for paragraph in text.split(separator: "\n\n") where paragraph.hasPrefix("# ") {
            let rows = paragraph.split(separator: "\n")
            let values = rows.dropFirst().map { decoded($0.split(separator: "=")[1]) }
            list.append(
                Recording(name: String(rows[0].dropFirst(2)), anchor: values[0], answers: Array(values[1...]))
            )
        }
        return list
    }

    private static func decoded(_ text: Substring) -> [UInt8] {
        let digits = Array(text.utf8.filter { $0 != 0x20 })
        return try! Hex.decode(digits.span)
    }

    func scenario() -> Scenario { name.hasPrefix("1.3") ? scenario13().scenario : scenario12() }

    private func blank() -> Scenario {
        Scenario(name: name, anchor: anchor, seed: 1, session: nil, steps: [], sealers: [])
    }

    /// The scenario, and the resumption master secret of its connection.
    func scenario13() -> (scenario: Scenario, resumption: [UInt8]) {
        let client = blank().client()
        let hello = Array(client.takeOutput()[5...])
        var steps: [Step] = []
        var clear: [[UInt8]] = []
        var hidden: [[UInt8]] = []
        for answer in answers {
            for record in records(answer) {
                if record[0] == 23 { hidden.append(record) } else { clear.append(record) }
            }
        }
        for record in clear {
            steps.append(.record(epoch: 0, type: record[0], contents: Array(record[5...])))
        }
        let serverHello = Array(clear.last { $0[0] == 22 }![5...])
        let parsed = try! ServerHello(serverHello.span.extracting(4..<serverHello.count))
        let suite = CipherSuite(rawValue: parsed.suite)!
        var transcript = hello
        if answers.count > 2 {
            let retry = Array(clear[0][5...])
            let request = clear[0]
            try! client.receive(request.span)
            let second = records(client.takeOutput()).last!
            transcript = message(254, transcriptHash(suite.hash, hello)) + retry + second[5...]
        }
        transcript += serverHello
        let share = try! parsed.keyShare()
        let secret = SecretBytes(
            copying: sharedSecret(NamedGroup(rawValue: share.group)!, seed: 1, with: share.key).span)
        let keys = Keys13(suite, preSharedKey: [], shared: secret, transcript)
        var opening = keys.server
        var flight: [UInt8] = []
        for record in hidden {
            guard flight.isEmpty || messages(flight).last?[0] != 20 else { break }
            flight += opening.open(record).dropLast()
        }
        for message in messages(flight) {
            steps.append(.record(epoch: 1, type: 22, contents: message))
        }
        let server = keys.server
        let rest = keys.finish(transcript + flight, isAsked: name.hasSuffix("requested"))
        return (
            Scenario(
                name: name, anchor: anchor, seed: 1, session: nil, steps: steps + afterHandshake13,
                sealers: [server, rest.server]), rest.resumption
        )
    }

    private func scenario12() -> Scenario {
        let client = blank().client()
        var transcript = Array(client.takeOutput()[5...])
        let first = answers[0]
        try! client.receive(first.span)
        var steps: [Step] = []
        var flight: [UInt8] = []
        for record in records(first) { flight += record[5...] }
        let all = messages(flight)
        for message in all { steps.append(.record(epoch: 0, type: 22, contents: message)) }
        let (helloBody, exchangeBody) = (Array(all[0][4...]), Array(all[2][4...]))
        let hello = try! ServerHello(helloBody.span)
        let suite = CipherSuite(rawValue: hello.suite)!
        let random = clientRandom(1)
        let ours = [UInt8](random.span.extracting(0..<32))
        transcript += flight
        let sent = records(client.takeOutput())
        for record in sent.dropLast(2) { transcript += record[5...] }
        let exchange = try! ServerKeyExchange(exchangeBody.span)
        let shared = SecretBytes(
            copying: sharedSecret(
                NamedGroup(rawValue: exchange.group)!, seed: 1, with: exchange.publicKey
            ).span)
        let schedule = KeySchedule12(
            suite.hash, premasterSecret: shared, sessionHash: transcriptHash(suite.hash, transcript),
            clientRandom: ours, serverRandom: hello.random)
        let block = bytes(schedule.keyBlock(suite, clientRandom: ours, serverRandom: hello.random))
        transcript += message(
            20, schedule.verifyData("client finished", transcriptHash: transcriptHash(suite.hash, transcript))
        )
        let finished = message(
            20, schedule.verifyData("server finished", transcriptHash: transcriptHash(suite.hash, transcript))
        )
        steps.append(.record(epoch: 0, type: 20, contents: [1]))
        steps.append(.record(epoch: 2, type: 22, contents: finished))
        let sealer = Sealer(suite, serverKeysOf: block)
        return Scenario(
            name: name, anchor: anchor, seed: 1, session: nil, steps: steps + afterHandshake12,
            sealers: [sealer, sealer])
    }
}

/// The keys of a handshake of TLS 1.3.
struct Keys13: ~Copyable {
    let suite: CipherSuite
    var schedule: KeySchedule13
    let server: Sealer
    let clientSecret: [UInt8]

    init(_ suite: CipherSuite, preSharedKey: [UInt8], shared: borrowing SecretBytes, _ transcript: [UInt8]) {
        self.suite = suite
        schedule = KeySchedule13(suite.hash, preSharedKey: preSharedKey.span)
        schedule.addSharedSecret(shared)
        let digest = transcriptHash(suite.hash, transcript)
        server = Sealer(
            suite, trafficSecret: bytes(schedule.derive("s hs traffic", transcriptHash: digest)))
        clientSecret = bytes(schedule.derive("c hs traffic", transcriptHash: digest))
    }

    /// - Parameter transcript: up to the server's Finished.
    consuming func finish(
        _ transcript: [UInt8], isAsked: Bool
    ) -> (server: Sealer, resumption: [UInt8]) {
        let hash = suite.hash
        schedule.becomeMaster()
        let application = bytes(
            schedule.derive("s ap traffic", transcriptHash: transcriptHash(hash, transcript)))
        var all = transcript
        if isAsked { all += message(11, [0, 0, 0, 0]) }
        all += finished(hash, clientSecret, transcriptHash(hash, all))
        let resumption = schedule.derive("res master", transcriptHash: transcriptHash(hash, all))
        return (Sealer(suite, trafficSecret: application), bytes(resumption))
    }
}

let ticket = message(
    4, [0, 0, 0x10, 0, 1, 2, 3, 4] + vector(1, [7]) + vector(2, [UInt8](repeating: 9, count: 40)) + [0, 0])

/// The random of a HelloRetryRequest.
let retryRandom: [UInt8] = [
    0xCF, 0x21, 0xAD, 0x74, 0xE5, 0x9A, 0x61, 0x11, 0xBE, 0x1D, 0x8C, 0x02, 0x1E, 0x65, 0xB8, 0x91,
    0xC2, 0xA2, 0x11, 0x16, 0x7A, 0xBB, 0x8C, 0x5E, 0x07, 0x9E, 0x09, 0xE2, 0xC8, 0xA8, 0x33, 0x9C,
]

let afterHandshake13: [Step] = [
    .record(epoch: 2, type: 22, contents: ticket), .send,
    .record(epoch: 2, type: 23, contents: [1, 2, 3]),
    .record(epoch: 2, type: 22, contents: message(24, [1])),
    .record(epoch: 2, type: 23, contents: []), .send,
    .record(epoch: 2, type: 22, contents: message(24, [0])),
    .record(epoch: 2, type: 23, contents: [4]),
    .record(epoch: 2, type: 21, contents: [1, 0]), .send,
]

private let afterHandshake12: [Step] = [
    .send, .record(epoch: 2, type: 23, contents: [1, 2, 3]),
    .record(epoch: 2, type: 22, contents: message(0, [])),
    .record(epoch: 2, type: 23, contents: []), .send,
    .record(epoch: 2, type: 21, contents: [1, 90]),
    .record(epoch: 2, type: 23, contents: [4]),
    .record(epoch: 2, type: 21, contents: [1, 0]), .send,
]
