// File.swift - reads whole files up to a size limit.
//
// Spec:    POSIX stat, fopen, read.
// Secret:  no.
// Reads:   CLinux, PlatformError. Read by: Environment, Resolver, StandardStreams; LambdaRuntime (key sets), KeyFetching,
//          CommandLine.

import CLinux

/// Files of the local system.
public enum File {
    /// The contents of a file.
    ///
    /// - Parameters:
    ///   - path: absolute, or relative to the working directory.
    ///   - limit: the maximum size in bytes.
    /// - Throws: `invalidPath`, `openFailed`, `notAFile`, `tooLong`, `readFailed`.
    public static func read(path: [UInt8], limit: Int) throws(PlatformError) -> [UInt8] {
        guard !path.isEmpty, !path.contains(0) else { throw .invalidPath }
        let terminated = path.map { CChar(bitPattern: $0) } + [0]
        var information = stat()
        // The type is checked before the file is opened: opening a FIFO would wait for its writer.
        guard unsafe stat(terminated, &information) == 0 else { throw .openFailed(code: lastErrorCode) }
        guard UInt32(information.st_mode) & SystemNumber.fileTypeMask == SystemNumber.regularFile else {
            throw .notAFile
        }
        // open(2) is variadic in C, and Swift cannot call variadic functions. fopen has a fixed number of arguments. "e" is
        // O_CLOEXEC.
        guard let stream = unsafe fopen(terminated, "re") else { throw .openFailed(code: lastErrorCode) }
        defer { _ = unsafe fclose(stream) }
        return try readAll(unsafe fileno(stream), limit: limit, expected: Int(information.st_size))
    }

    /// Reads a descriptor up to its end.
    static func readAll(_ descriptor: Int32, limit: Int, expected: Int) throws(PlatformError) -> [UInt8] {
        // One byte more than expected, so that the end is also found in this buffer: a bundle of authorities is not copied.
        let room = min(max(4096, expected + 1), limit + 1)
        var contents: [UInt8] = []
        contents.reserveCapacity(room)
        while true {
            let left = room - contents.count
            let requested = left > 0 ? left : min(4096, limit - contents.count + 1)
            var failure: Int32 = 0
            var count = 0
            contents.append(addingCapacity: requested) { output in
                unsafe output.withUnsafeMutableBufferPointer { buffer, used in
                    repeat {
                        count = unsafe CLinux.read(
                            descriptor, buffer.baseAddress?.advanced(by: used), requested)
                        failure = count < 0 ? lastErrorCode : 0
                    } while failure == SystemNumber.interrupted
                    used += max(0, count)
                }
            }
            guard failure == 0 else { throw .readFailed(code: failure) }
            if count == 0 { return contents }
            guard contents.count <= limit else { throw .tooLong(limit: limit) }
        }
    }
}
