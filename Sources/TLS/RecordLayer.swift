// RecordLayer.swift - records of both directions: protection, message reassembly, alerts, counted limits.
//
// Spec:    RFC 8446 §5.1, §5.2, §6, appendix D.4 (ChangeCipherSpec); RFC 5246 §6.2, §7.1, §7.2.
// Secret:  the keys of both directions, the plaintext.
// Reads:   RecordReader, HandshakeReader, RecordProtection, AlertDescription, Parameters, Limits, TLSError; Bytes.
//          Read by: TLSClient, Phase, the phases.

import Bytes

/// The content of a received record.
enum RecordContent {
    case changeCipherSpec
    case alert(level: UInt8, description: UInt8)
    /// Appended to the handshake buffer; `nextMessage` returns complete messages.
    case handshake
    case applicationData([UInt8])
}

/// Both directions of a connection, independent of the handshake's phase.
struct RecordLayer: ~Copyable {
    private var records = RecordReader()
    private var messages = HandshakeReader()
    /// nil: unprotected, before the keys are agreed and after the end.
    private var reading: RecordProtection?
    private var writing: RecordProtection?
    private var output: [UInt8]
    private var didSendChangeCipherSpec = false
    /// §6.1: nothing follows our close_notify.
    private(set) var didClose = false

    // Counts with a limit.
    private(set) var changeCipherSpecCount = 0
    private var emptyRecordCount = 0
    private var warningCount = 0

    /// - Parameter clientHello: the first message.
    init(clientHello message: Span<UInt8>) {
        // §5.1: 0x0301 in a first ClientHello, for old middleboxes.
        output = [ContentType.handshake.rawValue, 3, 1]
        output.append(bigEndian: UInt64(message.count), byteCount: 2)
        output.append(message)
    }

    // MARK: In

    mutating func append(_ bytes: Span<UInt8>) {
        records.append(bytes)
    }

    /// Discards received bytes that were not read.
    mutating func clear() {
        records.clear()
    }

    /// The next record's content, or nil while the record is incomplete.
    ///
    /// - Throws: errors of the record itself. The phase decides whether its content is expected.
    mutating func next() throws(TLSError) -> RecordContent? {
        guard let record = try records.next(bodyLimit: bodyLimit) else { return nil }
        if record.type == .changeCipherSpec {
            guard record.body == [1] else { throw .changeCipherSpecForm }
            try checkMessageBoundary()
            return .changeCipherSpec
        }
        // §5.2: the outer type of a protected record is application_data; an unprotected one never has it.
        let mayBeOpened: Bool =
            switch reading {
            case .some(let reading): reading.version == .tls12 || record.type == .applicationData
            case .none: record.type != .applicationData
            }
        guard mayBeOpened else { throw .unexpectedRecord(type: record.type.rawValue) }
        if let opened = try reading?.open(record) { return try content(opened.type, opened.contents) }
        return try content(record.type.rawValue, record.body)
    }

    /// The longest body that the next record may have.
    private var bodyLimit: Int {
        switch reading {
        case .none: TLSLimits.plaintextByteCount
        case .some(let reading):
            TLSLimits.plaintextByteCount
                + (reading.version == .tls13
                    ? TLSLimits.expansion13ByteCount : TLSLimits.expansion12ByteCount)
        }
    }

    private mutating func content(_ type: UInt8, _ contents: [UInt8]) throws(TLSError) -> RecordContent {
        guard let contentType = ContentType(rawValue: type) else { throw .unexpectedRecord(type: type) }
        // §5.1: no other content between the records of one handshake message.
        guard messages.isEmpty || contentType == .handshake || contentType == .alert else {
            throw .messageAcrossRecords
        }
        switch contentType {
        case .changeCipherSpec:
            // §5: a protected ChangeCipherSpec is an error.
            throw .unexpectedRecord(type: type)
        case .alert:
            guard !contents.isEmpty else { throw .emptyRecord(type: type) }
            // §5.1: exactly one alert in a record.
            guard contents.count == 2 else { throw .alertForm }
            return .alert(level: contents[0], description: contents[1])
        case .handshake:
            // §5.1: no empty fragments.
            guard !contents.isEmpty else { throw .emptyRecord(type: type) }
            messages.append(contents.span)
            return .handshake
        case .applicationData: return .applicationData(contents)
        }
    }

