// JOSE.swift - the exits of the core in this module, empty: Scripts/check-core compiles the core with them (Audit/core.txt).

import Bytes
import EllipticCurves
import JSON
import RSA

public enum SkipReason: Error, Equatable, Sendable {
    case notAnObject, memberType, symmetric, privateKey, keyTypeNotSupported, notForSignatures,
        notForVerification
    case algorithmNotSupported, kidTooLong, missingMember
    case encoding(BytesError)
    case rsa(RSAError)
}

extension JOSEError {
    public enum SignatureRefusal: Equatable, Sendable { case rsa(RSAError) }
}

public enum TokenForm: Sendable, Equatable { case compact, loadBalancer, svid }

public struct LoadBalancerHeader: Sendable {
    public let client: JSONValue?
    init?(_ header: JSONValue) { return nil }
}

extension JOSEHeader {
    static func checkSVID(_ header: JSONValue) throws(JOSEError) { fatalError() }
}

public final class TokenKind: Sendable {
    func audience(_ claims: JSONValue) -> JSONValue? { fatalError() }
    func isOfSomeTenant(_ iss: Span<UInt8>, _ form: [UInt8]) -> Bool { fatalError() }
    func checkTenant(_ claims: JSONValue, _ iss: [UInt8]) throws(JOSEError) { fatalError() }
}

public struct KeySetOrigin: Sendable {
    public init(issuer: Int, generation: Int) {}
}

public struct VerifiedTokenMemo<Note: Sendable>: Sendable {
    public func note(of token: VerifiedToken) -> Note? { nil }
    public mutating func keep(_ note: Note?, of token: VerifiedToken) {}
}

extension UnverifiedToken {
    /// Nothing is remembered.
    public func verifySignature<Note>(
        keySet: KeySet, algorithms: [Algorithm], memo: inout VerifiedTokenMemo<Note>, origin: KeySetOrigin
    ) throws(JOSEError) -> VerifiedToken { try verifySignature(keySet: keySet, algorithms: algorithms) }

    func verifyOther(
        _ signature: Span<UInt8>, with key: JSONWebKey, _ signingInputSHA256: InlineArray<32, UInt8>?
    ) throws(JOSEError) { throw .keyAlgorithmMismatch }
}

extension Algorithm {
    public static var standard: [Algorithm] { [] }
    static func other(named name: Span<UInt8>) -> Algorithm? { nil }
    var otherKeyType: KeyType { fatalError() }
}

extension JSONWebKey {
    static func otherMaterial(_ value: JSONValue, kty: [UInt8]) throws(SkipReason) -> Material {
        throw .keyTypeNotSupported
    }
}

extension JSONWebKey.Material {
    func hasPrivateKeyOnCurve(of other: Self) -> Bool { false }
    var otherKeyType: KeyType { fatalError() }
}

extension ClaimRules {
    public var isLoadBalancer: Bool { false }
    public func checkLoadBalancer(_ header: JOSEHeader) throws(JOSEError) {}
    func loadBalancerExpiry(_ token: VerifiedToken) throws(JOSEError) -> NumericDate { fatalError() }
    func checkRemaining(_ exp: NumericDate, _ now: Int64) throws(JOSEError) {}
    var needsIssueTime: Bool { false }
    func checkAge(_ iat: NumericDate, _ exp: NumericDate, _ now: Int64) throws(JOSEError) {}
    func checkType(_ token: VerifiedToken) throws(JOSEError) {}
}
