import Bytes
import Testing
import X509

@testable import TLS

@Suite struct ReplayTests {
    static let names = Recording.names.map { $0.name }

    /// All at once, a byte at a time, and a record at a time: the same connection.
    @Test(arguments: names) func aRecordingEstablishes(name: String) throws {
        let recording = try Recording(name)
        let whole = try recording.client()
        for answer in recording.answers { try whole.receive(answer.span) }
        #expect(whole.isEstablished)
        let bytewise = try recording.client()
        for answer in recording.answers {
            for byte in answer {
                let piece = [byte]
                try bytewise.receive(piece.span)
            }
        }
        #expect(bytewise.isEstablished && bytewise.summary == whole.summary)
        let (first, second) = (whole.takeOutput(), bytewise.takeOutput())
        #expect(first == second)
    }

    /// A handshake message may come in many records.
    @Test(arguments: ["1.2 AES", "1.2 ChaCha20"]) func aFragmentedFlight(name: String) throws {
        let recording = try Recording(name)
        var contents: [UInt8] = []
        for bytes in records(recording.answers[0]) { contents += bytes[5...] }
        for size in [1, 3, 100, 16_384] {
            let client = try recording.client()
            var offset = 0
            while offset < contents.count {
                let end = min(offset + size, contents.count)
                let piece = plain(.handshake, Array(contents[offset..<end]))
                try client.receive(piece.span)
                offset = end
            }
            let rest = recording.answers[1]
            try client.receive(rest.span)
            #expect(client.isEstablished)
        }
    }

    /// One bit changed in each byte of each record: no trap, and no connection.
    @Test(arguments: names) func aFlippedBit(name: String) throws {
        let recording = try Recording(name)
        let all = recording.answers.flatMap { records($0) }
        // How many records the handshake has.
        let counter = try recording.client()
        var handshakeCount = 0
        for bytes in all where !counter.isEstablished {
            try counter.receive(bytes.span)
            handshakeCount += 1
        }
        #expect(counter.isEstablished)
        var refused = 0
        for index in all.indices {
            let isPlain =
                all[index][0] != .applicationData && !(name.hasPrefix("1.2") && index == handshakeCount - 1)
            for offset in all[index].indices {
                // The minor version of a record is ignored (RFC 8446 §5.1), where it is not authenticated.
                if offset == 2 && (isPlain || name.hasPrefix("1.2")) { continue }
                var changed = all
                changed[index][offset] ^= 1 << UInt8(offset % 8)
                let client = try recording.client()
                var error: TLSError?
                for bytes in changed where error == nil { error = refusal(client, bytes) }
                if error != nil { refused += 1 }
                if index < handshakeCount {
                    #expect(!client.isEstablished, "\(name): record \(index), byte \(offset)")
                } else {
                    #expect(client.session == nil, "\(name): record \(index), byte \(offset)")
                }
            }
        }
        #expect(refused > 500)
    }

    /// A connection that ends at any record sends nothing more, and is not established.
    @Test(arguments: names) func aMissingRecord(name: String) throws {
        let recording = try Recording(name)
        let all = recording.answers.flatMap { records($0) }
        for missing in all.indices {
            let client = try recording.client()
            var error: TLSError?
            for index in all.indices where index != missing && error == nil {
                error = refusal(client, all[index])
            }
            let isDroppedInAnyCase = all[missing][0] == .changeCipherSpec && name.hasPrefix("1.3")
            #expect((error == nil) == (isDroppedInAnyCase || missing == all.count - 1))
            #expect(isDroppedInAnyCase || !client.isEstablished || missing == all.count - 1)
        }
    }

    /// A record is received twice.
    @Test(arguments: names) func aRepeatedRecord(name: String) throws {
        let recording = try Recording(name)
        let all = recording.answers.flatMap { records($0) }
        for repeated in all.indices {
            let client = try recording.client()
            var error: TLSError?
            for index in all.indices where error == nil {
                error = refusal(client, all[index])
                if index == repeated, error == nil { error = refusal(client, all[index]) }
            }
            let isDroppedInAnyCase = all[repeated][0] == .changeCipherSpec && name.hasPrefix("1.3")
            #expect((error == nil) == isDroppedInAnyCase, "\(name): record \(repeated)")
        }
    }

    /// The time, the name and the anchors are checked; the alert reports which one failed.
    @Test func theCertificateIsChecked() throws {
        let recording = try Recording("1.3")
        func refused(_ host: String, _ now: Int64, _ anchor: [UInt8]) throws -> TLSError? {
            let client = try makeClient(try configuration(anchor: anchor, host: host, now: now))
            return refusal(client, recording.answers[0])
        }
        let other = try Recording("1.2 AES").anchor
        let late = try refused("server.test", 2_500_000_000, recording.anchor)
        #expect(late?.alert == .certificateExpired && late?.reasonCode.description == "path_expired")
        let early = try refused("server.test", 1_000_000_000, recording.anchor)
        #expect(early?.alert == .certificateUnknown)
        // An authority of the same name with another key; one of another name.
        let impostor = try refused("server.test", 1_750_000_000, other)
        #expect(impostor?.alert == .badCertificate)
        let message = try Forger13("1.3 client certificate requested").flight[2]
        let unrelated = try readCertificates13(message.span.extracting(4..<message.count), offered: [])[0]
        let stranger = try refused("server.test", 1_750_000_000, unrelated)
        #expect(stranger?.alert == .unknownAuthority)
    }

    /// Another name changes the ClientHello, so the keys differ.
    @Test func theNameIsInTheHello() throws {
        let recording = try Recording("1.3")
        let client = try makeClient(try configuration(anchor: recording.anchor, host: "other.test"))
        #expect(refusal(client, recording.answers[0]) == .recordAuthentication)
        func serverName(_ host: String) throws -> [UInt8]? {
            let settings = try configuration(anchor: recording.anchor, host: host)
            let hello = try makeClient(settings).takeOutput()
            #expect(contains(hello, Array("server.test".utf8)) == (settings.serverName != nil))
            return settings.serverName
        }
        #expect(try serverName("192.0.2.1") == nil)
        #expect(try serverName("2001:db8::1") == nil)
        #expect(try serverName("Server.TEST.") == Array("server.test".utf8))
        #expect(throws: TLSError.hostNameForm) {
            _ = try makeClient(try configuration(anchor: recording.anchor, host: "a b"))
        }
    }
}
