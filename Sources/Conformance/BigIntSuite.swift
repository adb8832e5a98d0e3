// BigIntSuite.swift - vectors of natural numbers and modular arithmetic, computed with Python's integers.
//
// Spec:    Vectors/README.md, suite bigint.
// Secret:  no.
// Reads:   VectorFile; BigInt, Bytes. Read by: SuiteRunner.

import BigInt
import Bytes

/// A case: an operation, its operands and its result in hexadecimal or as a reason code.
func runBigInt(_ vector: VectorCase) throws(ConformanceError) -> CaseOutcome {
    let expected = try vector.text("expect")
    let operation = try vector.field("operation")
    let answer: [UInt8]?
    do throws(BigIntError) {
        answer = try calculate(
            operation.value, vector.optional("a")?.value ?? [], vector.optional("b")?.value ?? [],
            vector.optional("c")?.value ?? [])
    } catch {
        return bytesEqual(expected.span, error.reasonCode) ? .refused : .failed
    }
    guard let answer else { throw .value(line: operation.line) }
    return .answer(bytesEqual(answer.span, expected.span))
}

/// Whether an expected result is a reason code: it has a letter that is not a hexadecimal digit.
func isReasonCode(_ text: [UInt8]) -> Bool {
    for byte in text where byte >= 0x67 && byte <= 0x7A { return true }
    return false
}

private func calculate(
    _ operation: [UInt8], _ a: [UInt8], _ b: [UInt8], _ c: [UInt8]
) throws(BigIntError) -> [UInt8]? {
    let name = operation.span
    if bytesEqual(name, "from-decimal") { return try Natural(decimal: a.span).hexadecimal }
    let first = try Natural(hexadecimal: a.span)
    if bytesEqual(name, "to-decimal") { return first.decimal }
    if bytesEqual(name, "left") { return (first << decimalNumber(b)).hexadecimal }
    if bytesEqual(name, "right") { return (first >> decimalNumber(b)).hexadecimal }
    if bytesEqual(name, "bytes") {
        let bytes = try first.bigEndianBytes(count: decimalNumber(b))
        return Natural(bigEndianBytes: bytes.span).hexadecimal
    }
    let second = try Natural(hexadecimal: b.span)
    if bytesEqual(name, "add") { return (first + second).hexadecimal }
    if bytesEqual(name, "subtract") { return try (first - second).hexadecimal }
    if bytesEqual(name, "multiply") { return (first * second).hexadecimal }
    if bytesEqual(name, "less") { return [first < second ? 0x31 : 0x30] }
    if bytesEqual(name, "divide") {
        let (quotient, remainder) = try first.quotientAndRemainder(dividingBy: second)
        return quotient.hexadecimal + [0x20] + remainder.hexadecimal
    }
    if bytesEqual(name, "modular-square") { return try Modulus(second).square(first).hexadecimal }
    let third = try Natural(hexadecimal: c.span)
    if bytesEqual(name, "modular-multiply") { return try Modulus(third).multiply(first, second).hexadecimal }
    if bytesEqual(name, "modular-power") {
        return try Modulus(third).powerVariableTime(first, second).hexadecimal
    }
    return nil
}

private func decimalNumber(_ text: [UInt8]) -> Int {
    Decimal.clamped(text.span, to: 1 << 30).map { Int($0) } ?? 0
}
