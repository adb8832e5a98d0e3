// ReasonCodes.swift - the stable reason code of each error.
//
// Spec:    none.
// Secret:  no.
// Reads:   BytesError. Read by: every module that logs.

extension BytesError {
    /// A stable code for logs.
    public var reasonCode: StaticString {
        switch self {
        case .truncated: "bytes_truncated"
        case .trailingBytes: "bytes_trailing"
        case .invalidCharacter: "encoding_character"
        case .invalidLength: "encoding_length"
        case .nonCanonicalTrailingBits: "encoding_trailing_bits"
        case .invalidPadding: "encoding_padding"
        }
    }
}
