// IntegerCases.swift - Sources/BigInt with limbs of 8 bits, compared with the machine's own integers.
//
// Spec:    none. Serves AUDIT 51.
// Secret:  no.
// Reads:   every file of BigInt but NaturalText, Report. Read by: Scripts/check-small-words.
//
// Four limbs, the row of the kernels, are a UInt32 here, and eight a UInt64.

@main
struct IntegerCases {
    static func main() {
        let report = Report()
        carries(report)
        rows(report)
        products(report)
        squares(report)
        reductions(report)
        moduli(report)
        naturals(report)
        divisions(report)
    }
}

/// Where carries start, run on and end.
let edges: [UInt8] = [0, 1, 0x7F, 0x80, 0xFE, 0xFF]

// MARK: Steps.

private func carries(_ report: Report) {
    report.cover("addCarry, subtractBorrow: every pair of limbs, with and without a carry") {
        var count = 0
        for a in 0...255 {
            for b in 0...255 {
                for bit in 0...1 {
                    var carry = Limb(bit)
                    let sum = Int(addCarry(Limb(a), Limb(b), &carry))
                    require(Int(carry) << 8 + sum == a + b + bit, "\(a) + \(b) + \(bit)")
                    var borrow = Limb(bit)
                    let difference = Int(subtractBorrow(Limb(a), Limb(b), &borrow))
                    require(difference - Int(borrow) << 8 == a - b - bit, "\(a) - \(b) - \(bit)")
                    count += 2
                }
            }
        }
        return count
    }
    let added = report.isFull ? [UInt8](0...255) : edges
    report.cover("multiplyAdd: every a and b, \(added.count) values of c, \(added.count) of the carry") {
        for a in 0...UInt32(255) {
            for b in 0...UInt32(255) {
                for c in added {
                    for carried in added {
                        var carry = carried
                        let low = UInt32(multiplyAdd(Limb(a), Limb(b), c, &carry))
                        require(
                            UInt32(carry) << 8 | low == a * b + UInt32(c) + UInt32(carried),
                            "\(a) \(b) + \(c) + \(carried)")
                    }
                }
            }
        }
        return 65536 * added.count * added.count
    }
}

// MARK: Rows of four limbs.

func fourLimbs(_ value: UInt32) -> FourLimbs {
    FourLimbs(
        Limb(truncatingIfNeeded: value), Limb(truncatingIfNeeded: value >> 8),
        Limb(truncatingIfNeeded: value >> 16), Limb(truncatingIfNeeded: value >> 24))
}

func value(_ limbs: FourLimbs) -> UInt32 {
    UInt32(limbs.w0) | UInt32(limbs.w1) << 8 | UInt32(limbs.w2) << 16 | UInt32(limbs.w3) << 24
}

private func rows(_ report: Report) {
    let edgeRows = numbers(of: edges, count: 4).map { UInt32($0) }
    report.cover("lowProduct: every pair of rows of limbs 0 1 7f 80 fe ff") {
        for a in edgeRows {
            let limbs = fourLimbs(a)
            for b in edgeRows {
                require(value(lowProduct(limbs, fourLimbs(b))) == a &* b, "low product of \(a), \(b)")
            }
        }
        return edgeRows.count * edgeRows.count
    }
    // Odd: 509 is a prime, so the rows of the short run are spread over all residues.
    let step: UInt64 = report.isFull ? 2 : 2 * 509
    report.cover("negatedInverse: \(report.isFull ? "every odd row" : "an odd row of 509")") {
        var count = 0
        for odd in stride(from: UInt64(1), to: 1 << 32, by: Int(step)) {
            let a = UInt32(odd)
            require(value(negatedInverse(fourLimbs(a))) &* a == .max, "inverse of \(a)")
            count += 1
        }
        return count
    }
    let windows = numbers(of: [0, 1, 0xFF], count: 4).map { UInt32($0) }
    let few = numbers(of: report.isFull ? [0, 1, 0x80, 0xFF] : [0, 1, 0xFF], count: 4).map { UInt32($0) }
    report.cover("addFourRows: \(few.count) rows by every limb, sum of 6 limbs, \(windows.count) windows") {
        var count = 0
        for a in few {
            let row = fourLimbs(a)
            for limb in 0...UInt8(255) {
                let b = [limb]
                for addend in edges {
                    for window in windows {
                        var sum = [addend]
                        var target = sum.mutableSpan
                        let top = addFourRows(row, b.span, to: &target, at: 0, window: fourLimbs(window))
                        let expected = UInt64(a) * UInt64(limb) + UInt64(window) + UInt64(addend)
                        require(
                            UInt64(value(top)) << 8 | UInt64(sum[0]) == expected,
                            "row \(a) by \(limb) + \(addend) + \(window)")
                        count += 1
                    }
                }
            }
        }
        return count
    }
}
