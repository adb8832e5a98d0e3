import Foundation
import Testing

@testable import BigInt

/// Vectors/bigint-differential: adversarial and random operands, answers by Python's integers.
@Suite struct DifferentialTests {
    @Test func arithmetic() throws {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("Vectors/bigint-differential/arithmetic.txt")
        let text = try String(contentsOf: file, encoding: .utf8)
        var ran = 0
        for paragraph in text.components(separatedBy: "\n\n").dropFirst() {
            var fields: [String: String] = [:]
            for line in paragraph.split(separator: "\n") {
                let parts = line.components(separatedBy: "=").map { $0.trimmingCharacters(in: .whitespaces) }
                #expect(parts.count == 2 && ["operation", "a", "b", "c", "expect"].contains(parts[0]))
                fields[parts[0]] = parts[1]
            }
            let operation = try #require(fields["operation"])
            let operands = ["a", "b", "c"].compactMap { fields[$0] }
            let got: String
            do throws(BigIntError) {
                got = try answer(operation, operands)
            } catch {
                got = "\(error.reasonCode)"
            }
            #expect(got == fields["expect"], "\(operation) \(operands)")
            ran += 1
        }
        #expect(ran == 420)
    }

    private func answer(_ operation: String, _ operands: [String]) throws(BigIntError) -> String {
        switch (operation, operands.count) {
        case ("add", 2): hexText(try hex(operands[0]) + hex(operands[1]))
        case ("subtract", 2): hexText(try hex(operands[0]) - hex(operands[1]))
        case ("multiply", 2): hexText(try hex(operands[0]) * hex(operands[1]))
        case ("divide", 2): try divide(hex(operands[0]), hex(operands[1]))
        case ("less", 2): try hex(operands[0]) < hex(operands[1]) ? "1" : "0"
        case ("left", 2): hexText(try hex(operands[0]) << (Int(operands[1]) ?? -1))
        case ("right", 2): hexText(try hex(operands[0]) >> (Int(operands[1]) ?? -1))
        case ("to-decimal", 1): decimalText(try hex(operands[0]))
        case ("from-decimal", 1): hexText(try decimal(operands[0]))
        case ("bytes", 2):
            hexText(fromBytes(try hex(operands[0]).bigEndianBytes(count: Int(operands[1]) ?? -1)))
        case ("modular-multiply", 3):
            hexText(try Modulus(hex(operands[2])).multiply(hex(operands[0]), hex(operands[1])))
        case ("modular-square", 2): hexText(try Modulus(hex(operands[1])).square(hex(operands[0])))
        case ("modular-power", 3):
            hexText(try Modulus(hex(operands[2])).powerVariableTime(hex(operands[0]), hex(operands[1])))
        default: "unknown operation"
        }
    }

    private func divide(_ a: Natural, _ b: Natural) throws(BigIntError) -> String {
        let (quotient, remainder) = try a.quotientAndRemainder(dividingBy: b)
        return hexText(quotient) + " " + hexText(remainder)
    }
}
