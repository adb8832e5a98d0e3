// ReductionCases.swift - Montgomery's reduction, and arithmetic modulo every small odd number.
//
// Spec:    none. Serves AUDIT 51.
// Secret:  no.
// Reads:   Montgomery (reduce), Modulus, Report. Read by: IntegerCases.

/// With R = 2^32: t / R is congruent to each result, which is below R, and below 2 n for t below R n.
private func checkReductions(modulo n: UInt64, of values: some Sequence<UInt64>) {
    var limbs = [Limb](repeating: 0, count: 4)
    var modulus = limbs.mutableSpan
    write(n, into: &modulus)
    let inverse = negatedInverse(fourLimbs(UInt32(n)))
    var t = [Limb](repeating: 0, count: 8)
    var result = limbs
    for value in values {
        var source = t.mutableSpan
        write(value, into: &source)
        var target = result.mutableSpan
        reduce(&source, modulo: limbs.span, inverse: inverse, into: &target)
        let reduced = integer(target.span)
        require(reduced << 32 % n == value % n, "\(value) / R modulo \(n)")
        require(value >> 32 >= n || reduced < 2 * n, "\(value) / R modulo \(n) is too large")
        if reduced >= 2 * n { continue }
        subtractModulusOnce(&target, modulo: limbs.span)
        require(integer(target.span) == (reduced >= n ? reduced - n : reduced), "\(reduced) less \(n)")
    }
}

func reductions(_ report: Report) {
    report.cover("reduce: every odd modulus of 8 bits, every product of two operands of 8 bits") {
        for n in stride(from: UInt64(3), to: 256, by: 2) {
            checkReductions(modulo: n, of: 0...0xFE01)
        }
        return 127 * 0xFE02
    }
    let limbs: [UInt8] = report.isFull ? [0, 1, 0xFF] : [0, 0xFF]
    let operands = numbers(of: limbs, count: 8)
    report.cover("reduce: every odd modulus of 16 bits, \(operands.count) operands of 8 limbs") {
        for n in stride(from: UInt64(3), to: 65536, by: 2) {
            checkReductions(modulo: n, of: operands)
        }
        return 32767 * operands.count
    }
    let moduli = numbers(of: [0, 1, 0x7F, 0x80, 0xFF], count: 3).flatMap { upper in
        ([1, 0x7F, 0xFF] as [UInt64]).map { upper << 8 | $0 }
    }.filter { $0 > 1 }
    let wide = numbers(of: report.isFull ? [0, 1, 0x80, 0xFF] : [0, 1, 0xFF], count: 8)
    report.cover("reduce: \(moduli.count) moduli of limbs 0 1 7f 80 ff, \(wide.count) operands of 8 limbs") {
        for n in moduli {
            checkReductions(modulo: n, of: wide)
        }
        return moduli.count * wide.count
    }
    report.cover(
        "reduce: odd moduli of 32 bits, \(report.isFull ? "one of 61" : "one of 4093"): least and largest operands"
    ) {
        var count = 0
        for n in stride(from: UInt64(3), to: 1 << 32, by: report.isFull ? 122 : 8186) {
            checkReductions(modulo: n, of: [n, (n - 1) * (n - 1), n << 32 - 1, n << 32, .max, .max - n])
            count += 6
        }
        return count
    }
    report.cover("reduce, 8 limbs: sampled moduli and operands of limbs 0 1 80 ff") {
        wideReductions(report.isFull ? 5_000_000 : 200_000)
    }
}

/// R is 2^64: two rows, whose carry goes from one to the next.
private func wideReductions(_ samples: Int) -> Int {
    let words = numbers(of: [0, 1, 0x80, 0xFF], count: 8)
    var random = Seeded(2)
    var n = [Limb](repeating: 0, count: 8)
    var t = [Limb](repeating: 0, count: 16)
    var result = n
    for _ in 0..<samples {
        let bits = random.next()
        let modulus = words[Int(bits & 0xFFFF)] | 1
        let (low, high) = (words[Int(bits >> 16 & 0xFFFF)], words[Int(bits >> 32 & 0xFFFF)])
        var target = n.mutableSpan
        write(modulus, into: &target)
        for index in 0..<8 {
            t[index] = Limb(truncatingIfNeeded: low >> UInt64(8 * index))
            t[8 + index] = Limb(truncatingIfNeeded: high >> UInt64(8 * index))
        }
        let inverse = negatedInverse(fourLimbs(UInt32(truncatingIfNeeded: modulus)))
        var source = t.mutableSpan
        var reduced = result.mutableSpan
        reduce(&source, modulo: n.span, inverse: inverse, into: &reduced)
        let value = UInt128(integer(reduced.span))
        let wide = UInt128(high) << 64 | UInt128(low)
        require(
            value << 64 % UInt128(modulus) == wide % UInt128(modulus)
                && (high >= modulus || value < 2 * UInt128(modulus)), "\(wide) / R modulo \(modulus)")
    }
    return samples
}

