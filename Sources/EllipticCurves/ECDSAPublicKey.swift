// ECDSAPublicKey.swift - a public key on P-256, P-384 or P-521.
//
// Spec:    SEC 1 §2.3.4; RFC 7518 §6.2.1; RFC 5480 §2.2; AUDIT 16.
// Secret:  no: verification works on public data.
// Reads:   Curve, WeierstrassCurve, PointMultiples. Read by: ECDSA; JOSE, X509, Conformance.

/// A public key: a point that is on its curve and not infinity. The initializer precomputes values that depend only on
/// the key and costs about as much as a verification, so keep the key as long as it is in use.
public struct ECDSAPublicKey: Sendable, Equatable {
    public let curve: Curve
    let multiples: Multiples

    enum Multiples: Sendable {
        /// For P-256.
        case short(PointMultiples<4>)
        /// For P-384 and P-521.
        case long(PointMultiples<9>)
    }

    /// - Parameters x, y: big-endian, each exactly `curve.coordinateByteCount` bytes.
    /// - Throws: `coordinateLength`, `coordinateNotBelowPrime`, `pointNotOnCurve`.
    /// - Source: RFC 7518 §6.2.1.
    @export(interface)
    public init(curve: Curve, x: Span<UInt8>, y: Span<UInt8>) throws(CurveError) {
        switch curve {
        case .p256: self.init(curve, try curveP256.point(x: x, y: y), on: curveP256)
        case .p384: self.init(curve, try curveP384.point(x: x, y: y), on: curveP384)
        case .p521: self.init(curve, try curveP521.point(x: x, y: y), on: curveP521)
        }
    }

    /// - Parameter uncompressedPoint: 04 || X || Y.
    /// - Throws: `pointAtInfinity`, `pointFormat`, `pointLength`, `coordinateNotBelowPrime`, `pointNotOnCurve`.
    /// - Source: SEC 1 §2.3.4.
    @export(interface)
    public init(curve: Curve, uncompressedPoint: Span<UInt8>) throws(CurveError) {
        switch curve {
        case .p256: self.init(curve, try curveP256.point(uncompressed: uncompressedPoint), on: curveP256)
        case .p384: self.init(curve, try curveP384.point(uncompressed: uncompressedPoint), on: curveP384)
        case .p521: self.init(curve, try curveP521.point(uncompressed: uncompressedPoint), on: curveP521)
        }
    }

    private init(_ curve: Curve, _ point: AffinePoint<4>, on group: WeierstrassCurve<4>) {
        self.curve = curve
        multiples = .short(PointMultiples(of: point, on: group, width: keyMultiplesWidth))
    }

    private init(_ curve: Curve, _ point: AffinePoint<9>, on group: WeierstrassCurve<9>) {
        self.curve = curve
        multiples = .long(PointMultiples(of: point, on: group, width: keyMultiplesWidth))
    }

    /// Whether both are the same point on the same curve.
    public static func == (a: ECDSAPublicKey, b: ECDSAPublicKey) -> Bool {
        guard a.curve == b.curve else { return false }
        return switch (a.multiples, b.multiples) {
        case (.short(let a), .short(let b)): a.point.equalsVariableTime(b.point)
        case (.long(let a), .long(let b)): a.point.equalsVariableTime(b.point)
        default: false
        }
    }
}

/// The width of the digits. It gives eight multiples per strand, or 2 KiB for a P-256 key.
private let keyMultiplesWidth = 5
