// StandardStreams.swift - standard input, output and error, without buffers of our own.
//
// Spec:    POSIX read, write. One line is one write(2): Lambda makes one log event of it.
// Secret:  what is written is the caller's affair.
// Reads:   CLinux, File. Read by: LambdaRuntime, Bootstrap.

import CLinux

public enum StandardOutput {
    /// Writes all bytes. A reader that has gone away ends the output silently.
    public static func write(_ bytes: [UInt8]) { writeAll(1, bytes) }
}

public enum StandardError {
    /// Writes all bytes.
    public static func write(_ bytes: [UInt8]) { writeAll(2, bytes) }
}

public enum StandardInput {
    /// Everything up to the end.
    ///
    /// - Throws: `tooLong`, `readFailed`.
    public static func readAll(limit: Int) throws(PlatformError) -> [UInt8] {
        try File.readAll(0, limit: limit, expected: 0)
    }
}

/// Whether a descriptor is a terminal.
public func isTerminal(_ descriptor: Int32) -> Bool { isatty(descriptor) == 1 }

/// Ends the process.
public func exit(_ status: Int32) -> Never { CLinux.exit(status) }

private func writeAll(_ descriptor: Int32, _ bytes: [UInt8]) {
    unsafe bytes.withUnsafeBufferPointer { buffer in
        var offset = 0
        while offset < buffer.count {
            let count = unsafe CLinux.write(
                descriptor, buffer.baseAddress?.advanced(by: offset), buffer.count - offset)
            if count > 0 {
                offset += count
            } else if count < 0, lastErrorCode == SystemNumber.interrupted {
                continue
            } else {
                return
            }
        }
    }
}
