// MLDSAOperations.swift - mldsa:44, mldsa:65, mldsa:87: a signature verified with a key that is kept, and mldsakey:44 and
// so on: from the key's bytes to the verdict.
//
// Spec:    none.
// Secret:  no.
// Reads:   MLDSA, Measure, CurveOperations (SignatureFiles). Read by: Measure.
//
// Reads mldsa44.pub, mldsa44.sig and mldsa44.msg, a message of 32 bytes; and so on.

import MLDSA

struct MLDSAVerification: Operation {
    private let files: SignatureFiles
    private let parameters: MLDSAParameters
    /// Nil when every operation is to read the key anew.
    private let key: MLDSAPublicKey?

    init?(_ request: Request, keepsKey: Bool) {
        switch request.size {
        case 44: (parameters, files) = (.mldsa44, SignatureFiles("mldsa44"))
        case 65: (parameters, files) = (.mldsa65, SignatureFiles("mldsa65"))
        case 87: (parameters, files) = (.mldsa87, SignatureFiles("mldsa87"))
        default: return nil
        }
        key = keepsKey ? try? MLDSAPublicKey(parameters, files.key.span) : nil
    }

    mutating func perform() -> Bool {
        do throws(MLDSAError) {
            let key = if let key { key } else { try MLDSAPublicKey(parameters, files.key.span) }
            try key.verify(message: files.message.span, signature: files.signature.span)
            return true
        } catch {
            return false
        }
    }
}
