import Testing
import X509

@testable import TLS

/// `doctor` and the log use the names of IANA's registry for these numbers.
@Suite struct TLSNamesTests {
    private static let suites: [UInt16: String] = [
        0x1301: "TLS_AES_128_GCM_SHA256", 0x1302: "TLS_AES_256_GCM_SHA384",
        0x1303: "TLS_CHACHA20_POLY1305_SHA256",
        0xC02B: "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", 0xC02C: "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
        0xC02F: "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", 0xC030: "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
        0xCCA8: "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256",
        0xCCA9: "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
    ]
    private static let schemes: [UInt16: String] = [
        0x0401: "rsa_pkcs1_sha256", 0x0501: "rsa_pkcs1_sha384", 0x0601: "rsa_pkcs1_sha512",
        0x0403: "ecdsa_secp256r1_sha256", 0x0503: "ecdsa_secp384r1_sha384", 0x0603: "ecdsa_secp521r1_sha512",
        0x0804: "rsa_pss_rsae_sha256", 0x0805: "rsa_pss_rsae_sha384", 0x0806: "rsa_pss_rsae_sha512",
        0x0807: "ed25519",
        0x0809: "rsa_pss_pss_sha256", 0x080A: "rsa_pss_pss_sha384", 0x080B: "rsa_pss_pss_sha512",
    ]

    @Test func namesAreThoseOfTheRegistry() {
        var (suites, schemes) = ([UInt16: String](), [UInt16: String]())
        for number in UInt16.min...UInt16.max {
            suites[number] = CipherSuite(rawValue: number).map { "\($0.name)" }
            schemes[number] = SignatureScheme(rawValue: number).map { "\($0.name)" }
        }
        #expect(suites == Self.suites && schemes == Self.schemes)
        #expect(NamedGroup.allCases.map { "\($0.name)" } == ["X25519", "P-256", "P-384"])
        #expect([TLSVersion.tls12, .tls13].map { "\($0.name)" } == ["TLS 1.2", "TLS 1.3"])
    }
}
