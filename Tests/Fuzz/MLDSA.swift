// MLDSA.swift - fuzz target: no key and no signature traps; nothing but an unchanged signature is valid.
//
// The first byte selects the parameter set and the kind of input: a key with a signature; a key; a signature of a fixed
// key; the end of a signature, whose other bytes are such that the hint is read and the norm of z holds.

import MLDSA

private let parameters: [MLDSAParameters] = [.mldsa44, .mldsa65, .mldsa87]
private let keys = parameters.map { parameters in
    let bytes = (0..<parameters.keyByteCount).map { UInt8(truncatingIfNeeded: $0 &* 7) }
    return try! MLDSAPublicKey(parameters, bytes.span)
}

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzMLDSA(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = input(start, count)
    guard let choice = bytes.first else { return 0 }
    let rest = [UInt8](bytes.dropFirst())
    let set = Int(choice) % 3
    switch choice / 3 % 4 {
    case 0:
        let length = min(parameters[set].keyByteCount, rest.count)
        check(set, [UInt8](rest[..<length]), [UInt8](rest[length...]))
    case 1:
        do throws(MLDSAError) { _ = try MLDSAPublicKey(parameters[set], rest.span) } catch {
            require(rest.count != parameters[set].keyByteCount, "every key of the right length is one")
        }
    case 2: check(set, nil, rest)
    default:
        // 2^17 and 2^19 less 1, as the bits of each coefficient: z is 1 or nearly 0.
        var signature = [UInt8](repeating: 0, count: parameters[set].signatureByteCount)
        let bits = set == 0 ? 18 : 20
        let first = [32, 48, 64][set]
        for coefficient in 0..<(256 * [4, 5, 7][set]) {
            let place = coefficient * bits + bits - 1
            signature[first + place / 8] |= 1 << UInt8(place % 8)
        }
        let tail = rest.suffix(signature.count - first)
        for (index, byte) in tail.enumerated() { signature[signature.count - tail.count + index] = byte }
        check(set, nil, signature)
    }
    return 0
}

private func check(_ set: Int, _ key: [UInt8]?, _ signature: [UInt8]) {
    do throws(MLDSAError) {
        let key = if let key { try MLDSAPublicKey(parameters[set], key.span) } else { keys[set] }
        let message: [UInt8] = [0x66, 0x75, 0x7A, 0x7A]
        try key.verify(message: message.span, signature: signature.span)
        require(false, "no signature of this message was made")
    } catch { _ = error.reasonCode }
}
