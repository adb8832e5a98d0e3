// TrustAnchorSearch.swift - opening a bundle of roots: one root found, or all of them read.
//
// Spec:    none.
// Secret:  no.
// Reads:   X509, Bytes, Measure. Read by: Measure.
//
// The bundle is the file anchors.pem of the data folder.

import Authorizer
import Bytes
import X509

/// `anchorfind`: opens the bundle and reads the one root that a path needs, the bundle's middle one.
struct TrustAnchorSearch: Operation {
    private let bundle: [UInt8]
    private let expected: Certificate

    init?(_ request: Request) {
        bundle = dataFile([UInt8]("anchors.pem"))
        do throws(X509Error) {
            let anchors = try TrustAnchors(pem: bundle)
            expected = try anchors.certificate(at: anchors.count / 2)
        } catch { return nil }
    }

    mutating func perform() -> Bool {
        do throws(X509Error) {
            return try TrustAnchors(pem: bundle).issuers(of: expected).contains(expected)
        } catch { return false }
    }
}

/// `anchorall`: opens the bundle and reads every root in it.
struct TrustAnchorReading: Operation {
    private let bundle: [UInt8]

    init?(_ request: Request) {
        bundle = dataFile([UInt8]("anchors.pem"))
    }

    mutating func perform() -> Bool {
        do throws(X509Error) {
            let anchors = try TrustAnchors(pem: bundle)
            var byteCount = 0
            for index in 0..<anchors.count { byteCount += try anchors.certificate(at: index).encoded.count }
            return byteCount > 0
        } catch { return false }
    }
}
