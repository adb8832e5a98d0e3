import HTTP
import JOSE
import Platform
import TLS
import Testing
import X509

@testable import LambdaRuntime

private func word(_ text: StaticString?) -> String? { text.map { "\($0)" } }

/// Every kind of failure says in which step it happened, and what to do.
@Suite struct KeyFetchReportTests {
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
        (.noUsableKey, "keyset"),
        (.noTimeLeft, "time"),
    ]) func stepsAreToldApart(error: KeyFetchError, stage: String) {
        let report = KeyFetchReport(error)
        #expect(word(report.stage) == stage)
        #expect(word(report.reason) == word(error.reasonCode))
        #expect(report.advice.utf8CodeUnitCount > 10 && report.meaning.utf8CodeUnitCount > 10)
    }

    @Test func alertsHaveNames() {
        let received = KeyFetchReport(.http(.tls(.peerAlert(40))))
        #expect(word(received.alert?.name) == "handshake_failure" && received.alert?.isServers == true)
        let unknown = KeyFetchReport(.http(.tls(.peerAlert(250))))
        #expect(word(unknown.alert?.name) == "unknown" && unknown.alert?.isServers == true)
        let sent = KeyFetchReport(.http(.tls(.finishedMismatch)))
        #expect(word(sent.alert?.name) == "decrypt_error" && sent.alert?.isServers == false)
        #expect(KeyFetchReport(.http(.tls(.closedDuringHandshake))).alert == nil)
    }

    @Test func numbersAndCausesAreKept() {
        #expect(KeyFetchReport(.http(.status(429))).status == 429)
        #expect(KeyFetchReport(.http(.proxy(.status(403)))).status == 403)
        #expect(word(KeyFetchReport(.http(.proxy(.connection(.nameNotFound)))).cause) == "name_not_found")
        #expect(word(KeyFetchReport(.discovery(.address(.schemeNotSupported))).cause) == "url_scheme")
        let found = KeyFetchReport(.discovery(.http(.status(404))))
        #expect(found.status == 404 && word(found.cause) == "status" && word(found.reason) == "http_status")
    }
}
