// Metrics.swift - decisions and key fetches, counted for CloudWatch.
//
// Spec:    CloudWatch embedded metric format (EMF).
// Secret:  no: counts, times and reason codes.
// Reads:   LogLine (MetricDocument), DecisionLog (Verdict), KeySupply, Limits; Authorizer, Bytes, Platform. Read by: DecisionLog, SharedKeys.
//
// What a metric costs: each name with each value of its dimensions is one custom metric, and each
// line is ingested as a log. So dimensions are what has few values (decision, reason, result); a reason
// that does not occur makes no metric; decisions are counted and written at most once a minute,
// a line for each reason that occurred and one for the times. A fetch has a line of its own: it is
// minutes until the next. What an environment has counted in its last minute ends with it: Lambda
// tells a function without extensions nothing.

import Authorizer
import Bytes
import Platform

/// What one loop has counted since it last wrote.
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
    /// By wall time: the environment is frozen between events.
    private var flushedAtSeconds: Int64?

    init(namespace: [UInt8]) {
        self.namespace = namespace
    }

    mutating func count(_ decision: Decision, _ verdict: Verdict, durationMicroseconds: Int64) {
        times.add(durationMicroseconds)
        if decision.oldKeys != nil { staleCount += 1 }
        if decision.shadow != nil { shadowCount += 1 }
        if decision.shadowDiffers { shadowDifferenceCount += 1 }
        let reason = decision.reasonCode
        for index in rows.indices where bytesEqual(rows[index].reason.utf8Span, reason) {
            rows[index].count += 1
            return
        }
        rows.append(Row(reason: reason, verdict: verdict, count: 1))
    }

    /// Writes what was counted, unless a minute has not passed since.
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

    /// What was counted: a document for each reason, and one for the rest.
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
        // Who tries no rules pays for no metric.
        if shadowCount > 0 {
            document.metric("ShadowDecisions", .count, shadowCount)
            document.metric("ShadowDifferences", .count, shadowDifferenceCount)
        }
        var oldest: Int64?
        for issuer in 0..<keys.issuerCount {
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

/// A document for each address that was asked; the time of the whole fetch is in the last.
func fetchDocuments(
    _ namespace: [UInt8], _ result: KeySupply.Result, microseconds: Int64, wallMilliseconds: Int64
) -> [MetricDocument] {
    var results: [StaticString] = []
    for failure in result.failures { results.append(failure.error.reasonCode) }
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

/// Times in steps that are a seventh to a quarter wide: four to an octave, up to 16 seconds. EMF takes 100
/// different values.
struct TimeHistogram: Sendable {
    private var steps = [Int64](repeating: 0, count: TimeHistogram.stepCount)
    static let stepCount = 92

    mutating func add(_ microseconds: Int64) {
        steps[Self.step(of: microseconds)] += 1
    }

    /// The times that occurred, each the middle of its step, and how often.
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

    /// The octave, and the two bits below its highest.
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
