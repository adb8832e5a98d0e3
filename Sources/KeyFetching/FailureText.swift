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
            reason: error.reasonCode, stage: "keyset", meaning: "The response is not a key set",
            advice:
                "check the response at this address: it must be a JSON object with \"keys\" (RFC 7517 section 5)"
        )
        switch error {
        case .keySet(.keySetTooManyKeys):
            meaning = "The key set has more than 100 keys"
            advice = "have the issuer publish only the keys in use; the limit is in LIMITS.md"
        case .keySet: break
        case .publicKey:
            meaning = "The response is not a PEM public key of P-256"
            advice = "check the response at the key's address: it must begin with -----BEGIN PUBLIC KEY-----"
        case .noUsableKey(let skipped):
            self.skipped = skipped
            meaning = "No key of the set can verify tokens"
            advice =
                skipped.isEmpty
                ? "the set is empty: compare the address with the one that the issuer documents"
                : "have the issuer publish a key for signatures: RSA of 2048 to 8192 bits, P-256, P-384, P-521, Ed25519 or ML-DSA"
        case .file:
            (stage, meaning) = ("file", "The file cannot be read")
            advice = "check the path, and that the file is in the zip or the layer and is readable"
        case .trust:
            (stage, meaning) = (
                "trust", "The trust anchors to verify the server's certificate are missing"
            )
            advice = "set CA_BUNDLE to a PEM file in the zip or the layer"
        case .noTimeLeft:
            (stage, meaning) = ("time", "The invocation's deadline leaves no time for a fetch")
            advice = "raise the function's timeout"
        case .http(let error): describe(error, step)
        case .discovery(let error): describe(error, step)
        }
    }

    private mutating func describe(_ error: DiscoveryError, _ step: ExchangeStep?) {
        stage = "discovery"
        advice = "compare ISSUER with the document at its /.well-known/openid-configuration, or set JWKS_URI"
        switch error {
        case .http(let reason):
            describe(reason, step)
            cause = stage
            stage = "discovery"
        case .json(let reason):
            (meaning, cause) = ("The issuer's document is not strict JSON", reason.reasonCode)
        case .notObject: meaning = "The issuer's document is not a JSON object"
        case .issuerMissing: meaning = "The issuer's document lacks \"issuer\""
        case .issuerMismatch: meaning = "The document at the issuer's address names another issuer"
        case .addressMissing: meaning = "The issuer's document lacks \"jwks_uri\""
        case .address(let reason):
            (meaning, cause) = (
                "The address in \"jwks_uri\" is not a supported URL", reason.reasonCode
            )
        case .addressNotSecure: meaning = "The address in \"jwks_uri\" is not https"
        }
    }

    private mutating func describe(_ error: HTTPError, _ step: ExchangeStep?) {
        switch error {
        case .platform(let reason): describe(reason, step)
        case .tls(let reason): describe(reason)
        case .handshakeTimedOut:
            (stage, meaning) = ("tls", "The TLS handshake took too long")
            advice = "check whether the server is overloaded, or another service listens on the port"
        case .proxy(let reason): describe(reason)
        case .status(let number):
            (stage, meaning, status) = ("status", "The server did not answer with status 200", number)
            advice =
                switch number {
                case 304: "the server answers 304 to an unconditional request: report this to its operator"
                case 300..<400: "redirects are not followed: set the address of the redirect's target"
                case 401, 403:
                    "the server requires authentication, or a firewall rejects the User-Agent authorizer"
                case 404, 410:
                    "nothing is published at this address: compare it with the one that the issuer documents"
                case 429: "there are too many requests: raise KEYS_TTL_SECONDS and KEYS_MAX_TTL_SECONDS"
                default: "ask the server's operator"
                }
        case .bodyTooLong, .headTooLong, .lineTooLong, .tooManyFields, .tooManyInterimResponses:
            (stage, meaning) = ("size", "The response is longer than the limit")
            advice = "compare the response at this address with LIMITS.md"
        case .contentEncodingNotSupported:
            (stage, meaning) = (
                "http",
                "The response has a content coding (Content-Encoding), although identity was requested"
            )
            advice =
                "have the server, or the CDN or proxy before it, send this response uncompressed to requests with Accept-Encoding: identity"
        case .transferEncodingNotSupported:
            (stage, meaning) = ("http", "The response has a transfer coding other than chunked")
            advice =
                "have the server, or the proxy before it, send this response with Content-Length or chunked"
        case .closed:
            (stage, meaning) = ("http", "The server closed the connection before its response was complete")
            advice = "check whether the server, a firewall or a proxy closes connections"
            if step == .tls {
                (stage, meaning) = ("tls", "The server closed the connection during the TLS handshake")
            }
        default:
            (stage, meaning) = ("http", "The response is not valid HTTP")
            advice = "check whether another service listens on the port, or a proxy changes responses"
        }
    }

    private mutating func describe(_ error: PlatformError, _ step: ExchangeStep?) {
        switch error {
        case .nameInvalid, .nameNotFound, .nameHasNoAddress, .nameServerFailed, .nameServerTimedOut:
            (stage, meaning) = ("name", "The host's name could not be resolved to an address")
            advice = "check the name and, in a VPC, that the subnet reaches a name server"
        case .readTimedOut:
            (stage, meaning) = ("http", "The server did not respond in time")
            advice = "raise KEYS_READ_TIMEOUT_MS and KEYS_FETCH_TIMEOUT_MS if it is known to be slow"
        case .connectTimedOut, .writeTimedOut:
            (stage, meaning) = ("connect", "The server did not accept the connection in time")
            advice =
                "in a VPC, check that there is a NAT gateway, and that security groups allow the connection"
            if step == .http { (stage, meaning) = ("http", "The server did not accept the request in time") }
        case .readFailed where step == .tls, .writeFailed where step == .tls:
            (stage, meaning) = ("tls", "The connection was lost during the TLS handshake")
            advice =
                "check whether the server, a firewall or a proxy closes TLS connections"
        case .readFailed where step == .http, .writeFailed where step == .http:
            (stage, meaning) = ("http", "The connection was lost before the response was complete")
            advice = "check whether the server, a firewall or a proxy closes connections"
        default:
            (stage, meaning) = ("connect", "The connection could not be established, or was lost")
            advice = "check host and port, and that the server is running"
        }
    }

    private mutating func describe(_ error: ProxyError) {
        (stage, meaning) = ("proxy", "The proxy did not open a tunnel to the host")
        advice = "check HTTPS_PROXY, or add the host to NO_PROXY"
        switch error {
        case .connection(let reason):
            (meaning, cause) = (
                "The connection to the proxy could not be established, or was lost", reason.reasonCode
            )
        case .status(let number):
            status = number
            if number == 407 { advice = "add the proxy's user name and password to HTTPS_PROXY" }
        case .timedOut, .answer: break
        }
    }

    private mutating func describe(_ error: TLSError) {
        (stage, meaning) = ("tls", "The TLS handshake failed")
        advice =
            "check whether the server supports TLS 1.3, or 1.2 with ECDHE and AES-GCM or ChaCha20-Poly1305"
        if case .certificate(let reason) = error {
            (stage, meaning) = ("certificate", "The server's certificate was rejected")
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
