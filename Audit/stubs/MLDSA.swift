// MLDSA.swift - the exits of the core in this module, empty: Scripts/check-core compiles the core with them (Audit/core.txt).

public struct MLDSAPublicKey: Sendable {}
