// Commands.swift - the command that the arguments name.
//
// Spec:    README "Commands".
// Secret:  no.
// Reads:   Options, UsageError, Help, Terminal, a file for each command; Bytes. Read by: Bootstrap.

import Bytes

/// Runs a command and gives its exit status.
package func runCommand(_ arguments: [[UInt8]]) -> Int32 {
    let parsed: ParsedArguments
    do throws(UsageError) { parsed = try ParsedArguments(arguments) } catch {
        return StandardError.refuse(error.message)
    }
    switch parsed {
    case .nothing:
        StandardError.write([UInt8](generalHelp))
        return ExitStatus.usage
    case .help(let command):
        StandardOutput.write([UInt8](command?.help ?? generalHelp))
        return ExitStatus.allowed
    case .run(let command, let options): return run(command, options)
    }
}

/// The request of a command line.
enum ParsedArguments {
    /// Without arguments.
    case nothing
    /// Of a command, or nil: of all.
    case help(Command?)
    case run(Command, Options)

    init(_ arguments: [[UInt8]]) throws(UsageError) {
        guard let name = arguments.first else {
            self = .nothing
            return
        }
        guard let command = Command(name: name.span) else {
            switch true {
            case isHelp(name), bytesEqual(name.span, "help"): self = .help(nil)
            case bytesEqual(name.span, "--version"): self = .run(.version, Options())
            default: throw .unknownCommand
            }
            return
        }
        let rest = [[UInt8]](arguments.dropFirst())
        self = rest.contains(where: isHelp) ? .help(command) : .run(command, try Options(rest, for: command))
    }
}

private func isHelp(_ argument: [UInt8]) -> Bool {
    bytesEqual(argument.span, "--help") || bytesEqual(argument.span, "-h")
}

private func run(_ command: Command, _ options: Options) -> Int32 {
    switch command {
    case .invoke: runInvoke(options)
    case .explain: runExplain(options)
    case .doctor: runDoctor(options)
    case .checkConfig: runCheckConfig(options)
    case .resourceMetadata: runResourceMetadata(options)
    case .keys: runKeys(options)
    case .certificates: runCertificates(options)
    case .vectors: runVectorsCommand(options)
    case .selftest: runSelfTestCommand(options)
    case .version: runVersion(options)
    case .licences: runLicences(options)
    }
}
