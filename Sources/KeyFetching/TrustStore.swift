// TrustStore.swift - where the trust anchors are on this machine.
//
// Spec:    none; the places are those of Amazon Linux 2023, Debian and Alpine, and SSL_CERT_FILE
//          as OpenSSL has it.
// Secret:  no.
// Reads:   FileInZip; X509, Platform, Bytes. Read by: KeyServerClient; the certificates command, LambdaRuntime.

import Bytes
import Platform
import X509

/// A failure to load trust anchors.
public enum TrustStoreError: Error, Equatable, Sendable {
    /// A file that CA_BUNDLE or SSL_CERT_FILE names cannot be read.
    case file(path: [UInt8], PlatformError)
    /// A file that can be read holds no usable certificate.
    case anchors(path: [UInt8], X509Error)
    /// Nothing is named, and none of the usual places has a file.
    case noneFound

    /// A stable word for logs.
    public var reasonCode: StaticString {
        switch self {
        case .file(_, let error): error.reasonCode
        case .anchors(_, let error): error.reasonCode
        case .noneFound: "trust_anchors_not_found"
        }
    }
}

/// The trust anchors of a file, and which file it is.
public struct TrustStore: Sendable {
    public let anchors: TrustAnchors
    public let path: [UInt8]

    /// Opens the file of anchors. CA_BUNDLE takes precedence and excludes the others: a
    /// private authority is not combined with the public ones.
    ///
    /// - Parameters:
    ///   - bundle: the setting CA_BUNDLE; a relative path is one in the zip (LAMBDA_TASK_ROOT).
    /// - Throws: the first named file's fault; `noneFound`.
    public static func open(bundle: [UInt8]?) throws(TrustStoreError) -> TrustStore {
        if let bundle { return try TrustStore(path: pathInZip(bundle)) }
        if let path = Environment.value("SSL_CERT_FILE"), !path.isEmpty { return try TrustStore(path: path) }
        for path in usualPaths {
            do throws(TrustStoreError) {
                return try TrustStore(path: [UInt8](path))
            } catch .file(_, .openFailed) { continue }
        }
        throw .noneFound
    }

    private init(path: [UInt8]) throws(TrustStoreError) {
        let text: [UInt8]
        do throws(PlatformError) {
            text = try File.read(path: path, limit: X509Limits.anchorFileByteCount)
        } catch { throw .file(path: path, error) }
        do throws(X509Error) { anchors = try TrustAnchors(pem: text) } catch {
            throw .anchors(path: path, error)
        }
        self.path = path
    }

    private static let usualPaths: [StaticString] = [
        "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",  // Amazon Linux 2023, Fedora
        "/etc/pki/tls/certs/ca-bundle.crt",  // Amazon Linux 2
        "/etc/ssl/certs/ca-certificates.crt",  // Debian, Alpine with ca-certificates
        "/etc/ssl/cert.pem",  // Alpine
    ]
}
