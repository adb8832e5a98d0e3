// KeyFetchError.swift - why a key set could not be had.
//
// Spec:    RFC 9110; OpenID Connect Discovery 1.0 §4.3; security-checklist 17, 18, 21.
// Secret:  no: an address is not repeated.
// Reads:   HTTP, X509, Platform, JOSE, JSON. Read by: KeyFetcher, KeyFetchReport, Decider, the keys command.

import HTTP
import JOSE
import JSON
import Platform
import X509

/// Why a key set could not be had.
public enum KeyFetchError: Error, Equatable, Sendable {
    case file(PlatformError)
    case http(HTTPError)
    /// There is nothing to hold the server's certificate against.
    case trust(TrustStoreError)
    /// The issuer's own word on where its keys are could not be had, or is of no use.
    case discovery(DiscoveryError)
    case keySet(JOSEError)
    /// What stands at a key's own address is no PEM text of a P-256 key.
    case publicKey(X509Error)
    /// A well-formed set without a key that tokens can be verified with.
    case noUsableKey
    /// The invocation's deadline leaves no time for a fetch.
    case noTimeLeft

    /// The status, of an answer that there is no key for this name, or none for whoever asks: 403, 404, 410.
    var absenceStatus: Int? {
        guard case .http(.status(let status)) = self else { return nil }
        return status == 403 || status == 404 || status == 410 ? status : nil
    }

    /// A stable word for logs. Out of line: the tables below it would be copied to whoever asks.
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
