// DecisionMetrics.swift - metrics of decisions and key fetches for CloudWatch.
//
// Spec:    CloudWatch embedded metric format (EMF).
// Secret:  no: only counts, times and reason codes.
// Reads:   LogLine (MetricDocument), DecisionLog (Verdict), Limits; Authorizer, Bytes, Platform, KeyFetching (KeySupply), Keys.
//          Read by: DecisionLog, SharedKeys.
//
// Cost: each name with each combination of dimension values is one custom metric, and each line is ingested as a log.
// So only decision, reason and result are dimensions, since they have few values. A reason that does not occur causes
// no metric. Decisions are counted and written at most once a minute, one line for each reason that occurred and one
// for the times. Each fetch has its own line: fetches are minutes apart. The counts of an environment's last minute
// are lost with it, since Lambda does not notify a function without extensions of the shutdown.

import Authorizer
import Bytes
import KeyFetching
import Keys
import Platform

/// One loop's counts since its last write.
struct DecisionMetrics: Sendable {
    private struct Row: Sendable {
        let reason: StaticString
        let verdict: Verdict
        var count: Int64
    }

    private let namespace: [UInt8]
    private var rows: [Row] = []
    private var staleCount: Int64 = 0
    private var shadowCount: Int64 = 0
    private var shadowDifferenceCount: Int64 = 0
    private var times = TimeHistogram()
    /// By the wall clock: the environment is frozen between events.
    private var flushedAtSeconds: Int64?

    init(namespace: [UInt8]) {
        self.namespace = namespace
    }

    mutating func count(
        _ decision: Decision, _ verdict: Verdict, _ shadow: ShadowVerdict?, durationMicroseconds: Int64
    ) {
        times.add(durationMicroseconds)
        if decision.staleKeys != nil { staleCount += 1 }
        if let shadow {
            shadowCount += 1
            if shadow.differs(from: decision.outcome) { shadowDifferenceCount += 1 }
        }
        let reason = decision.reasonCode
        for index in rows.indices where bytesEqual(rows[index].reason.utf8Span, reason) {
            rows[index].count += 1
            return
        }
        rows.append(Row(reason: reason, verdict: verdict, count: 1))
    }

    /// Writes the counts, unless the last write was less than a minute ago.
    mutating func flush(_ keys: KeyRing, to log: Log) {
        guard !rows.isEmpty else { return }
        let now = Clock.wallSeconds
        if let flushedAtSeconds {
            let elapsed = now - flushedAtSeconds
            guard elapsed < 0 || elapsed >= LambdaLimits.metricsIntervalSeconds else { return }
        }
        for document in documents(keys, wallMilliseconds: Clock.wallMilliseconds) { log.write(document) }
        rows = []
        staleCount = 0
        shadowCount = 0
        shadowDifferenceCount = 0
        times = TimeHistogram()
        flushedAtSeconds = now
    }

    /// The counts: a document for each reason, and one for the rest.
    func documents(_ keys: KeyRing, wallMilliseconds: Int64) -> [MetricDocument] {
        var documents: [MetricDocument] = []
        for row in rows {
            var document = MetricDocument(namespace, wallMilliseconds)
            document.dimension("decision", row.verdict.name)
            document.dimension("reason", row.reason)
            document.metric("Decisions", .count, row.count)
            documents.append(document)
        }
        var document = MetricDocument(namespace, wallMilliseconds)
        document.metric("DecisionTime", .microseconds, times.values, times.counts)
        document.metric("StaleDecisions", .count, staleCount)
        // Without rules in shadow mode these metrics would only cost money.
        if shadowCount > 0 {
            document.metric("ShadowDecisions", .count, shadowCount)
            document.metric("ShadowDifferences", .count, shadowDifferenceCount)
        }
        var oldest: Int64?
        for issuer in keys.indices {
            guard let age = keys[issuer].ageSeconds(nowSeconds: wallMilliseconds / 1000) else { continue }
            oldest = max(oldest ?? 0, age)
        }
        if let oldest { document.metric("KeyAge", .seconds, oldest) }
        documents.append(document)
        return documents
    }
}

extension Log {
    /// Writes the metrics of a fetch of keys.
    func writeFetch(_ result: KeySupply.Result, microseconds: Int64, namespace: [UInt8]) {
        let documents = fetchDocuments(
            namespace, result, microseconds: microseconds, wallMilliseconds: Clock.wallMilliseconds)
        for document in documents { write(document) }
    }
}

/// A document for each address of the fetch. The last one has the time of the whole fetch.
func fetchDocuments(
    _ namespace: [UInt8], _ result: KeySupply.Result, microseconds: Int64, wallMilliseconds: Int64
) -> [MetricDocument] {
    var results: [StaticString] = []
    for (_, failure) in result.failures { results.append(failure.reason) }
    if result.success != nil { results.append("fetched") }
    var documents: [MetricDocument] = []
    for (index, result) in results.enumerated() {
        var document = MetricDocument(namespace, wallMilliseconds)
        document.dimension("result", result)
        document.metric("KeyFetches", .count, 1)
        if index == results.count - 1 { document.metric("KeyFetchTime", .microseconds, microseconds) }
        documents.append(document)
    }
    return documents
}

/// A histogram of times up to 16 seconds, with four steps to an octave: each is a seventh to a quarter wide. EMF
/// accepts 100 different values.
struct TimeHistogram: Sendable {
    private var steps = [Int64](repeating: 0, count: TimeHistogram.stepCount)
    static let stepCount = 92

    mutating func add(_ microseconds: Int64) {
        steps[Self.step(of: microseconds)] += 1
    }

    /// The times that occurred, each as the middle of its step, and their counts.
    var values: [Int64] {
        var values: [Int64] = []
        for step in steps.indices where steps[step] > 0 { values.append(Self.middle(of: step)) }
        return values
    }

    var counts: [Int64] {
        var counts: [Int64] = []
        for count in steps where count > 0 { counts.append(count) }
        return counts
    }

    /// The octave, and the two bits below the highest one.
    static func step(of microseconds: Int64) -> Int {
        guard microseconds >= 4 else { return Int(max(0, microseconds)) }
        let octave = 63 - microseconds.leadingZeroBitCount
        return min(stepCount - 1, (octave - 1) * 4 + Int(microseconds >> Int64(octave - 2) & 3))
    }

    static func middle(of step: Int) -> Int64 {
        guard step >= 4 else { return Int64(step) }
        let shift = Int64(step / 4 - 1)
        return (Int64(4 + step % 4) << shift) + ((1 << shift) - 1) / 2
    }
}
