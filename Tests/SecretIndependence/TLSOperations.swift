// TLSOperations.swift - the key schedules and the record layer of TLS.
//
// Spec:    RFC 8446 §5.2, §7.1; RFC 5246 §6.2.3.3, §8.1.
// Secret:  pre-shared keys, shared secrets, values derived from them, plaintexts. Randoms, transcript hashes
//          and sealed records are public.
// Reads:   TLS, HMAC, Bytes. Read by: Operations.

import Bytes
import HMAC
import TLS

func scheduleTLS13(_ secrets: inout Secrets) -> [UInt8] {
    var answers: [UInt8] = []
    for hash in [HMACHash.sha256, .sha384] {
        let transcriptHash = secrets.publicBytes(hash.byteCount)
        let preSharedKey = secrets.bytes(hash.byteCount)
        var schedule = KeySchedule13(hash, preSharedKey: preSharedKey.span)
        answers += declassified(schedule.resumptionBinderKey())
        schedule.addSharedSecret(secrets.secretBytes(32))
        answers += declassified(schedule.derive("c hs traffic", transcriptHash: transcriptHash))
        schedule.becomeMaster()
        answers += declassified(schedule.derive("s ap traffic", transcriptHash: transcriptHash))
        let resumption = schedule.derive("res master", transcriptHash: transcriptHash)
        answers += declassified(resumptionKey(hash, resumptionMasterSecret: resumption, nonce: [0, 1]))
        let updated = nextTrafficSecret(hash, after: secrets.secretBytes(hash.byteCount))
        let key = finishedKey(hash, secret: updated)
        let code = finishedCode(hash, key: key, transcriptHash: transcriptHash)
        answers += declassified(code.span)
        secrets.runs += 1
    }
    return answers
}

func scheduleTLS12(_ secrets: inout Secrets) -> [UInt8] {
    var answers: [UInt8] = []
    for suite in [CipherSuite.ecdheRSAWithAES128GCM, .ecdheECDSAWithAES256GCM] {
        let hash: HMACHash = suite == .ecdheRSAWithAES128GCM ? .sha256 : .sha384
        for extended in [false, true] {
            let transcriptHash = secrets.publicBytes(hash.byteCount)
            let (client, server) = (secrets.publicBytes(32), secrets.publicBytes(32))
            let schedule = KeySchedule12(
                hash, premasterSecret: secrets.secretBytes(48), sessionHash: extended ? transcriptHash : nil,
                clientRandom: client, serverRandom: server)
            answers += declassified(schedule.keyBlock(suite, clientRandom: client, serverRandom: server))
            let data = schedule.verifyData("client finished", transcriptHash: transcriptHash)
            answers += declassified(data.span)
            secrets.runs += 1
        }
    }
    return answers
}

private let plaintextLengths = [0, 1, 16, 100, 1000]

/// A direction's keys of each kind: TLS 1.3 and TLS 1.2, AES-GCM and ChaCha20-Poly1305.
private func protection(_ kind: Int, _ secrets: inout Secrets) -> RecordProtection {
    switch kind {
    case 0: RecordProtection(.aes128GCM, trafficSecret: secrets.secretBytes(32))
    case 1: RecordProtection(.chaCha20Poly1305, trafficSecret: secrets.secretBytes(32))
    case 2: RecordProtection(.ecdheRSAWithAES128GCM, keyBlock: secrets.secretBytes(40), forClient: true)
    default:
        RecordProtection(.ecdheRSAWithChaCha20Poly1305, keyBlock: secrets.secretBytes(88), forClient: true)
    }
}

func sealRecords(_ secrets: inout Secrets) -> [UInt8] {
    var answers: [UInt8] = []
    for kind in 0..<4 {
        var keys = protection(kind, &secrets)
        for length in plaintextLengths {
            let plaintext = secrets.bytes(length)
            var output: [UInt8] = []
            keys.seal(.applicationData, plaintext.span, into: &output)
            answers += declassified(output.span)
            secrets.runs += 1
        }
    }
    return answers
}

/// A record sealed under the same keys, and then a record with an invalid tag.
func openRecords(_ secrets: inout Secrets) -> [UInt8] {
    var answers: [UInt8] = []
    for kind in 0..<4 {
        // The same bytes for both: the generator is a value.
        var copy = secrets
        var sealing = protection(kind, &copy)
        var opening = protection(kind, &secrets)
        for length in plaintextLengths {
            let plaintext = secrets.publicBytes(length)
            var made: [UInt8] = []
            sealing.seal(.applicationData, plaintext.span, into: &made)
            // It comes from the wire: public.
            var sealed = declassified(made.span)
            for isRight in [false, true] {
                sealed[sealed.count - 1] ^= isRight ? 0 : 1
                do throws(TLSError) {
                    let record = Record(
                        type: .applicationData, header: [UInt8](sealed[..<5]), body: [UInt8](sealed[5...]))
                    let opened = try opening.open(record)
                    answers += declassified(opened.contents.span) + [1]
                } catch { answers.append(0) }
                sealed[sealed.count - 1] ^= isRight ? 0 : 1
                secrets.runs += 1
            }
        }
    }
    return answers
}
