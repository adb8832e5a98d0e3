import TestSupport
import Testing

@testable import X509

/// An error names the certificate that caused it (AUDIT 48).
@Suite struct PathErrorTests {
    /// Errors have the certificate, the check, and advice.
    @Test func namesTheCertificate() throws {
        let path = try VectorPath("x509/validity.txt", "an intermediate: a second after")
        let error = try #require(try path.refusal())
        #expect(error.reasonCode.description == "path_expired")
        #expect(error.check == .expired(notAfterSeconds: path.now - 1, nowSeconds: path.now))
        let certificate = try #require(error.certificate)
        #expect(text(certificate.subject) == "CN=Intermediate,O=Example")
        #expect(try certificate.serial == Certificate(encoded: path.chain[1]).serialText)
        #expect(error.advice.description == "renew the certificate, and check this machine's clock")
    }

    /// For a violated name constraint the error has the certificate with the name, not the authority.
    @Test func nameConstraintsNameTheCertificateBelow() throws {
        let path = try VectorPath("x509/constraints.txt", "DNS: another name")
        let error = try #require(try path.refusal())
        #expect(error.check == .nameNotPermitted)
        #expect(error.certificate.map { text($0.subject) } == "CN=Server,O=Example")
    }

    @Test func aWrongHostNamesTheLeaf() throws {
        let path = try VectorPath("x509/anchor.txt", "root, intermediate, server")
        #expect(try path.refusal() == nil)
        let error = try #require(try path.refusal(host: "www.example.org"))
        #expect(error.check == .hostNameMismatch)
        #expect(error.certificate.map { text($0.subject) } == "CN=Server,O=Example")
        #expect(try path.refusal(host: "")?.check == .hostNameForm)
    }

    @Test func subjectsAreTruncated() throws {
        let path = try VectorPath("x509/form.txt", "64 attributes")
        let error = try #require(try path.refusal(host: "www.example.org"))
        #expect(error.certificate?.subject.count == 256)
    }

    @Test func reasonCodesAreDistinct() {
        let all: [PathCheck] = [
            .noCertificate, .tooManyCertificates(limit: 0, actual: 0), .hostNameForm, .noSubjectAltName,
            .hostNameMismatch, .wildcardForm, .expired(notAfterSeconds: 0, nowSeconds: 0),
            .notYetValid(notBeforeSeconds: 0, nowSeconds: 0), .unknownCriticalExtension(.anyPolicy),
            .weakKey(bitCount: 0, minimum: 0), .weakHash(.sha1), .signature(.hostNameForm), .keyUsage,
            .extendedKeyUsage, .basicConstraintsMissing, .notAuthority, .authorityVersion(1),
            .pathLength(limit: 0, actual: 0), .authorityKeyUsage, .authorityExtendedKeyUsage,
            .keyIdentifier, .explicitPolicy, .policyMapping, .nameNotPermitted, .nameExcluded,
            .nameConstraintUnsupported, .selfSigned, .untrustedRoot, .issuerNotFound,
            .pathTooLong(limit: 0), .signatureBudget(limit: 0), .comparisonBudget(limit: 0),
            .malformed(.noAnchors),
        ]
        #expect(Set(all.map { "\($0.reasonCode)" }).count == all.count)
        for check in all { #expect(check.advice.utf8CodeUnitCount > 10) }
    }
}
