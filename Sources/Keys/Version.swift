// Version.swift - what this is, in one place.
//
// Spec:    none; CHANGELOG.
// Secret:  no.
// Reads:   nothing. Read by: KeyFetching (User-Agent), the version command.

/// The product's version.
public let productVersion: StaticString = "0.1.0"
