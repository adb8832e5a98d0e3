// SignatureCases.swift - ECDSA over toy curves: which pairs (r, s) are signatures.
//
// Spec:    FIPS 186-5 §6.4.2, on machine integers. Serves AUDIT 51.
// Secret:  no.
// Reads:   ToyCurves, ECDSA, ECDSAPublicKey, Report. Read by: CurveCases.

private func key(_ curve: Curve, _ point: (x: Int, y: Int)) -> ECDSAPublicKey {
    let length = curve.coordinateByteCount
    let (x, y) = (bytes(point.x, length), bytes(point.y, length))
    guard let key = try? ECDSAPublicKey(curve: curve, x: x.span, y: y.span) else {
        preconditionFailure("a point of the curve")
    }
    return key
}

private func isSignature(_ key: ECDSAPublicKey, _ digest: [UInt8], _ r: Int, _ s: Int) -> Bool {
    let length = key.curve.coordinateByteCount
    let signature = bytes(r, length) + bytes(s, length)
    return (try? key.verifyRaw(digest: digest.span, signature: signature.span)) != nil
}

func signatures(_ report: Report, _ group: Group) {
    let (n, step) = (group.n, report.isFull ? 1 : 11)
    let digests = report.isFull ? [0, 1, 226, 227, 255] : [0, 255]
    report.cover(
        "p = 239: every r and s of 8 bits, \(step == 1 ? "every key" : "one key of 11"), \(digests.count) digests"
    ) {
        var count = 0
        for d in stride(from: 1, to: n, by: step) {
            let key = key(.p256, group.points[d])
            for e in digests {
                let digest = [UInt8(e)] + [UInt8](repeating: 0xA5, count: 31)
                for r in 0..<256 {
                    for s in 0..<256 {
                        var expected = false
                        if (1..<n).contains(r), (1..<n).contains(s) {
                            let k = (e + r * d) * inverse(s, n) % n
                            expected = k != 0 && group.points[k].x % n == r
                        }
                        require(isSignature(key, digest, r, s) == expected, "(\(r), \(s)) by \(d) over \(e)")
                        count += 1
                    }
                }
            }
        }
        return count
    }
}

/// Signatures made with every nonce: they hold, and with another s they do not.
func madeSignatures(
    _ report: Report, _ curve: Curve, _ name: String, _ group: Group, keyStep: Int, nonceStep: Int
) {
    let n = group.n
    let keys = keyStep == 1 ? "every key" : "one key of \(keyStep)"
    report.cover(
        "p = \(name): signatures with \(nonceStep == 1 ? "every nonce" : "one nonce of \(nonceStep)"), \(keys); each changed"
    ) {
        var count = 0
        for d in stride(from: 1, to: n, by: keyStep) {
            let key = key(curve, group.points[d])
            for k in stride(from: 1, to: n, by: nonceStep) {
                let leading = curve == .p521 ? 2 : 1
                let e = k & (1 << (8 * leading) - 1)
                let digest = bytes(e, leading) + [UInt8](repeating: 0x5A, count: 48 - leading)
                let r = group.points[k].x % n
                let s = (e + r * d) % n * inverse(k, n) % n
                let isValid = r != 0 && s != 0
                require(
                    isSignature(key, digest, r, s) == isValid, "(\(r), \(s)) by \(d) over \(e) modulo \(name)"
                )
                guard isValid else { continue }
                // (r, n - s) is one too: the point is the opposite, with the same x.
                require(isSignature(key, digest, r, n - s), "(\(r), -\(s)) by \(d) over \(e) modulo \(name)")
                require(
                    !isSignature(key, digest, r, s + n), "(\(r), \(s) + n) by \(d) over \(e) modulo \(name)")
                let other = s % (n - 1) + 1
                let k2 = (e + r * d) % n * inverse(other, n) % n
                let holds = k2 != 0 && group.points[k2].x % n == r
                require(
                    isSignature(key, digest, r, other) == holds,
                    "(\(r), \(other)) by \(d) over \(e) modulo \(name)")
                count += 4
            }
        }
        return count
    }
}
