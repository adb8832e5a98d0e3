// Parameters.swift - the numbers on the wire: versions, content types, messages, suites, groups, extensions.
//
// Spec:    RFC 8446 §4, §4.2, §4.2.7, §5.1, appendix B; RFC 5246 §7.4; RFC 5288 §3, RFC 5289 §3.2,
//          RFC 7905 §2, RFC 8422 §5.1.1 (suites and groups of TLS 1.2).
// Secret:  no.
// Reads:   HMAC (the hash of a suite), X509. Read by: the rest of TLS.

import HMAC
import X509

/// A version that can be agreed on.
public enum TLSVersion: UInt16, Sendable {
    case tls12 = 0x0303
    case tls13 = 0x0304

    public var name: StaticString {
        switch self {
        case .tls12: "TLS 1.2"
        case .tls13: "TLS 1.3"
        }
    }
}

/// The content of a record (RFC 8446 §5.1).
package enum ContentType: UInt8 {
    case changeCipherSpec = 20
    case alert = 21
    case handshake = 22
    case applicationData = 23
}

/// Handshake messages (RFC 8446 §4, RFC 5246 §7.4).
enum HandshakeType {
    static let helloRequest: UInt8 = 0
    static let clientHello: UInt8 = 1
    static let serverHello: UInt8 = 2
    static let newSessionTicket: UInt8 = 4
    static let encryptedExtensions: UInt8 = 8
    static let certificate: UInt8 = 11
    static let serverKeyExchange: UInt8 = 12
    static let certificateRequest: UInt8 = 13
    static let serverHelloDone: UInt8 = 14
    static let certificateVerify: UInt8 = 15
    static let clientKeyExchange: UInt8 = 16
    static let finished: UInt8 = 20
    static let keyUpdate: UInt8 = 24
    static let messageHash: UInt8 = 254
}

/// Extensions that are offered or understood (RFC 8446 §4.2; RFC 5746, 7301, 7627, 8422).
enum ExtensionType {
    static let serverName: UInt16 = 0
    static let supportedGroups: UInt16 = 10
    static let ecPointFormats: UInt16 = 11
    static let signatureAlgorithms: UInt16 = 13
    static let applicationLayerProtocolNegotiation: UInt16 = 16
    static let extendedMasterSecret: UInt16 = 23
    static let preSharedKey: UInt16 = 41
    static let supportedVersions: UInt16 = 43
    static let cookie: UInt16 = 44
    static let pskKeyExchangeModes: UInt16 = 45
    static let keyShare: UInt16 = 51
    static let renegotiationInfo: UInt16 = 0xFF01

    /// All of these.
    static let known: [UInt16] = [
        serverName, supportedGroups, ecPointFormats, signatureAlgorithms,
        applicationLayerProtocolNegotiation, extendedMasterSecret, preSharedKey, supportedVersions, cookie,
        pskKeyExchangeModes, keyShare, renegotiationInfo,
    ]
}

/// The cipher suites that are offered. All encrypt and authenticate in one (AEAD).
public enum CipherSuite: UInt16, Sendable, CaseIterable {
    // RFC 8446 appendix B.4.
    case aes128GCM = 0x1301
    case aes256GCM = 0x1302
    case chaCha20Poly1305 = 0x1303
    // RFC 5289 §3.2.
    case ecdheECDSAWithAES128GCM = 0xC02B
    case ecdheECDSAWithAES256GCM = 0xC02C
    case ecdheRSAWithAES128GCM = 0xC02F
    case ecdheRSAWithAES256GCM = 0xC030
    // RFC 7905 §2.
    case ecdheRSAWithChaCha20Poly1305 = 0xCCA8
    case ecdheECDSAWithChaCha20Poly1305 = 0xCCA9

    public var name: StaticString {
        switch self {
        case .aes128GCM: "TLS_AES_128_GCM_SHA256"
        case .aes256GCM: "TLS_AES_256_GCM_SHA384"
        case .chaCha20Poly1305: "TLS_CHACHA20_POLY1305_SHA256"
        case .ecdheECDSAWithAES128GCM: "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"
        case .ecdheECDSAWithAES256GCM: "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384"
        case .ecdheRSAWithAES128GCM: "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"
        case .ecdheRSAWithAES256GCM: "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"
        case .ecdheRSAWithChaCha20Poly1305: "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256"
        case .ecdheECDSAWithChaCha20Poly1305: "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256"
        }
    }

    var version: TLSVersion {
        switch self {
        case .aes128GCM, .aes256GCM, .chaCha20Poly1305: .tls13
        default: .tls12
        }
    }

    /// Of the transcript, HKDF and the PRF.
    var hash: HMACHash {
        switch self {
        case .aes256GCM, .ecdheECDSAWithAES256GCM, .ecdheRSAWithAES256GCM: .sha384
        default: .sha256
        }
    }

