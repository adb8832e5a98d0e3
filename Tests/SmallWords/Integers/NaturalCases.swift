// NaturalCases.swift - numbers of any length: sums, differences, products, shifts, bytes, order, division.
//
// Spec:    none. Serves AUDIT 51.
// Secret:  no.
// Reads:   Natural, NaturalArithmetic, Division, Report. Read by: IntegerCases.

func naturals(_ report: Report) {
    let edgePairs = numbers(of: edges, count: 2)
    let seconds = report.isFull ? [UInt64](0...255) + edgePairs : edgePairs
    report.cover("Natural + - * <: every number of 16 bits, \(seconds.count) second operands") {
        let others = seconds.map { natural($0) }
        for a in 0...UInt64(0xFFFF) {
            let x = natural(a)
            for (b, y) in zip(seconds, others) {
                require(x + y == natural(a + b), "\(a) + \(b)")
                require(x * y == natural(a * b), "\(a) * \(b)")
                require((x < y) == (a < b), "\(a) < \(b)")
                require((try? x - y) == (a < b ? nil : natural(a - b)), "\(a) - \(b)")
            }
        }
        return 4 * 65536 * seconds.count
    }
    report.cover("Natural shifts by 0 to 17 and bytes: every number of 16 bits") {
        for a in 0...UInt64(0xFFFF) {
            let x = natural(a)
            for bits in 0...17 {
                require(x << bits == natural(a << UInt64(bits)), "\(a) << \(bits)")
                require(x >> bits == natural(a >> UInt64(bits)), "\(a) >> \(bits)")
                require(x.bit(bits) == Limb(a >> UInt64(bits) & 1), "bit \(bits) of \(a)")
            }
            require(x.bitCount == 64 - a.leadingZeroBitCount, "bit count of \(a)")
            let bytes = [UInt8(a >> 8), UInt8(a & 0xFF)]
            require(Natural(bigEndianBytes: bytes.span) == x, "bytes of \(a)")
            require((try? x.bigEndianBytes(count: 2)) == bytes, "bytes of \(a)")
        }
        return 65536 * (3 * 18 + 3)
    }
}

func divisions(_ report: Report) {
    report.cover("divideTwoLimbs: every two limbs by every limb above the high one") {
        var count = 0
        for divisor in 1...255 {
            for high in 0..<divisor {
                for low in 0...255 {
                    let (quotient, remainder) = divideTwoLimbs(Limb(high), Limb(low), by: Limb(divisor))
                    let value = high << 8 | low
                    require(
                        Int(quotient) == value / divisor && Int(remainder) == value % divisor,
                        "\(value) / \(divisor)")
                    count += 1
                }
            }
        }
        return count
    }
    func check(_ a: UInt64, _ x: Natural, _ b: UInt64, _ y: Natural) {
        guard let (quotient, remainder) = try? x.quotientAndRemainder(dividingBy: y) else {
            return require(false, "\(a) / \(b) throws")
        }
        require(quotient == natural(a / b) && remainder == natural(a % b), "\(a) / \(b)")
    }
    let wide = numbers(of: [0, 1, 0x80, 0xFF], count: 4)
    let dividends = wide.map { natural($0) }
    let step = report.isFull ? 1 : 29
    report.cover(
        "quotientAndRemainder: \(wide.count) dividends of 4 limbs, divisors of 16 bits\(step == 1 ? "" : ", one of 29")"
    ) {
        var count = 0
        for b in stride(from: UInt64(1), to: 65536, by: step) {
            let y = natural(b)
            for (a, x) in zip(wide, dividends) {
                check(a, x, b, y)
                count += 1
            }
        }
        return count
    }
    report.cover(
        "quotientAndRemainder: sampled dividends of 8 limbs, divisors of 2 to 6, limbs 0 1 7f 80 fe ff"
    ) {
        var random = Seeded(3)
        let count = report.isFull ? 20_000_000 : 300_000
        for _ in 0..<count {
            let bits = random.next()
            var (a, b) = (UInt64(0), UInt64(0))
            var rest = bits
            for _ in 0..<8 {
                a = a << 8 | UInt64(edges[Int(rest % 6)])
                rest /= 6
            }
            for _ in 0..<(2 + Int(bits >> 59) % 5) {
                b = b << 8 | UInt64(edges[Int(rest % 6)])
                rest /= 6
            }
            if b == 0 { continue }
            check(a, natural(a), b, natural(b))
        }
        return count
    }
}
