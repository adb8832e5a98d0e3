
import Bytes
import Testing
@testable import EllipticCurves
func hex(_ s: String) -> [UInt8] { try! Hex.decode(Array(s.utf8).span) }
@Test func quick() throws {
  let cases: [(Curve, String, String)] = [(.p256, "82757b916282947212a18a3bd0a27f55b6e59e97613f7ac86021f8f718d9f893ed6e0cdde8b650fbf4e1b0dcfb9f96350d952a59b0a8fcda6a98515316d07ee5", "188916cc61263307d8fb6f93404b6f31b72ce5658a1f52e3f6d668d03d3a632f25bada0974cc3fe88c1f8a6c1876b82b80189f188b2953d5f625f9270cdaa9ed"),
(.p384, "8b6f0c88d370f976168828e9017d4ef1da26fdae6578d92f72eeaecb612282e1624829554918ec9b1a8ca6e36bc7349a901ad5060d248df63fbbfce38fb09453cde9ee17ac7a183a0c50d578e85b372705db1cce5ca65ad0d3b9bd261f36ae42", "eb08f12f679b9d1a5978e4ae48f75a4d87a5dd52e9a571dc099b32d746a1463afadcaa7b30c1082f4d90f0a4482d1364becb5ba86adc6491bae2fa6e7ae70691a272d836113b980f13b218d13dfdfa251b73b8facbd95c71222c504ce080fd19"),
(.p521, "010f2404a0f4f007dc4531facc9b2f5470299553a53fbe8c29b1e858418e299703c210f13662a4b596c5b653422c662805b8fc3d3de73fa40bf6d1d09c6d1e1e4d7300ff8af4208de2d216e83854c150497638650fcc4f1d9c595552f7666d00bf7f7c10a7c67e749ff3323ed6e5df81d17f138092cc4915de5852d85790212f64facc4a", "019ec29661e2266b1891f2e14cec1bea3054ad64cd6496843b91dc95f99a1ff5cdf05b0b136ff71c9473b03b21373fc2d8457f990f4cc226a5bb1319a58ac0408ffc00cb5ef207571e09f0df504129f3c0bde17647e629027e34b3da8ef584b73edaa1b12c0804b205305ec2fe191e41a5cce59c04e41c6b5919116ad6ceb0c9876fa6ec")]
  let digest = hex("2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824")
  let clock = ContinuousClock()
  for (curve, point, sig) in cases {
    let p = [4] + hex(point)
    var s = hex(sig)
    let key = try ECDSAPublicKey(curve: curve, uncompressedPoint: p.span)
    try key.verifyRaw(digest: digest.span, signature: s.span)
    print(curve, "key", try clock.measure { for _ in 0..<100 { _ = try ECDSAPublicKey(curve: curve, uncompressedPoint: p.span) } } / 100,
     "verify", try clock.measure { for _ in 0..<100 { try key.verifyRaw(digest: digest.span, signature: s.span) } } / 100)
    s[5] ^= 1
    do { try key.verifyRaw(digest: digest.span, signature: s.span); Issue.record("bad") } catch { print(error) }
  }
}
