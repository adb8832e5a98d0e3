// KeyFetchReport.swift - a failed fetch, told to people and to log readers.
//
// Spec:    RFC 8446 §6 (alerts); security-checklist 29.
// Secret:  no: no address, no credentials, no byte of a body. A certificate's subject is public.
// Reads:   KeyFetchError; HTTP, TLS, X509, Platform. Read by: Decider, the keys command.

import Bytes
import HTTP
import JOSE
import JSON
import Platform
import TLS
import X509

/// What failed, in which step, and what to do about it.
public struct KeyFetchReport: Sendable {
    /// The step: `file`, `name`, `connect`, `proxy`, `trust`, `tls`, `certificate`, `http`, `status`,
    /// `size`, `discovery`, `keyset`, `time`.
    public private(set) var stage: StaticString
    /// The reason code of the error itself.
    public let reason: StaticString
    /// A sentence without its stop.
    public private(set) var meaning: StaticString
    public private(set) var advice: StaticString
    /// The alert that ended the connection, and whether the server sent it.
    public private(set) var alert: (name: StaticString, isServers: Bool)?
    /// The certificate that failed the check.
    public private(set) var certificate: CertificateDescription?
    /// The HTTP status, the host's or the proxy's.
    public private(set) var status: Int?
    /// The reason code below `reason`, if there is one.
    public private(set) var cause: StaticString?

    public init(_ error: KeyFetchError) {
        reason = error.reasonCode
        stage = "keyset"
        meaning = "The answer is no key set"
        advice = "look at what the address serves: a JSON object with \"keys\" (RFC 7517 section 5)"
        switch error {
        case .keySet: break
        case .publicKey:
            meaning = "The answer is no PEM text of a public key of P-256"
            advice = "look at what the address of a key serves: -----BEGIN PUBLIC KEY-----"
        case .noUsableKey: meaning = "The key set has no key that tokens can be verified with"
        case .file:
            (stage, meaning) = ("file", "The file cannot be read")
            advice = "check the path, and that the file is in the zip or the layer and may be read"
        case .trust:
            (stage, meaning) = (
                "trust", "There are no trust anchors to hold the server's certificate against"
            )
            advice = "set CA_BUNDLE to a PEM file in the zip or the layer"
        case .noTimeLeft:
            (stage, meaning) = ("time", "The invocation's deadline leaves no time for a fetch")
            advice = "give the function more time"
        case .http(let error): tell(error)
        case .discovery(let error): tell(error)
        }
    }

    private mutating func tell(_ error: DiscoveryError) {
        stage = "discovery"
        advice = "compare ISSUER with the document at its /.well-known/openid-configuration, or set JWKS_URI"
        switch error {
        case .http(let reason):
            tell(reason)
            cause = stage
            stage = "discovery"
        case .json(let reason):
            (meaning, cause) = ("The issuer's document is no strict JSON", reason.reasonCode)
        case .notObject: meaning = "The issuer's document is no JSON object"
        case .issuerMissing: meaning = "The issuer's document has no \"issuer\""
        case .issuerMismatch: meaning = "The document at the issuer's address is another issuer's"
        case .addressMissing: meaning = "The issuer's document has no \"jwks_uri\""
        case .address(let reason):
            (meaning, cause) = (
                "The address in \"jwks_uri\" is no URL that is fetched from", reason.reasonCode
            )
        case .addressNotSecure: meaning = "The address in \"jwks_uri\" is not https"
        }
    }

    private mutating func tell(_ error: HTTPError) {
        switch error {
        case .platform(let reason): tell(reason)
        case .tls(let reason): tell(reason)
        case .handshakeTimedOut:
            (stage, meaning) = ("tls", "The TLS handshake did not end in its time")
            advice = "see whether the server is overloaded, or the port another service's"
        case .proxy(let reason): tell(reason)
        case .status(let number):
            (stage, meaning, status) = ("status", "The server did not answer with status 200", number)
            advice =
                switch number {
                case 304: "the server answers a question that was not asked: report it"
                case 300..<400: "redirects are not followed: set the address that it leads to"
                case 401, 403:
                    "the server wants to know who asks, or a firewall refuses the User-Agent authorizer"
                case 404, 410: "there is nothing at this address: compare it with what the issuer publishes"
                case 429: "too many ask: raise KEYS_TTL_SECONDS"
                default: "ask whoever runs the server"
                }
        case .bodyTooLong, .headTooLong, .lineTooLong, .tooManyFields, .tooManyInterimResponses:
            (stage, meaning) = ("size", "The answer is longer than its limit")
            advice = "compare LIMITS.md with what the address serves"
        case .closed:
            (stage, meaning) = ("http", "The server closed the connection before its answer was whole")
            advice = "see whether the server or something on the way cuts connections"
        default:
            (stage, meaning) = ("http", "The answer is not HTTP as it should be")
            advice = "see whether the port is another service's, or what is on the way changes answers"
        }
    }

    private mutating func tell(_ error: PlatformError) {
        switch error {
        case .nameInvalid, .nameNotFound, .nameHasNoAddress, .nameServerFailed, .nameServerTimedOut:
            (stage, meaning) = ("name", "The host's name could not be resolved to an address")
            advice = "check the name; in a VPC, that the subnet reaches a name server"
        case .readTimedOut:
            (stage, meaning) = ("http", "The server was silent for too long")
            advice = "raise KEYS_READ_TIMEOUT_MS and KEYS_FETCH_TIMEOUT_MS if it is known to be slow"
        case .connectTimedOut, .writeTimedOut:
            (stage, meaning) = ("connect", "The server did not take the connection in time")
            advice = "in a VPC, check that there is a NAT gateway, and what security groups let through"
        default:
            (stage, meaning) = ("connect", "The connection could not be made, or broke")
            advice = "check host and port, and that the server runs"
        }
    }

    private mutating func tell(_ error: ProxyError) {
        (stage, meaning) = ("proxy", "The proxy gave no tunnel to the host")
        advice = "check HTTPS_PROXY, or put the host into NO_PROXY"
        switch error {
        case .connection(let reason):
            (meaning, cause) = ("The connection to the proxy could not be made, or broke", reason.reasonCode)
        case .status(let number):
            status = number
            if number == 407 { advice = "put the proxy's user and password into HTTPS_PROXY" }
        case .timedOut, .answer: break
        }
    }

    private mutating func tell(_ error: TLSError) {
        (stage, meaning) = ("tls", "The TLS handshake failed")
        advice = "see whether the server speaks TLS 1.3, or 1.2 with ECDHE and AES-GCM or ChaCha20-Poly1305"
        if case .certificate(let reason) = error {
            (stage, meaning) = ("certificate", "The server's certificate is not accepted")
            (advice, certificate) = (reason.advice, reason.certificate)
        }
        if case .peerAlert(let number) = error {
            meaning = "The server ended the connection with an alert"
            alert = (AlertDescription(rawValue: number)?.name ?? "unknown", true)
        } else if let sent = error.alert {
            alert = (sent.name, false)
        }
    }
}

extension LogLine {
    /// The fields of a failed fetch.
    mutating func field(_ report: KeyFetchReport) {
        field("reason", report.reason)
        field("stage", report.stage)
        if let cause = report.cause { field("cause", cause) }
        if let alert = report.alert { field(alert.isServers ? "alertReceived" : "alertSent", alert.name) }
        if let certificate = report.certificate {
            field("certificate", certificate.subject, cutAt: LambdaLimits.loggedValueByteCount)
        }
        if let status = report.status { field("status", Int64(status)) }
    }
}
