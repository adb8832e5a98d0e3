// FieldCases.swift - Sources/EllipticCurves/PrimeField with limbs of 8 bits, compared with the machine's own integers.
//
// Spec:    none. Serves AUDIT 51.
// Secret:  no.
// Reads:   PrimeField, Limbs, Report. Read by: CurveCases.

func isPrime(_ n: Int) -> Bool {
    var divisor = 2
    while divisor * divisor <= n {
        if n % divisor == 0 { return false }
        divisor += 1
    }
    return n > 1
}

func fields(_ report: Report) {
    report.cover(
        "one limb: every odd modulus, sum, difference, product of all elements; every integer of one limb"
    ) {
        var count = 0
        for p in stride(from: 3, to: 256, by: 2) {
            let field = PrimeField<1>(limbs(p))
            for a in 0..<256 {
                require(integer(field.integer(field.element(limbs(a)))) == a % p, "\(a) modulo \(p)")
            }
            count += compare(field, p, Array(0..<p)) + 256
        }
        return count
    }
    report.cover("one limb: inverses of all elements, and all powers, for every prime") {
        var count = 0
        for p in stride(from: 3, to: 256, by: 2) where isPrime(p) {
            let field = PrimeField<1>(limbs(p))
            for a in 0..<p {
                let element = field.element(limbs(a))
                let inverted = integer(field.integer(field.invert(element)))
                require(a == 0 ? inverted == 0 : inverted * a % p == 1, "1 / \(a) modulo \(p)")
                var expected = 1
                for exponent in 1..<256 {
                    expected = expected * a % p
                    require(
                        integer(field.integer(field.power(element, limbs(exponent)))) == expected,
                        "\(a)^\(exponent) modulo \(p)")
                }
                count += 256
            }
        }
        return count
    }
    let step = report.isFull ? 2 : 14
    report.cover(
        "two limbs, and two of three: odd moduli of 16 bits\(step == 2 ? "" : ", one of 7"), edges of each"
    ) {
        var count = 0
        for p in stride(from: 257, to: 65536, by: step) {
            let edges = [0, 1, 2, 127, 128, 255, 256, p / 2, p / 2 + 1, p - 256, p - 255, p - 2, p - 1]
            count += compare(PrimeField<2>(limbs(p)), p, edges)
            count += compare(PrimeField<3>(limbs(p)), p, edges)
        }
        return count
    }
    report.cover("three and four limbs: moduli of limbs 0 1 7f 80 ff, edges of each") {
        var count = 0
        for upper in numbers(of: [0, 1, 0x7F, 0x80, 0xFF], count: 3) {
            for low in [1, 0x7F, 0xFF] {
                let p = Int(upper) << 8 | low
                if p < 65536 { continue }
                let edges = numbers(of: [0, 1, 0x80, 0xFF], count: report.isFull ? 4 : 2).map {
                    Int($0 << 16 | $0) % p
                }
                let all = edges + [p - 1, p - 2, p / 2, p / 2 + 1, p - 256, p - 65536]
                if p < 1 << 24 { count += compare(PrimeField<3>(limbs(p)), p, all) }
                count += compare(PrimeField<4>(limbs(p)), p, all)
            }
        }
        return count
    }
    report.cover(
        "four limbs: p = f1000fff, in the form of the prime of P-256: edges, numbers of limbs 0 1 80 ff"
    ) {
        let p = 0xF100_0FFF
        let edges = numbers(
            of: report.isFull ? [0, 1, 0x0F, 0x80, 0xF0, 0xFF] : [0, 1, 0x80, 0xFF], count: 4)
        let all =
            edges.map { Int($0) % p } + [
                p - 1, p - 2, p / 2, p / 2 + 1, p - 256, p - 65536, 0xF100_0000, 0xF000_0000,
            ]
        return compare(PrimeField<4>(limbs(p)), p, all)
    }
    report.cover(
        "inverses by invert and invertAll: primes of 16 bits\(report.isFull ? "" : ", one of 16"), 32 elements of each"
    ) {
        var count = 0
        for p in 257..<65536 where isPrime(p) && (report.isFull || p % 16 == 1) {
            let field = PrimeField<2>(limbs(p))
            let values = (1...32).map { 1 + ($0 * $0 * 1019) % (p - 1) }
            var elements = values.map { field.element(limbs($0)) }
            require(
                integer(field.integer(field.invert(elements[31]))) * values[31] % p == 1,
                "1 / \(values[31]) modulo \(p)")
            field.invertAll(&elements)
            for (value, element) in zip(values, elements) {
                require(integer(field.integer(element)) * value % p == 1, "1 / \(value) modulo \(p), of many")
            }
            count += 33
        }
        return count
    }
    report.cover("signed digits: every scalar of 16 bits, widths 2 to 8") {
        for width in 2...8 {
            for scalar in 0...0xFFFF {
                let digits = SignedDigits(
                    limbs(scalar) as InlineArray<2, Limb>, width: width, strandDigitCount: 5)
                var sum = 0
                var weight = 1
                for place in 0..<20 {
                    let digit = digits.digit(place / 5, place % 5)
                    require(
                        digit == 0 || digit & 1 == 1 && abs(digit) < 1 << (width - 1),
                        "digit \(digit) of \(scalar)")
                    sum += digit * weight
                    weight *= 2
                }
                require(sum == scalar, "digits of \(scalar), width \(width)")
            }
        }
        return 7 * 65536
    }
}

/// Sums, differences and products of every pair, and what they leave as limbs: below p.
private func compare<let limbCount: Int>(_ field: PrimeField<limbCount>, _ p: Int, _ values: [Int]) -> Int {
    let elements = values.map { field.element(limbs($0)) }
    for (a, x) in zip(values, elements) {
        require(integer(field.integer(field.negate(x))) == (p - a) % p, "-\(a) modulo \(p)")
        for (b, y) in zip(values, elements) {
            let sum = field.add(x, y)
            require(
                integer(sum.scaled) < p && integer(field.integer(sum)) == (a + b) % p,
                "\(a) + \(b) modulo \(p)")
            let difference = field.subtract(x, y)
            require(
                integer(difference.scaled) < p && integer(field.integer(difference)) == (a - b + p) % p,
                "\(a) - \(b) modulo \(p)")
            let product = field.multiply(x, y)
            require(
                integer(product.scaled) < p
                    && integer(field.integer(product)) == Int(UInt64(a) * UInt64(b) % UInt64(p)),
                "\(a) \(b) modulo \(p)")
        }
    }
    return values.count + 3 * values.count * values.count
}
