// TLSMessages.swift - fuzz target: any bytes are a message of each kind, or are refused by a name.
//
// The target TLSRecords covers records and phases; this one parses each message directly.

import Bytes

@testable import TLS

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzTLSMessages(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = input(start, count)
    let body = bytes.span
    attempt { () throws(TLSError) in
        let hello = try ServerHello(body)
        require(hello.random.count == 32 && hello.sessionIdentifier.count <= 32, "fields have their lengths")
        require(hello.extensions.items.count <= TLSLimits.extensionCount, "extensions are bounded")
        _ = hello.isHelloRetryRequest
        _ = hello.hasDowngradeSentinel
        attempt { () throws(TLSError) in _ = try hello.selectedVersion() }
        attempt { () throws(TLSError) in _ = try hello.keyShare() }
        attempt { () throws(TLSError) in _ = try hello.requestedGroup() }
        attempt { () throws(TLSError) in
            require((try hello.cookie()?.count ?? 1) <= TLSLimits.cookieByteCount, "a cookie is bounded")
        }
        attempt { () throws(TLSError) in _ = try hello.selectedIdentity() }
        attempt { () throws(TLSError) in try checkPointFormats(hello.extensions) }
    }
    attempt { () throws(TLSError) in
        let extensions = try readEncryptedExtensions(bytes.span)
        attempt { () throws(TLSError) in _ = try checkApplicationProtocol(extensions) }
        attempt { () throws(TLSError) in try checkServerName(extensions) }
        attempt { () throws(TLSError) in
            try extensions.check(permitted: [0, 10, 16], offered: [0, 10, 16, 51])
        }
    }
    attempt { () throws(TLSError) in
        require(!(try readCertificates13(bytes.span, offered: [])).isEmpty, "there is a certificate")
    }
    attempt { () throws(TLSError) in
        require(!(try readCertificates12(bytes.span)).isEmpty, "there is a certificate")
    }
    attempt { () throws(TLSError) in try checkCertificateRequest(bytes.span) }
    attempt { () throws(TLSError) in try checkCertificateRequest12(bytes.span) }
    attempt { () throws(TLSError) in _ = try readCertificateVerify(bytes.span) }
    attempt { () throws(TLSError) in
        let message = try ServerKeyExchange(bytes.span)
        require(message.parameters.count == 4 + message.publicKey.count, "the signed part is the parameters")
    }
    attempt { () throws(TLSError) in _ = try NewSessionTicket(bytes.span) }
    attempt { () throws(TLSError) in _ = try readKeyUpdate(bytes.span) }
    // The messages of a stream come out as they went in.
    var reader = HandshakeReader()
    reader.append(bytes.span)
    attempt { () throws(TLSError) in
        var offset = 0
        while let message = try reader.next() {
            require(bytes[offset...].starts(with: message.bytes), "a message is a piece of the stream")
            offset += message.bytes.count
        }
        require(reader.isEmpty == (offset == bytes.count), "what is left waits")
    }
    return 0
}

private func attempt(_ read: () throws(TLSError) -> Void) {
    do throws(TLSError) { try read() } catch { _ = error.reasonCode }
}
