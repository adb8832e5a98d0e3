// SHA256State.swift - the hash computation of SHA-256.
//
// Spec:    FIPS 180-4 §4.1.2 (functions), §4.2.2 (constants), §5.3.3 (initial value), §6.2.2.
// Secret:  the blocks and the state may be secret: nothing branches or indexes by them.
// Reads:   nothing. Read by: SHA256.
//
// The rounds are written out eight at a time, so that the eight working variables change
// their names instead of their places (§6.2.2 step 3 moves them), and the message schedule is
// kept in sixteen words that are renewed in place. Rounds 16 to 63 are a loop: all 64 written out are slower (by an eighth on
// x86_64) and twice as large.

/// The eight words of the hash value.
struct SHA256State: Sendable {
    private var h0: UInt32 = 0x6A09_E667
    private var h1: UInt32 = 0xBB67_AE85
    private var h2: UInt32 = 0x3C6E_F372
    private var h3: UInt32 = 0xA54F_F53A
    private var h4: UInt32 = 0x510E_527F
    private var h5: UInt32 = 0x9B05_688C
    private var h6: UInt32 = 0x1F83_D9AB
    private var h7: UInt32 = 0x5BE0_CD19

    /// The hash value as bytes, big-endian.
    var digest: InlineArray<32, UInt8> {
        var bytes = InlineArray<32, UInt8>(repeating: 0)
        let words: InlineArray<8, UInt32> = [h0, h1, h2, h3, h4, h5, h6, h7]
        for index in 0..<32 {
            bytes[index] = UInt8(truncatingIfNeeded: words[index >> 2] >> UInt32(24 - 8 * (index & 3)))
        }
        return bytes
    }

    /// Absorbs whole blocks (§6.2.2).
    ///
    /// - Requires: `blocks.count == 64 * blockCount`.
    @export(interface)
    mutating func compress(_ blocks: Span<UInt8>, blockCount: Int) {
        precondition(blocks.count == 64 * blockCount)
        var w = InlineArray<16, UInt32>(repeating: 0)
        var (a, b, c, d, e, f, g, h) = (h0, h1, h2, h3, h4, h5, h6, h7)
        for block in 0..<blockCount {
            // Step 1: the schedule's first sixteen words are the block.
            for t in 0..<16 { w[t] = loadBigEndian(blocks, 64 &* block &+ 4 &* t) }
            // Step 2: the working variables are the hash value: they are left from the block before.
            // Step 3: rounds 0 to 15, then 16 to 63 with the next words of the schedule.
            var x = b ^ c
            round(a, b, &x, &d, e, f, g, &h, constants[0] &+ w[0])
            round(h, a, &x, &c, d, e, f, &g, constants[1] &+ w[1])
            round(g, h, &x, &b, c, d, e, &f, constants[2] &+ w[2])
            round(f, g, &x, &a, b, c, d, &e, constants[3] &+ w[3])
            round(e, f, &x, &h, a, b, c, &d, constants[4] &+ w[4])
            round(d, e, &x, &g, h, a, b, &c, constants[5] &+ w[5])
            round(c, d, &x, &f, g, h, a, &b, constants[6] &+ w[6])
            round(b, c, &x, &e, f, g, h, &a, constants[7] &+ w[7])
            round(a, b, &x, &d, e, f, g, &h, constants[8] &+ w[8])
            round(h, a, &x, &c, d, e, f, &g, constants[9] &+ w[9])
            round(g, h, &x, &b, c, d, e, &f, constants[10] &+ w[10])
            round(f, g, &x, &a, b, c, d, &e, constants[11] &+ w[11])
            round(e, f, &x, &h, a, b, c, &d, constants[12] &+ w[12])
            round(d, e, &x, &g, h, a, b, &c, constants[13] &+ w[13])
            round(c, d, &x, &f, g, h, a, &b, constants[14] &+ w[14])
            round(b, c, &x, &e, f, g, h, &a, constants[15] &+ w[15])
            for turn in 1..<4 {
                let k = 16 &* turn
                round(a, b, &x, &d, e, f, g, &h, constants[k] &+ extend(&w, 0))
                round(h, a, &x, &c, d, e, f, &g, constants[k &+ 1] &+ extend(&w, 1))
                round(g, h, &x, &b, c, d, e, &f, constants[k &+ 2] &+ extend(&w, 2))
                round(f, g, &x, &a, b, c, d, &e, constants[k &+ 3] &+ extend(&w, 3))
                round(e, f, &x, &h, a, b, c, &d, constants[k &+ 4] &+ extend(&w, 4))
                round(d, e, &x, &g, h, a, b, &c, constants[k &+ 5] &+ extend(&w, 5))
                round(c, d, &x, &f, g, h, a, &b, constants[k &+ 6] &+ extend(&w, 6))
                round(b, c, &x, &e, f, g, h, &a, constants[k &+ 7] &+ extend(&w, 7))
                round(a, b, &x, &d, e, f, g, &h, constants[k &+ 8] &+ extend(&w, 8))
                round(h, a, &x, &c, d, e, f, &g, constants[k &+ 9] &+ extend(&w, 9))
                round(g, h, &x, &b, c, d, e, &f, constants[k &+ 10] &+ extend(&w, 10))
                round(f, g, &x, &a, b, c, d, &e, constants[k &+ 11] &+ extend(&w, 11))
                round(e, f, &x, &h, a, b, c, &d, constants[k &+ 12] &+ extend(&w, 12))
                round(d, e, &x, &g, h, a, b, &c, constants[k &+ 13] &+ extend(&w, 13))
                round(c, d, &x, &f, g, h, a, &b, constants[k &+ 14] &+ extend(&w, 14))
                round(b, c, &x, &e, f, g, h, &a, constants[k &+ 15] &+ extend(&w, 15))
            }
            // Step 4: the intermediate hash value.
            a = a &+ h0
            b = b &+ h1
            c = c &+ h2
            d = d &+ h3
            e = e &+ h4
            f = f &+ h5
            g = g &+ h6
            h = h &+ h7
            (h0, h1, h2, h3, h4, h5, h6, h7) = (a, b, c, d, e, f, g, h)
        }
    }
}

