// NumberTheoreticTransform.swift - arithmetic modulo q, the NTT and its inverse.
//
// Spec:    FIPS 204 §2.3, §2.5 (the transform), §7.5 algorithms 41 and 42, Appendix B (zetas).
// Secret:  no: verification works on public data.
// Reads:   nothing. Read by: Sampling, Encoding, MLDSAPublicKey.
//
// A coefficient is a UInt32 below q in every function of this module: there is no other representation, so no bound has
// to be carried from one function to the next. A product of two is below 2^46.

/// The modulus, 2^23 - 2^13 + 1.
let q: UInt32 = 8_380_417
/// The number of coefficients of a polynomial.
let n = 256

/// A polynomial, or the transform of one.
typealias Polynomial = InlineArray<256, UInt32>

extension [UInt32] {
    /// Adds the coefficients of a polynomial.
    mutating func append(_ polynomial: Polynomial) {
        let coefficients = polynomial.span
        for j in 0..<n { append(coefficients[j]) }
    }
}

/// a · b mod q.
@inline(__always)
func multiply(_ a: UInt32, _ b: UInt32) -> UInt32 {
    UInt32(truncatingIfNeeded: UInt64(a) &* UInt64(b) % UInt64(q))
}

/// a + b mod q.
@inline(__always)
func add(_ a: UInt32, _ b: UInt32) -> UInt32 {
    let sum = a &+ b
    return min(sum, sum &- q)
}

/// a - b mod q.
@inline(__always)
func subtract(_ a: UInt32, _ b: UInt32) -> UInt32 {
    let difference = a &- b
    return min(difference, difference &+ q)
}

/// Algorithm 41: replaces a polynomial by its transform.
///
/// - Requires: coefficients below q. - Ensures: the same.
@export(interface)
func transform(_ w: inout Polynomial) {
    // Steps 4 and 5; the coefficients are in w already (steps 1 to 3).
    var m = 0
    var length = 128
    while length >= 1 {
        var start = 0
        while start < n {
            // Steps 9 to 16.
            m &+= 1
            let zeta = zetas[m]
            for j in start..<(start &+ length) {
                let t = multiply(zeta, w[j &+ length])
                w[j &+ length] = subtract(w[j], t)
                w[j] = add(w[j], t)
            }
            start &+= 2 &* length
        }
        length >>= 1
    }
}

/// Algorithm 42: replaces a transform by its polynomial.
///
/// - Requires: coefficients below q. - Ensures: the same.
@export(interface)
func inverseTransform(_ w: inout Polynomial) {
    // Steps 4 and 5.
    var m = n
    var length = 1
    while length < n {
        var start = 0
        while start < n {
            // Steps 9 to 17: with the difference turned round, zeta is not negated.
            m &-= 1
            let zeta = zetas[m]
            for j in start..<(start &+ length) {
                let t = w[j]
                w[j] = add(t, w[j &+ length])
                w[j &+ length] = multiply(zeta, subtract(w[j &+ length], t))
            }
            start &+= 2 &* length
        }
        length <<= 1
    }
    // Steps 21 to 24: f = 256^-1 mod q.
    for j in 0..<n { w[j] = multiply(8_347_681, w[j]) }
}

