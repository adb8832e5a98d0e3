// OtherHellos.swift - crafted ServerHellos and HelloRetryRequests; clients with other names and times; long records.

import Bytes

/// ServerHellos and HelloRetryRequests of all kinds, as a first and as a second message.
func otherHellos(_ scenario: Scenario) {
    let random = clientRandom(scenario.seed)
    let identifier = [UInt8](random.span.extracting(32..<64))
    let plainRandom = [UInt8](repeating: 7, count: 32)
    let version = item(43, [3, 4])
    let share = item(51, [0, 29] + vector(2, [9] + [UInt8](repeating: 0, count: 31)))
    let renegotiation = item(0xFF01, [0])
    func hello(_ random: [UInt8], _ identifier: [UInt8], _ suite: [UInt8], _ extensions: [UInt8]) -> [UInt8] {
        message(2, [3, 3] + random + vector(1, identifier) + suite + [0] + vector(2, extensions))
    }
    let suites: [[UInt8]] = [[0x13, 1], [0x13, 2], [0x13, 3], [0xC0, 0x2F], [0xCC, 0xA9], [0, 0x2F]]
    let sentinels: [[UInt8]] = (0...2).map { Array(plainRandom[..<24]) + Array("DOWNGRD".utf8) + [UInt8($0)] }
    let many = (0..<70).flatMap { item(UInt16(0x1000 + $0), []) }
    let lists: [[UInt8]] = [
        [], version, version + share, version + share + share, version + share + item(44, [0, 1, 1]),
        version + share + item(41, [0, 1]), version + share + item(10, []), version + item(51, [0, 23]),
        version + item(51, [0, 24]) + item(44, vector(2, [1])), version + item(51, [0, 29]),
        version + item(51, [0, 25]),
        version + item(44, [0, 0]), version + item(44, vector(2, [UInt8](repeating: 1, count: 4096))),
        version + item(44, vector(2, [UInt8](repeating: 1, count: 4097))),
        version + item(16, []) + item(51, [0, 23]),
        version + many, item(43, [3, 3]) + share, item(43, [3]), share, renegotiation,
        renegotiation + item(23, []),
        renegotiation + item(23, [0]), item(23, []), item(0xFF01, [1, 0]), renegotiation + item(11, [1, 1]),
        renegotiation + item(11, [1, 0]) + item(10, [0, 2, 0, 29]), renegotiation + item(0, [0]),
        renegotiation + item(35, []), renegotiation + item(16, [0, 3, 2, 0x68, 0x32]), renegotiation + share,
    ]
    for (which, random) in ([plainRandom, retryRandom] + sentinels).enumerated() {
        for (number, suite) in suites.enumerated() {
            for (index, list) in lists.enumerated() {
                for named: [UInt8] in [identifier, []] {
                    let other = Step.record(
                        epoch: 0, type: 22, contents: hello(random, named, suite, list))
                    let label = "hello \(which) \(number) \(index) \(named.count)"
                    report(scenario, label, [other] + scenario.steps.dropFirst(), joins: false)
                    guard which < 2, number < 4 else { continue }
                    report(scenario, label + " second", scenario.steps[..<1] + [other], joins: false)
                    let first = Step.record(
                        epoch: 0, type: 22, contents: hello(retryRandom, identifier, [0x13, 1], lists[8]))
                    report(scenario, label + " retried", [first, other], joins: false)
                }
            }
        }
    }
}

/// A client with another name, another time or no anchor; records that are too long.
func otherClients(_ scenario: Scenario) {
    for host in ["server.test", "Server.TEST.", "other.test", "192.0.2.1", "a.server.test"] {
        for now: Int64 in [1_000_000_000, 1_750_000_000, 1_750_004_095, 1_750_004_096, 2_500_000_000] {
            report(scenario, "\(host) at \(now)", scenario.steps, joins: false, host: host, now: now)
        }
    }
    let steps = scenario.steps
    for index in steps.indices {
        for count in [16_384, 16_385, 16_640, 16_641, 18_432, 18_433, 65_535] {
            for type: UInt8 in 20...23 {
                let start = Step.wire(header(type, count))
                report(
                    scenario, "\(index) record of \(type) \(count)", steps[..<index] + [start], joins: false)
            }
        }
    }
}
