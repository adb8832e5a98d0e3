// Controls.swift - two planted leaks. The check must find both.
//
// Spec:    none.
// Secret:  the bytes; each function leaks one on purpose.
// Reads:   nothing. Read by: Operations.

/// A branch on a bit of a secret: two calls, one of which is made.
func plantedBranch(_ secrets: inout Secrets) -> [UInt8] {
    let secret = secrets.bytes(32)
    var answers = [UInt8](repeating: 0, count: 2)
    if secret[7] & 1 == 1 { whenSet(&answers) } else { whenClear(&answers) }
    secrets.runs += 1
    return declassified(answers.span)
}

/// A table read at a place that a secret names.
func plantedIndex(_ secrets: inout Secrets) -> [UInt8] {
    let secret = secrets.bytes(32)
    let table = secrets.publicBytes(256)
    let answers = [entry(table, secret[7])]
    secrets.runs += 1
    return declassified(answers.span)
}

@inline(never)
@_optimize(none)
private func whenSet(_ answers: inout [UInt8]) { answers[0] = 1 }

@inline(never)
@_optimize(none)
private func whenClear(_ answers: inout [UInt8]) { answers[1] = 2 }

@inline(never)
private func entry(_ table: [UInt8], _ place: UInt8) -> UInt8 { table[Int(place)] }
