// LambdaStart.swift - from exec to the first event.
//
// Spec:    AWS Lambda runtime API, init errors; AUDIT 31.
// Secret:  no.
// Reads:   Terminal; Reports (SelfTest), LambdaRuntime, Settings, Platform, Bytes. Read by: Bootstrap.

import Bytes
import LambdaRuntime
import Platform
import Reports
import Settings

/// Checks the settings and the machine, then serves events; gives the exit status.
package func startLambda(runtimeAPI address: [UInt8]) -> Int32 {
    var api: RuntimeAPI
    do throws(RuntimeAPIError) { api = try RuntimeAPI(address: address) } catch {
        return StandardError.refuse("AWS_LAMBDA_RUNTIME_API is not host:port")
    }
    var log = Log(level: .info)
    guard selfTestPasses() else {
        reportInitError(
            &api, type: "SelfTestFailed",
            message: [UInt8]("A known-answer test failed: this binary or this machine is faulty."),
            log: log)
        return ExitStatus.refused
    }
    do throws(SettingsError) {
        let settings = try LambdaRuntime.settings(environment: Environment.all)
        let loopCount = LambdaLoops.count(Environment.value("AWS_LAMBDA_MAX_CONCURRENCY"))
        log = Log(level: settings.logLevel, isShared: loopCount > 1)
        let decider = try Decider(settings, log: log, loopCount: loopCount)
        LambdaLoops(runtimeAPI: address, decider: decider, log: log, count: loopCount).run()
        return ExitStatus.refused
    } catch {
        reportInitError(&api, type: "SettingsError", message: error.message, log: log)
        return ExitStatus.usage
    }
}
