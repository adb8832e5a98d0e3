// BytesError.swift - errors in reading and decoding bytes.
//
// Spec:    none.
// Secret:  no. Positions and counts only, never the bytes themselves.
// Reads:   nothing. Read by: every module above; most modules.

/// Why bytes could not be read or decoded. Offsets count from 0.
public enum BytesError: Error, Equatable, Sendable {
    /// A read of `expected` bytes failed because only `remaining` were left.
    case truncated(expected: Int, remaining: Int)
    /// Bytes followed the last expected one.
    case trailingBytes(count: Int)
    /// The byte at `offset` is outside the encoding's alphabet.
    case invalidCharacter(offset: Int)
    /// No valid encoding has this length.
    case invalidLength(count: Int)
    /// The unused low bits of the last character are not zero (RFC 4648 §3.5).
    case nonCanonicalTrailingBits
    /// Padding is missing, misplaced or superfluous (RFC 4648 §3.2).
    case invalidPadding
}
