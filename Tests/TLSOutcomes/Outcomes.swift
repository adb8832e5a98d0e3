// Outcomes.swift - what the TLS client does with a server that goes wrong: one line for each of 150,000 cases.
//
//     outcomes Vectors/tls/recordings.trace [SEED]
//
// A line has the scenario, the change, the step that was refused and why, and what the client then says and sends. Its
// use is the comparison of two states of Sources/TLS: Scripts/compare-tls.

import Bytes
import Foundation

@testable import TLS

@main struct Outcomes {
    static func main() throws {
        let text = try String(contentsOfFile: CommandLine.arguments[1], encoding: .utf8)
        let seed = CommandLine.arguments.count > 2 ? UInt64(CommandLine.arguments[2])! : 1
        let recordings = Recording.all(text)
        var scenarios = recordings.map { $0.scenario() }
        let resumption = Resumption(recordings[0])
        scenarios.append(resumption.scenario("1.3 resumed", group: nil) { _, _ in })
        scenarios.append(resumption.scenario("1.3 resumed, retried", group: .p256) { _, _ in })
        for scenario in scenarios {
            everyChange(scenario)
            otherHellos(scenario)
            otherClients(scenario)
        }
        for group in [nil, NamedGroup.p256] { consistentChanges(resumption, group) }
        var numbers = Numbers(seed)
        for round in 0..<12_000 {
            let scenario = scenarios[round % scenarios.count]
            var steps = scenario.steps
            for _ in 0...numbers.next(3) { steps = anyChange(steps, &numbers) }
            report(scenario, "random \(round)", steps, joins: numbers.next(2) == 0)
        }
    }
}

/// The changes of a single step.
func everyChange(_ scenario: Scenario) {
    let steps = scenario.steps
    func report(_ label: String, _ changed: [Step]?) {
        guard let changed else { return }
        TLSOutcomes.report(scenario, label, changed, joins: false)
    }
    report("none", steps)
    TLSOutcomes.report(scenario, "none, joined", steps, joins: true)
    for index in steps.indices {
        report("\(index) removed", Array(steps[..<index] + steps[(index + 1)...]))
        report("\(index) repeated", steps[..<index] + [steps[index]] + steps[index...])
        report("\(index) last", Array(steps[...index]))
        report("\(index) close", steps[..<index] + [.close] + steps[index...])
        report("\(index) send", steps[..<index] + [.send] + steps[index...])
        report("\(index) joined", joined(steps, at: index))
        for other in steps.indices where other > index {
            var changed = steps
            changed.swapAt(index, other)
            report("\(index) for \(other)", changed)
        }
        for (number, record) in foreign.enumerated() {
            for epoch in 0...2 {
                let step = Step.record(epoch: epoch, type: record.type, contents: record.contents)
                for count in number < 40 ? [1, 2, 5, 9, 33] : [1] {
                    report(
                        "\(index) after \(count) of \(number) in \(epoch)",
                        steps[..<index] + [Step](repeating: step, count: count) + steps[index...])
                }
                if epoch < 2 || index > steps.count - 8 {
                    report(
                        "\(index) around \(number) in \(epoch)", split(steps, at: index, 3, between: [step]))
                }
            }
        }
        guard case .record(let epoch, let type, let contents) = steps[index] else { continue }
        for other in 0...2 where other != epoch {
            var changed = steps
            changed[index] = .record(epoch: other, type: type, contents: contents)
            report("\(index) in epoch \(other)", changed)
        }
        for offset in contents.indices {
            report("\(index) flipped at \(offset)", flipped(steps, at: index, offset, 1 << UInt8(offset % 8)))
            report("\(index) inverted at \(offset)", flipped(steps, at: index, offset, 0xFF))
            if offset % 5 == 0 {
                report("\(index) cut at \(offset)", resized(steps, at: index, to: offset, mended: false))
                report("\(index) shortened at \(offset)", resized(steps, at: index, to: offset, mended: true))
                report("\(index) split at \(offset)", split(steps, at: index, offset))
            }
        }
        for more in [1, 4, 300] {
            report(
                "\(index) \(more) longer", resized(steps, at: index, to: contents.count + more, mended: true))
            report(
                "\(index) \(more) behind", resized(steps, at: index, to: contents.count + more, mended: false)
            )
        }
        var sealers = scenario.sealers
        let wire = sealed(steps[index], &sealers, scenario.isTLS13)
        for offset in 0..<min(wire.count, 24) {
            var changed = wire
            changed[offset] ^= 1 << UInt8(offset % 8)
            report(
                "\(index) wire flipped at \(offset)",
                steps[..<index] + [.wire(changed)] + steps[(index + 1)...])
        }
    }
}

