// StandardStreams.swift - standard input, output and error, unbuffered.
//
// Spec:    POSIX read, write. One line is one write(2), and Lambda makes one log event of it.
// Secret:  depends on the caller's bytes.
// Reads:   CLinux, File, PlatformError, SystemCalls. Read by: LambdaRuntime, Bootstrap, CommandLine.

import CLinux

public enum StandardStreams {
    /// Opens /dev/null for each of the descriptors 0 to 2 that is closed. Otherwise the next socket or file would get its
    /// number, and log lines would be written there.
    public static func openClosedStreams() {
        for descriptor: Int32 in 0...2 {
            let copy = dup(descriptor)
            if copy >= 0 {
                _ = close(copy)
            } else {
                // This is the lowest free number. The stream is never closed.
                _ = unsafe fopen("/dev/null", "r+")
            }
        }
    }

    /// Blocks SIGPIPE for this thread and for those that it starts. A write to a closed pipe then fails, and does not end the
    /// process.
    public static func blockBrokenPipeSignal() {
        var signals = sigset_t()
        unsafe sigemptyset(&signals)
        unsafe sigaddset(&signals, SystemNumber.brokenPipe)
        unsafe pthread_sigmask(SystemNumber.blockSignals, &signals, nil)
    }
}

public enum StandardOutput {
    /// Writes all bytes. Bytes that cannot be written are dropped.
    public static func write(_ bytes: [UInt8]) { _ = Platform.writeAll(1, bytes) }

    /// Writes all bytes.
    ///
    /// - Throws: `writeFailed`, after as many bytes as could be written.
    public static func writeAll(_ bytes: [UInt8]) throws(PlatformError) {
        let failure = Platform.writeAll(1, bytes)
        if failure != 0 { throw .writeFailed(code: failure) }
    }
}

public enum StandardError {
    /// Writes all bytes. Bytes that cannot be written are dropped.
    public static func write(_ bytes: [UInt8]) { _ = writeAll(2, bytes) }
}

public enum StandardInput {
    /// Reads up to the end.
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

/// - Returns: 0, or errno of the write that failed.
private func writeAll(_ descriptor: Int32, _ bytes: [UInt8]) -> Int32 {
    var failure: Int32 = 0
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
                failure = count < 0 ? lastErrorCode : SystemNumber.inputOutputError
                return
            }
        }
    }
    return failure
}
