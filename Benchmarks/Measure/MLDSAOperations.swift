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
        let name: StaticString
        switch request.size {
        case 44: (parameters, name) = (.mldsa44, "mldsa44")
        case 65: (parameters, name) = (.mldsa65, "mldsa65")
        case 87: (parameters, name) = (.mldsa87, "mldsa87")
        default: return nil
        }
        let files = SignatureFiles(name)
        self.files = files
        let (set, isKept) = (parameters, keepsKey)
        key = isKept ? try? MLDSAPublicKey(set, files.key.span) : nil
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
