// CertificatesCommand.swift - the verdict of a connection on a file of certificates.
//
// Spec:    README "Commands", certificates.
// Secret:  no.
// Reads:   PathVerdict, Options, Terminal; Reports (Outline), KeyFetching (TrustStore), X509 (certificateBlocks, limits),
//          Settings (secondsSince1970), Platform, Bytes. Read by: Commands.

import Bytes
import KeyFetching
import Platform
import Reports
import Settings
import X509

/// `authorizer certificates FILE --host NAME [--at TIME]`.
func runCertificates(_ options: Options) -> Int32 {
    guard let file = options.operand, let host = options.host else {
        return StandardError.refuse("certificates needs a FILE and --host NAME")
    }
    var now = Clock.wallSeconds
    if let at = options.at {
        guard let seconds = secondsSince1970(at.span) else {
            return StandardError.refuse(
                "--at must be seconds since 1970, 2026-01-01T00:00:00Z or 2026-01-01T01:00:00+01:00")
        }
        now = seconds
    }
    let presented: [[UInt8]]
    let store: TrustStore
    do throws(UnusableFile) {
        presented = try presentedCertificates(file)
        store = try openTrustStore()
    } catch {
        if options.json { StandardOutput.write(error.outline(host: host, nowSeconds: now)) }
        return error.refuse()
    }
    let verdict = PathVerdict(presented, store.anchors, of: store.path, host: host, nowSeconds: now)
    StandardOutput.write(verdict, asJSON: options.json)
    return verdict.isValid ? ExitStatus.allowed : ExitStatus.refused
}

/// A file that could not be read or decoded: no search was made.
private struct UnusableFile: Error {
    /// Empty when no file is named.
    let path: [UInt8]
    let reason: StaticString

    func refuse() -> Int32 {
        path.isEmpty
            ? StandardError.refuse("there is no file of trust anchors: set CA_BUNDLE or SSL_CERT_FILE")
            : StandardError.refuse(path, reason)
    }

    func outline(host: [UInt8], nowSeconds: Int64) -> Outline {
        var outline = Outline()
        outline.add("valid", false)
        outline.add("host", host)
        outline.add("at", timestampText(nowSeconds * 1000))
        if !path.isEmpty { outline.add("file", path) }
        outline.add("reason", reason)
        return outline
    }
}

/// The certificates that a server with this file presents: the contents of its blocks unchanged, or one certificate in DER.
private func presentedCertificates(_ file: [UInt8]) throws(UnusableFile) -> [[UInt8]] {
    let contents: [UInt8]
    do throws(PlatformError) {
        let limit = X509Limits.anchorFileByteCount
        contents =
            try bytesEqual(file.span, "-")
            ? StandardInput.readAll(limit: limit) : File.read(path: file, limit: limit)
    } catch { throw UnusableFile(path: file, reason: error.reasonCode) }
    // A SEQUENCE whose length has two octets: no text begins so.
    if contents.count > 2, contents[0] == 0x30, contents[1] == 0x82 { return [contents] }
    do throws(X509Error) { return try certificateBlocks(contents) } catch {
        throw UnusableFile(path: file, reason: error.reasonCode)
    }
}

private func openTrustStore() throws(UnusableFile) -> TrustStore {
    do throws(TrustStoreError) { return try TrustStore.open(bundle: Environment.value("CA_BUNDLE")) } catch {
        switch error {
        case .file(let path, let reason): throw UnusableFile(path: path, reason: reason.reasonCode)
        case .anchors(let path, let reason): throw UnusableFile(path: path, reason: reason.reasonCode)
        case .noneFound: throw UnusableFile(path: [], reason: error.reasonCode)
        }
    }
}
