// Mutations.swift - what a server might do instead: flipped, cut, repeated, reordered and foreign messages and records.

import Bytes

/// Numbers that are the same in every run.
struct Numbers {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed }

    /// From 0 up to, and without, `bound`.
    mutating func next(_ bound: Int) -> Int {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Int(state >> 33) % bound
    }
}

/// Records that do not belong where they come.
let foreign: [(type: UInt8, contents: [UInt8])] = {
    var list: [(UInt8, [UInt8])] = [
        (20, [1]), (20, [0]), (20, []), (20, [1, 1]), (21, []), (21, [1]), (21, [1, 0]), (21, [2, 0]),
        (21, [1, 90]),
        (21, [2, 90]), (21, [1, 112]), (21, [2, 40]), (21, [1, 100]), (21, [1, 0, 0]), (22, []), (23, []),
        (23, [1]),
        (24, [1]), (19, []), (0, []), (22, [11]), (22, [2, 1, 0, 1]), (22, [11, 2, 0, 1]),
        (22, [8, 0, 0, 2, 0]),
        (22, ticket), (22, message(0, [0])), (22, message(8, [0, 0])), (22, message(24, [0])),
        (22, message(24, [1])), (22, message(24, [2])), (22, message(24, [0]) + [4]), (22, ticket + [4]),
        (22, message(13, [0] + vector(2, item(13, [0, 2, 4, 3])))),
        (22, message(13, [1, 64] + vector(2, [4, 3]) + vector(2, []))),
        (22, message(20, [UInt8](repeating: 0, count: 32))),
        (22, message(20, [UInt8](repeating: 0, count: 12))), (22, message(11, [0, 0, 0])),
        (22, message(11, [0, 0, 0, 0])),
    ]
    for type: UInt8 in [0, 1, 2, 3, 4, 5, 8, 11, 12, 13, 14, 15, 16, 20, 22, 24, 254] {
        list.append((22, message(type, [])))
    }
    return list
}()

/// The parts of a handshake message that are joined or parted on the way.
func joined(_ steps: [Step], at index: Int) -> [Step]? {
    guard index + 1 < steps.count, case .record(let epoch, 22, let first) = steps[index],
        case .record(let next, 22, let second) = steps[index + 1], epoch == next
    else { return nil }
    var changed = steps
    changed[index] = .record(epoch: epoch, type: 22, contents: first + second)
    changed.remove(at: index + 1)
    return changed
}

func split(_ steps: [Step], at index: Int, _ offset: Int, between: [Step] = []) -> [Step]? {
    guard case .record(let epoch, let type, let contents) = steps[index], offset < contents.count else {
        return nil
    }
    var changed = steps
    changed[index] = .record(epoch: epoch, type: type, contents: Array(contents[..<offset]))
    changed.insert(
        contentsOf: between + [.record(epoch: epoch, type: type, contents: Array(contents[offset...]))],
        at: index + 1)
    return changed
}

/// A byte changed in the contents of a record.
func flipped(_ steps: [Step], at index: Int, _ offset: Int, _ mask: UInt8) -> [Step]? {
    guard case .record(let epoch, let type, var contents) = steps[index], offset < contents.count else {
        return nil
    }
    contents[offset] ^= mask
    var changed = steps
    changed[index] = .record(epoch: epoch, type: type, contents: contents)
    return changed
}

/// Contents cut or lengthened; with the message's length mended or not.
func resized(_ steps: [Step], at index: Int, to count: Int, mended: Bool) -> [Step]? {
    guard case .record(let epoch, let type, let contents) = steps[index] else { return nil }
    var changed = Array(contents.prefix(count))
    while changed.count < count { changed.append(0x5A) }
    if mended, type == 22, changed.count >= 4 {
        changed = message(changed[0], Array(changed[4...]))
    }
    var list = steps
    list[index] = .record(epoch: epoch, type: type, contents: changed)
    return list
}

/// A change chosen by numbers.
func anyChange(_ steps: [Step], _ numbers: inout Numbers) -> [Step] {
    guard !steps.isEmpty else { return steps }
    let index = numbers.next(steps.count)
    var changed = steps
    switch numbers.next(12) {
    case 0:
        return flipped(steps, at: index, numbers.next(80), UInt8(1 << numbers.next(8))) ?? steps
    case 1: changed.remove(at: index)
    case 2: changed.insert(steps[index], at: index)
    case 3: changed.swapAt(index, numbers.next(steps.count))
    case 4:
        let moved = changed.remove(at: index)
        changed.insert(moved, at: numbers.next(steps.count))
    case 5: return joined(steps, at: index) ?? steps
    case 6: return split(steps, at: index, numbers.next(40)) ?? steps
    case 7: return resized(steps, at: index, to: numbers.next(200), mended: numbers.next(2) == 0) ?? steps
    case 8:
        let record = foreign[numbers.next(foreign.count)]
        let count = [1, 1, 1, 2, 9, 33][numbers.next(6)]
        let step = Step.record(epoch: numbers.next(3), type: record.type, contents: record.contents)
        changed.insert(contentsOf: [Step](repeating: step, count: count), at: index)
    case 9: changed.insert(numbers.next(2) == 0 ? .send : .close, at: index)
    case 10:
        // Under other keys than is right.
        guard case .record(_, let type, let contents) = steps[index] else { return steps }
        changed[index] = .record(epoch: numbers.next(3), type: type, contents: contents)
    default:
        let record = foreign[numbers.next(foreign.count)]
        let between = Step.record(epoch: numbers.next(3), type: record.type, contents: record.contents)
        return split(steps, at: index, numbers.next(40), between: [between]) ?? steps
    }
    return changed
}
