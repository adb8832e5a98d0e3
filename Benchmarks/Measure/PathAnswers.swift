// PathAnswers.swift - one certificate path in, one line out, for Scripts/differential-x509.
//
// Spec:    none. A line is `path TIME HOST ANCHORS CHAIN`: seconds since 1970, a name or "-", and
//          certificates in hexadecimal with commas between.
// Secret:  no.
// Reads:   X509, Bytes, Measure. Read by: Answers.

import Bytes
import X509

/// "valid", or the reason code.
func answerPath(_ words: [[UInt8]]) -> [UInt8] {
    var now: Int64 = 0
    for digit in words[1] {
        guard digit >= 0x30, digit <= 0x39, now < 1 << 40 else { fail("not a time", status: 2) }
        now = now * 10 + Int64(digit - 0x30)
    }
    let host = words[2]
    let presented = certificates(words[4])
    do throws(X509Error) {
        let anchors = try TrustAnchors(certificates: certificates(words[3]))
        do throws(PathError) {
            if bytesEqual(host.span, "-") {
                _ = try buildPath(presented: presented, anchors: anchors, nowSeconds: now)
            } else {
                _ = try validatePath(presented: presented, anchors: anchors, hostName: host, nowSeconds: now)
            }
            return [UInt8]("valid")
        } catch { return [UInt8](error.reasonCode) }
    } catch { return [UInt8](error.reasonCode) }
}

private func certificates(_ text: [UInt8]) -> [[UInt8]] {
    text.split(separator: 0x2C).map { digits in
        let word = [UInt8](digits)
        guard let certificate = try? Hex.decode(word.span) else { fail("not hexadecimal", status: 2) }
        return certificate
    }
}
