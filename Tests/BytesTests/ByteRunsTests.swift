// ByteRunsTests.swift - runs of bytes, read eight and sixteen at a time, compared with one at a time.

import Bytes
import Testing

/// Bytes are found, compared and copied eight at a time as one by one (AUDIT 32).
@Suite struct ByteRunsTests {
    /// The end of the run as the definition has it.
    private func end(_ bytes: [UInt8], from start: Int, _ isInRun: (UInt8) -> Bool) -> Int {
        var index = start
        while index < bytes.count, isInRun(bytes[index]) { index += 1 }
        return index
    }

    private func isPlain(_ byte: UInt8) -> Bool {
        byte >= 0x20 && byte < 0x7F && byte != 0x22 && byte != 0x5C
    }

    private func isToken68(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E, 0x2B, 0x2F, 0x3D: true
        default: false
        }
    }

    private func isWithinLine(_ byte: UInt8) -> Bool { byte != 0x0D && byte != 0x0A && byte != 0 }

    private func check(_ bytes: [UInt8], from start: Int, dot: UInt8) {
        let plain = bytes.span.plainTextEnd(from: start)
        #expect(plain == end(bytes, from: start, isPlain))
        let token = bytes.span.token68End(from: start)
        #expect(token == end(bytes, from: start, isToken68))
        let line = bytes.span.lineEnd(from: start)
        #expect(line == end(bytes, from: start, isWithinLine))
        let place = bytes.span.firstIndex(of: dot, from: start)
        #expect(place == end(bytes, from: start) { $0 != dot })
    }

    /// Every byte at every place of texts of up to 40 bytes, with its neighbours above and below:
    /// a borrow out of one byte must not be taken for a finding in the next.
    @Test func everyByteAtEveryPlace() {
        for count in [1, 7, 8, 9, 15, 16, 17, 24, 33, 40] {
            for place in 0..<count {
                for byte in UInt8.min...UInt8.max {
                    var bytes = [UInt8](repeating: 0x61, count: count)
                    bytes[place] = byte
                    if place + 1 < count { bytes[place + 1] = byte &+ 1 }
                    check(bytes, from: 0, dot: byte)
                }
            }
        }
    }

    @Test func theStartCounts() {
        let bytes = [UInt8]("a.bc\r.\"=def.ghi\njkl.mno\\pqr")
        for start in 0...bytes.count {
            check(bytes, from: start, dot: 0x2E)
        }
    }

    @Test func equalityAtEveryLength() {
        for count in 0...40 {
            let bytes = [UInt8](repeating: 0x5A, count: count)
            let longer = bytes + [0x5A]
            let isEqual = bytesEqual(bytes.span, bytes.span)
            #expect(isEqual)
            let isLongerEqual = bytesEqual(bytes.span, longer.span)
            #expect(!isLongerEqual)
            for place in 0..<count {
                var other = bytes
                other[place] ^= 0x20
                let isEqual = bytesEqual(bytes.span, other.span)
                #expect(!isEqual)
                let isEqualInAnyCase = bytesEqualIgnoringASCIICase(bytes.span, other.span)
                #expect(isEqualInAnyCase)
            }
        }
    }

    @Test func copiesOfEveryLength() {
        for count in 0...100 {
            let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ 1) }
            #expect([UInt8](bytes.span) == bytes)
            var appended: [UInt8] = [9, 8, 7]
            appended.append(bytes.span)
            #expect(appended == [9, 8, 7] + bytes)
        }
    }
}