/// One round of §6.2.2 step 3: T1 goes into d, T1 + T2 into h, which is the next round's a.
///
/// - Parameter x: b xor c. It leaves as a xor b, which is the next round's b xor c.
@inline(__always)
private func round(
    _ a: UInt32, _ b: UInt32, _ x: inout UInt32, _ d: inout UInt32, _ e: UInt32, _ f: UInt32, _ g: UInt32,
    _ h: inout UInt32, _ constantAndWord: UInt32
) {
    // Ch(e, f, g) = (e and f) xor (not e and g), with one operation less.
    let ch = g ^ (e & (f ^ g))
    // Maj(a, b, c) = b where b = c, else a.
    let aXorB = a ^ b
    let maj = b ^ (aXorB & x)
    x = aXorB
    // §4.1.2: Σ1(e) = ROTR 6 ^ ROTR 11 ^ ROTR 25 and Σ0(a) = ROTR 2 ^ ROTR 13 ^ ROTR 22, each as one chain: a
    // rotation of a sum is the sum of the rotations, and fewer copies are needed.
    let sigma1 = rotateRight(rotateRight(rotateRight(e, 14) ^ e, 5) ^ e, 6)
    let sigma0 = rotateRight(rotateRight(rotateRight(a, 9) ^ a, 11) ^ a, 2)
    let t1 = h &+ constantAndWord &+ ch &+ sigma1
    d = d &+ t1
    h = t1 &+ maj &+ sigma0
}

/// §6.2.2 step 1 for t >= 16: W(t) takes the place of W(t - 16).
@inline(__always)
private func extend(_ w: inout InlineArray<16, UInt32>, _ t: Int) -> UInt32 {
    let w2 = w[(t &+ 14) & 15]
    let w15 = w[(t &+ 1) & 15]
    let sigma1 = rotateRight(w2, 17) ^ rotateRight(w2, 19) ^ (w2 >> 10)
    let sigma0 = rotateRight(w15, 7) ^ rotateRight(w15, 18) ^ (w15 >> 3)
    let word = sigma1 &+ w[(t &+ 9) & 15] &+ sigma0 &+ w[t]
    w[t] = word
    return word
}

@inline(__always)
private func rotateRight(_ x: UInt32, _ count: UInt32) -> UInt32 {
    x &>> count | x &<< (32 &- count)
}

@inline(__always)
private func loadBigEndian(_ bytes: Span<UInt8>, _ offset: Int) -> UInt32 {
    UInt32(bytes[offset]) << 24 | UInt32(bytes[offset &+ 1]) << 16 | UInt32(bytes[offset &+ 2]) << 8
        | UInt32(bytes[offset &+ 3])
}

/// §4.2.2: the first thirty-two bits of the fractional parts of the cube roots of the first sixty-four primes.
private let constants: InlineArray<64, UInt32> = [
    0x428A_2F98, 0x7137_4491, 0xB5C0_FBCF, 0xE9B5_DBA5, 0x3956_C25B, 0x59F1_11F1, 0x923F_82A4, 0xAB1C_5ED5,
    0xD807_AA98, 0x1283_5B01, 0x2431_85BE, 0x550C_7DC3, 0x72BE_5D74, 0x80DE_B1FE, 0x9BDC_06A7, 0xC19B_F174,
    0xE49B_69C1, 0xEFBE_4786, 0x0FC1_9DC6, 0x240C_A1CC, 0x2DE9_2C6F, 0x4A74_84AA, 0x5CB0_A9DC, 0x76F9_88DA,
    0x983E_5152, 0xA831_C66D, 0xB003_27C8, 0xBF59_7FC7, 0xC6E0_0BF3, 0xD5A7_9147, 0x06CA_6351, 0x1429_2967,
    0x27B7_0A85, 0x2E1B_2138, 0x4D2C_6DFC, 0x5338_0D13, 0x650A_7354, 0x766A_0ABB, 0x81C2_C92E, 0x9272_2C85,
    0xA2BF_E8A1, 0xA81A_664B, 0xC24B_8B70, 0xC76C_51A3, 0xD192_E819, 0xD699_0624, 0xF40E_3585, 0x106A_A070,
    0x19A4_C116, 0x1E37_6C08, 0x2748_774C, 0x34B0_BCB5, 0x391C_0CB3, 0x4ED8_AA4A, 0x5B9C_CA4F, 0x682E_6FF3,
    0x748F_82EE, 0x78A5_636F, 0x84C8_7814, 0x8CC7_0208, 0x90BE_FFFA, 0xA450_6CEB, 0xBEF9_A3F7, 0xC671_78F2,
]
