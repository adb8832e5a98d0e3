// SHA256State.swift - the hash computation of SHA-256.
//
// Spec:    FIPS 180-4 §4.1.2 (functions), §4.2.2 (constants), §5.3.3 (initial value), §6.2.2.
// Secret:  the blocks and the state may be secret: nothing branches or indexes by them.
// Reads:   nothing. Read by: SHA256.
//
// The rounds are written out eight at a time, so that the eight working variables change
// their names instead of their places (§6.2.2 step 3 moves them), and the message schedule is
// kept in sixteen words that are renewed in place.

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
            // Step 3: 64 rounds.
            var x = b ^ c
            round(a, b, &x, &d, e, f, g, &h, 0x428A_2F98 &+ w[0])
            round(h, a, &x, &c, d, e, f, &g, 0x7137_4491 &+ w[1])
            round(g, h, &x, &b, c, d, e, &f, 0xB5C0_FBCF &+ w[2])
            round(f, g, &x, &a, b, c, d, &e, 0xE9B5_DBA5 &+ w[3])
            round(e, f, &x, &h, a, b, c, &d, 0x3956_C25B &+ w[4])
            round(d, e, &x, &g, h, a, b, &c, 0x59F1_11F1 &+ w[5])
            round(c, d, &x, &f, g, h, a, &b, 0x923F_82A4 &+ w[6])
            round(b, c, &x, &e, f, g, h, &a, 0xAB1C_5ED5 &+ w[7])
            round(a, b, &x, &d, e, f, g, &h, 0xD807_AA98 &+ w[8])
            round(h, a, &x, &c, d, e, f, &g, 0x1283_5B01 &+ w[9])
            round(g, h, &x, &b, c, d, e, &f, 0x2431_85BE &+ w[10])
            round(f, g, &x, &a, b, c, d, &e, 0x550C_7DC3 &+ w[11])
            round(e, f, &x, &h, a, b, c, &d, 0x72BE_5D74 &+ w[12])
            round(d, e, &x, &g, h, a, b, &c, 0x80DE_B1FE &+ w[13])
            round(c, d, &x, &f, g, h, a, &b, 0x9BDC_06A7 &+ w[14])
            round(b, c, &x, &e, f, g, h, &a, 0xC19B_F174 &+ w[15])
            round(a, b, &x, &d, e, f, g, &h, 0xE49B_69C1 &+ extend(&w, 0))
            round(h, a, &x, &c, d, e, f, &g, 0xEFBE_4786 &+ extend(&w, 1))
            round(g, h, &x, &b, c, d, e, &f, 0x0FC1_9DC6 &+ extend(&w, 2))
            round(f, g, &x, &a, b, c, d, &e, 0x240C_A1CC &+ extend(&w, 3))
            round(e, f, &x, &h, a, b, c, &d, 0x2DE9_2C6F &+ extend(&w, 4))
            round(d, e, &x, &g, h, a, b, &c, 0x4A74_84AA &+ extend(&w, 5))
            round(c, d, &x, &f, g, h, a, &b, 0x5CB0_A9DC &+ extend(&w, 6))
            round(b, c, &x, &e, f, g, h, &a, 0x76F9_88DA &+ extend(&w, 7))
            round(a, b, &x, &d, e, f, g, &h, 0x983E_5152 &+ extend(&w, 8))
            round(h, a, &x, &c, d, e, f, &g, 0xA831_C66D &+ extend(&w, 9))
            round(g, h, &x, &b, c, d, e, &f, 0xB003_27C8 &+ extend(&w, 10))
            round(f, g, &x, &a, b, c, d, &e, 0xBF59_7FC7 &+ extend(&w, 11))
            round(e, f, &x, &h, a, b, c, &d, 0xC6E0_0BF3 &+ extend(&w, 12))
            round(d, e, &x, &g, h, a, b, &c, 0xD5A7_9147 &+ extend(&w, 13))
            round(c, d, &x, &f, g, h, a, &b, 0x06CA_6351 &+ extend(&w, 14))
            round(b, c, &x, &e, f, g, h, &a, 0x1429_2967 &+ extend(&w, 15))
            round(a, b, &x, &d, e, f, g, &h, 0x27B7_0A85 &+ extend(&w, 0))
            round(h, a, &x, &c, d, e, f, &g, 0x2E1B_2138 &+ extend(&w, 1))
            round(g, h, &x, &b, c, d, e, &f, 0x4D2C_6DFC &+ extend(&w, 2))
            round(f, g, &x, &a, b, c, d, &e, 0x5338_0D13 &+ extend(&w, 3))
            round(e, f, &x, &h, a, b, c, &d, 0x650A_7354 &+ extend(&w, 4))
            round(d, e, &x, &g, h, a, b, &c, 0x766A_0ABB &+ extend(&w, 5))
            round(c, d, &x, &f, g, h, a, &b, 0x81C2_C92E &+ extend(&w, 6))
            round(b, c, &x, &e, f, g, h, &a, 0x9272_2C85 &+ extend(&w, 7))
            round(a, b, &x, &d, e, f, g, &h, 0xA2BF_E8A1 &+ extend(&w, 8))
            round(h, a, &x, &c, d, e, f, &g, 0xA81A_664B &+ extend(&w, 9))
            round(g, h, &x, &b, c, d, e, &f, 0xC24B_8B70 &+ extend(&w, 10))
            round(f, g, &x, &a, b, c, d, &e, 0xC76C_51A3 &+ extend(&w, 11))
            round(e, f, &x, &h, a, b, c, &d, 0xD192_E819 &+ extend(&w, 12))
            round(d, e, &x, &g, h, a, b, &c, 0xD699_0624 &+ extend(&w, 13))
            round(c, d, &x, &f, g, h, a, &b, 0xF40E_3585 &+ extend(&w, 14))
            round(b, c, &x, &e, f, g, h, &a, 0x106A_A070 &+ extend(&w, 15))
            round(a, b, &x, &d, e, f, g, &h, 0x19A4_C116 &+ extend(&w, 0))
            round(h, a, &x, &c, d, e, f, &g, 0x1E37_6C08 &+ extend(&w, 1))
            round(g, h, &x, &b, c, d, e, &f, 0x2748_774C &+ extend(&w, 2))
            round(f, g, &x, &a, b, c, d, &e, 0x34B0_BCB5 &+ extend(&w, 3))
            round(e, f, &x, &h, a, b, c, &d, 0x391C_0CB3 &+ extend(&w, 4))
            round(d, e, &x, &g, h, a, b, &c, 0x4ED8_AA4A &+ extend(&w, 5))
            round(c, d, &x, &f, g, h, a, &b, 0x5B9C_CA4F &+ extend(&w, 6))
            round(b, c, &x, &e, f, g, h, &a, 0x682E_6FF3 &+ extend(&w, 7))
            round(a, b, &x, &d, e, f, g, &h, 0x748F_82EE &+ extend(&w, 8))
            round(h, a, &x, &c, d, e, f, &g, 0x78A5_636F &+ extend(&w, 9))
            round(g, h, &x, &b, c, d, e, &f, 0x84C8_7814 &+ extend(&w, 10))
            round(f, g, &x, &a, b, c, d, &e, 0x8CC7_0208 &+ extend(&w, 11))
            round(e, f, &x, &h, a, b, c, &d, 0x90BE_FFFA &+ extend(&w, 12))
            round(d, e, &x, &g, h, a, b, &c, 0xA450_6CEB &+ extend(&w, 13))
            round(c, d, &x, &f, g, h, a, &b, 0xBEF9_A3F7 &+ extend(&w, 14))
            round(b, c, &x, &e, f, g, h, &a, 0xC671_78F2 &+ extend(&w, 15))
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
