import Bytes
import Testing

@Suite struct ByteReaderTests {
    @Test func readsBigEndianIntegersInOrder() throws {
        let bytes = [UInt8](1...18)
        var reader = ByteReader(bytes.span)
        #expect(try reader.readUInt8() == 0x01)
        #expect(try reader.readUInt16() == 0x0203)
        #expect(try reader.readUInt24() == 0x040506)
        #expect(try reader.readUInt32() == 0x0708_090A)
        #expect(try reader.readUInt64() == 0x0B0C_0D0E_0F10_1112)
        #expect(reader.isAtEnd)
    }

    @Test func aFailedReadLeavesThePosition() throws {
        let bytes: [UInt8] = [1, 2, 3]
        var reader = ByteReader(bytes.span)
        _ = try reader.readUInt8()
        var failure: BytesError?
        do throws(BytesError) { _ = try reader.readUInt32() } catch { failure = error }
        #expect(failure == .truncated(wanted: 4, remaining: 2))
        #expect(reader.offset == 1)
        #expect(try reader.readUInt16() == 0x0203)
    }

    @Test(arguments: [-1, 4, Int.max]) func spansOutsideTheBytesAreRefused(count: Int) {
        let bytes: [UInt8] = [1, 2, 3]
        var reader = ByteReader(bytes.span)
        var failure: BytesError?
        do throws(BytesError) { _ = try reader.readSpan(count) } catch { failure = error }
        #expect(failure == .truncated(wanted: count, remaining: 3))
        #expect(reader.offset == 0)
    }

    @Test func theTailIsReported() throws {
        let bytes: [UInt8] = [1, 2, 3]
        var reader = ByteReader(bytes.span)
        _ = try reader.readUInt8()
        var failure: BytesError?
        do throws(BytesError) { try reader.expectEnd() } catch { failure = error }
        #expect(failure == .trailingBytes(count: 2))
        #expect([UInt8](reader.readRest()) == [2, 3])
        try reader.expectEnd()
    }
}
