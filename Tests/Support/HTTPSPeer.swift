import Foundation

/// An HTTPS server on loopback, in a process of its own (Tests/Integration/https_peer.py), with a folder for what it serves.
public final class HTTPSPeer: @unchecked Sendable {
    /// Files in it are what the server has; `ca.pem` is the authority of its certificate.
    public let folder: TemporaryFolder
    public let port: UInt16
    private let process = Process()
    private let input = Pipe()

    public struct Failure: Error {}

    /// - Parameter version: of TLS, `1.2` or `1.3`.
    public init(_ version: String, _ further: [String] = []) throws {
        folder = try TemporaryFolder()
        let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("Integration/https_peer.py").path
        let output = Pipe()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["python3", script, folder.path, version] + further
        process.standardInput = input
        process.standardOutput = output
        try process.run()
        var line = ""
        while !line.hasSuffix("\n") {
            guard let byte = try output.fileHandleForReading.read(upToCount: 1), !byte.isEmpty else {
                throw Failure()
            }
            line += String(decoding: byte, as: UTF8.self)
        }
        guard let port = UInt16(line.dropLast()) else { throw Failure() }
        self.port = port
    }

    deinit {
        try? input.fileHandleForWriting.close()
        process.waitUntilExit()
    }

    public var authority: String { folder.path + "/ca.pem" }

    public func address(_ path: String) -> String { "https://127.0.0.1:\(port)\(path)" }

    /// - Parameter content: nil: the file goes.
    public func put(_ name: String, _ content: [UInt8]?) throws {
        if let content { try folder.write(name, content) } else { try folder.remove(name) }
    }
}
