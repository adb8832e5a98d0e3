// URLError.swift - why a text is not an acceptable URL.
//
// Spec:    RFC 3986 §3.
// Secret:  no: counts and offsets only.
// Reads:   nothing. Read by: URL, Proxy, ProxyRules; KeyFetching, the commands, Settings, LambdaRuntime.

/// Why a text is not an acceptable URL.
public enum URLError: Error, Equatable, Sendable {
    case tooLong(limit: Int, actual: Int)
    /// A byte that a URL cannot contain: white space, a control character, or a byte outside ASCII.
    case invalidByte(offset: Int)
    /// Neither `http://` nor `https://`.
    case schemeNotSupported
    /// `user:password@`: this secret would appear in logs.
    case userInformation
    case fragment
    case hostMissing
    case hostInvalid
    case portInvalid

    /// A stable code for logs. Never inlined, because its tables would be copied into every caller.
    @inline(never)
    public var reasonCode: StaticString {
        switch self {
        case .tooLong: "url_too_long"
        case .invalidByte: "url_byte"
        case .schemeNotSupported: "url_scheme"
        case .userInformation: "url_user_information"
        case .fragment: "url_fragment"
        case .hostMissing: "url_host_missing"
        case .hostInvalid: "url_host"
        case .portInvalid: "url_port"
        }
    }
}