// MARK: Modulus as a whole.

func natural(_ value: UInt64) -> Natural {
    Natural(limbs: (0..<8).map { Limb(truncatingIfNeeded: value >> UInt64(8 * $0)) })
}

func modulus(_ value: UInt64) -> Modulus {
    guard let modulus = try? Modulus(natural(value)) else { preconditionFailure("odd and above 1") }
    return modulus
}

func moduli(_ report: Report) {
    let bytes = (0...UInt64(255)).map { natural($0) }
    let second = report.isFull ? [Int](0...255) : [0, 1, 2, 127, 128, 254, 255]
    report.cover(
        "Modulus.multiply, square: every odd modulus of 8 bits, every a, \(second.count) values of b"
    ) {
        for n in stride(from: UInt64(3), to: 256, by: 2) {
            let modulus = modulus(n)
            for a in 0...255 {
                require(modulus.square(bytes[a]) == bytes[a * a % Int(n)], "\(a)^2 modulo \(n)")
                for b in second {
                    require(
                        modulus.multiply(bytes[a], bytes[b]) == bytes[a * b % Int(n)], "\(a) \(b) modulo \(n)"
                    )
                }
            }
        }
        return 127 * 256 * (second.count + 1)
    }
    report.cover(
        "Modulus.powerVariableTime: every odd modulus of 8 bits, every base below it, exponents 0 to \(report.isFull ? 255 : 20)"
    ) {
        var count = 0
        for n in stride(from: 3, to: 256, by: 2) {
            let modulus = modulus(UInt64(n))
            for base in 0..<n {
                var expected = 1
                for exponent in 0...(report.isFull ? 255 : 20) {
                    require(
                        modulus.powerVariableTime(bytes[base], bytes[exponent]) == bytes[expected],
                        "\(base)^\(exponent) modulo \(n)")
                    expected = expected * base % n
                    count += 1
                }
            }
        }
        return count
    }
    report.cover(
        "Modulus: odd moduli of 16 bits\(report.isFull ? "" : ", one of 31"): products, squares, and powers 3, 257, 65537"
    ) {
        var count = 0
        for n in stride(from: UInt64(257), to: 65536, by: report.isFull ? 2 : 62) {
            let modulus = modulus(n)
            for a in [0, 1, 2, 255, 256, n / 2, n - 2, n - 1, n, 0xFFFF_FFFF] {
                let x = natural(a)
                require(modulus.square(x) == natural(a % n * (a % n) % n), "\(a)^2 modulo \(n)")
                for b in [a, n - 1, 0xFF00] {
                    require(
                        modulus.multiply(x, natural(b)) == natural(a % n * (b % n) % n),
                        "\(a) \(b) modulo \(n)")
                }
                for exponent in [3, 257, 65537] as [UInt64] {
                    let expected = power(a % n, exponent, n)
                    require(
                        modulus.powerVariableTime(x, natural(exponent)) == natural(expected),
                        "\(a)^\(exponent) modulo \(n)")
                    guard a < n else { continue }
                    let base = [UInt8(a >> 8), UInt8(a & 0xFF)]
                    let answer = try? modulus.powerVariableTime(bigEndianBytes: base.span, exponent)
                    require(
                        answer == [UInt8(expected >> 8), UInt8(expected & 0xFF)],
                        "\(a)^\(exponent) modulo \(n), bytes")
                }
                count += 10
            }
        }
        return count
    }
}

private func power(_ base: UInt64, _ exponent: UInt64, _ n: UInt64) -> UInt64 {
    var (result, square, rest) = (UInt64(1), base, exponent)
    while rest > 0 {
        if rest & 1 == 1 { result = result * square % n }
        square = square * square % n
        rest >>= 1
    }
    return result
}
