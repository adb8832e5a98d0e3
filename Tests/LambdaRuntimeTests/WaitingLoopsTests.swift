// The number of loops that may wait for keys at the same time (AUDIT 19).

import Keys
import Testing

@testable import LambdaRuntime

@Suite struct WaitingLoopsTests {
    /// - Returns: how many of 2,000 loops may wait.
    private func admitted(_ loops: Int, _ cause: FetchCause, othersHaveKeys: Bool) -> Int {
        var waiting = WaitingLoops(of: loops)
        return (0..<2000).filter { _ in waiting.enter(cause, othersHaveKeys: othersHaveKeys) }.count
    }

    @Test(arguments: [(2, 1), (3, 1), (4, 1), (7, 1), (8, 2), (16, 4), (1600, 400)])
    func aQuarterWaitsForUnknownKeys(loops: Int, limit: Int) {
        for others in [false, true] {
            #expect(admitted(loops, .unknownKey([1]), othersHaveKeys: others) == limit)
            #expect(admitted(loops, .tokenWithoutKeyID, othersHaveKeys: others) == limit)
        }
    }

    @Test(arguments: [(2, 1), (3, 2), (4, 3), (8, 6), (16, 12), (1600, 1200)])
    func someLoopsStayFreeForOtherIssuers(loops: Int, limit: Int) {
        #expect(admitted(loops, .staleKeys, othersHaveKeys: true) == limit)
        #expect(admitted(loops, .staleKey([1]), othersHaveKeys: true) == limit)
        // No other issuer has cached keys, so no loops are reserved.
        #expect(admitted(loops, .staleKeys, othersHaveKeys: false) == 2000)
    }

    /// A loop that stops waiting makes room, both for its cause and in total.
    @Test func leavingMakesRoom() {
        var waiting = WaitingLoops(of: 8)
        func enter(_ cause: FetchCause) -> Bool { waiting.enter(cause, othersHaveKeys: true) }
        #expect(enter(.unknownKey([1])) && enter(.tokenWithoutKeyID) && !enter(.unknownKey([2])))
        for _ in 0..<4 { #expect(enter(.staleKeys)) }
        #expect(!enter(.staleKeys))
        waiting.leave(.tokenWithoutKeyID)
        #expect(enter(.staleKeys) && !enter(.unknownKey([2])))
        waiting.leave(.staleKeys)
        #expect(enter(.unknownKey([2])) && !enter(.staleKeys))
    }
}
