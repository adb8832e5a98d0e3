// Report.swift - what was tried, how often and in which time; the first wrong answer ends the run.
//
// Spec:    none.
// Secret:  no.
// Reads:   libc (clock, exit). Read by: Integers, Curves.

import Glibc

/// Prints a line per kind of operand and ends the process at the first wrong answer.
struct Report {
    /// Whether every operand is asked for that hours of a night allow, or those of half a minute.
    let isFull: Bool

    init() {
        isFull = CommandLine.arguments.contains("--full")
    }

    /// Runs one kind of check, which returns how many answers it compared.
    func cover(_ what: String, _ check: () -> Int) {
        let start = seconds()
        let count = check()
        print("\(count)\t\(Int((seconds() - start) * 10 + 0.5))\t\(what)")
        fflush(nil)
    }

    private func seconds() -> Double {
        var now = timespec()
        clock_gettime(CLOCK_MONOTONIC, &now)
        return Double(now.tv_sec) + Double(now.tv_nsec) / 1e9
    }
}

/// Ends the process unless `holds`.
@inline(__always)
func require(_ holds: Bool, _ what: @autoclosure () -> String) {
    if holds { return }
    print("WRONG\t\(what())")
    fflush(nil)
    exit(1)
}

/// Numbers that look random and are the same in each run (SplitMix64).
struct Seeded {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
        return z ^ z >> 31
    }
}

/// Every number of `count` bytes that are all in `bytes`.
func numbers(of bytes: [UInt8], count: Int) -> [UInt64] {
    var all: [UInt64] = [0]
    for _ in 0..<count { all = all.flatMap { upper in bytes.map { upper << 8 | UInt64($0) } } }
    return all
}
