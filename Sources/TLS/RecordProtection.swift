// RecordProtection.swift - one direction's keys: sealing and opening records.
//
// Spec:    RFC 8446 §5.2, §5.3, §5.4, §5.5, §7.3; RFC 5246 §6.2.3.3, RFC 5288 §3, RFC 7905 §2.
// Secret:  the keys, the nonces' fixed part, the plaintext. Lengths and types are public, but in
//          TLS 1.3 the type and the padding are not: they are looked at after the tag held.
// Reads:   AEAD, KeySchedule13, Parameters, Limits, TLSError, Bytes, HMAC. Read by: RecordLayer, the phases.

import AEAD
import Bytes
import HMAC

/// The cipher of a suite with its key.
private enum RecordCipher: ~Copyable {
    case aesGCM(AESGCM)
    case chaCha20(ChaCha20Poly1305)
}

/// A record's contents, opened.
package struct OpenedRecord {
    package let type: UInt8
    package let contents: [UInt8]
}

/// The keys of one direction, and how many records they protected.
package struct RecordProtection: ~Copyable {
    private var cipher: RecordCipher
    private let suite: CipherSuite
    /// write_iv, or the implicit part of the nonce.
    private var fixedNonce: SecretBytes
    /// Of the next record.
    var sequenceNumber: UInt64 = 0

    /// TLS 1.3: the keys of a traffic secret (§7.3).
    package init(_ suite: CipherSuite, trafficSecret: borrowing SecretBytes) {
        var key = expandLabel(
            suite.hash, secret: trafficSecret.span, label: "key", context: [UInt8]().span,
            byteCount: suite.keyByteCount)
        cipher = makeCipher(suite, &key)
        fixedNonce = expandLabel(
            suite.hash, secret: trafficSecret.span, label: "iv", context: [UInt8]().span, byteCount: 12)
        self.suite = suite
    }

    /// TLS 1.2: keys out of the key block (RFC 5246 §6.3).
    ///
    /// - Parameter forClient: whether to take the client's or the server's.
    package init(_ suite: CipherSuite, keyBlock: borrowing SecretBytes, forClient: Bool) {
        let keyStart = forClient ? 0 : suite.keyByteCount
        let nonceStart = 2 * suite.keyByteCount + (forClient ? 0 : suite.fixedNonceByteCount)
        var key = part(keyBlock, keyStart, suite.keyByteCount)
        cipher = makeCipher(suite, &key)
        fixedNonce = part(keyBlock, nonceStart, suite.fixedNonceByteCount)
        self.suite = suite
    }

    var version: TLSVersion { suite.version }

    /// Whether the key's last record went over.
    var isUsedUp: Bool { sequenceNumber >= TLSLimits.recordsPerKeyCount }

    // MARK: Sealing

    /// Appends a record.
    ///
    /// - Parameter plaintext: at most 2^14 bytes.
    package mutating func seal(_ type: ContentType, _ plaintext: Span<UInt8>, into output: inout [UInt8]) {
        precondition(plaintext.count <= TLSLimits.plaintextByteCount)
        var nonce = nonce(sequenceNumber)
        if suite.version == .tls13 {
            // §5.2: TLSInnerPlaintext is the content, its type, and no padding.
            var inner = SecretBytes(count: plaintext.count + 1)
            fill(&inner, plaintext, type.rawValue)
            var header: [UInt8] = []
            appendHeader(.applicationData, inner.count + 16, &header)
            output.append(header.span)
            apply(&nonce, header, inner, &output)
        } else {
            // RFC 5288 §3: the explicit part of the nonce is the sequence number; RFC 7905 §2 has no explicit part.
            let explicitByteCount = suite.isChaCha20 ? 0 : 8
            appendHeader(type, explicitByteCount + plaintext.count + 16, &output)
            if explicitByteCount > 0 { output.append(bigEndian: sequenceNumber, byteCount: 8) }
            let additionalData = additionalData12(type.rawValue, plaintext.count)
            var contents = SecretBytes(copying: plaintext)
            applyAll(&nonce, additionalData, &contents, &output)
        }
        sequenceNumber += 1
    }

    private func apply(
        _ nonce: inout SecretBytes, _ additionalData: [UInt8], _ plaintext: borrowing SecretBytes,
        _ output: inout [UInt8]
    ) {
        switch cipher {
        case .aesGCM(let gcm):
            gcm.seal(
                nonce: nonce.span, additionalData: additionalData.span, plaintext: plaintext.span,
                into: &output)
        case .chaCha20(let chaCha20):
            chaCha20.seal(
                nonce: nonce.span, additionalData: additionalData.span, plaintext: plaintext.span,
                into: &output)
        }
    }

    private func applyAll(
        _ nonce: inout SecretBytes, _ additionalData: [UInt8], _ plaintext: inout SecretBytes,
        _ output: inout [UInt8]
    ) {
        apply(&nonce, additionalData, plaintext, &output)
    }

    // MARK: Opening

    /// Checks and decrypts a record.
    ///
    /// - Throws: `recordAuthentication`, `noContentType`, `recordTooLong`, `tooManyRecords`.
    package mutating func open(_ record: Record) throws(TLSError) -> OpenedRecord {
        guard !isUsedUp else { throw .tooManyRecords(limit: TLSLimits.recordsPerKeyCount) }
        let opened = suite.version == .tls13 ? try open13(record) : try open12(record)
        // RFC 5246 §6.2.1: the content is no longer than 2^14 bytes. In TLS 1.3 it cannot be.
        guard opened.contents.count <= TLSLimits.plaintextByteCount else {
            throw .recordTooLong(limit: TLSLimits.plaintextByteCount, actual: opened.contents.count)
        }
        sequenceNumber += 1
        return opened
    }

    private func open13(_ record: Record) throws(TLSError) -> OpenedRecord {
        var nonce = nonce(sequenceNumber)
        var inner = try opened(&nonce, record.header, record.body.span)
        // §5.4: the size limit is that of content, type and padding together.
        guard inner.count <= TLSLimits.innerPlaintextByteCount else {
            throw .recordTooLong(limit: TLSLimits.innerPlaintextByteCount, actual: inner.count)
        }
        // §5.4: the type is the last byte that is not zero.
        var end = inner.count
        while end > 0, inner[end - 1] == 0 { end -= 1 }
        guard end > 0 else { throw .noContentType }
        let type = inner[end - 1]
        inner.removeLast(inner.count - end + 1)
        return OpenedRecord(type: type, contents: inner)
    }

    private func open12(_ record: Record) throws(TLSError) -> OpenedRecord {
        let explicitByteCount = suite.isChaCha20 ? 0 : 8
        guard record.body.count >= explicitByteCount + 16 else { throw .recordAuthentication }
        let body = record.body.span
        var nonce = nonce(sequenceNumber)
        if explicitByteCount > 0 {
            // RFC 5288 §3: the salt, then what the record says.
            var bytes = nonce.mutableSpan
            for index in 0..<8 { bytes[4 + index] = body[index] }
        }
        let additionalData = additionalData12(record.type.rawValue, body.count - explicitByteCount - 16)
        let contents = try opened(&nonce, additionalData, body.extracting(explicitByteCount..<body.count))
        return OpenedRecord(type: record.type.rawValue, contents: contents)
    }

    private func opened(
        _ nonce: inout SecretBytes, _ additionalData: [UInt8], _ sealed: Span<UInt8>
    ) throws(TLSError) -> [UInt8] {
        do throws(AEADError) {
            switch cipher {
            case .aesGCM(let gcm):
                return try gcm.open(nonce: nonce.span, additionalData: additionalData.span, sealed: sealed)
            case .chaCha20(let chaCha20):
                return try chaCha20.open(
                    nonce: nonce.span, additionalData: additionalData.span, sealed: sealed)
            }
        } catch { throw .recordAuthentication }
    }

    // MARK: Nonces and additional data

    /// §5.3, RFC 7905 §2: the IV xor the sequence number. RFC 5288 §3: the salt and the sequence number.
    private func nonce(_ sequenceNumber: UInt64) -> SecretBytes {
        var nonce = SecretBytes(count: 12)
        var bytes = nonce.mutableSpan
        let fixed = fixedNonce.span
        for index in fixed.indices { bytes[index] = fixed[index] }
        for index in 0..<8 {
            bytes[4 + index] ^= UInt8(truncatingIfNeeded: sequenceNumber >> UInt64(56 - 8 * index))
        }
        return nonce
    }

    /// RFC 5246 §6.2.3.3: seq_num + type + version + length.
    private func additionalData12(_ type: UInt8, _ contentByteCount: Int) -> [UInt8] {
        var data: [UInt8] = []
        data.append(bigEndian: sequenceNumber, byteCount: 8)
        data.append(type)
        data.append(bigEndian: 0x0303, byteCount: 2)
        data.append(bigEndian: UInt64(contentByteCount), byteCount: 2)
        return data
    }
}

/// §5.1: legacy_record_version is 0x0303; 0x0301 is for a first ClientHello alone.
func appendHeader(_ type: ContentType, _ count: Int, _ output: inout [UInt8]) {
    output.append(type.rawValue)
    output.append(bigEndian: 0x0303, byteCount: 2)
    output.append(bigEndian: UInt64(count), byteCount: 2)
}

private func makeCipher(_ suite: CipherSuite, _ key: inout SecretBytes) -> RecordCipher {
    if suite.isChaCha20 { return .chaCha20(ChaCha20Poly1305(key: key.span)) }
    return .aesGCM(AESGCM(key: key.span))
}

private func part(_ bytes: borrowing SecretBytes, _ start: Int, _ count: Int) -> SecretBytes {
    SecretBytes(copying: bytes.span.extracting(start..<(start + count)))
}

private func fill(_ inner: inout SecretBytes, _ contents: Span<UInt8>, _ type: UInt8) {
    var bytes = inner.mutableSpan
    for index in contents.indices { bytes[index] = contents[index] }
    bytes[contents.count] = type
}
