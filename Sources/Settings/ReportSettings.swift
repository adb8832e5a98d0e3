// ReportSettings.swift - the settings of logs and metrics of decisions.
//
// Spec:    CloudWatch PutMetricData (the form of a namespace); AUDIT 31.
// Secret:  no.
// Reads:   SettingValues, SettingsError; Bytes. Read by: Settings; LambdaRuntime, Reports.

import Bytes

/// Which decisions are logged, and how metrics are written.
public struct ReportSettings: Sendable, Equatable {
    /// One of this many allowed decisions is logged.
    public var allowedSample: Int64 = 1
    /// METRICS=emf: whether metrics are written in CloudWatch's embedded metric format.
    public var writesMetrics = false
    /// The namespace of the metrics.
    public var metricsNamespace = [UInt8]("Authorizer")

    public init() {}

    /// - Throws: the first problem.
    init(_ values: SettingValues) throws(SettingsError) {
        allowedSample = try values.number(.logAllowedSample, 1...1_000_000) ?? allowedSample
        writesMetrics = try values.isSecond(.metrics, of: "off", "emf")
        if let namespace = try values.text(.metricsNamespace) {
            guard Self.isNamespace(namespace.span) else {
                throw SettingsError(.metricsNamespace, .namespaceForm)
            }
            metricsNamespace = namespace
        }
    }

    /// 1 to 255 of the characters that CloudWatch takes; neither its own (`AWS/`) nor with a colon before.
    private static func isNamespace(_ text: Span<UInt8>) -> Bool {
        guard text.count <= 255, text[0] != 0x3A, !bytesStart(text, with: "AWS/") else { return false }
        for index in text.indices {
            switch text[index] {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: continue
            // # - . / : _
            case 0x23, 0x2D, 0x2E, 0x2F, 0x3A, 0x5F: continue
            default: return false
            }
        }
        return true
    }
}
