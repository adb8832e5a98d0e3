// Transcript.swift - the hash of all handshake messages so far.
//
// Spec:    RFC 8446 §4.4.1; RFC 5246 §7.4.9, RFC 7627 §3.
// Secret:  no: the messages are public or go to the server.
// Reads:   SHA256, SHA512, Parameters. Read by: TLSClient, ClientHello (binders), the handshakes.

import Bytes
import HMAC
import SHA256
import SHA512

/// Keeps the messages until the suite says which hash it is, then the hash alone.
struct Transcript {
    private enum State {
        case messages([UInt8])
        case sha256(SHA256)
        case sha384(SHA384)
    }

    private var state = State.messages([])

    /// Adds a message with its header.
    mutating func add(_ message: Span<UInt8>) {
        switch state {
        case .messages(var messages):
            // Emptied first, so that the array is not copied.
            state = .messages([])
            messages.append(message)
            state = .messages(messages)
        case .sha256(var hash):
            hash.update(message)
            state = .sha256(hash)
        case .sha384(var hash):
            hash.update(message)
            state = .sha384(hash)
        }
    }

    /// From now on with this hash.
    mutating func choose(_ hash: HMACHash) {
        guard case .messages(let messages) = state else { return }
        if hash == .sha384 {
            var fresh = SHA384()
            fresh.update(messages.span)
            state = .sha384(fresh)
        } else {
            var fresh = SHA256()
            fresh.update(messages.span)
            state = .sha256(fresh)
        }
    }

    /// The hash so far.
    ///
    /// - Requires: the hash was chosen.
    func digest() -> [UInt8] {
        switch state {
        case .messages: preconditionFailure("no hash chosen")
        case .sha256(var hash):
            let digest = hash.finalize()
            return [UInt8](digest.span)
        case .sha384(var hash):
            let digest = hash.finalize()
            return [UInt8](digest.span)
        }
    }

    /// §4.4.1: after a HelloRetryRequest, a message of the type message_hash stands for the first ClientHello.
    ///
    /// - Requires: the hash was chosen, and the ClientHello is all there is.
    mutating func replaceByMessageHash() {
        let digest = digest()
        var message: [UInt8] = [HandshakeType.messageHash, 0, 0, UInt8(digest.count)]
        message.append(digest.span)
        switch state {
        case .messages: break
        case .sha256: state = .sha256(SHA256())
        case .sha384: state = .sha384(SHA384())
        }
        add(message.span)
    }
}
