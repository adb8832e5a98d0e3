// FailureText.swift - a failed fetch as a FetchFailure: the step, its meaning and advice.
//
// Spec:    RFC 8446 §6 (alerts); AUDIT 29.
// Secret:  no: no address, no credentials, no byte of a body. A certificate's subject is public.
// Reads:   KeyFetchError; Keys (FetchFailure), HTTP, TLS, X509, Platform, Bytes, JOSE, JSON, URI. Read by: KeySupply.

import Bytes
import HTTP
import JOSE
import JSON
import Keys
import Platform
import TLS
import URI
import X509

extension FetchFailure {
    /// - Parameter step: the step of the exchange that failed; nil: not known.
    package init(_ error: KeyFetchError, in step: ExchangeStep? = nil) {
        self.init(
            reason: error.reasonCode, stage: "keyset", meaning: "The answer is no key set",
            advice: "look at what the address serves: a JSON object with \"keys\" (RFC 7517 section 5)")
        switch error {
        case .keySet(.keySetTooManyKeys):
            meaning = "The key set has more than 100 keys"
            advice = "have the issuer publish the keys in use alone, or ask for a higher limit: LIMITS.md"
        case .keySet: break
        case .publicKey:
            meaning = "The answer is no PEM text of a public key of P-256"
            advice = "look at what the address of a key serves: -----BEGIN PUBLIC KEY-----"
        case .noUsableKey(let skipped):
            self.skipped = skipped
            meaning = "The key set has no key that tokens can be verified with"
            advice =
                skipped.isEmpty
                ? "the set is empty: compare the address with what the issuer publishes"
                : "have the issuer publish a key for signatures: RSA of 2048 to 8192 bits, P-256, P-384, P-521, Ed25519 or ML-DSA"
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
        case .http(let error): tell(error, step)
        case .discovery(let error): tell(error, step)
        }
    }

    private mutating func tell(_ error: DiscoveryError, _ step: ExchangeStep?) {
        stage = "discovery"
        advice = "compare ISSUER with the document at its /.well-known/openid-configuration, or set JWKS_URI"
        switch error {
        case .http(let reason):
            tell(reason, step)
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

    private mutating func tell(_ error: HTTPError, _ step: ExchangeStep?) {
        switch error {
        case .platform(let reason): tell(reason, step)
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
                case 429: "too many ask: raise KEYS_TTL_SECONDS and KEYS_MAX_TTL_SECONDS"
                default: "ask whoever runs the server"
                }
        case .bodyTooLong, .headTooLong, .lineTooLong, .tooManyFields, .tooManyInterimResponses:
            (stage, meaning) = ("size", "The answer is longer than its limit")
            advice = "compare LIMITS.md with what the address serves"
        case .contentEncodingNotSupported:
            (stage, meaning) = (
                "http", "The answer has a content coding (Content-Encoding), though identity was asked for"
            )
            advice =
                "have the server, or the CDN or proxy before it, send this answer uncompressed to requests with Accept-Encoding: identity"
        case .transferEncodingNotSupported:
            (stage, meaning) = ("http", "The answer has a transfer coding other than chunked")
            advice =
                "have the server, or the proxy before it, send this answer with Content-Length or chunked"
        case .closed:
            (stage, meaning) = ("http", "The server closed the connection before its answer was whole")
            advice = "see whether the server or something on the way cuts connections"
            if step == .tls {
                (stage, meaning) = ("tls", "The server closed the connection during the TLS handshake")
            }
        default:
            (stage, meaning) = ("http", "The answer is not HTTP as it should be")
            advice = "see whether the port is another service's, or what is on the way changes answers"
        }
    }

    private mutating func tell(_ error: PlatformError, _ step: ExchangeStep?) {
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
            if step == .http { (stage, meaning) = ("http", "The server did not take the request in time") }
        case .readFailed where step == .tls, .writeFailed where step == .tls:
            (stage, meaning) = ("tls", "The connection broke during the TLS handshake")
            advice =
                "see whether the server or something on the way, a firewall or a proxy, cuts TLS connections"
        case .readFailed where step == .http, .writeFailed where step == .http:
            (stage, meaning) = ("http", "The connection broke before the answer was whole")
            advice = "see whether the server or something on the way cuts connections"
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
            advice = reason.advice
            certificate = reason.certificate.map { ($0.subject, $0.serial) }
        }
        if case .peerAlert(let number) = error {
            meaning = "The server ended the connection with an alert"
            alert = (AlertDescription(rawValue: number)?.name ?? "unknown", true)
        } else if let sent = error.alert {
            alert = (sent.name, false)
        }
    }
}
