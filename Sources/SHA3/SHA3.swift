// SHA3.swift - the sponge functions SHAKE128, SHAKE256 and SHA3-224 to SHA3-512.
//
// Spec:    FIPS 202 §4 (sponge), §5.1 (pad10*1), §6.1, §6.2, Appendix B.1 (bytes and bits).
// Secret:  no: what is hashed is public.
// Reads:   KeccakState. Read by: MLDSA, Conformance.

/// A sponge: bytes are absorbed, then bytes are squeezed, both in any number of steps. A copy of a value is a copy of
/// the state so far.
public struct SHA3: Sendable {
    /// The functions of FIPS 202.
    public enum Function: Sendable {
        case hash224, hash256, hash384, hash512
        case shake128, shake256

        /// The bytes of a block, r / 8: 200 bytes less the capacity, which is twice the strength (§6.1, §6.2).
        public var blockByteCount: Int {
            switch self {
            case .hash224: 144
            case .hash256, .shake256: 136
            case .hash384: 104
            case .hash512: 72
            case .shake128: 168
            }
        }

        /// The suffix of a message with the first bit of the padding, as a byte: 01 and 1 (§6.1), 1111 and 1 (§6.2).
        fileprivate var suffix: UInt8 {
            switch self {
            case .hash224, .hash256, .hash384, .hash512: 0x06
            case .shake128, .shake256: 0x1F
            }
        }
    }

    private var state = KeccakState()
    /// The number of bytes of the current block that are absorbed or, later, squeezed.
    private var position = 0
    private var isSqueezing = false
    private let blockByteCount: Int
    private let suffix: UInt8

    public init(_ function: Function) {
        blockByteCount = function.blockByteCount
        suffix = function.suffix
    }

    /// Adds bytes to the message.
    ///
    /// - Requires: nothing was squeezed yet.
    /// - Source: FIPS 202 §4, algorithm 8 steps 1 to 6.
    public mutating func absorb(_ bytes: Span<UInt8>) {
        precondition(!isSqueezing, "the message has ended")
        var offset = 0
        while offset < bytes.count {
            if position & 7 == 0 && bytes.count &- offset >= 8 {
                state.absorbLane(bytes, offset, at: position)
                position &+= 8
                offset &+= 8
            } else {
                state.absorb(bytes[offset], at: position)
                position &+= 1
                offset &+= 1
            }
            if position == blockByteCount { nextBlock() }
        }
    }

    /// The next byte of the output.
    ///
    /// - Source: FIPS 202 §4, algorithm 8 steps 7 to 10.
    public mutating func squeeze() -> UInt8 {
        prepareOutput()
        let byte = state.lane(at: position) >> UInt64(8 * (position & 7))
        position &+= 1
        return UInt8(truncatingIfNeeded: byte)
    }

    /// Fills `output` with the next bytes of the output.
    public mutating func squeeze(into output: inout MutableSpan<UInt8>) {
        var offset = 0
        while offset < output.count {
            prepareOutput()
            // The rest of a lane at once.
            var lane = state.lane(at: position) >> UInt64(8 * (position & 7))
            let end = min(output.count, offset &+ 8 &- (position & 7))
            position &+= end &- offset
            while offset < end {
                output[offset] = UInt8(truncatingIfNeeded: lane)
                lane >>= 8
                offset &+= 1
            }
        }
    }

    /// Ends the message before the first byte of output, and makes the next block when one is used up.
    private mutating func prepareOutput() {
        if !isSqueezing {
            // §5.1: pad10*1. The first bit follows the suffix, the last one ends the block; both may be in one byte.
            state.absorb(suffix, at: position)
            state.absorb(0x80, at: blockByteCount - 1)
            isSqueezing = true
            nextBlock()
        } else if position == blockByteCount {
            nextBlock()
        }
    }

    private mutating func nextBlock() {
        state.permute()
        position = 0
    }
}
