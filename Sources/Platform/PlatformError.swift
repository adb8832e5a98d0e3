// PlatformError.swift - errors of operating system calls and of name resolution.
//
// Spec:    POSIX.1-2017; errno values are Linux's.
// Secret:  no.
// Reads:   nothing. Read by: every file of Platform; HTTP, LambdaRuntime, KeyFetching, CommandLine.

/// Why a call to the system failed. `code` is errno.
public enum PlatformError: Error, Equatable, Sendable {
    case openFailed(code: Int32)
    case readFailed(code: Int32)
    case writeFailed(code: Int32)
    /// A file or stream longer than the caller's limit.
    case tooLong(limit: Int)
    /// A path that is empty or contains a zero byte.
    case invalidPath
    /// Not a regular file.
    case notAFile
    /// A host that is neither an IP address nor a DNS name.
    case nameInvalid
    /// The name does not exist.
    case nameNotFound
    /// The name exists, without an address.
    case nameHasNoAddress
    /// The last name server failed: its RCODE of RFC 1035 §4.1.1; 0 for an unreadable response and if no process listens
    /// there.
    case nameServerFailed(code: UInt8)
    case nameServerTimedOut
    case socketFailed(code: Int32)
    case connectFailed(code: Int32)
    case connectTimedOut
    case readTimedOut
    case writeTimedOut
    case randomFailed(code: Int32)
    case threadFailed(code: Int32)

    /// A stable code for logs. Out of line: otherwise the tables are copied into each caller.
    @inline(never)
    public var reasonCode: StaticString {
        switch self {
        case .openFailed(let code):
            switch code {
            case 2: "file_not_found"
            case 13: "file_permission_denied"
            default: "file_open_failed"
            }
        case .readFailed: "read_failed"
        case .writeFailed: "write_failed"
        case .tooLong: "input_too_long"
        case .invalidPath: "path_invalid"
        case .notAFile: "not_a_file"
        case .nameInvalid: "name_invalid"
        case .nameNotFound: "name_not_found"
        case .nameHasNoAddress: "name_without_address"
        case .nameServerFailed: "name_server_failed"
        case .nameServerTimedOut: "name_server_timeout"
        case .socketFailed: "socket_failed"
        case .connectFailed(let code): code == 111 ? "connect_refused" : "connect_failed"
        case .connectTimedOut: "connect_timeout"
        case .readTimedOut: "read_timeout"
        case .writeTimedOut: "write_timeout"
        case .randomFailed: "random_failed"
        case .threadFailed: "thread_failed"
        }
    }
}
