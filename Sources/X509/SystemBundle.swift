// SystemBundle.swift - where operating systems keep the roots that they trust.
//
// Spec:    none; the packages ca-certificates of each system.
// Secret:  no.
// Reads:   nothing. Read by: Bootstrap.

/// Where to look for a bundle when no setting names one.
public enum SystemBundle {
    /// The variable that OpenSSL and those who follow it read; it comes before the paths.
    public static let environmentName: StaticString = "SSL_CERT_FILE"

    /// In this order; the first file that is there counts.
    public static let paths: [StaticString] = [
        // Amazon Linux 2023, Fedora, RHEL.
        "/etc/pki/tls/certs/ca-bundle.crt",
        // Debian, Ubuntu, and Alpine with the package ca-certificates.
        "/etc/ssl/certs/ca-certificates.crt",
        // Alpine's base system.
        "/etc/ssl/cert.pem",
    ]
}
