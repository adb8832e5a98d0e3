// Resumption.swift - resumed handshakes, with and without a HelloRetryRequest, whose messages can be changed.

import Bytes
import HMAC

@testable import TLS

/// A resumed connection whose messages may be changed before the server computes its keys and its Finished.
struct Resumption {
    let anchor: [UInt8]
    let session: TLSSession
    let preSharedKey: [UInt8]
    let suite: CipherSuite

    init(_ recording: Recording) {
        let (scenario, resumption) = recording.scenario13()
        let client = scenario.client()
        var sealers = scenario.sealers
        for step in scenario.steps {
            guard case .record(let epoch, let type, let contents) = step, contents != message(24, [1]) else {
                break
            }
            let bytes =
                epoch == 0
                ? header(type, contents.count) + contents : sealers[epoch - 1].seal(type, contents)
            try! client.receive(bytes.span)
        }
        anchor = recording.anchor
        session = client.session!
        suite = scenario.sealers[0].suite
        let secret = SecretBytes(copying: resumption.span)
        preSharedKey = TLSOutcomes.bytes(
            resumptionKey(suite.hash, resumptionMasterSecret: secret, nonce: [7]))
    }

    /// - Parameters:
    ///   - group: which a HelloRetryRequest asks for; nil for none.
    ///   - change: gets each message: HelloRetryRequest, ServerHello, EncryptedExtensions.
    func scenario(
        _ name: String, group: NamedGroup?, _ change: (Int, inout [UInt8]) -> Void
    ) -> Scenario {
        var scenario = Scenario(
            name: name, anchor: anchor, seed: 2, session: session, steps: [], sealers: [])
        let client = scenario.client()
        var transcript = Array(client.takeOutput()[5...])
        let random = clientRandom(2)
        let identifier = [UInt8](random.span.extracting(32..<64))
        let suiteNumber = [UInt8(suite.rawValue >> 8), UInt8(suite.rawValue & 0xFF)]
        let version = item(43, [3, 4])
        let fields = vector(1, identifier) + suiteNumber + [0]
        var steps: [Step] = []
        if let group {
            let list = version + item(51, [0, UInt8(group.rawValue)]) + item(44, vector(2, [5, 6, 7]))
            var retry = message(2, [3, 3] + retryRandom + fields + vector(2, list))
            change(0, &retry)
            steps.append(.record(epoch: 0, type: 22, contents: retry))
            let record = header(22, retry.count) + retry
            do throws(TLSError) { try client.receive(record.span) } catch { _ = error.reasonCode }
            let second = records(client.takeOutput()).last ?? record
            transcript =
                message(254, transcriptHash(suite.hash, transcript)) + retry
                + (second.count > 5 ? second[5...] : [])
        }
        // The server's key: any other client's.
        let used = group ?? .x25519
        let otherRandom = clientRandom(3)
        let otherSeed = SecretBytes(copying: otherRandom.span.extracting(64..<otherRandom.count))
        let publicKey = try! KeyExchange(used, seed: otherSeed).publicKey
        let share = item(51, [0, UInt8(used.rawValue)] + vector(2, publicKey))
        var hello = message(
            2,
            [3, 3] + [UInt8](repeating: 0x33, count: 32) + fields
                + vector(2, version + share + item(41, [0, 0])))
        change(1, &hello)
        steps.append(.record(epoch: 0, type: 22, contents: hello))
        steps.append(.record(epoch: 0, type: 20, contents: [1]))
        transcript += hello
        let shared = SecretBytes(copying: sharedSecret(used, seed: 2, with: publicKey).span)
        let keys = Keys13(suite, preSharedKey: preSharedKey, shared: shared, transcript)
        var extensions = message(8, vector(2, item(16, vector(2, vector(1, Array("http/1.1".utf8))))))
        change(2, &extensions)
        transcript += extensions
        let code = finished(suite.hash, keys.server.secret, transcriptHash(suite.hash, transcript))
        steps.append(.record(epoch: 1, type: 22, contents: extensions))
        steps.append(.record(epoch: 1, type: 22, contents: code))
        let server = keys.server
        let rest = keys.finish(transcript + code, isAsked: false)
        scenario = Scenario(
            name: name, anchor: anchor, seed: 2, session: session, steps: steps + afterHandshake13,
            sealers: [server, rest.server])
        return scenario
    }
}