/// Appendix B: 1753^BitRev8(m) mod q; the first one is not used.
let zetas: InlineArray<256, UInt32> = [
    0, 4_808_194, 3_765_607, 3_761_513, 5_178_923, 5_496_691, 5_234_739, 5_178_987, 7_778_734, 3_542_485,
    2_682_288, 2_129_892,
    3_764_867, 7_375_178, 557458, 7_159_240, 5_010_068, 4_317_364, 2_663_378, 6_705_802, 4_855_975, 7_946_292,
    676590, 7_044_481,
    5_152_541, 1_714_295, 2_453_983, 1_460_718, 7_737_789, 4_795_319, 2_815_639, 2_283_733, 3_602_218,
    3_182_878, 2_740_543, 4_793_971,
    5_269_599, 2_101_410, 3_704_823, 1_159_875, 394148, 928749, 1_095_468, 4_874_037, 2_071_829, 4_361_428,
    3_241_972, 2_156_050,
    3_415_069, 1_759_347, 7_562_881, 4_805_951, 3_756_790, 6_444_618, 6_663_429, 4_430_364, 5_483_103,
    3_192_354, 556856, 3_870_317,
    2_917_338, 1_853_806, 3_345_963, 1_858_416, 3_073_009, 1_277_625, 5_744_944, 3_852_015, 4_183_372,
    5_157_610, 5_258_977, 8_106_357,
    2_508_980, 2_028_118, 1_937_570, 4_564_692, 2_811_291, 5_396_636, 7_270_901, 4_158_088, 1_528_066, 482649,
    1_148_858, 5_418_153,
    7_814_814, 169688, 2_462_444, 5_046_034, 4_213_992, 4_892_034, 1_987_814, 5_183_169, 1_736_313, 235407,
    5_130_263, 3_258_457,
    5_801_164, 1_787_943, 5_989_328, 6_125_690, 3_482_206, 4_197_502, 7_080_401, 6_018_354, 7_062_739,
    2_461_387, 3_035_980, 621164,
    3_901_472, 7_153_756, 2_925_816, 3_374_250, 1_356_448, 5_604_662, 2_683_270, 5_601_629, 4_912_752,
    2_312_838, 7_727_142, 7_921_254,
    348812, 8_052_569, 1_011_223, 6_026_202, 4_561_790, 6_458_164, 6_143_691, 1_744_507, 1753, 6_444_997,
    5_720_892, 6_924_527,
    2_660_408, 6_600_190, 8_321_269, 2_772_600, 1_182_243, 87208, 636927, 4_415_111, 4_423_672, 6_084_020,
    5_095_502, 4_663_471,
    8_352_605, 822541, 1_009_365, 5_926_272, 6_400_920, 1_596_822, 4_423_473, 4_620_952, 6_695_264, 4_969_849,
    2_678_278, 4_611_469,
    4_829_411, 635956, 8_129_971, 5_925_040, 4_234_153, 6_607_829, 2_192_938, 6_653_329, 2_387_513, 4_768_667,
    8_111_961, 5_199_961,
    3_747_250, 2_296_099, 1_239_911, 4_541_938, 3_195_676, 2_642_980, 1_254_190, 8_368_000, 2_998_219, 141835,
    8_291_116, 2_513_018,
    7_025_525, 613238, 7_070_156, 6_161_950, 7_921_677, 6_458_423, 4_040_196, 4_908_348, 2_039_144, 6_500_539,
    7_561_656, 6_201_452,
    6_757_063, 2_105_286, 6_006_015, 6_346_610, 586241, 7_200_804, 527981, 5_637_006, 6_903_432, 1_994_046,
    2_491_325, 6_987_258,
    507927, 7_192_532, 7_655_613, 6_545_891, 5_346_675, 8_041_997, 2_647_994, 3_009_748, 5_767_564, 4_148_469,
    749577, 4_357_667,
    3_980_599, 2_569_011, 6_764_887, 1_723_229, 1_665_318, 2_028_038, 1_163_598, 5_011_144, 3_994_671,
    8_368_538, 7_009_900, 3_020_393,
    3_363_542, 214880, 545376, 7_609_976, 3_105_558, 7_277_073, 508145, 7_826_699, 860144, 3_430_436, 140244,
    6_866_265,
    6_195_333, 3_123_762, 2_358_373, 6_187_330, 5_365_997, 6_663_603, 2_926_054, 7_987_710, 8_077_412,
    3_531_229, 4_405_932, 4_606_686,
    1_900_052, 7_598_542, 1_054_478, 7_648_983,
]
