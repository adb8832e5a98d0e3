// ProductCases.swift - products and squares of 4, 8 and 12 limbs.
//
// Spec:    none. Serves AUDIT 51.
// Secret:  no.
// Reads:   Montgomery (multiply, square), Report. Read by: IntegerCases.
//
// Twelve limbs are three rows: the fewest with one that is neither the first nor the last.

/// Writes the low bytes of `value` as limbs.
@inline(__always)
func write(_ value: UInt64, into limbs: inout MutableSpan<Limb>) {
    for index in limbs.indices { limbs[index] = Limb(truncatingIfNeeded: value >> UInt64(8 * index)) }
}

/// The integer of at most eight limbs.
@inline(__always)
func integer(_ limbs: Span<Limb>) -> UInt64 {
    var value: UInt64 = 0
    for index in limbs.indices { value |= UInt64(limbs[index]) << UInt64(8 * index) }
    return value
}

func products(_ report: Report) {
    var a = [Limb](repeating: 0, count: 4)
    var b = a
    var product = [Limb](repeating: 0, count: 8)
    func check(_ x: UInt64, _ y: UInt64) {
        var left = a.mutableSpan
        write(x, into: &left)
        var right = b.mutableSpan
        write(y, into: &right)
        var target = product.mutableSpan
        multiply(a.span, b.span, into: &target)
        require(integer(product.span) == x * y, "\(x) by \(y)")
    }
    let edgeRows = numbers(of: edges, count: 4)
    report.cover("multiply, 4 limbs: every pair of numbers of limbs 0 1 7f 80 fe ff") {
        for x in edgeRows { for y in edgeRows { check(x, y) } }
        return edgeRows.count * edgeRows.count
    }
    report.cover("multiply, 4 limbs: every limb at every place by every limb at every place") {
        for x in 0..<UInt64(1024) {
            for y in 0..<UInt64(1024) { check((x >> 2) << (8 * (x & 3)), (y >> 2) << (8 * (y & 3))) }
        }
        return 1 << 20
    }
    if report.isFull {
        report.cover("multiply, 4 limbs: every pair of numbers of 16 bits") {
            for x in 0...UInt64(0xFFFF) { for y in 0...UInt64(0xFFFF) { check(x, y) } }
            return 1 << 32
        }
    }
    report.cover("multiply, 8 limbs: every pair of numbers of limbs 0 ff, and of sampled ones of 0 1 80 ff") {
        wideProducts(report.isFull ? 20_000_000 : 500_000)
    }
}

private func wideProducts(_ samples: Int) -> Int {
    var a = [Limb](repeating: 0, count: 8)
    var b = a
    var product = [Limb](repeating: 0, count: 16)
    func check(_ x: UInt64, _ y: UInt64) {
        var left = a.mutableSpan
        write(x, into: &left)
        var right = b.mutableSpan
        write(y, into: &right)
        var target = product.mutableSpan
        multiply(a.span, b.span, into: &target)
        let expected = x.multipliedFullWidth(by: y)
        require(
            integer(product.span.extracting(0..<8)) == expected.low
                && integer(product.span.extracting(8..<16)) == expected.high, "\(x) by \(y)")
    }
    let full = numbers(of: [0, 0xFF], count: 8)
    for x in full { for y in full { check(x, y) } }
    let wide = numbers(of: [0, 1, 0x80, 0xFF], count: 8)
    var random = Seeded(1)
    for _ in 0..<samples {
        let bits = random.next()
        check(wide[Int(bits & 0xFFFF)], wide[Int(bits >> 16 & 0xFFFF)])
    }
    return full.count * full.count + samples
}

func squares(_ report: Report) {
    var a = [Limb](repeating: 0, count: 4)
    var product = [Limb](repeating: 0, count: 8)
    func check(_ x: UInt64) {
        var operand = a.mutableSpan
        write(x, into: &operand)
        var target = product.mutableSpan
        square(a.span, into: &target)
        require(integer(product.span) == x * x, "square of \(x)")
    }
    report.cover(
        "square, 4 limbs: \(report.isFull ? "every number" : "every number of limbs 0 1 7f 80 fe ff, and one of 509")"
    ) {
        var count = 0
        for x in stride(from: UInt64(0), to: 1 << 32, by: report.isFull ? 1 : 509) {
            check(x)
            count += 1
        }
        for x in numbers(of: edges, count: 4) {
            check(x)
            count += 1
        }
        return count
    }
    report.cover("square, 8 limbs: every number of limbs 0 1 80 ff") {
        let all = numbers(of: [0, 1, 0x80, 0xFF], count: 8)
        for x in all { longSquare([x], limbCount: 8) }
        return all.count
    }
    let twelve = report.isFull ? [0, 1, 0xFF] as [UInt8] : [0, 0xFF]
    report.cover(
        "square and multiply, 12 limbs: every number of limbs \(twelve.count == 2 ? "0 ff" : "0 1 ff")"
    ) {
        let low = numbers(of: twelve, count: 6)
        for x in low { for y in low { longSquare([x | y << 48, y >> 16], limbCount: 12) } }
        return 2 * low.count * low.count
    }
}

/// The square by `square` and by `multiply`, compared with sums of columns that are carried once at the end.
private func longSquare(_ words: [UInt64], limbCount: Int) {
    var a = [Limb](repeating: 0, count: limbCount)
    for index in a.indices {
        a[index] = Limb(truncatingIfNeeded: words[index / 8] >> UInt64(8 * (index % 8)))
    }
    var columns = [Int](repeating: 0, count: 2 * limbCount)
    for i in a.indices { for j in a.indices { columns[i + j] += Int(a[i]) * Int(a[j]) } }
    var carry = 0
    var expected = [Limb](repeating: 0, count: 2 * limbCount)
    for index in columns.indices {
        carry += columns[index]
        expected[index] = Limb(carry & 0xFF)
        carry >>= 8
    }
    var product = [Limb](repeating: 0, count: 2 * limbCount)
    var target = product.mutableSpan
    square(a.span, into: &target)
    require(product == expected, "square of \(a)")
    var second = product.mutableSpan
    multiply(a.span, a.span, into: &second)
    require(product == expected, "product of \(a) and itself")
}
