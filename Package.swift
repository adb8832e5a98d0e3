// swift-tools-version: 6.2
//
// Package.swift - the graph of the house: every module, and what it may import.
//
// An import points only downwards (ARCHITECTURE.md). Scripts/check-imports reads this
// file's graph through `swift package dump-package` and fails on a source file that
// imports more than its target declares.

import PackageDescription

// SwiftPM refuses unsafe flags in a package that is fetched as a versioned dependency,
// and those flags only choose an optimisation level: leave them out there.
let isDependencyCheckout = Context.packageDirectory.contains("/checkouts/")

/// How a target is optimised. Hot code is optimised in debug builds too, or the test
/// vectors would take many minutes; cold code is built for size in release builds. Mixed code
/// is both: its few hot functions ask for speed by `@_optimize(speed)`.
enum Heat {
    case hot, mixed, cold
}

func settings(_ heat: Heat) -> [SwiftSetting] {
    var settings: [SwiftSetting] = [
        .enableExperimentalFeature("Lifetimes"),
        .strictMemorySafety(),
    ]
    if !isDependencyCheckout {
        switch heat {
        case .hot: settings.append(.unsafeFlags(["-O"]))
        case .mixed:
            settings.append(.unsafeFlags(["-O"], .when(configuration: .debug)))
            settings.append(.unsafeFlags(["-Osize"], .when(configuration: .release)))
        case .cold: settings.append(.unsafeFlags(["-Osize"], .when(configuration: .release)))
        }
    }
    return settings
}

func module(_ name: String, _ imports: [String] = [], heat: Heat = .cold) -> Target {
    .target(
        name: name,
        dependencies: imports.map { .byName(name: $0) },
        swiftSettings: settings(heat))
}

func tests(_ name: String, _ extra: [String] = []) -> Target {
    .testTarget(
        name: "\(name)Tests",
        dependencies: ([name] + extra).map { .byName(name: $0) },
        swiftSettings: [.enableExperimentalFeature("Lifetimes")])
}

// MARK: The decision ring: no socket, no file, no clock, no libc.

let decisionRing: [Target] = [
    module("Bytes"),
    module("SHA256", heat: .hot),
    module("SHA512", heat: .hot),
    module("SHA3", heat: .hot),
    module("BigInt", heat: .hot),
    module("RSA", ["BigInt", "SHA256", "SHA512", "Bytes"], heat: .hot),
    module("EllipticCurves", ["Bytes", "SHA512"], heat: .mixed),
    module("MLDSA", ["SHA3"], heat: .hot),
    module("URI", ["Bytes"]),
    module("JSON", ["Bytes"]),
    module("JOSE", ["JSON", "RSA", "EllipticCurves", "MLDSA", "SHA256", "SHA512", "Bytes"]),
    module("Events", ["URI", "JSON", "Bytes"]),
    module("Routes", ["Events", "URI", "JSON", "Bytes"]),
    module("Keys", ["JOSE", "JSON", "URI", "Bytes"]),
    module("Authorizer", ["Keys", "Routes", "Events", "JOSE", "JSON", "URI", "SHA256", "Bytes"]),
]

// MARK: The configuration ring: reads the environment and the document once.

let configurationRing: [Target] = [
    module("Settings", ["Authorizer", "Keys", "Routes", "Events", "JOSE", "JSON", "URI", "Bytes"])
]

// MARK: The key ring: how keys come in.

let keyRing: [Target] = [
    module("HMAC", ["SHA256", "SHA512", "Bytes"], heat: .mixed),
    module("KeyAgreement", ["EllipticCurves", "Bytes"], heat: .mixed),
    module("AEAD", ["Bytes"], heat: .hot),
    module("ASN1", ["Bytes"]),
    module("X509", ["ASN1", "RSA", "EllipticCurves", "SHA256", "SHA512", "Bytes"]),
    module(
        "TLS",
        ["X509", "AEAD", "HMAC", "KeyAgreement", "EllipticCurves", "SHA256", "SHA512", "Bytes"]),
    .systemLibrary(name: "CLinux", path: "Sources/CLinux"),
    module("Platform", ["CLinux", "Bytes"]),
    module("HTTP", ["TLS", "X509", "URI", "Platform", "Bytes"]),
    module("KeyFetching", ["Keys", "HTTP", "TLS", "X509", "JOSE", "JSON", "URI", "Platform", "Bytes"]),
]

// MARK: The program.

let program: [Target] = [
    module(
        "Reports",
        ["Settings", "Authorizer", "Keys", "Routes", "Events", "JOSE", "JSON", "URI", "SHA256", "Bytes"]),
    module(
        "Conformance",
        [
            "Settings", "Authorizer", "Routes", "Events", "JOSE", "JSON", "X509", "ASN1", "AEAD",
            "KeyAgreement",
            "HMAC", "EllipticCurves", "MLDSA", "RSA", "BigInt", "SHA3", "SHA512", "SHA256", "Bytes",
        ]),
    module(
        "LambdaRuntime",
        [
            "Reports", "KeyFetching", "Settings", "Authorizer", "Keys", "Routes", "Events", "HTTP", "TLS",
            "URI",
            "JOSE", "JSON", "Platform", "Bytes",
        ]),
    module(
        "CommandLine",
        [
            "LambdaRuntime", "Reports", "Conformance", "KeyFetching", "Settings", "Authorizer", "Keys",
            "Routes",
            "Events", "TLS", "X509", "JOSE", "JSON", "RSA", "SHA256", "Platform", "Bytes",
        ]),
    .executableTarget(
        name: "Bootstrap",
        dependencies: ["CommandLine", "Platform", "Bytes"],
        swiftSettings: settings(.cold)),
    // Times one operation for Benchmarks/ and answers the lines of Scripts/differential-*.
    .executableTarget(
        name: "Measure",
        dependencies: [
            "Settings", "Authorizer", "Keys", "Routes", "Events", "Platform", "X509", "JOSE", "JSON",
            "KeyAgreement", "AEAD", "EllipticCurves", "MLDSA", "RSA",
            "BigInt", "SHA256",
            "Bytes",
        ],
        path: "Benchmarks/Measure",
        swiftSettings: settings(.cold)),
]

