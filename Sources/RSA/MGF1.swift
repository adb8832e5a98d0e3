// MGF1.swift - the mask generation function of PSS.
//
// Spec:    RFC 8017 appendix B.2.1.
// Secret:  no.
// Reads:   RSAHash, Bytes. Read by: PSS.

import Bytes

/// Generates a mask of `byteCount` bytes from a seed.
///
/// - Source: RFC 8017 §B.2.1.
func mgf1(seed: Span<UInt8>, byteCount: Int, _ hash: RSAHash) -> [UInt8] {
    // §B.2.1 step 1: a mask may have at most 2^32 digests. Here it is shorter than the modulus.
    // §B.2.1 step 2: T = "".
    var mask: [UInt8] = []
    mask.reserveCapacity(byteCount + hash.digestByteCount)
    // §B.2.1 step 3: T = T || Hash(seed || I2OSP(counter, 4)).
    var counter: UInt64 = 0
    while mask.count < byteCount {
        var block = [UInt8](seed)
        block.append(bigEndian: counter, byteCount: 4)
        let digest = hash.digest(of: block.span)
        mask.append(digest.span)
        counter += 1
    }
    // §B.2.1 step 4: the leading bytes of T.
    mask.removeLast(mask.count - byteCount)
    return mask
}
