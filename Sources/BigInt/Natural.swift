// Natural.swift - whole numbers from zero up, of any length.
//
// Spec:    none; positional notation in base 2^64. Bytes: RFC 8017 §4 (I2OSP, OS2IP).
// Secret:  no: lengths follow values, and comparisons stop early.
// Reads:   BigIntError. Read by: every file of BigInt, RSA.
//
// Division and decimal text take time that grows with the square of the length. There is
// no limit here: whoever reads a number from outside limits its length first.

/// A whole number, zero or more, of any length.
public struct Natural: Equatable, Sendable {
    /// Base 2^64, least significant first, without a zero at the top: zero has no limb.
    public private(set) var limbs: [UInt64]

    /// The value of one limb.
    public init(_ value: UInt64) {
        limbs = value == 0 ? [] : [value]
    }

    /// The value of limbs, least significant first; zeros at the top are dropped.
    public init(limbs: [UInt64]) {
        self.limbs = limbs
        while let top = self.limbs.last, top == 0 { self.limbs.removeLast() }
    }

    /// The value of big-endian bytes; leading zeros are allowed, no byte at all is zero.
    ///
    /// - Source: RFC 8017 §4.2 (OS2IP).
    public init(bigEndianBytes bytes: Span<UInt8>) {
        var limbs = [UInt64](repeating: 0, count: (bytes.count + 7) / 8)
        var target = limbs.mutableSpan
        readLimbs(bigEndianBytes: bytes, into: &target)
        self.init(limbs: limbs)
    }

    /// Exactly `count` big-endian bytes, zeros in front.
    ///
    /// - Throws: `doesNotFit`.
    /// - Source: RFC 8017 §4.1 (I2OSP).
    public func bigEndianBytes(count: Int) throws(BigIntError) -> [UInt8] {
        guard byteCount <= count else { throw .doesNotFit(needed: byteCount, available: count) }
        return writeBigEndianBytes(limbs.span, count: count)
    }

    /// The shortest big-endian bytes; zero is one zero byte.
    public var bigEndianBytes: [UInt8] {
        writeBigEndianBytes(limbs.span, count: max(byteCount, 1))
    }

    /// How many bits the value has, counted from its highest one bit; zero has none.
    public var bitCount: Int {
        guard let top = limbs.last else { return 0 }
        return limbs.count * 64 - top.leadingZeroBitCount
    }

    /// How many bytes the value has; zero has none.
    public var byteCount: Int { (bitCount + 7) / 8 }

    public var isZero: Bool { limbs.isEmpty }

    public var isOdd: Bool { !limbs.isEmpty && limbs[0] & 1 == 1 }

    /// The bit of weight 2^`index`, 0 or 1; above the highest bit all are 0.
    ///
    /// - Requires: `index >= 0`.
    public func bit(_ index: Int) -> UInt64 {
        precondition(index >= 0)
        guard index < limbs.count * 64 else { return 0 }
        return limbs[index / 64] >> UInt64(index % 64) & 1
    }
}

extension Natural: Comparable {
    public static func < (a: Natural, b: Natural) -> Bool {
        isLess(a.limbs.span, b.limbs.span)
    }
}

/// Whether `a < b`, for limbs without zeros at the top or of one count.
func isLess(_ a: Span<UInt64>, _ b: Span<UInt64>) -> Bool {
    guard a.count == b.count else { return a.count < b.count }
    var index = a.count
    while index > 0 {
        index -= 1
        if a[index] != b[index] { return a[index] < b[index] }
    }
    return false
}

/// Reads big-endian bytes into limbs, least significant first; limbs left over become zero.
///
/// - Requires: `8 * limbs.count >= bytes.count`.
func readLimbs(bigEndianBytes bytes: Span<UInt8>, into limbs: inout MutableSpan<UInt64>) {
    precondition(limbs.count * 8 >= bytes.count)
    var end = bytes.count
    for limb in limbs.indices {
        var value: UInt64 = 0
        if end >= 8 {
            for index in (end - 8)..<end { value = value << 8 | UInt64(bytes[index]) }
            end -= 8
        } else {
            for index in 0..<end { value = value << 8 | UInt64(bytes[index]) }
            end = 0
        }
        limbs[limb] = value
    }
}

/// The low `count` bytes of the limbs, big-endian, zeros in front.
func writeBigEndianBytes(_ limbs: Span<UInt64>, count: Int) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    var target = bytes.mutableSpan
    var end = count
    for limb in limbs.indices {
        var value = limbs[limb]
        let start = max(end - 8, 0)
        while end > start {
            end -= 1
            target[end] = UInt8(truncatingIfNeeded: value)
            value >>= 8
        }
    }
    return bytes
}
