// swift-tools-version: 6.2
//
// A package that uses the libraries from outside. Scripts/test-consumer builds and runs it elsewhere.

import PackageDescription

let package = Package(
    name: "consumer",
    dependencies: [.package(name: "authorizer", path: "../..")],
    targets: [
        .executableTarget(
            name: "consumer",
            dependencies: ["JOSE", "JSON", "RSA", "SHA256"].map { .product(name: $0, package: "authorizer") })
    ]
)
