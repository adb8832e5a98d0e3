// ECDSAPublicKey.swift - a public key on one of the three curves.
//
// Spec:    SEC 1 §2.3.4; RFC 7518 §6.2.1; RFC 5480 §2.2; security-checklist 16.
// Secret:  no: verification works on public data.
// Reads:   Curve, WeierstrassCurve, PointMultiples. Read by: ECDSA, JOSE, X509.

/// A public key: a point that was found to be on its curve and not infinity. Making one costs
/// about as much as a verification, for what depends on the key alone: keep it as long as the
/// key is in use.
public struct ECDSAPublicKey: Sendable, Equatable {
    public let curve: Curve
    let multiples: Multiples

    enum Multiples: Sendable {
        case p256(PointMultiples<4>)
        case p384(PointMultiples<6>)
        case p521(PointMultiples<9>)
    }

    /// - Parameters x, y: big-endian, each exactly `curve.coordinateByteCount` bytes.
    /// - Throws: `coordinateLength`, `coordinateNotBelowPrime`, `pointNotOnCurve`.
    /// - Source: RFC 7518 §6.2.1.
    @export(interface)
    public init(curve: Curve, x: Span<UInt8>, y: Span<UInt8>) throws(CurveError) {
        switch curve {
        case .p256: self.init(try curveP256.point(x: x, y: y))
        case .p384: self.init(try curveP384.point(x: x, y: y))
        case .p521: self.init(try curveP521.point(x: x, y: y))
        }
    }

    /// - Parameter uncompressedPoint: 04 || X || Y.
    /// - Throws: `pointAtInfinity`, `pointFormat`, `pointLength`, `coordinateNotBelowPrime`, `pointNotOnCurve`.
    /// - Source: SEC 1 §2.3.4.
    @export(interface)
    public init(curve: Curve, uncompressedPoint: Span<UInt8>) throws(CurveError) {
        switch curve {
        case .p256: self.init(try curveP256.point(uncompressed: uncompressedPoint))
        case .p384: self.init(try curveP384.point(uncompressed: uncompressedPoint))
        case .p521: self.init(try curveP521.point(uncompressed: uncompressedPoint))
        }
    }

    private init(_ point: AffinePoint<4>) {
        curve = .p256
        multiples = .p256(PointMultiples(of: point, on: curveP256, width: keyMultiplesWidth))
    }

    private init(_ point: AffinePoint<6>) {
        curve = .p384
        multiples = .p384(PointMultiples(of: point, on: curveP384, width: keyMultiplesWidth))
    }

    private init(_ point: AffinePoint<9>) {
        curve = .p521
        multiples = .p521(PointMultiples(of: point, on: curveP521, width: keyMultiplesWidth))
    }

    /// Whether both are the same point of the same curve.
    public static func == (a: ECDSAPublicKey, b: ECDSAPublicKey) -> Bool {
        switch (a.multiples, b.multiples) {
        case (.p256(let a), .p256(let b)): a.point.equalsVariableTime(b.point)
        case (.p384(let a), .p384(let b)): a.point.equalsVariableTime(b.point)
        case (.p521(let a), .p521(let b)): a.point.equalsVariableTime(b.point)
        default: false
        }
    }
}

/// Eight multiples in each strand: 2 KiB for a P-256 key.
private let keyMultiplesWidth = 5
