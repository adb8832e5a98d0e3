// TLSError.swift - why a connection ended, and the alert that says so to the server.
//
// Spec:    RFC 8446 §6.2; RFC 5246 §7.2.2. The alert of each case is the one that the cited section asks for.
// Secret:  no, and it must stay so: all that depends on a key is `recordAuthentication` or `finishedMismatch`.
// Reads:   AlertDescription, X509, KeyAgreement. Read by: the rest of TLS; HTTP, KeyFetching, CommandLine.

import KeyAgreement
import X509

/// The first check that failed. `message` is a handshake message's number.
public enum TLSError: Error, Equatable, Sendable {
    // Arguments of the caller.

    /// Neither a DNS name nor an IP address.
    case hostNameForm
    /// All candidates for a private key were out of range: less than one in 2^64 random values.
    case randomness
    /// The connection is not established, or already closed.
    case notConnected

    // Records.

    case recordType(UInt8)
    case recordVersion(UInt16)
    case recordTooLong(limit: Int, actual: Int)
    /// A record that may not come here.
    case unexpectedRecord(type: UInt8)
    /// A handshake or alert record without content.
    case emptyRecord(type: UInt8)
    case tooManyEmptyRecords(limit: Int)
    case tooManyChangeCipherSpecs(limit: Int)
    case tooManyRecords(limit: UInt64)
    /// The tag does not fit.
    case recordAuthentication
    /// Nothing but padding in a protected record.
    case noContentType
    case changeCipherSpecForm
    case alertForm
    /// A handshake message continues after a change of keys, or is interrupted by another record.
    case messageAcrossRecords

    // Handshake messages.

    case messageTooLong(message: UInt8, limit: Int, actual: Int)
    case unexpectedMessage(message: UInt8)
    /// A field is cut, has a forbidden length, or bytes are left.
    case malformed(message: UInt8)
    case duplicateExtension(message: UInt8, type: UInt16)
    case tooManyExtensions(limit: Int)
    /// An answer to what was not asked.
    case unofferedExtension(message: UInt8, type: UInt16)
    /// Offered, but it does not belong in this message.
    case misplacedExtension(message: UInt8, type: UInt16)
    case missingExtension(message: UInt8, type: UInt16)

    // Agreement.

    /// In the field that all versions have.
    case version(UInt16)
    /// In supported_versions.
    case selectedVersion(UInt16)
    /// The server says that it would do better than what was agreed on (RFC 8446 §4.1.3).
    case downgrade
    case sessionIdentifier
    case cipherSuite(UInt16)
    case compressionMethod(UInt8)
    case group(UInt16)
    case keyShare(KeyAgreementError)
    case secondHelloRetryRequest
    /// A HelloRetryRequest that would change nothing.
    case idleHelloRetryRequest
    case cookieTooLong(limit: Int, actual: Int)
    case preSharedKeyIdentity(UInt16)
    case applicationProtocol
    case pointFormats
    case certificateRequestContext
    /// TLS 1.2: the server does not know RFC 5746.
    case secureRenegotiationMissing
    case renegotiationInfo

    // Authentication.

    case certificate(PathError)
    case signatureScheme(UInt16)
    case signature(X509Error)
    case finishedMismatch

    // Afterwards.

    case keyUpdateRequest(UInt8)
    case tooManyKeyUpdates(limit: Int)
    case tooManyTickets(limit: Int)
    case tooManyWarnings(limit: Int)
    /// The server ended the connection with this alert.
    case peerAlert(UInt8)
    /// close_notify before the handshake was over.
    case closedDuringHandshake

