import Bytes
import Testing

/// A reader never leaves its bytes, and a failed read moves nothing (AUDIT 32).
@Suite struct ByteReaderTests {
    @Test func readsBigEndianIntegersInOrder() throws {
        let bytes = [UInt8](1...18)
        var reader = ByteReader(bytes.span)
        let one = try reader.readUInt8()
        #expect(one == 0x01)
        let two = try reader.readUInt16()
        #expect(two == 0x0203)
        let three = try reader.readUInt24()
        #expect(three == 0x040506)
        let four = try reader.readUInt32()
        #expect(four == 0x0708_090A)
        let eight = try reader.readUInt64()
        #expect(eight == 0x0B0C_0D0E_0F10_1112)
        let isAtEnd = reader.isAtEnd
        #expect(isAtEnd)
    }

    @Test func aFailedReadLeavesThePosition() throws {
        let bytes: [UInt8] = [1, 2, 3]
        var reader = ByteReader(bytes.span)
        _ = try reader.readUInt8()
        var failure: BytesError?
        do throws(BytesError) { _ = try reader.readUInt32() } catch { failure = error }
        #expect(failure == .truncated(expected: 4, remaining: 2))
        let offset = reader.offset
        #expect(offset == 1)
        let next = try reader.readUInt16()
        #expect(next == 0x0203)
    }

    @Test(arguments: [-1, 4, Int.max]) func spansOutsideTheBytesAreRefused(count: Int) {
        let bytes: [UInt8] = [1, 2, 3]
        var reader = ByteReader(bytes.span)
        var failure: BytesError?
        do throws(BytesError) { _ = try reader.readSpan(count) } catch { failure = error }
        #expect(failure == .truncated(expected: count, remaining: 3))
        let offset = reader.offset
        #expect(offset == 0)
    }

    @Test func theTailIsReported() throws {
        let bytes: [UInt8] = [1, 2, 3]
        var reader = ByteReader(bytes.span)
        _ = try reader.readUInt8()
        var failure: BytesError?
        do throws(BytesError) { try reader.expectEnd() } catch { failure = error }
        #expect(failure == .trailingBytes(count: 2))
        let rest = [UInt8](reader.readRest())
        #expect(rest == [2, 3])
        try reader.expectEnd()
    }
}
