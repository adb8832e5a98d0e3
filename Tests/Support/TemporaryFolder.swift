import Foundation

/// A folder of a test's own, which goes with it.
public final class TemporaryFolder: Sendable {
    public let path: String

    public init() throws {
        path = NSTemporaryDirectory() + "authorizer-test-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// Writes a file; its path.
    @discardableResult
    public func write(_ name: String, _ content: [UInt8]) throws -> String {
        let file = "\(path)/\(name)"
        try Data(content).write(to: URL(fileURLWithPath: file))
        return file
    }

    public func remove(_ name: String) throws {
        try FileManager.default.removeItem(atPath: "\(path)/\(name)")
    }
}
