// EllipticCurves.swift - the exits of the core in this module, empty: Scripts/check-core compiles the core with them (Audit/core.txt).

public enum Curve: Equatable, Sendable { case p256, p384, p521 }

public enum CurveError: Error, Equatable, Sendable {}

public struct ECDSAPublicKey: Equatable, Sendable { public let curve: Curve }

public struct Ed25519PublicKey: Equatable, Sendable {}
