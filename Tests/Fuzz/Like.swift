// Like.swift - fuzz target: a pattern of `like` matches as every split would, in linear work.
//
// The input: a pattern, a zero byte, and the text.

@testable import Routes

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzLike(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let parts = input(start, count).split(separator: 0, maxSplits: 1, omittingEmptySubsequences: false)
    // A document and a token are JSON, whose strings are UTF-8.
    guard parts.count == 2, let pattern = String(validating: parts[0], as: UTF8.self),
        let subject = String(validating: parts[1], as: UTF8.self)
    else { return 0 }
    let marks = pattern.utf8.count { $0 == 0x3F }
    guard marks <= RouteLimits.likeMarkCount else { return 0 }
    let text = [UInt8](parts[1])
    var steps = 0
    let isMatch = LikePattern([UInt8](parts[0])).matches(text.span, &steps)
    require(steps <= parts[0].count + (8 * marks + 2) * (text.count + 1), "the work is linear in the text")
    require(
        isMatch
            == matchesEverySplit(
                [Unicode.Scalar](pattern.unicodeScalars), [Unicode.Scalar](subject.unicodeScalars)),
        "as every split")
    return 0
}

private func matchesEverySplit(_ pattern: [Unicode.Scalar], _ subject: [Unicode.Scalar]) -> Bool {
    // isMatched[i]: what is read of the pattern matches the first i characters.
    var isMatched = [true] + [Bool](repeating: false, count: subject.count)
    for expected in pattern {
        if expected == "*" {
            for index in subject.indices where isMatched[index] { isMatched[index + 1] = true }
        } else {
            var next = [Bool](repeating: false, count: subject.count + 1)
            for index in subject.indices where expected == "?" || expected == subject[index] {
                next[index + 1] = isMatched[index]
            }
            isMatched = next
        }
    }
    return isMatched[subject.count]
}
