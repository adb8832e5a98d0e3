import TestSupport
import Testing

@testable import CommandLine

/// The command that the arguments select, and that the help names every command (AUDIT 45).
@Suite struct CommandsTests {
    /// In words, to compare.
    private func parsed(_ arguments: String...) throws(UsageError) -> String {
        switch try ParsedArguments(arguments.map(bytes)) {
        case .nothing: "nothing"
        case .help(let command): "help \(command.map { text($0.name) } ?? "-")"
        case .run(let command, let options): "run \(text(command.name)) \(options.json)"
        }
    }

    private func fault(_ arguments: String...) -> UsageError? {
        do throws(UsageError) {
            _ = try ParsedArguments(arguments.map(bytes))
            return nil
        } catch { return error }
    }

    @Test func theArgumentsSelectTheCommand() throws {
        #expect(try parsed() == "nothing")
        for help in ["--help", "-h", "help"] { #expect(try parsed(help) == "help -") }
        #expect(try parsed("--version") == "run version false")
        for command in Command.allCases {
            let name = text(command.name)
            #expect(try parsed(name) == "run \(name) false" && parsed(name, "--json") == "run \(name) true")
            // Whatever else is wrong.
            #expect(try parsed(name, "--nonsense", "--help") == "help \(name)")
            #expect(try parsed(name, "-h") == "help \(name)")
        }
        for name in ["", "nonsense", "Invoke", "--json", "-v"] { #expect(fault(name) == .unknownCommand) }
        #expect(fault("keys", "help") == .unknownOption)
    }

    @Test func helpNamesEveryCommand() {
        for command in Command.allCases {
            let name = text(command.name)
            #expect(text(generalHelp).contains("\nauthorizer \(name) "))
            #expect(text(command.help).hasPrefix("authorizer \(name)"))
            #expect(text(command.help).hasSuffix("\n"))
        }
    }

    @Test func settingsOfTheSample() throws {
        let sample = try CommandSettings.load([])
        #expect(sample.isSample && sample.settings.issuers.count == 1)
        let further = try CommandSettings.load([(bytes("REQUIRED_SCOPES"), bytes("x"))])
        #expect(further.isSample)
        let own = try CommandSettings.load([
            (bytes("JWKS_URI"), bytes("/keys.json")), (bytes("RESOURCE"), bytes("*")),
        ])
        #expect(!own.isSample)
        // With one of them the sample is not meant.
        for name in ["JWKS_URI", "RESOURCE", "RULES", "JWKS"] {
            #expect(throws: (any Error).self) { try CommandSettings.load([(bytes(name), bytes("/x"))]) }
        }
    }
}
