// BytesError.swift - what can be wrong with a run of bytes.
//
// Spec:    none.
// Secret:  no. Positions and counts only, never the bytes themselves.
// Reads:   nothing. Read by: every module above.

/// Why a run of bytes could not be read or decoded. Positions count from 0.
public enum BytesError: Error, Equatable, Sendable {
    /// A read wanted `wanted` bytes and only `remaining` were left.
    case truncated(wanted: Int, remaining: Int)
    /// Bytes were left after the last expected one.
    case trailingBytes(count: Int)
    /// The byte at `offset` is outside the encoding's alphabet.
    case invalidCharacter(offset: Int)
    /// The encoding has no text of this length.
    case invalidLength(count: Int)
    /// The unused low bits of the last character are not zero (RFC 4648 §3.5).
    case nonCanonicalTrailingBits
    /// Padding is missing, misplaced or superfluous (RFC 4648 §3.2).
    case invalidPadding

    /// A stable word for logs.
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
