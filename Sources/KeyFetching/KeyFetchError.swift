// KeyFetchError.swift - why a fetch of keys failed.
//
// Spec:    RFC 9110; OpenID Connect Discovery 1.0 §4.3; AUDIT 17, 18, 21.
// Secret:  no: an address is not repeated.
// Reads:   TrustStore; HTTP, URI, X509, Platform, JOSE, JSON. Read by: KeyFetcher, KeyServerClient, FailureText, KeySupply.

import HTTP
import JOSE
import JSON
import Platform
import URI
import X509

/// Why a fetch of keys failed.
public enum KeyFetchError: Error, Equatable, Sendable {
    case file(PlatformError)
    case http(HTTPError)
    /// The server's certificate cannot be checked.
    case trust(TrustStoreError)
    /// The issuer's document could not be fetched, or does not lead to its keys.
    case discovery(DiscoveryError)
    case keySet(JOSEError)
    /// The text at a key's own address is not the PEM of a P-256 key.
    case publicKey(X509Error)
    /// A well-formed set without a key that tokens can be verified with.
    case noUsableKey(skipped: [KeySet.SkippedKey])
    /// The invocation's deadline leaves no time for a fetch.
    case noTimeLeft

    /// Whether anything was sent or read.
    var wasTried: Bool {
        if case .noTimeLeft = self { return false }
        return true
    }

    /// The status of an answer that the key does not exist, or not for this client: 403, 404, 410.
    var absenceStatus: Int? {
        guard case .http(.status(let status)) = self else { return nil }
        return status == 403 || status == 404 || status == 410 ? status : nil
    }

    /// Whether the same fetch may succeed a moment later: a lost packet, a server that is overloaded or restarts. A file, a
    /// certificate or a key set that is refused stays what it is.
    var mayPass: Bool {
        switch self {
        case .http(let error), .discovery(.http(let error)): Self.mayPass(error)
        default: false
        }
    }

    private static func mayPass(_ error: HTTPError) -> Bool {
        switch error {
        case .platform(.nameInvalid): false
        case .platform, .handshakeTimedOut, .closed, .proxy(.connection), .proxy(.timedOut): true
        case .status(let status): status == 429 || status >= 500
        default: false
        }
    }

    /// A stable code for logs. Out of line: its tables would be copied to each caller.
    @inline(never)
    public var reasonCode: StaticString {
        switch self {
        case .file(let error): error.reasonCode
        case .http(let error): error.reasonCode
        case .trust(let error): error.reasonCode
        case .discovery(let error): error.reasonCode
        case .keySet(let error): error.reasonCode
        case .publicKey(let error): error.reasonCode
        case .noUsableKey: "keyset_without_keys"
        case .noTimeLeft: "fetch_no_time_left"
        }
    }
}

/// Why an issuer's document does not lead to its keys.
public enum DiscoveryError: Error, Equatable, Sendable {
    case http(HTTPError)
    case json(JSONError)
    case notObject
    /// No string "issuer".
    case issuerMissing
    /// The document is another issuer's: a byte's difference is one.
    case issuerMismatch
    /// No string "jwks_uri".
    case addressMissing
    case address(URLError)
    /// An `http://` address, though the issuer's own is not one of this machine.
    case addressNotSecure

    /// A stable word for logs.
    @inline(never)
    public var reasonCode: StaticString {
        switch self {
        case .http(let error): error.reasonCode
        case .json: "discovery_json"
        case .notObject: "discovery_not_object"
        case .issuerMissing: "discovery_issuer_missing"
        case .issuerMismatch: "discovery_issuer_mismatch"
        case .addressMissing: "discovery_address_missing"
        case .address: "discovery_address"
        case .addressNotSecure: "discovery_address_not_secure"
        }
    }
}
