// LimbBytes.swift - conversion of limbs from and to bytes, and their comparison.
//
// Spec:    RFC 8017 §4 (I2OSP, OS2IP).
// Secret:  no: comparisons stop at the first difference.
// Reads:   nothing. Read by: Modulus, PowerOfTwo, Montgomery, Natural.

/// The number of bytes of a limb.
let limbByteCount = Limb.bitWidth / 8

/// Reads big-endian bytes into limbs, least significant first. Remaining limbs are set to zero.
///
/// - Requires: `limbByteCount * limbs.count >= bytes.count`.
func readLimbs(bigEndianBytes bytes: Span<UInt8>, into limbs: inout MutableSpan<Limb>) {
    precondition(limbs.count * limbByteCount >= bytes.count)
    var end = bytes.count
    for limb in limbs.indices {
        var value: Limb = 0
        if end >= limbByteCount {
            for index in (end - limbByteCount)..<end { value = value << 8 | Limb(bytes[index]) }
            end -= limbByteCount
        } else {
            for index in 0..<end { value = value << 8 | Limb(bytes[index]) }
            end = 0
        }
        limbs[limb] = value
    }
}

/// The low `count` bytes of the limbs, big-endian, padded with leading zeros.
func writeBigEndianBytes(_ limbs: Span<Limb>, count: Int) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    var target = bytes.mutableSpan
    var end = count
    for limb in limbs.indices {
        var value = limbs[limb]
        let start = max(end - limbByteCount, 0)
        while end > start {
            end -= 1
            target[end] = UInt8(truncatingIfNeeded: value)
            value >>= 8
        }
    }
    return bytes
}

/// Whether `a < b`, for limbs without leading zeros or with equal counts.
func isLess(_ a: Span<Limb>, _ b: Span<Limb>) -> Bool {
    guard a.count == b.count else { return a.count < b.count }
    var index = a.count
    while index > 0 {
        index -= 1
        if a[index] != b[index] { return a[index] < b[index] }
    }
    return false
}
