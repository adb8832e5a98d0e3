// Transcript.swift - the hash of all handshake messages so far.
//
// Spec:    RFC 8446 §4.4.1; RFC 5246 §7.4.9, RFC 7627 §3.
// Secret:  no: the messages are public or go to the server.
// Reads:   SHA256, SHA512, Parameters, Bytes, HMAC. Read by: ClientHello (binders), KeySchedule13, the phases.

import Bytes
import HMAC
import SHA256
import SHA512

struct Transcript {
    private enum State {
        case sha256(SHA256)
        case sha384(SHA384)
    }

    private var state: State

    /// No message yet.
    init(_ hash: HMACHash) {
        state = hash == .sha384 ? .sha384(SHA384()) : .sha256(SHA256())
    }

    /// The ClientHello, which waited for the suite that says which hash it is.
    init(_ hash: HMACHash, _ clientHello: Span<UInt8>) {
        self.init(hash)
        add(clientHello)
    }

    /// §4.4.1: after a HelloRetryRequest, a message of the type message_hash replaces the first ClientHello.
    init(_ hash: HMACHash, retried clientHello: Span<UInt8>) {
        let digest = Transcript(hash, clientHello).digest()
        var message: [UInt8] = [HandshakeType.messageHash, 0, 0, UInt8(digest.count)]
        message.append(digest.span)
        self.init(hash, message.span)
    }

    /// Adds a message with its header.
    mutating func add(_ message: Span<UInt8>) {
        switch state {
        case .sha256(var hash):
            hash.update(message)
            state = .sha256(hash)
        case .sha384(var hash):
            hash.update(message)
            state = .sha384(hash)
        }
    }

    /// The hash so far.
    func digest() -> [UInt8] {
        switch state {
        case .sha256(var hash):
            let digest = hash.finalize()
            return [UInt8](digest.span)
        case .sha384(var hash):
            let digest = hash.finalize()
            return [UInt8](digest.span)
        }
    }
}
