// SecretIndependence.swift - runs one operation on bytes that memcheck holds to be undefined.
//
// Spec:    none. Usage: secret-independence OP runs the operation and prints how many times it did so on
//          secrets; secret-independence list prints every OP. Status 1: the answers were not those of
//          the same bytes unmarked.
// Secret:  what `Secrets` gives out. Memcheck reports each branch and each address that depends on it.
// Reads:   every module with secrets. Read by: Scripts/check-secrets, which builds it as the product is
//          built, and judges what memcheck says.
//
// Every operation runs twice on the same bytes, unmarked and marked, through the same code; the answers
// are made public at the end and compared, so nothing can have been left out or optimised away.

import AEAD
import Bytes
import CMemcheck
import HMAC
import KeyAgreement
import Platform

/// Gives out bytes: secret ones, which memcheck takes for undefined when `isMarked`, and public ones.
struct Secrets {
    let isMarked: Bool
    /// How many times an operation was called.
    var runs = 0
    private var state: UInt64

    init(isMarked: Bool, seed: UInt64) {
        self.isMarked = isMarked
        state = seed
    }

    /// Any bytes will do: a linear congruential generator's.
    mutating func publicBytes(_ count: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(count)
        for _ in 0..<count {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            bytes.append(UInt8(truncatingIfNeeded: state >> 56))
        }
        return bytes
    }

    mutating func bytes(_ count: Int) -> [UInt8] {
        var bytes = publicBytes(count)
        if isMarked {
            unsafe bytes.withUnsafeMutableBytes { buffer in
                if let start = buffer.baseAddress {
                    unsafe memcheck_make_undefined(start, UInt(buffer.count))
                }
            }
        }
        return bytes
    }

    /// Secrets in the type that wipes itself.
    mutating func secretBytes(_ count: Int) -> SecretBytes {
        let bytes = bytes(count)
        return SecretBytes(copying: bytes.span)
    }
}

/// Declares an answer public: later uses of it are not leaks.
func declassified(_ answer: Span<UInt8>) -> [UInt8] {
    var copy: [UInt8] = []
    copy.append(answer)
    unsafe copy.withUnsafeMutableBytes { buffer in
        if let start = buffer.baseAddress { unsafe memcheck_make_defined(start, UInt(buffer.count)) }
    }
    return copy
}

func declassified(_ answer: borrowing SecretBytes) -> [UInt8] { declassified(answer.span) }

/// One operation by name. `run` returns the answers, declassified.
struct Operation: Sendable {
    let name: StaticString
    let run: @Sendable (inout Secrets) -> [UInt8]
}

@main
struct SecretIndependence {
    static func main() {
        let arguments = Arguments.all
        guard arguments.count == 2 else { fail("usage: secret-independence OP | list", status: 2) }
        let name = arguments[1]
        if bytesEqual(name.span, "list") {
            for operation in operations { StandardOutput.write([UInt8](operation.name) + [0x0A]) }
            return
        }
        for operation in operations where bytesEqual(name.span, operation.name) {
            var plain = Secrets(isMarked: false, seed: 2026)
            var marked = Secrets(isMarked: true, seed: 2026)
            let expected = operation.run(&plain)
            let actual = operation.run(&marked)
            guard bytesEqual(expected.span, actual.span), marked.runs > 0, !actual.isEmpty else {
                fail("the operation gave a wrong answer", status: 1)
            }
            var line = [UInt8]("runs ")
            line.append(decimal: marked.runs)
            StandardOutput.write(line + [0x0A])
            return
        }
        fail("no such operation", status: 2)
    }
}

func fail(_ text: StaticString, status: Int32) -> Never {
    StandardError.write([UInt8]("secret-independence: ") + [UInt8](text) + [0x0A])
    exit(status)
}
