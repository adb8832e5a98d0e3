import HTTP
import JOSE
import Keys
import Platform
import TLS
import Testing
import X509

@testable import KeyFetching

private func word(_ text: StaticString?) -> String? { text.map { "\($0)" } }

/// Every kind of failure says in which step it happened, and what to do.
@Suite struct FailureTextTests {
    @Test(arguments: [
        (KeyFetchError.file(.openFailed(code: 2)), "file"), (.trust(.noneFound), "trust"),
        (.http(.platform(.nameNotFound)), "name"), (.http(.platform(.nameServerTimedOut)), "name"),
        (.http(.platform(.connectFailed(code: 111))), "connect"),
        (.http(.platform(.connectTimedOut)), "connect"),
        (.http(.platform(.readTimedOut)), "http"), (.http(.handshakeTimedOut), "tls"),
        (.http(.tls(.finishedMismatch)), "tls"),
        (.http(.proxy(.status(407))), "proxy"), (.http(.proxy(.timedOut)), "proxy"),
        (.http(.status(302)), "status"),
        (.http(.status(503)), "status"), (.http(.bodyTooLong(limit: 1)), "size"),
        (.http(.tooManyFields(limit: 1)), "size"),
        (.http(.statusLine), "http"), (.http(.closed(bytesReceived: 0)), "http"),
        (.discovery(.issuerMismatch), "discovery"),
        (.discovery(.http(.platform(.nameNotFound))), "discovery"), (.keySet(.keySetForm), "keyset"),
        (.noUsableKey(skipped: []), "keyset"),
        (.publicKey(.pemForm(offset: 0)), "keyset"), (.discovery(.json(.unexpectedEnd)), "discovery"),
        (.http(.status(403)), "status"), (.noTimeLeft, "time"),
    ]) func stepsAreDistinguished(error: KeyFetchError, stage: String) {
        let report = FetchFailure(error)
        #expect(word(report.stage) == stage)
        #expect(word(report.reason) == word(error.reasonCode))
        #expect(report.advice.utf8CodeUnitCount > 10 && report.meaning.utf8CodeUnitCount > 10)
    }

    /// The advice is true of the cause: no other service and no changed answer.
    @Test func codingsHaveTheirOwnAdvice() {
        for (error, name) in [
            (HTTPError.contentEncodingNotSupported, "Content-Encoding"),
            (.transferEncodingNotSupported, "transfer coding"),
        ] {
            for failure in [KeyFetchError.http(error), .discovery(.http(error))] {
                let report = FetchFailure(failure)
                #expect(word(report.meaning)?.contains(name) == true)
                #expect(word(report.advice)?.contains("another service") == false)
            }
        }
        let advice = word(FetchFailure(.http(.contentEncodingNotSupported)).advice)
        #expect(advice?.contains("Accept-Encoding: identity") == true)
    }

    /// What each kind of answer means, and what to do about it: the status, the document's fault, the key's form.
    @Test func theServedContentIsNamed() {
        let document = FetchFailure(.discovery(.json(.unexpectedEnd)))
        #expect(word(document.meaning)?.contains("JSON") == true && word(document.cause)?.isEmpty == false)
        #expect(
            word(FetchFailure(.publicKey(.pemForm(offset: 0))).advice)?.contains("BEGIN PUBLIC KEY") == true)
        let advice = [302, 304, 403, 404, 429, 500].map { word(FetchFailure(.http(.status($0))).advice) }
        #expect(Set(advice).count == advice.count)
        #expect(KeyFetchError.http(.status(410)).absenceStatus == 410)
        #expect(
            KeyFetchError.http(.status(500)).absenceStatus == nil
                && KeyFetchError.noTimeLeft.absenceStatus == nil)
    }

    @Test func tooManyKeysAreNamed() {
        let report = FetchFailure(.keySet(.keySetTooManyKeys(limit: JOSELimits.keyCount, actual: 101)))
        #expect(word(report.meaning)?.contains("more than \(JOSELimits.keyCount) keys") == true)
        #expect(word(report.stage) == "keyset" && word(report.advice)?.contains("LIMITS.md") == true)
    }

    @Test func skippedKeysAreReported() {
        let key = KeySet.SkippedKey(index: 0, kid: Array("a".utf8), reason: .privateKey)
        let report = FetchFailure(.noUsableKey(skipped: [key]))
        #expect(report.skipped == [key] && word(report.reason) == "keyset_without_keys")
        #expect(word(report.advice)?.contains("publish a key for signatures") == true)
        #expect(word(FetchFailure(.noUsableKey(skipped: [])).advice)?.contains("the set is empty") == true)
    }

    @Test func alertsHaveNames() {
        let received = FetchFailure(.http(.tls(.peerAlert(40))))
        #expect(word(received.alert?.name) == "handshake_failure" && received.alert?.isServers == true)
        let unknown = FetchFailure(.http(.tls(.peerAlert(250))))
        #expect(word(unknown.alert?.name) == "unknown" && unknown.alert?.isServers == true)
        let sent = FetchFailure(.http(.tls(.finishedMismatch)))
        #expect(word(sent.alert?.name) == "decrypt_error" && sent.alert?.isServers == false)
        #expect(FetchFailure(.http(.tls(.closedDuringHandshake))).alert == nil)
    }

    /// The text for a broken connection names the step in which it broke.
    @Test func theStepIsNamed() {
        let errors: [(HTTPError, inTLS: String, inHTTP: String, inConnect: String)] = [
            (.platform(.readFailed(code: 104)), "tls", "http", "connect"),
            (.platform(.writeFailed(code: 104)), "tls", "http", "connect"),
            (.closed(bytesReceived: 0), "tls", "http", "http"),
            (.platform(.readTimedOut), "http", "http", "http"),
            (.platform(.writeTimedOut), "connect", "http", "connect"),
            (.platform(.connectTimedOut), "connect", "connect", "connect"),
            (.platform(.nameNotFound), "name", "name", "name"),
            (.status(500), "status", "status", "status"),
        ]
        for (error, inTLS, inHTTP, inConnect) in errors {
            for (step, stage) in [(ExchangeStep.tls, inTLS), (.http, inHTTP), (.connect, inConnect)] {
                if step == .http, case .platform(.connectTimedOut) = error { continue }
                #expect(word(FetchFailure(.http(error), in: step).stage) == stage, "\(error) in \(step)")
                #expect(word(FetchFailure(.discovery(.http(error)), in: step).cause) == stage)
            }
        }
    }

    @Test func numbersAndCausesAreKept() {
        #expect(FetchFailure(.http(.status(429))).status == 429)
        #expect(FetchFailure(.http(.proxy(.status(403)))).status == 403)
        #expect(word(FetchFailure(.http(.proxy(.connection(.nameNotFound)))).cause) == "name_not_found")
        #expect(word(FetchFailure(.discovery(.address(.schemeNotSupported))).cause) == "url_scheme")
        let found = FetchFailure(.discovery(.http(.status(404))))
        #expect(found.status == 404 && word(found.cause) == "status" && word(found.reason) == "http_status")
    }
}
