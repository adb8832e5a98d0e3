// ObjectIdentifiers.swift - the object identifiers that this module uses.
//
// Spec:    RFC 5280 appendix A, RFC 4055, RFC 5480, RFC 5758, RFC 8410; RFC 4519 for attribute names.
// Secret:  no.
// Reads:   ASN1. Read by: the rest of X509.
//
// Each number is the content octets of the DER encoding; the comment gives the dotted form.

import ASN1

extension ObjectIdentifier {
    // MARK: Keys

    static let rsaEncryption = ObjectIdentifier(content: 0x2A86_4886_F70D_0101_01)  // 1.2.840.113549.1.1.1
    static let rsassaPSS = ObjectIdentifier(content: 0x2A86_4886_F70D_0101_0A)  // 1.2.840.113549.1.1.10
    static let ecPublicKey = ObjectIdentifier(content: 0x2A86_48CE_3D02_01)  // 1.2.840.10045.2.1
    static let p256 = ObjectIdentifier(content: 0x2A86_48CE_3D03_0107)  // 1.2.840.10045.3.1.7
    static let p384 = ObjectIdentifier(content: 0x2B81_0400_22)  // 1.3.132.0.34
    static let p521 = ObjectIdentifier(content: 0x2B81_0400_23)  // 1.3.132.0.35
    static let ed25519 = ObjectIdentifier(content: 0x2B65_70)  // 1.3.101.112

    // MARK: Signatures

    static let md2WithRSA = ObjectIdentifier(content: 0x2A86_4886_F70D_0101_02)  // 1.2.840.113549.1.1.2
    static let md4WithRSA = ObjectIdentifier(content: 0x2A86_4886_F70D_0101_03)  // 1.2.840.113549.1.1.3
    static let md5WithRSA = ObjectIdentifier(content: 0x2A86_4886_F70D_0101_04)  // 1.2.840.113549.1.1.4
    static let sha1WithRSA = ObjectIdentifier(content: 0x2A86_4886_F70D_0101_05)  // 1.2.840.113549.1.1.5
    static let sha256WithRSA = ObjectIdentifier(content: 0x2A86_4886_F70D_0101_0B)  // 1.2.840.113549.1.1.11
    static let sha384WithRSA = ObjectIdentifier(content: 0x2A86_4886_F70D_0101_0C)  // 1.2.840.113549.1.1.12
    static let sha512WithRSA = ObjectIdentifier(content: 0x2A86_4886_F70D_0101_0D)  // 1.2.840.113549.1.1.13
    static let sha1WithRSAOIW = ObjectIdentifier(content: 0x2B0E_0302_1D)  // 1.3.14.3.2.29
    static let sha1WithDSA = ObjectIdentifier(content: 0x2A86_48CE_3804_03)  // 1.2.840.10040.4.3
    static let sha1WithECDSA = ObjectIdentifier(content: 0x2A86_48CE_3D04_01)  // 1.2.840.10045.4.1
    static let sha256WithECDSA = ObjectIdentifier(content: 0x2A86_48CE_3D04_0302)  // 1.2.840.10045.4.3.2
    static let sha384WithECDSA = ObjectIdentifier(content: 0x2A86_48CE_3D04_0303)  // 1.2.840.10045.4.3.3
    static let sha512WithECDSA = ObjectIdentifier(content: 0x2A86_48CE_3D04_0304)  // 1.2.840.10045.4.3.4

    // MARK: Hashes and masks, in PSS parameters

    static let sha1 = ObjectIdentifier(content: 0x2B0E_0302_1A)  // 1.3.14.3.2.26
    static let sha256 = ObjectIdentifier(content: 0x6086_4801_6503_0402_01)  // 2.16.840.1.101.3.4.2.1
    static let sha384 = ObjectIdentifier(content: 0x6086_4801_6503_0402_02)  // 2.16.840.1.101.3.4.2.2
    static let sha512 = ObjectIdentifier(content: 0x6086_4801_6503_0402_03)  // 2.16.840.1.101.3.4.2.3
    static let mgf1 = ObjectIdentifier(content: 0x2A86_4886_F70D_0101_08)  // 1.2.840.113549.1.1.8

    // MARK: Extensions

    static let subjectKeyIdentifier = ObjectIdentifier(content: 0x551D0E)  // 2.5.29.14
    static let keyUsage = ObjectIdentifier(content: 0x551D0F)  // 2.5.29.15
    static let subjectAltName = ObjectIdentifier(content: 0x551D11)  // 2.5.29.17
    static let basicConstraints = ObjectIdentifier(content: 0x551D13)  // 2.5.29.19
    static let nameConstraints = ObjectIdentifier(content: 0x551D1E)  // 2.5.29.30
    static let certificatePolicies = ObjectIdentifier(content: 0x551D20)  // 2.5.29.32
    static let anyPolicy = ObjectIdentifier(content: 0x551D_2000)  // 2.5.29.32.0
    static let policyMappings = ObjectIdentifier(content: 0x551D21)  // 2.5.29.33
    static let authorityKeyIdentifier = ObjectIdentifier(content: 0x551D23)  // 2.5.29.35
    static let policyConstraints = ObjectIdentifier(content: 0x551D24)  // 2.5.29.36
    static let extendedKeyUsage = ObjectIdentifier(content: 0x551D25)  // 2.5.29.37
    static let anyExtendedKeyUsage = ObjectIdentifier(content: 0x551D_2500)  // 2.5.29.37.0
    static let inhibitAnyPolicy = ObjectIdentifier(content: 0x551D36)  // 2.5.29.54
    static let serverAuth = ObjectIdentifier(content: 0x2B06_0105_0507_0301)  // 1.3.6.1.5.5.7.3.1

    static let practiceStatement = ObjectIdentifier(content: 0x2B06_0105_0507_0201)  // 1.3.6.1.5.5.7.2.1
    static let userNotice = ObjectIdentifier(content: 0x2B06_0105_0507_0202)  // 1.3.6.1.5.5.7.2.2

    // MARK: Attributes of names

    static let emailAddress = ObjectIdentifier(content: 0x2A86_4886_F70D_0109_01)  // 1.2.840.113549.1.9.1

    /// The short name of an attribute type, as RFC 4514 §3 and common tools write it.
    var attributeName: StaticString? {
        switch self {
        case ObjectIdentifier(content: 0x550403): "CN"
        case ObjectIdentifier(content: 0x550404): "SN"
        case ObjectIdentifier(content: 0x550405): "serialNumber"
        case ObjectIdentifier(content: 0x550406): "C"
        case ObjectIdentifier(content: 0x550407): "L"
        case ObjectIdentifier(content: 0x550408): "ST"
        case ObjectIdentifier(content: 0x550409): "street"
        case ObjectIdentifier(content: 0x55040A): "O"
        case ObjectIdentifier(content: 0x55040B): "OU"
        case ObjectIdentifier(content: 0x55042A): "GN"
        case ObjectIdentifier(content: 0x550461): "organizationIdentifier"
        case ObjectIdentifier(content: 0x0992_2689_93F2_2C64_0119): "DC"
        case ObjectIdentifier(content: 0x0992_2689_93F2_2C64_0101): "UID"
        case .emailAddress: "emailAddress"
        default: nil
        }
    }
}
