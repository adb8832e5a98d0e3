import Foundation
import JOSE
import KeyFetching
import Keys
import Settings
import TestSupport
import Testing

@testable import Authorizer
@testable import LambdaRuntime

/// Metrics count decisions and fetches, in CloudWatch's format (AUDIT 29).
@Suite struct MetricsTests {
    private func json(_ document: MetricDocument) throws -> NSDictionary {
        let bytes = document.finished()
        #expect(bytes.last == 0x0A && !bytes.dropLast().contains(0x0A))
        return try #require(try JSONSerialization.jsonObject(with: Data(bytes)) as? NSDictionary)
    }

    private func decision(_ outcome: Outcome, old: StaleKeys? = nil) -> Decision {
        Decision(outcome, atSeconds: 0, event: nil, staleKeys: old)
    }

    private let grant = Grant(
        principal: [], context: [], omittedClaims: 0, expirySeconds: 0, refusedFromSeconds: 0, usageKey: nil)

    private func ring(fetchedAt seconds: Int64?...) throws -> KeyRing {
        let issuer = IssuerKeys(sources: [.file([0x2F])])
        var ring = KeyRing(seconds.map { _ in issuer }, policy: KeyCachePolicy())
        let keySet = try KeySet(parsing: TestIssuer.first.keySet)
        for (index, seconds) in seconds.enumerated() {
            if let seconds { _ = ring[IssuerIndex(index)].receive(keySet, nowSeconds: seconds) }
        }
        return ring
    }

    @Test func decisionsAreCountedByReason() throws {
        var metrics = DecisionMetrics(namespace: Array("A/b".utf8))
        let outcomes: [(Outcome, Verdict)] = [
            (.allow(grant), .allow), (.refuse(.token(.expired(secondsAgo: 1))), .unauthorized),
            (.refuse(.token(.expired(secondsAgo: 999))), .unauthorized), (.refuse(.scopeMissing), .deny),
            (.refuse(.keysUnavailable), .error), (.refuse(.event(.notObject)), .error),
            (.allow(grant), .allow),
        ]
        for (outcome, verdict) in outcomes {
            #expect(Verdict(outcome) == verdict)
            metrics.count(decision(outcome), verdict, nil, durationMicroseconds: 100)
        }
        metrics.count(
            decision(.allow(grant), old: StaleKeys(ageSeconds: 700, isSnapshot: false)), .allow, nil,
            durationMicroseconds: 5000)
        let documents = try metrics.documents(
            ring(fetchedAt: 1000, nil, 1600), wallMilliseconds: 2_000_500)
        let rows = try documents.dropLast().map(json)
        #expect(
            rows.map { "\($0["decision"]!) \($0["reason"]!) \($0["Decisions"]!)" } == [
                "allow allowed 3", "unauthorized token_expired 2", "deny scope_missing 1",
                "error keys_unavailable 1", "error event_not_object 1",
            ])
        #expect(
            rows[0]["_aws"] as? NSDictionary == [
                "Timestamp": 2_000_500,
                "CloudWatchMetrics": [
                    [
                        "Namespace": "A/b", "Dimensions": [[], ["decision"], ["reason"]],
                        "Metrics": [["Name": "Decisions", "Unit": "Count"]],
                    ]
                ],
            ])
        let last = try json(try #require(documents.last))
        #expect(last["DecisionTime"] as? NSDictionary == ["Values": [103, 4607], "Counts": [7, 1]])
        // The age of the oldest cached key set.
        #expect(last["StaleDecisions"] as? Int == 1 && last["KeyAge"] as? Int == 1000)
        let none = try #require(
            try metrics.documents(ring(fetchedAt: nil), wallMilliseconds: 0).last)
        #expect(try json(none)["KeyAge"] == nil)
    }

    @Test func aFetchReportsEachAddress() throws {
        var result = KeySupply.Result()
        result.failures = [
            (0, FetchFailure(KeyFetchError.http(.status(500)))),
            (1, FetchFailure(KeyFetchError.noUsableKey(skipped: []))),
        ]
        var documents = try fetchDocuments(
            Array("N".utf8), result, microseconds: 77, wallMilliseconds: 1
        ).map(json)
        #expect(documents.map { $0["result"] as? String } == ["http_status", "keyset_without_keys"])
        #expect(documents.map { $0["KeyFetches"] as? Int } == [1, 1])
        #expect(documents.map { $0["KeyFetchTime"] as? Int } == [nil, 77])
        let keySet = try KeySet(parsing: TestIssuer.first.keySet)
        result.failures.removeLast()
        result.success = (
            FetchedKeys(keySet), 1, 1
        )
        documents = try fetchDocuments(Array("N".utf8), result, microseconds: 78, wallMilliseconds: 1).map(
            json)
        #expect(documents.map { $0["result"] as? String } == ["http_status", "fetched"])
        #expect(documents.map { $0["KeyFetchTime"] as? Int } == [nil, 78])
        // A fetch that was not made is not counted.
        #expect(
            fetchDocuments(Array("N".utf8), KeySupply.Result(), microseconds: 1, wallMilliseconds: 1).isEmpty)
    }

    @Test func histogramStepsFitTheFormat() {
        #expect(TimeHistogram.stepCount <= 100)
        var last = -1
        for time in Array(Int64(0)..<5000) + [1 << 20, 1 << 23, 16_777_215] {
            let step = TimeHistogram.step(of: time)
            #expect(step == last || step == last + 1 || time >= 5000)
            let middle = TimeHistogram.middle(of: step)
            #expect(TimeHistogram.step(of: middle) == step && abs(middle - time) <= time / 8 + 1)
            last = step
        }
        #expect(TimeHistogram.step(of: 16_777_215) == TimeHistogram.stepCount - 1)
        for time in [16_777_216, Int64.max] {
            #expect(TimeHistogram.step(of: time) == TimeHistogram.stepCount - 1)
        }
        #expect(TimeHistogram.step(of: -1) == 0 && TimeHistogram.step(of: .min) == 0)
    }
}
