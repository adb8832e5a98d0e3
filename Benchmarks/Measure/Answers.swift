// Answers.swift - measure answer: one line of arithmetic in, one line out, for the differential tests.
//
// Spec:    none. Numbers are hexadecimal; Scripts/differential-bigint, differential-rsa,
//          differential-x509, differential-routes and check-answers write the lines.
// Secret:  no.
// Reads:   AnswerDecisions, RouteAnswers, PathAnswers; BigInt, RSA, Bytes, Platform.

import BigInt
import Bytes
import Platform
import RSA

/// Answers every line of standard input; a refusal is answered by its reason code.
func answerLines() {
    guard let input = try? StandardInput.readAll(limit: 1 << 28) else { fail("cannot read", status: 2) }
    var output: [UInt8] = []
    var decisions = AnswerDecisions()
    for line in input.split(separator: 0x0A) {
        let words = line.split(separator: 0x20).map { [UInt8]($0) }
        let name = words[0]
        do throws(BigIntError) {
            output += AnswerDecisions.isNamed(name.span) ? decisions.answer(words) : try answer(words)
        } catch {
            output += [UInt8](error.reasonCode)
        }
        output.append(0x0A)
        if output.count > 1 << 16 {
            StandardOutput.write(output)
            output = []
        }
    }
    StandardOutput.write(output)
}

private func answer(_ words: [[UInt8]]) throws(BigIntError) -> [UInt8] {
    func isNamed(_ name: StaticString, _ count: Int) -> Bool {
        let word = words[0]
        return bytesEqual(word.span, name) && words.count == count + 1
    }
    func number(_ index: Int) throws(BigIntError) -> Natural {
        let word = words[index]
        return try Natural(hexadecimal: word.span)
    }
    func count(_ index: Int) -> Int { decimal(words[index][...]) ?? 0 }

    if isNamed("add", 2) { return (try number(1) + number(2)).hexadecimal }
    if isNamed("subtract", 2) { return (try number(1) - number(2)).hexadecimal }
    if isNamed("multiply", 2) { return (try number(1) * number(2)).hexadecimal }
    if isNamed("divide", 2) {
        let result = try number(1).quotientAndRemainder(dividingBy: number(2))
        return result.quotient.hexadecimal + [0x20] + result.remainder.hexadecimal
    }
    if isNamed("less", 2) { return try number(1) < number(2) ? [0x31] : [0x30] }
    if isNamed("left", 2) { return (try number(1) << count(2)).hexadecimal }
    if isNamed("right", 2) { return (try number(1) >> count(2)).hexadecimal }
    if isNamed("to-decimal", 1) { return try number(1).decimal }
    if isNamed("from-decimal", 1) {
        let text = words[1]
        return try Natural(decimal: text.span).hexadecimal
    }
    if isNamed("bytes", 2) {
        let bytes = try number(1).bigEndianBytes(count: count(2))
        return Natural(bigEndianBytes: bytes.span).hexadecimal
    }
    if isNamed("modular-multiply", 3) {
        return try Modulus(number(3)).multiply(number(1), number(2)).hexadecimal
    }
    if isNamed("modular-square", 2) { return try Modulus(number(2)).square(number(1)).hexadecimal }
    if isNamed("modular-power", 3) {
        return try Modulus(number(3)).powerVariableTime(number(1), number(2)).hexadecimal
    }
    if isNamed("pkcs1v15", 5) || isNamed("pss", 6) { return answerSignature(words) }
    if isNamed("path", 4) { return answerPath(words) }
    if isNamed("route", 3) { return answerRoute(words) }
    if isNamed("rules", 1) { return answerRules(words) }
    fail("not a line that can be answered", status: 2)
}

/// `pkcs1v15|pss HASH N E MESSAGE SIGNATURE [SALT]`; an empty message is "-".
private func answerSignature(_ words: [[UInt8]]) -> [UInt8] {
    func bytes(_ index: Int) -> [UInt8] {
        let word = words[index]
        if bytesEqual(word.span, "-") { return [] }
        guard let bytes = try? Hex.decode(word.span) else { fail("not hexadecimal", status: 2) }
        return bytes
    }
    let name = words[1]
    let hash: RSAHash =
        bytesEqual(name.span, "SHA-256") ? .sha256 : bytesEqual(name.span, "SHA-384") ? .sha384 : .sha512
    let (n, e, message, signature) = (bytes(2), bytes(3), bytes(4), bytes(5))
    do throws(RSAError) {
        let key = try RSAPublicKey(modulus: n.span, publicExponent: e.span)
        if words.count == 7 {
            try key.verifyPSS(
                message: message.span, hash: hash, saltByteCount: decimal(words[6][...]) ?? 0,
                signature: signature.span)
        } else {
            try key.verifyPKCS1v15(message: message.span, hash: hash, signature: signature.span)
        }
        return [UInt8]("valid")
    } catch {
        return [UInt8](error.reasonCode)
    }
}
