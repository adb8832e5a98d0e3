// DoctorCommand.swift - examine settings, key sources and clock.
//
// Spec:    README "doctor".
// Secret:  no; DoctorReport sees to that.
// Reads:   Options, Terminal; Reports (DoctorReport), LambdaRuntime (Doctor, settings), Settings, Platform.
//          Read by: Commands.

import LambdaRuntime
import Platform
import Reports
import Settings

/// `authorizer doctor`.
func runDoctor(_ options: Options) -> Int32 {
    let report: DoctorReport
    do throws(SettingsError) {
        report = try Doctor.report(of: try LambdaRuntime.settings(environment: Environment.all))
    } catch {
        return StandardError.refuse(error)
    }
    StandardOutput.write(report, asJSON: options.json)
    if report.issuersWithoutKeys > 0 { return ExitStatus.keysUnavailable }
    return report.isOK ? ExitStatus.allowed : ExitStatus.refused
}
