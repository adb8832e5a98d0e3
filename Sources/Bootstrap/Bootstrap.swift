// Bootstrap.swift - the entry point: Lambda's bootstrap, or the command line.
//
// Spec:    README "Commands".
// Secret:  no.
// Reads:   LambdaStart and the commands. Read by: nobody.

import Bytes
import Platform

@main
struct Bootstrap {
    static func main() {
        // Under Lambda the program is the bootstrap, whatever its arguments are.
        if let address = Environment.value("AWS_LAMBDA_RUNTIME_API") {
            exit(startLambda(runtimeAPI: address))
        }
        exit(run([[UInt8]](Arguments.all.dropFirst())))
    }

    /// Runs a command and gives its exit status.
    private static func run(_ arguments: [[UInt8]]) -> Int32 {
        guard let name = arguments.first else {
            StandardError.write([UInt8](generalHelp))
            return ExitStatus.usage
        }
        guard let command = Command(name: name.span) else {
            switch true {
            case bytesEqual(name.span, "--help"), bytesEqual(name.span, "-h"), bytesEqual(name.span, "help"):
                StandardOutput.write([UInt8](generalHelp))
                return ExitStatus.allowed
            case bytesEqual(name.span, "--version"): return runVersion(Options(json: false))
            default:
                return usageError("there is no such command; authorizer --help names them")
            }
        }
        let rest = [[UInt8]](arguments.dropFirst())
        for argument in rest where bytesEqual(argument.span, "--help") || bytesEqual(argument.span, "-h") {
            StandardOutput.write([UInt8](command.help))
            return ExitStatus.allowed
        }
        let options: Options
        do throws(UsageError) { options = try Options(rest, for: command) } catch {
            return usageError(error.message)
        }
        switch command {
        case .invoke: return runInvoke(options)
        case .explain: return runExplain(options)
        case .doctor: return runDoctor(options)
        case .checkConfig: return runCheckConfig(options)
        case .keys: return runKeys(options)
        case .certificates: return runCertificates(options)
        case .vectors: return runVectorsCommand(options)
        case .selftest: return runSelfTestCommand(options)
        case .version: return runVersion(options)
        case .licences: return runLicences(options)
        }
    }
}

/// What the shell is told.
enum ExitStatus {
    static let allowed: Int32 = 0
    static let refused: Int32 = 1
    static let usage: Int32 = 2
    static let keysUnavailable: Int32 = 3
}

/// Says what is wrong with the command line.
func usageError(_ message: StaticString) -> Int32 {
    var text = [UInt8]("authorizer: ")
    text.append(message)
    text.append("\n")
    StandardError.write(text)
    return ExitStatus.usage
}