    var isChaCha20: Bool {
        switch self {
        case .chaCha20Poly1305, .ecdheRSAWithChaCha20Poly1305, .ecdheECDSAWithChaCha20Poly1305: true
        default: false
        }
    }

    var keyByteCount: Int {
        switch self {
        case .aes128GCM, .ecdheECDSAWithAES128GCM, .ecdheRSAWithAES128GCM: 16
        default: 32
        }
    }

    /// TLS 1.2: the part of the nonce that comes from the key block. RFC 5288 §3: a salt of 4 bytes,
    /// and 8 in each record; RFC 7905 §2: all 12.
    var fixedNonceByteCount: Int {
        version == .tls12 && !isChaCha20 ? 4 : 12
    }

    /// TLS 1.2: whether the server signs with an ECDSA or Ed25519 key (RFC 8422 §2).
    var signsWithCurves: Bool {
        switch self {
        case .ecdheECDSAWithAES128GCM, .ecdheECDSAWithAES256GCM, .ecdheECDSAWithChaCha20Poly1305: true
        default: false
        }
    }

    /// The suites in the order in which they are offered.
    ///
    /// - Parameter prefersAES: whether the machine is quick at AES.
    static func offered(prefersAES: Bool) -> [CipherSuite] {
        prefersAES
            ? [
                .aes128GCM, .aes256GCM, .chaCha20Poly1305,
                .ecdheECDSAWithAES128GCM, .ecdheRSAWithAES128GCM,
                .ecdheECDSAWithAES256GCM, .ecdheRSAWithAES256GCM,
                .ecdheECDSAWithChaCha20Poly1305, .ecdheRSAWithChaCha20Poly1305,
            ]
            : [
                .chaCha20Poly1305, .aes128GCM, .aes256GCM,
                .ecdheECDSAWithChaCha20Poly1305, .ecdheRSAWithChaCha20Poly1305,
                .ecdheECDSAWithAES128GCM, .ecdheRSAWithAES128GCM,
                .ecdheECDSAWithAES256GCM, .ecdheRSAWithAES256GCM,
            ]
    }
}

/// The groups that are offered (RFC 8446 §4.2.7), in this order.
public enum NamedGroup: UInt16, Sendable, CaseIterable {
    case x25519 = 29
    case p256 = 23
    case p384 = 24

    public var name: StaticString {
        switch self {
        case .x25519: "X25519"
        case .p256: "P-256"
        case .p384: "P-384"
        }
    }
}

extension SignatureScheme {
    /// The offered schemes, in this order. PKCS#1 v1.5 is for certificates, and for TLS 1.2.
    static let offered: [SignatureScheme] = [
        .ecdsaP256SHA256, .ed25519, .rsaPSSWithRSAKeySHA256, .rsaPSSWithPSSKeySHA256,
        .ecdsaP384SHA384, .rsaPSSWithRSAKeySHA384, .rsaPSSWithPSSKeySHA384,
        .ecdsaP521SHA512, .rsaPSSWithRSAKeySHA512, .rsaPSSWithPSSKeySHA512,
        .rsaPKCS1SHA256, .rsaPKCS1SHA384, .rsaPKCS1SHA512,
    ]

    public var name: StaticString {
        switch self {
        case .rsaPKCS1SHA256: "rsa_pkcs1_sha256"
        case .rsaPKCS1SHA384: "rsa_pkcs1_sha384"
        case .rsaPKCS1SHA512: "rsa_pkcs1_sha512"
        case .ecdsaP256SHA256: "ecdsa_secp256r1_sha256"
        case .ecdsaP384SHA384: "ecdsa_secp384r1_sha384"
        case .ecdsaP521SHA512: "ecdsa_secp521r1_sha512"
        case .rsaPSSWithRSAKeySHA256: "rsa_pss_rsae_sha256"
        case .rsaPSSWithRSAKeySHA384: "rsa_pss_rsae_sha384"
        case .rsaPSSWithRSAKeySHA512: "rsa_pss_rsae_sha512"
        case .ed25519: "ed25519"
        case .rsaPSSWithPSSKeySHA256: "rsa_pss_pss_sha256"
        case .rsaPSSWithPSSKeySHA384: "rsa_pss_pss_sha384"
        case .rsaPSSWithPSSKeySHA512: "rsa_pss_pss_sha512"
        }
    }

    var isPKCS1: Bool {
        switch self {
        case .rsaPKCS1SHA256, .rsaPKCS1SHA384, .rsaPKCS1SHA512: true
        default: false
        }
    }

    /// ECDSA or Ed25519, rather than RSA.
    var isOnCurve: Bool {
        switch self {
        case .ecdsaP256SHA256, .ecdsaP384SHA384, .ecdsaP521SHA512, .ed25519: true
        default: false
        }
    }
}
