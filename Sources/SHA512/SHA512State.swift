// SHA512State.swift - the hash computation of SHA-512 and SHA-384.
//
// Spec:    FIPS 180-4 §4.1.3 (functions), §4.2.3 (constants), §5.3.4, §5.3.5 (initial values), §6.4.2.
// Secret:  the blocks and the state may be secret: nothing branches or indexes by them.
// Reads:   nothing. Read by: SHA512.
//
// Sixteen rounds are written out, and five turns taken of them: written out whole they would be a
// fourteenth faster and six times as large.

/// The eight words of the hash value.
struct SHA512State: Sendable {
    private var h0, h1, h2, h3, h4, h5, h6, h7: UInt64

    /// §5.3.5: the first 64 bits of the fractional parts of the square roots of the first eight primes.
    static var sha512: SHA512State {
        SHA512State(
            h0: 0x6A09_E667_F3BC_C908,
            h1: 0xBB67_AE85_84CA_A73B,
            h2: 0x3C6E_F372_FE94_F82B,
            h3: 0xA54F_F53A_5F1D_36F1,
            h4: 0x510E_527F_ADE6_82D1,
            h5: 0x9B05_688C_2B3E_6C1F,
            h6: 0x1F83_D9AB_FB41_BD6B,
            h7: 0x5BE0_CD19_137E_2179
        )
    }

    /// §5.3.4: the same of the ninth to the sixteenth prime.
    static var sha384: SHA512State {
        SHA512State(
            h0: 0xCBBB_9D5D_C105_9ED8,
            h1: 0x629A_292A_367C_D507,
            h2: 0x9159_015A_3070_DD17,
            h3: 0x152F_ECD8_F70E_5939,
            h4: 0x6733_2667_FFC0_0B31,
            h5: 0x8EB4_4A87_6858_1511,
            h6: 0xDB0C_2E0D_64F9_8FA7,
            h7: 0x47B5_481D_BEFA_4FA4
        )
    }

    /// One byte of the hash value, which is big-endian.
    func digestByte(_ index: Int) -> UInt8 {
        let words: InlineArray<8, UInt64> = [h0, h1, h2, h3, h4, h5, h6, h7]
        return UInt8(truncatingIfNeeded: words[index >> 3] >> UInt64(56 - 8 * (index & 7)))
    }

