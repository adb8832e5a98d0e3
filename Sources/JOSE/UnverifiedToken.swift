// UnverifiedToken.swift - a compact JWS taken apart, nothing proved.
//
// Spec:    RFC 7515 §3.1, §5.2 steps 1 to 5, §7.1; security-checklist 1, 2, 5, 10.
// Secret:  the token: whoever has it is its subject. It is kept here and printed nowhere.
// Reads:   JOSEHeader, Limits; JSON. Read by: SignatureVerification, Authorizer.

import Bytes
import JSON

/// A token of three parts whose header was read. It can be verified, and nothing else.
public struct UnverifiedToken: Sendable {
    /// What the token says about itself.
    public let header: JOSEHeader
    let compact: [UInt8]
    /// Whether its parts may be padded.
    let isPadded: Bool
    /// Where the second and the third part begin.
    let payloadStart: Int
    let signatureStart: Int

    /// - Parameters:
    ///   - compact: BASE64URL(header) `.` BASE64URL(payload) `.` BASE64URL(signature).
    ///   - padded: whether the parts may have the padding that no JWS has, as the tokens of AWS's load balancers;
    ///     the header's members are kept then, if there is a `signer`.
    /// - Throws: `tokenTooLong`, `tokenPartCount`, `tokenPartEmpty`, and what the header throws.
    /// - Source: RFC 7515 §7.1.
    public init(_ compact: [UInt8], padded: Bool = false) throws(JOSEError) {
        // Security checklist 1: the length before any work; the dots are counted, not split at.
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
        header = try JOSEHeader(encoded: compact.span.extracting(0..<firstDot), padded: padded)
        isPadded = padded
        self.compact = compact
        payloadStart = firstDot + 1
        signatureStart = secondDot + 1
    }

    /// `iss` as an unproved payload has it: good for choosing whose keys to try, and for nothing else.
    ///
    /// - Throws: `payloadEncoding`, `payloadJSON`, `payloadNotObject`, `claimMissing`, `claimType`.
    package func unverifiedIssuer() throws(JOSEError) -> [UInt8] {
        let payload: [UInt8]
        do { payload = try decode(encodedPayload) } catch { throw .payloadEncoding(error) }
        let claims = try claimsDocument(payload)
        guard let member = claims.root.member("iss") else { throw .claimMissing(.iss) }
        guard let issuer = member.stringBytes else { throw .claimType(.iss) }
        return issuer
    }

    /// Refuses padding, for a token that is no load balancer's.
    ///
    /// - Throws: `headerEncoding`, `payloadEncoding`, `signatureEncoding`: the first part that ends in it.
    public func refusePadding() throws(JOSEError) {
        if compact[payloadStart - 2] == 0x3D { throw .headerEncoding(.invalidPadding) }
        if compact[signatureStart - 2] == 0x3D { throw .payloadEncoding(.invalidPadding) }
        if compact.last == 0x3D { throw .signatureEncoding(.invalidPadding) }
    }

    /// One of its parts.
    func decode(_ part: Span<UInt8>) throws(BytesError) -> [UInt8] {
        try Base64URL.decode(part, padded: isPadded)
    }

    /// ASCII(BASE64URL(header) || '.' || BASE64URL(payload)), as received (security-checklist 5).
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