    /// The alert to send; nil for an error of the caller or a connection that the server has ended.
    public var alert: AlertDescription? {
        switch self {
        case .hostNameForm, .notConnected, .peerAlert, .closedDuringHandshake: nil
        case .randomness, .tooManyRecords: .internalError
        case .recordTooLong: .recordOverflow
        case .recordAuthentication: .badRecordMAC
        case .recordVersion, .version: .protocolVersion
        case .recordType, .unexpectedRecord, .emptyRecord, .tooManyEmptyRecords, .tooManyChangeCipherSpecs,
            .noContentType, .changeCipherSpecForm, .messageAcrossRecords, .unexpectedMessage,
            .secondHelloRetryRequest, .tooManyKeyUpdates, .tooManyTickets, .tooManyWarnings:
            .unexpectedMessage
        case .alertForm, .messageTooLong, .malformed, .tooManyExtensions, .cookieTooLong: .decodeError
        case .unofferedExtension: .unsupportedExtension
        case .missingExtension: .missingExtension
        case .duplicateExtension, .misplacedExtension, .selectedVersion, .downgrade, .sessionIdentifier,
            .cipherSuite,
            .compressionMethod, .group, .keyShare, .idleHelloRetryRequest, .preSharedKeyIdentity,
            .pointFormats, .certificateRequestContext, .signatureScheme, .keyUpdateRequest:
            .illegalParameter
        case .applicationProtocol: .illegalParameter
        case .secureRenegotiationMissing, .renegotiationInfo: .handshakeFailure
        case .certificate(let error): error.check.alert
        case .signature(.keyAlgorithmMismatch): .illegalParameter
        case .signature, .finishedMismatch: .decryptError
        }
    }

    /// A stable word for logs.
    public var reasonCode: StaticString {
        switch self {
        case .hostNameForm: "tls_host_name_form"
        case .randomness: "tls_randomness"
        case .notConnected: "tls_not_connected"
        case .recordType: "tls_record_type"
        case .recordVersion: "tls_record_version"
        case .recordTooLong: "tls_record_too_long"
        case .unexpectedRecord: "tls_unexpected_record"
        case .emptyRecord: "tls_empty_record"
        case .tooManyEmptyRecords: "tls_too_many_empty_records"
        case .tooManyChangeCipherSpecs: "tls_too_many_change_cipher_specs"
        case .tooManyRecords: "tls_too_many_records"
        case .recordAuthentication: "tls_record_authentication"
        case .noContentType: "tls_no_content_type"
        case .changeCipherSpecForm: "tls_change_cipher_spec_form"
        case .alertForm: "tls_alert_form"
        case .messageAcrossRecords: "tls_message_across_records"
        case .messageTooLong: "tls_message_too_long"
        case .unexpectedMessage: "tls_unexpected_message"
        case .malformed: "tls_malformed_message"
        case .duplicateExtension: "tls_duplicate_extension"
        case .tooManyExtensions: "tls_too_many_extensions"
        case .unofferedExtension: "tls_unoffered_extension"
        case .misplacedExtension: "tls_misplaced_extension"
        case .missingExtension: "tls_missing_extension"
        case .version: "tls_version"
        case .selectedVersion: "tls_selected_version"
        case .downgrade: "tls_downgrade"
        case .sessionIdentifier: "tls_session_identifier"
        case .cipherSuite: "tls_cipher_suite"
        case .compressionMethod: "tls_compression_method"
        case .group: "tls_group"
        case .keyShare(let error): error.reasonCode
        case .secondHelloRetryRequest: "tls_second_hello_retry_request"
        case .idleHelloRetryRequest: "tls_idle_hello_retry_request"
        case .cookieTooLong: "tls_cookie_too_long"
        case .preSharedKeyIdentity: "tls_pre_shared_key_identity"
        case .applicationProtocol: "tls_application_protocol"
        case .pointFormats: "tls_point_formats"
        case .certificateRequestContext: "tls_certificate_request_context"
        case .secureRenegotiationMissing: "tls_secure_renegotiation_missing"
        case .renegotiationInfo: "tls_renegotiation_info"
        case .certificate(let error): error.reasonCode
        case .signatureScheme: "tls_signature_scheme"
        case .signature: "tls_signature"
        case .finishedMismatch: "tls_finished_mismatch"
        case .keyUpdateRequest: "tls_key_update_request"
        case .tooManyKeyUpdates: "tls_too_many_key_updates"
        case .tooManyTickets: "tls_too_many_tickets"
        case .tooManyWarnings: "tls_too_many_warnings"
        case .peerAlert: "tls_peer_alert"
        case .closedDuringHandshake: "tls_closed_during_handshake"
        }
    }
}

extension PathCheck {
    /// The alert for a certificate that is not accepted (RFC 8446 §6.2).
    fileprivate var alert: AlertDescription {
        switch self {
        case .expired: .certificateExpired
        case .selfSigned, .untrustedRoot, .issuerNotFound: .unknownAuthority
        case .malformed(.unsupportedKey), .malformed(.unsupportedAlgorithm), .keyUsage, .extendedKeyUsage:
            .unsupportedCertificate
        case .notYetValid, .hostNameForm: .certificateUnknown
        default: .badCertificate
        }
    }
}
