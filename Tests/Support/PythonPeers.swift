import Foundation

/// Servers in Python (Tests/Integration/tls_peer.py, https_peer.py), which make their certificates with the package `cryptography`.
public enum PythonPeers {
    /// Whether they can be started. With CI set they are required: a missing package then fails the tests.
    public static let areAvailable: Bool = {
        if ProcessInfo.processInfo.environment["CI"] != nil { return true }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["python3", "-c", "import cryptography.x509, ssl"]
        process.standardError = FileHandle.nullDevice
        do { try process.run() } catch { return false }
        process.waitUntilExit()
        return process.terminationStatus == 0
    }()
}
