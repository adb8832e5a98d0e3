// Curve.swift - the parameters of P-256, P-384 and P-521.
//
// Spec:    SP 800-186 §3.2.1.3 (P-256), §3.2.1.4 (P-384), §3.2.1.5 (P-521).
// Secret:  no.
// Reads:   WeierstrassCurve. Read by: ECDSAPublicKey, ScalarMultiplication; KeyAgreement, JOSE, X509, TLS, Conformance.

/// A curve of SP 800-186 §3.2.1.
public enum Curve: Sendable, Equatable, CaseIterable {
    case p256, p384, p521

    /// The length in bytes of a coordinate, and of each half of a signature.
    public var coordinateByteCount: Int {
        switch self {
        case .p256: 32
        case .p384: 48
        case .p521: 66
        }
    }
}

let curveP256 = WeierstrassCurve<4>(
    prime: "ffffffff 00000001 00000000 00000000 00000000 ffffffff ffffffff ffffffff",
    order: "ffffffff 00000000 ffffffff ffffffff bce6faad a7179e84 f3b9cac2 fc632551",
    b: "5ac635d8 aa3a93e7 b3ebbd55 769886bc 651d06b0 cc53b0f6 3bce3c3e 27d2604b",
    generatorX: "6b17d1f2 e12c4247 f8bce6e5 63a440f2 77037d81 2deb33a0 f4a13945 d898c296",
    generatorY: "4fe342e2 fe1a7f9b 8ee7eb4a 7c0f9e16 2bce3357 6b315ece cbb64068 37bf51f5",
    bitCount: 256)

let curveP384 = WeierstrassCurve<9>(
    prime: """
        ffffffff ffffffff ffffffff ffffffff ffffffff ffffffff ffffffff fffffffe
        ffffffff 00000000 00000000 ffffffff
        """,
    order: """
        ffffffff ffffffff ffffffff ffffffff ffffffff ffffffff c7634d81 f4372ddf
        581a0db2 48b0a77a ecec196a ccc52973
        """,
    b: """
        b3312fa7 e23ee7e4 988e056b e3f82d19 181d9c6e fe814112 0314088f 5013875a
        c656398d 8a2ed19d 2a85c8ed d3ec2aef
        """,
    generatorX: """
        aa87ca22 be8b0537 8eb1c71e f320ad74 6e1d3b62 8ba79b98 59f741e0 82542a38
        5502f25d bf55296c 3a545e38 72760ab7
        """,
    generatorY: """
        3617de4a 96262c6f 5d9e98bf 9292dc29 f8f41dbd 289a147c e9da3113 b5f0b8c0
        0a60b1ce 1d7e819d 7a431d7c 90ea0e5f
        """,
    bitCount: 384)

let curveP521 = WeierstrassCurve<9>(
    prime: """
        01ff ffffffff ffffffff ffffffff ffffffff ffffffff ffffffff ffffffff ffffffff
        ffffffff ffffffff ffffffff ffffffff ffffffff ffffffff ffffffff ffffffff
        """,
    order: """
        01ff ffffffff ffffffff ffffffff ffffffff ffffffff ffffffff ffffffff fffffffa
        51868783 bf2f966b 7fcc0148 f709a5d0 3bb5c9b8 899c47ae bb6fb71e 91386409
        """,
    b: """
        0051 953eb961 8e1c9a1f 929a21a0 b68540ee a2da725b 99b315f3 b8b48991 8ef109e1
        56193951 ec7e937b 1652c0bd 3bb1bf07 3573df88 3d2c34f1 ef451fd4 6b503f00
        """,
    generatorX: """
        00c6 858e06b7 0404e9cd 9e3ecb66 2395b442 9c648139 053fb521 f828af60 6b4d3dba
        a14b5e77 efe75928 fe1dc127 a2ffa8de 3348b3c1 856a429b f97e7e31 c2e5bd66
        """,
    generatorY: """
        0118 39296a78 9a3bc004 5c8a5fb4 2c7d1bd9 98f54449 579b4468 17afbd17 273e662c
        97ee7299 5ef42640 c550b901 3fad0761 353c7086 a272c240 88be9476 9fd16650
        """,
    bitCount: 521)

/// Multiples of the generators, computed when the first signature on the curve is verified.
let generatorMultiplesP256 = PointMultiples(
    of: curveP256.generator, on: curveP256, width: 6, powers: generatorPowersP256)
let generatorMultiplesP384 = PointMultiples(of: curveP384.generator, on: curveP384, width: 6)
let generatorMultiplesP521 = PointMultiples(of: curveP521.generator, on: curveP521, width: 6)

/// 2^65 G, 2^130 G and 2^195 G. They are constants, because the first certificate verification of a process has to wait
/// for this table. CurveTests computes them.
let generatorPowersP256 = [
    pointP256(
        x: "031a8747 df8dc746 e4c13d03 06960801 53fe448a 57324591 794a16ba a05f57b5",
        y: "883a2c64 fda8d586 60e8aa6c 1e387a32 1431c18c 42b8def2 1827ee57 9c0343fd"),
    pointP256(
        x: "2890d721 e57e1961 18e63add 579547f0 acad16e6 3be0aea8 f6f1d3ac 4d771f0c",
        y: "69b5b815 9ddc032a af77e1d1 416752ec 7dc0e7f7 7ef54069 0a5728ec b5890d78"),
    pointP256(
        x: "9a79bfbf e71e347f 4d6c6698 316797e2 f5ac2a39 00f5abf0 c409332d e46e2050",
        y: "e98b4de6 d316e200 b6f671f3 b224efa9 ca94facc b6dfde31 7a3f4781 926250d2"),
]

private func pointP256(x: StaticString, y: StaticString) -> AffinePoint<4> {
    let field = curveP256.field
    return AffinePoint(x: field.element(.init(hexadecimal: x)), y: field.element(.init(hexadecimal: y)))
}
