// FileInZip.swift - where a relative path of a setting leads.
//
// Spec:    AWS Lambda: LAMBDA_TASK_ROOT.
// Secret:  no.
// Reads:   Platform. Read by: TrustStore, KeySupply; LambdaRuntime (SettingsFiles).

import Platform

/// Resolves a path relative to the zip (LAMBDA_TASK_ROOT), or outside Lambda to the working directory.
package func pathInZip(_ path: [UInt8]) -> [UInt8] {
    guard path.first != 0x2F, let root = Environment.value("LAMBDA_TASK_ROOT") else { return path }
    return root + [0x2F] + path
}