    /// Absorbs whole blocks (§6.4.2).
    ///
    /// - Requires: `blocks.count == 128 * blockCount`.
    @export(interface)
    mutating func compress(_ blocks: Span<UInt8>, blockCount: Int) {
        precondition(blocks.count == 128 * blockCount)
        var w = InlineArray<16, UInt64>(repeating: 0)
        var (a, b, c, d, e, f, g, h) = (h0, h1, h2, h3, h4, h5, h6, h7)
        for block in 0..<blockCount {
            // Step 1: the schedule's first sixteen words are the block.
            for t in 0..<16 { w[t] = loadBigEndian(blocks, 128 &* block &+ 8 &* t) }
            // Step 2: the working variables are the hash value: they are left from the block before.
            // Step 3: 80 rounds, sixteen at a time; then the next sixteen words of the schedule.
            for turn in 0..<5 {
                if turn > 0 { for t in 0..<16 { extend(&w, t) } }
                let k = 16 &* turn
                round(a, b, c, &d, e, f, g, &h, constants[k] &+ w[0])
                round(h, a, b, &c, d, e, f, &g, constants[k &+ 1] &+ w[1])
                round(g, h, a, &b, c, d, e, &f, constants[k &+ 2] &+ w[2])
                round(f, g, h, &a, b, c, d, &e, constants[k &+ 3] &+ w[3])
                round(e, f, g, &h, a, b, c, &d, constants[k &+ 4] &+ w[4])
                round(d, e, f, &g, h, a, b, &c, constants[k &+ 5] &+ w[5])
                round(c, d, e, &f, g, h, a, &b, constants[k &+ 6] &+ w[6])
                round(b, c, d, &e, f, g, h, &a, constants[k &+ 7] &+ w[7])
                round(a, b, c, &d, e, f, g, &h, constants[k &+ 8] &+ w[8])
                round(h, a, b, &c, d, e, f, &g, constants[k &+ 9] &+ w[9])
                round(g, h, a, &b, c, d, e, &f, constants[k &+ 10] &+ w[10])
                round(f, g, h, &a, b, c, d, &e, constants[k &+ 11] &+ w[11])
                round(e, f, g, &h, a, b, c, &d, constants[k &+ 12] &+ w[12])
                round(d, e, f, &g, h, a, b, &c, constants[k &+ 13] &+ w[13])
                round(c, d, e, &f, g, h, a, &b, constants[k &+ 14] &+ w[14])
                round(b, c, d, &e, f, g, h, &a, constants[k &+ 15] &+ w[15])
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

/// One round of §6.4.2 step 3: T1 goes into d, T1 + T2 into h, which is the next round's a.
@inline(__always)
private func round(
    _ a: UInt64, _ b: UInt64, _ c: UInt64, _ d: inout UInt64, _ e: UInt64, _ f: UInt64, _ g: UInt64,
    _ h: inout UInt64, _ constantAndWord: UInt64
) {
    // Ch(e, f, g) = (e and f) xor (not e and g), with one operation less.
    let ch = g ^ (e & (f ^ g))
    let maj = (a & b) ^ (c & (a ^ b))
    let t1 = h &+ (rotateRight(e, 14) ^ rotateRight(e, 18) ^ rotateRight(e, 41)) &+ ch &+ constantAndWord
    d = d &+ t1
    h = t1 &+ (rotateRight(a, 28) ^ rotateRight(a, 34) ^ rotateRight(a, 39)) &+ maj
}

/// §6.4.2 step 1 for t >= 16: W(t) takes the place of W(t - 16).
@inline(__always)
private func extend(_ w: inout InlineArray<16, UInt64>, _ t: Int) {
    let w2 = w[(t &+ 14) & 15]
    let w15 = w[(t &+ 1) & 15]
    let sigma1 = rotateRight(w2, 19) ^ rotateRight(w2, 61) ^ (w2 >> 6)
    let sigma0 = rotateRight(w15, 1) ^ rotateRight(w15, 8) ^ (w15 >> 7)
    w[t] = sigma1 &+ w[(t &+ 9) & 15] &+ sigma0 &+ w[t]
}

@inline(__always)
private func rotateRight(_ x: UInt64, _ count: UInt64) -> UInt64 {
    x &>> count | x &<< (64 &- count)
}

@inline(__always)
private func loadBigEndian(_ bytes: Span<UInt8>, _ offset: Int) -> UInt64 {
    var word: UInt64 = 0
    for index in 0..<8 { word = word << 8 | UInt64(bytes[offset &+ index]) }
    return word
}

/// §4.2.3: the first sixty-four bits of the fractional parts of the cube roots of the first eighty primes.
private let constants: InlineArray<80, UInt64> = [
    0x428A_2F98_D728_AE22, 0x7137_4491_23EF_65CD, 0xB5C0_FBCF_EC4D_3B2F, 0xE9B5_DBA5_8189_DBBC,
    0x3956_C25B_F348_B538, 0x59F1_11F1_B605_D019, 0x923F_82A4_AF19_4F9B, 0xAB1C_5ED5_DA6D_8118,
    0xD807_AA98_A303_0242, 0x1283_5B01_4570_6FBE, 0x2431_85BE_4EE4_B28C, 0x550C_7DC3_D5FF_B4E2,
    0x72BE_5D74_F27B_896F, 0x80DE_B1FE_3B16_96B1, 0x9BDC_06A7_25C7_1235, 0xC19B_F174_CF69_2694,
    0xE49B_69C1_9EF1_4AD2, 0xEFBE_4786_384F_25E3, 0x0FC1_9DC6_8B8C_D5B5, 0x240C_A1CC_77AC_9C65,
    0x2DE9_2C6F_592B_0275, 0x4A74_84AA_6EA6_E483, 0x5CB0_A9DC_BD41_FBD4, 0x76F9_88DA_8311_53B5,
    0x983E_5152_EE66_DFAB, 0xA831_C66D_2DB4_3210, 0xB003_27C8_98FB_213F, 0xBF59_7FC7_BEEF_0EE4,
    0xC6E0_0BF3_3DA8_8FC2, 0xD5A7_9147_930A_A725, 0x06CA_6351_E003_826F, 0x1429_2967_0A0E_6E70,
    0x27B7_0A85_46D2_2FFC, 0x2E1B_2138_5C26_C926, 0x4D2C_6DFC_5AC4_2AED, 0x5338_0D13_9D95_B3DF,
    0x650A_7354_8BAF_63DE, 0x766A_0ABB_3C77_B2A8, 0x81C2_C92E_47ED_AEE6, 0x9272_2C85_1482_353B,
    0xA2BF_E8A1_4CF1_0364, 0xA81A_664B_BC42_3001, 0xC24B_8B70_D0F8_9791, 0xC76C_51A3_0654_BE30,
    0xD192_E819_D6EF_5218, 0xD699_0624_5565_A910, 0xF40E_3585_5771_202A, 0x106A_A070_32BB_D1B8,
    0x19A4_C116_B8D2_D0C8, 0x1E37_6C08_5141_AB53, 0x2748_774C_DF8E_EB99, 0x34B0_BCB5_E19B_48A8,
    0x391C_0CB3_C5C9_5A63, 0x4ED8_AA4A_E341_8ACB, 0x5B9C_CA4F_7763_E373, 0x682E_6FF3_D6B2_B8A3,
    0x748F_82EE_5DEF_B2FC, 0x78A5_636F_4317_2F60, 0x84C8_7814_A1F0_AB72, 0x8CC7_0208_1A64_39EC,
    0x90BE_FFFA_2363_1E28, 0xA450_6CEB_DE82_BDE9, 0xBEF9_A3F7_B2C6_7915, 0xC671_78F2_E372_532B,
    0xCA27_3ECE_EA26_619C, 0xD186_B8C7_21C0_C207, 0xEADA_7DD6_CDE0_EB1E, 0xF57D_4F7F_EE6E_D178,
    0x06F0_67AA_7217_6FBA, 0x0A63_7DC5_A2C8_98A6, 0x113F_9804_BEF9_0DAE, 0x1B71_0B35_131C_471B,
    0x28DB_77F5_2304_7D84, 0x32CA_AB7B_40C7_2493, 0x3C9E_BE0A_15C9_BEBC, 0x431D_67C4_9C10_0D4C,
    0x4CC5_D4BE_CB3E_42B6, 0x597F_299C_FC65_7E2A, 0x5FCB_6FAB_3AD6_FAEC, 0x6C44_198C_4A47_5817,
]
