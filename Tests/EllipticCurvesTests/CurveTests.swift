import Testing

@testable import EllipticCurves

/// The written powers of the generator are what doubling gives (AUDIT 16).
@Suite struct CurveTests {
    /// The table of the generator, from the powers that are written down and from none.
    @Test func theWrittenPowersOfTheGenerator() {
        let written = generatorMultiplesP256.points
        let workedOut = PointMultiples(of: curveP256.generator, on: curveP256, width: 6).points
        #expect(written.count == 64 && workedOut.count == 64)
        for index in written.indices { #expect(written[index].equalsVariableTime(workedOut[index])) }
        for (strand, power) in generatorPowersP256.enumerated() {
            #expect(power.equalsVariableTime(workedOut[16 * (strand + 1)]))
        }
    }
}