/// Messages of a resumed handshake that are changed before the server's keys and its Finished are computed.
func consistentChanges(_ resumption: Resumption, _ group: NamedGroup?) {
    let name = group == nil ? "1.3 resumed" : "1.3 resumed, retried"
    for which in 0...2 where which > 0 || group != nil {
        for offset in 0..<180 {
            for mask: UInt8 in [1, 2, 0x40, 0xFF] {
                var isChanged = false
                let scenario = resumption.scenario(name, group: group) { number, message in
                    guard number == which, offset < message.count else { return }
                    message[offset] ^= mask
                    isChanged = true
                }
                guard isChanged else { continue }
                report(
                    scenario, "message \(which) changed at \(offset) by \(mask)", scenario.steps, joins: false
                )
            }
        }
    }
}

/// The bytes of a step.
func sealed(_ step: Step, _ sealers: inout [Sealer], _ isTLS13: Bool) -> [UInt8] {
    switch step {
    case .wire(let bytes): return bytes
    case .send, .close: return []
    case .record(let epoch, let type, let contents):
        guard epoch > 0 else { return header(type, contents.count) + contents }
        let record = sealers[epoch - 1].seal(type, contents)
        if epoch == 2, isTLS13, type == 22, contents.count == 5, contents[0] == 24 {
            sealers[1] = sealers[1].next()
        }
        return record
    }
}

/// Runs a client and prints its line.
func report(
    _ scenario: Scenario, _ label: String, _ steps: [Step], joins: Bool, host: String = "server.test",
    now: Int64 = 1_750_000_000
) {
    let client = scenario.client(host: host, now: now)
    var sealers = scenario.sealers
    var output: [UInt8] = []
    var said = ""
    var pending: [UInt8] = []
    var data: [UInt8] = []
    func receive(_ index: Int) -> Bool {
        do throws(TLSError) {
            try client.receive(pending.span)
            pending = []
            return true
        } catch {
            said += " \(index): \(error) \(error.reasonCode) \(error.alert.map { "\($0)" } ?? "none");"
            return false
        }
    }
    func send(_ index: Int) {
        let ping = Array("ping".utf8)
        do throws(TLSError) { try client.send(ping.span) } catch { said += " \(index) send: \(error);" }
    }
    var index = 0
    while index < steps.count {
        let step = steps[index]
        switch step {
        case .send: send(index)
        case .close: client.close()
        default:
            pending += sealed(step, &sealers, scenario.isTLS13)
            if !joins || index % 4 == 3, !receive(index) { index = steps.count }
        }
        data += client.takeApplicationData()
        output += client.takeOutput()
        index += 1
    }
    _ = receive(-1)
    let isEstablished = client.isEstablished
    let summary = isEstablished ? "\(client.summary.map { "\($0)" } ?? "none")" : ""
    let session = client.session.map {
        "\($0.ticket.count) \($0.lifetimeSeconds) \($0.certificateEndSeconds)"
    }
    send(-1)
    client.close()
    output += client.takeOutput()
    let last = records(output).last ?? []
    var digest: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in output { digest = (digest ^ UInt64(byte)) &* 0x100_0000_01B3 }
    print(
        scenario.name, label, said, isEstablished, summary, session ?? "no session", client.peerHasClosed,
        data,
        records(output).map { "\($0[0]):\($0.count)" }.joined(separator: " "), String(digest, radix: 16),
        last.count < 40 ? "\(last)" : "", separator: " | ")
}