    /// The next handshake message, or nil while it is incomplete.
    mutating func nextMessage() throws(TLSError) -> HandshakeMessage? { try messages.next() }

    /// §5.1: no message continues after a change of keys.
    func checkMessageBoundary() throws(TLSError) {
        guard messages.isEmpty else { throw .messageAcrossRecords }
    }

    /// The server's following records are protected with these keys.
    mutating func read(with protection: consuming RecordProtection) {
        reading = consume protection
    }

    // MARK: Counts

    /// Appendix D.4: counts a dropped ChangeCipherSpec.
    mutating func countChangeCipherSpec() throws(TLSError) {
        changeCipherSpecCount += 1
        guard changeCipherSpecCount <= TLSLimits.changeCipherSpecCount else {
            throw .tooManyChangeCipherSpecs(limit: TLSLimits.changeCipherSpecCount)
        }
    }

    mutating func countEmptyRecord() throws(TLSError) {
        emptyRecordCount += 1
        guard emptyRecordCount <= TLSLimits.emptyRecordCount else {
            throw .tooManyEmptyRecords(limit: TLSLimits.emptyRecordCount)
        }
    }

    mutating func countWarning() throws(TLSError) {
        warningCount += 1
        guard warningCount <= TLSLimits.warningCount else {
            throw .tooManyWarnings(limit: TLSLimits.warningCount)
        }
    }

    // MARK: Out

    /// Bytes to send; empty until the next call that adds some.
    mutating func takeOutput() -> [UInt8] {
        let taken = output
        output = []
        return taken
    }

    /// The client's following records are protected with these keys.
    mutating func write(with protection: consuming RecordProtection) {
        writing = consume protection
    }

    /// - Parameter message: with its header.
    mutating func send(message: Span<UInt8>) {
        guard !didClose else { return }
        seal(.handshake, message)
    }

    /// - Throws: `tooManyRecords`.
    mutating func send(applicationData plaintext: Span<UInt8>) throws(TLSError) {
        var offset = 0
        while offset < plaintext.count {
            guard !writingIsUsedUp else { throw .tooManyRecords(limit: TLSLimits.recordsPerKeyCount) }
            let end = min(offset + TLSLimits.plaintextByteCount, plaintext.count)
            seal(.applicationData, plaintext.extracting(offset..<end))
            offset = end
        }
    }

    /// Appendix D.4: once, before the second flight. RFC 5246 §7.1: before Finished.
    mutating func sendChangeCipherSpec() {
        guard !didSendChangeCipherSpec else { return }
        didSendChangeCipherSpec = true
        output.append(ContentType.changeCipherSpec.rawValue)
        output.append(bigEndian: 0x0303_0001_01, byteCount: 5)
    }

    mutating func send(alert: AlertDescription) {
        guard !didClose, !writingIsUsedUp else { return }
        let contents: [UInt8] = [alert.isWarning ? 1 : 2, alert.rawValue]
        seal(.alert, contents.span)
    }

    /// §6.1: close_notify.
    mutating func close() {
        send(alert: .closeNotify)
        didClose = true
    }

    /// Sends the alert of an error, wipes the keys and discards buffered input.
    mutating func end(_ alert: AlertDescription?) {
        if let alert { send(alert: alert) }
        reading = nil
        writing = nil
        records.clear()
        messages = HandshakeReader()
    }

    private var writingIsUsedUp: Bool {
        switch writing {
        case .some(let writing): writing.isUsedUp
        case .none: false
        }
    }

    private mutating func seal(_ type: ContentType, _ plaintext: Span<UInt8>) {
        if writing == nil {
            appendHeader(type, plaintext.count, &output)
            output.append(plaintext)
        }
        writing?.seal(type, plaintext, into: &output)
    }
}
