// Measure.swift - times one operation and prints two numbers.
//
// Spec:    none. Usage: measure OP SECONDS prints "best_ns median_ns" of one operation;
//          an OP that is not known prints "unsupported", exit status 3.
// Secret:  no.
// Reads:   Platform; each operation's file names its own modules. Read by: Benchmarks/crypto.
//
// Keys, messages and signatures come from the folder that PEERS_DATA names. An operation
// checks its own answer, every time: a fast wrong one stops the program.

import Authorizer
import Bytes
import EllipticCurves
import Platform

@main
struct Measure {
    static func main() {
        let arguments = Arguments.all
        if arguments.count == 2 {
            let mode = arguments[1]
            if bytesEqual(mode.span, "answer") { return answerLines() }
        }
        guard arguments.count == 3, let seconds = Seconds(arguments[2]) else {
            fail("usage: measure OP SECONDS | measure answer < LINES", status: 2)
        }
        let request = Request(arguments[1])
        guard run(request, seconds) else {
            StandardOutput.write([UInt8]("unsupported\n"))
            exit(3)
        }
    }

    /// Every operation there is; false when the request names none.
    static func run(_ request: Request, _ seconds: Seconds) -> Bool {
        if request.isNamed("jwt") { return time(TokenVerification(request), seconds) }
        if request.isNamed("rsa") { return time(RSAVerification(request), seconds) }
        if request.isNamed("rsadigest") { return time(RSADigestVerification(request), seconds) }
        if request.isNamed("sha256") { return time(SHA256Hash(request), seconds) }
        if request.isNamed("anchorfind") { return time(TrustAnchorSearch(request), seconds) }
        if request.isNamed("anchorall") { return time(TrustAnchorReading(request), seconds) }
        if request.isNamed("p256") { return time(ECDSAVerification(.p256, "p256", keepsKey: true), seconds) }
        if request.isNamed("p256key") {
            return time(ECDSAVerification(.p256, "p256", keepsKey: false), seconds)
        }
        if request.isNamed("p384") { return time(ECDSAVerification(.p384, "p384", keepsKey: true), seconds) }
        if request.isNamed("p384key") {
            return time(ECDSAVerification(.p384, "p384", keepsKey: false), seconds)
        }
        if request.isNamed("ed25519") { return time(Ed25519Verification(keepsKey: true), seconds) }
        if request.isNamed("ed25519key") { return time(Ed25519Verification(keepsKey: false), seconds) }
        if request.isNamed("mldsa") { return time(MLDSAVerification(request, keepsKey: true), seconds) }
        if request.isNamed("mldsakey") { return time(MLDSAVerification(request, keepsKey: false), seconds) }
        if request.isNamed("x25519") { return time(X25519Agreement(), seconds) }
        if request.isNamed("aes128gcm") { return time(AESGCMSealing(request), seconds) }
        if request.isNamed("chacha20poly1305") { return time(ChaCha20Poly1305Sealing(request), seconds) }
        return false
    }
}

/// One thing to time.
protocol Operation: ~Copyable {
    /// Does it once. - Returns: whether the answer was right.
    mutating func perform() -> Bool
}

/// The operation to time: `NAME` or `NAME:SIZE`.
struct Request {
    let name: [UInt8]
    let size: Int?

    init(_ text: [UInt8]) {
        let colon = text.firstIndex(of: 0x3A) ?? text.count
        name = [UInt8](text[..<colon])
        size = colon < text.count ? decimal(text[(colon + 1)...]) : nil
    }

    func isNamed(_ text: StaticString) -> Bool { bytesEqual(name.span, text) }
}

/// A time to spend, from decimal text such as "0.3".
struct Seconds {
    let nanoseconds: Int64

    init?(_ text: [UInt8]) {
        let point = text.firstIndex(of: 0x2E) ?? text.count
        guard point <= 6, let whole = decimal(text[..<point]) else { return nil }
        var nanoseconds = Int64(whole) * 1_000_000_000
        var weight: Int64 = 100_000_000
        for digit in text[min(point + 1, text.count)...] {
            guard digit >= 0x30, digit <= 0x39 else { return nil }
            nanoseconds += Int64(digit - 0x30) * weight
            weight /= 10
        }
        self.nanoseconds = nanoseconds
    }
}

/// Repeats the operation in batches of about 10 ms for that long, and prints the best and the
/// median batch, in nanoseconds of one operation.
///
/// - Returns: false when there is nothing to time.
func time<Timed: Operation & ~Copyable>(_ operation: consuming Timed?, _ seconds: Seconds) -> Bool {
    guard var operation else { return false }
    var batch = 1
    while elapsed(&operation, times: batch) < 5_000_000 { batch *= 2 }
    var tenths: [Int64] = []
    let end = Clock.monotonicNanoseconds + seconds.nanoseconds
    repeat {
        tenths.append(elapsed(&operation, times: batch) * 10 / Int64(batch))
    } while Clock.monotonicNanoseconds < end
    tenths.sort()
    var line: [UInt8] = []
    appendTenths(tenths[0], to: &line)
    line.append(0x20)
    appendTenths(tenths[tenths.count / 2], to: &line)
    line.append(0x0A)
    StandardOutput.write(line)
    return true
}

@inline(never)
private func elapsed<Timed: Operation & ~Copyable>(_ operation: inout Timed, times: Int) -> Int64 {
    var right = true
    let start = Clock.monotonicNanoseconds
    for _ in 0..<times { right = operation.perform() && right }
    let end = Clock.monotonicNanoseconds
    guard right else { fail("the operation gave a wrong answer", status: 1) }
    return end - start
}

private func appendTenths(_ value: Int64, to line: inout [UInt8]) {
    line.append(decimal: value / 10)
    line.append(0x2E)
    line.append(decimal: value % 10)
}

/// The value of decimal digits, at most 9 of them.
func decimal(_ text: ArraySlice<UInt8>) -> Int? {
    guard !text.isEmpty, text.count <= 9 else { return nil }
    var value = 0
    for digit in text {
        guard digit >= 0x30, digit <= 0x39 else { return nil }
        value = value * 10 + Int(digit - 0x30)
    }
    return value
}

/// A file of the folder PEERS_DATA; without it there is nothing to measure.
func dataFile(_ name: [UInt8]) -> [UInt8] {
    guard var path = Environment.value("PEERS_DATA") else { fail("PEERS_DATA is not set", status: 2) }
    path.append(0x2F)
    path += name
    do throws(PlatformError) {
        return try File.read(path: path, limit: 1 << 24)
    } catch {
        StandardError.write([UInt8]("measure: cannot read ") + path + [0x0A])
        exit(2)
    }
}

func fail(_ text: StaticString, status: Int32) -> Never {
    StandardError.write([UInt8]("measure: ") + [UInt8](text) + [0x0A])
    exit(status)
}
