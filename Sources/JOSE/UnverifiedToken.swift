// UnverifiedToken.swift - splits a compact JWS into its parts, without verification.
//
// Spec:    RFC 7515 §3.1, §5.2 steps 1 to 5, §7.1; AUDIT 1, 2, 5, 10.
// Secret:  the token: its holder can act as its subject. It is stored here and never printed.
// Reads:   JOSEHeader, LoadBalancerToken (TokenForm), Limits; JSON, Bytes. Read by: VerifiedToken, TokenPayload;
//          Authorizer, Reports, Conformance.

import Bytes
import JSON

/// A token of three parts whose header was read. It can be verified, and nothing else.
public struct UnverifiedToken: Sendable {
    /// The parsed header.
    public let header: JOSEHeader
    let compact: [UInt8]
    /// The serialization of the token.
    package let form: TokenForm
    /// The offsets of the second and the third part.
    let payloadStart: Int
    let signatureStart: Int

    /// - Parameters:
    ///   - compact: BASE64URL(header) `.` BASE64URL(payload) `.` BASE64URL(signature).
    ///   - form: the serialization. Only a load balancer's token may have padding.
    /// - Throws: `tokenTooLong`, `tokenPartCount`, `tokenPartEmpty`, the errors of the header; `payloadEncoding` and
    ///   `signatureEncoding` for a part that ends in padding, which is invalid under every key.
    /// - Source: RFC 7515 §7.1.
    public init(_ compact: [UInt8], form: TokenForm = .compact) throws(JOSEError) {
        // AUDIT 1: the length is checked before any other work. The dots are counted without splitting the text.
        guard compact.count <= JOSELimits.tokenByteCount else {
            throw .tokenTooLong(limit: JOSELimits.tokenByteCount, actual: compact.count)
        }
        let text = compact.span
        var dotCount = 0
        var firstDot = 0
        var secondDot = 0
        var dot = text.firstIndex(of: 0x2E)
        while dot < text.count {
            dotCount += 1
            if dotCount == 1 { firstDot = dot }
            if dotCount == 2 { secondDot = dot }
            dot = text.firstIndex(of: 0x2E, from: dot + 1)
        }
        guard dotCount == 2 else { throw .tokenPartCount(dotCount + 1) }
        guard firstDot > 0, secondDot > firstDot + 1, secondDot + 1 < compact.count else {
            throw .tokenPartEmpty
        }
        header = try JOSEHeader(encoded: text.extracting(0..<firstDot), form: form)
        if form != .loadBalancer {
            let (payload, signature) = ((firstDot + 1)..<secondDot, (secondDot + 1)..<text.count)
            do { try Self.refusePadding(text.extracting(payload)) } catch { throw .payloadEncoding(error) }
            do { try Self.refusePadding(text.extracting(signature)) } catch {
                throw .signatureEncoding(error)
            }
        }
        self.form = form
        self.compact = compact
        payloadStart = firstDot + 1
        signatureStart = secondDot + 1
    }

    /// Throws the decoder's error for a part that ends in padding.
    private static func refusePadding(_ part: Span<UInt8>) throws(BytesError) {
        if part[part.count - 1] == 0x3D { _ = try Base64URL.decode(part) }
    }

    /// Decodes one of the parts.
    func decode(_ part: Span<UInt8>) throws(BytesError) -> [UInt8] {
        if form == .loadBalancer { return try Base64URL.decode(part, padded: true) }
        return try Base64URL.decode(part)
    }

    /// ASCII(BASE64URL(header) || '.' || BASE64URL(payload)), as received (AUDIT 5).
    var signingInput: Span<UInt8> {
        @_lifetime(borrow self)
        get { compact.span.extracting(0..<(signatureStart - 1)) }
    }

    var encodedPayload: Span<UInt8> {
        @_lifetime(borrow self)
        get { compact.span.extracting(payloadStart..<(signatureStart - 1)) }
    }

    var encodedSignature: Span<UInt8> {
        @_lifetime(borrow self)
        get { compact.span.extracting(signatureStart..<compact.count) }
    }
}