// MARK: Tests.

let testTargets: [Target] = [
    // What several modules' tests share: an issuer that signs tokens, a reader of vector files.
    .target(
        name: "TestSupport", dependencies: ["BigInt", "SHA256", "Bytes"], path: "Tests/Support"),
    // Shared by the tests of decisions: events, rules, settings, and an answer's effect.
    .target(
        name: "DecisionSupport",
        dependencies: [
            "TestSupport", "Settings", "Authorizer", "Keys", "Routes", "Events", "JOSE", "JSON", "SHA256",
            "Bytes",
        ],
        path: "Tests/DecisionSupport"),
    tests("Bytes", ["TestSupport"]),
    tests("SHA256", ["Bytes"]),
    tests("SHA512", ["Bytes"]),
    tests("SHA3", ["Bytes"]),
    tests("MLDSA", ["TestSupport", "SHA3", "Bytes"]),
    tests("BigInt", ["TestSupport", "Bytes"]),
    tests("RSA", ["TestSupport", "Bytes", "SHA256", "SHA512"]),
    tests("EllipticCurves", ["TestSupport", "BigInt", "Bytes", "SHA256", "SHA512"]),
    tests("KeyAgreement", ["TestSupport", "EllipticCurves", "Bytes"]),
    tests("HMAC", ["SHA256", "SHA512", "Bytes"]),
    tests("AEAD", ["Bytes"]),
    tests("URI", ["TestSupport", "Bytes"]),
    tests("JSON", ["TestSupport", "Bytes"]),
    tests("JOSE", ["TestSupport", "EllipticCurves", "MLDSA", "JSON", "RSA", "Bytes"]),
    tests("ASN1", ["TestSupport", "Bytes"]),
    tests("X509", ["TestSupport", "ASN1", "Bytes"]),
    tests("TLS", ["TestSupport", "X509", "AEAD", "HMAC", "KeyAgreement", "EllipticCurves", "Bytes"]),
    tests("Platform", ["TestSupport", "Bytes"]),
    tests("HTTP", ["TestSupport", "TLS", "X509", "URI", "Platform", "Bytes"]),
    tests("Events", ["DecisionSupport", "TestSupport", "Bytes", "JSON"]),
    tests("Routes", ["DecisionSupport", "TestSupport", "Settings", "Authorizer", "Events", "JSON", "Bytes"]),
    tests("Keys", ["TestSupport", "JOSE", "URI", "Bytes"]),
    tests(
        "Authorizer",
        [
            "DecisionSupport", "TestSupport", "Settings", "Keys", "Routes", "Events", "JOSE", "JSON", "URI",
            "SHA256", "Bytes",
        ]),
    tests(
        "Settings",
        [
            "DecisionSupport", "TestSupport", "Authorizer", "Keys", "Routes", "Events", "JOSE", "JSON", "URI",
            "Bytes",
        ]),
    tests(
        "KeyFetching",
        ["TestSupport", "Keys", "HTTP", "TLS", "X509", "JOSE", "URI", "Platform", "JSON", "Bytes"]),
    tests(
        "LambdaRuntime",
        [
            "TestSupport", "KeyFetching", "Settings", "Authorizer", "Keys", "Routes", "Events", "HTTP", "TLS",
            "X509",
            "JOSE", "URI", "Platform", "JSON", "Bytes",
        ]),
    tests(
        "Reports",
        [
            "DecisionSupport", "TestSupport", "Settings", "Authorizer", "Keys", "Routes", "Events", "JOSE",
            "JSON",
        ]),
    tests("CommandLine", ["TestSupport", "Reports", "Conformance", "X509", "Settings", "Events", "Bytes"]),
    tests("Conformance", ["TestSupport", "Platform", "Bytes"]),
    // Operations on secrets, for Scripts/check-secrets to run under valgrind.
    .systemLibrary(name: "CMemcheck", path: "Tests/CMemcheck"),
    .executableTarget(
        name: "SecretIndependence",
        dependencies: [
            "CMemcheck", "TLS", "KeyAgreement", "EllipticCurves", "AEAD", "HMAC", "Platform", "Bytes",
        ],
        path: "Tests/SecretIndependence",
        swiftSettings: settings(.cold)),
]

let libraries = [
    "SHA256", "SHA512", "BigInt", "RSA", "JSON", "JOSE", "Events", "Keys", "Routes", "Authorizer", "Settings",
]

let package = Package(
    name: "authorizer",
    products: libraries.map { .library(name: $0, targets: [$0]) } + [
        .executable(name: "authorizer", targets: ["Bootstrap"]),
        .executable(name: "measure", targets: ["Measure"]),
        .executable(name: "secret-independence", targets: ["SecretIndependence"]),
    ],
    targets: decisionRing + configurationRing + keyRing + program + testTargets,
    swiftLanguageModes: [.v6]
)
