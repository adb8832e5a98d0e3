// ECDSA.swift - verification of ECDSA signatures.
//
// Spec:    FIPS 186-5 §6.4.2; RFC 7518 §3.4 for the raw form of a signature; AUDIT 16.
// Secret:  no: verification works on public data, in variable time.
// Reads:   ECDSAPublicKey, PointMultiples, PrimeField, CurveError. Read by: JOSE (ES256, ES384, ES512), X509.

extension ECDSAPublicKey {
    /// Checks that (r, s) is this key's signature of a digest.
    ///
    /// - Parameters:
    ///   - digest: the SHA-256, SHA-384 or SHA-512 of the message. It is truncated to the length of the order here.
    ///   - r: big-endian, of any length, with or without leading zeros.
    ///   - s: in the same form.
    /// - Throws: `digestLength`, `rOutOfRange`, `sOutOfRange`, `signatureMismatch`. If the function returns, the
    ///   signature is valid.
    /// - Source: FIPS 186-5 §6.4.2.
    @export(interface)
    public func verify(digest: Span<UInt8>, r: Span<UInt8>, s: Span<UInt8>) throws(CurveError) {
        guard digest.count == 32 || digest.count == 48 || digest.count == 64 else {
            throw .digestLength(actual: digest.count)
        }
        switch multiples {
        case .short(let multiples):
            try curveP256.verifyVariableTime(digest, r, s, multiples, generatorMultiplesP256)
        case .long(let multiples) where curve == .p384:
            try curveP384.verifyVariableTime(digest, r, s, multiples, generatorMultiplesP384)
        case .long(let multiples):
            try curveP521.verifyVariableTime(digest, r, s, multiples, generatorMultiplesP521)
        }
    }

    /// Verifies a signature in the form that JOSE uses.
    ///
    /// - Parameter signature: r || s, exactly `2 * curve.coordinateByteCount` bytes.
    /// - Throws: `signatureLength`, and the errors of `verify(digest:r:s:)`.
    /// - Source: RFC 7518 §3.4.
    public func verifyRaw(digest: Span<UInt8>, signature: Span<UInt8>) throws(CurveError) {
        let half = curve.coordinateByteCount
        guard signature.count == 2 * half else {
            throw .signatureLength(expected: 2 * half, actual: signature.count)
        }
        try verify(
            digest: digest, r: signature.extracting(0..<half), s: signature.extracting(half..<(2 * half)))
    }
}

extension WeierstrassCurve {
    @inline(never)
    fileprivate func verifyVariableTime(
        _ digest: Span<UInt8>, _ rBytes: Span<UInt8>, _ sBytes: Span<UInt8>,
        _ key: PointMultiples<limbCount>, _ generator: PointMultiples<limbCount>
    ) throws(CurveError) {
        // §6.4.2 step 1: r and s are in [1, n - 1]. Implementations without this check accepted (0, 0) as a signature
        // of any message (CVE-2022-21449).
        guard let r = scalarVariableTime(rBytes) else { throw .rOutOfRange }
        guard let s = scalarVariableTime(sBytes) else { throw .sOutOfRange }
        // §6.4.2 steps 2 and 3: the caller computed H. E is its leftmost bits, as many as n has. Only whole bytes are
        // removed, because n has 256 or 384 bits, or more bits than any digest.
        let e = InlineArray<limbCount, Limb>(
            bigEndian: digest.extracting(0..<min(digest.count, bitCount / 8)))
        // §6.4.2 steps 4 and 5: u = e / s mod n, v = r / s mod n.
        let inverse = scalars.invert(scalars.element(s))
        let u = scalars.integer(scalars.multiply(scalars.element(e), inverse))
        let v = scalars.integer(scalars.multiply(scalars.element(r), inverse))
        // §6.4.2 step 6: R1 = u G + v Q, which must not be infinity.
        let sum = sumVariableTime(u, generator, v, key)
        if isInfinityVariableTime(sum) { throw .signatureMismatch }
        // §6.4.2 steps 7 to 9: r == x mod n for x = X / Z^2. As x < p < 2 n, x is r or r + n. Comparing X with r Z^2
        // and with (r + n) Z^2 saves an inversion.
        let zz = field.square(sum.z)
        if sum.x.equalsVariableTime(field.multiply(field.element(r), zz)) { return }
        let (shifted, carry) = r.adding(scalars.modulus)
        guard carry == 0, shifted.isLessVariableTime(than: field.modulus),
            sum.x.equalsVariableTime(field.multiply(field.element(shifted), zz))
        else { throw .signatureMismatch }
    }

    /// The value if it is in [1, n - 1], else nil.
    private func scalarVariableTime(_ bytes: Span<UInt8>) -> InlineArray<limbCount, Limb>? {
        var start = 0
        while start < bytes.count, bytes[start] == 0 { start += 1 }
        guard start < bytes.count, bytes.count - start <= byteCount else { return nil }
        let integer = InlineArray<limbCount, Limb>(bigEndian: bytes.extracting(start..<bytes.count))
        return integer.isLessVariableTime(than: scalars.modulus) ? integer : nil
    }
}

extension AffinePoint {
    func equalsVariableTime(_ other: AffinePoint<limbCount>) -> Bool {
        x.equalsVariableTime(other.x) && y.equalsVariableTime(other.y)
    }
}
