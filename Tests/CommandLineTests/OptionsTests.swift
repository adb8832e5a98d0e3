import Events
import TestSupport
import Testing

@testable import CommandLine

/// Options are parsed exactly; every error has its own text (AUDIT 31).
@Suite struct OptionsTests {
    private func options(_ command: Command, _ arguments: String...) throws(UsageError) -> Options {
        try Options(arguments.map(bytes), for: command)
    }

    private func fault(_ command: Command, _ arguments: [String]) -> UsageError? {
        do throws(UsageError) {
            _ = try Options(arguments.map(bytes), for: command)
            return nil
        } catch { return error }
    }

    @Test(arguments: Command.allCases)
    func withoutArguments(command: Command) throws {
        let none = try options(command)
        #expect(!none.json && none.event == nil && none.token == nil && none.caller == nil)
        #expect(none.cacheSeconds == nil && none.operand == nil && none.host == nil && none.at == nil)
        // Every command takes it, and more than once.
        #expect(try options(command, "--json", "--json").json)
        #expect(fault(command, ["--nonsense"]) == .unknownOption)
        #expect(fault(command, ["--json=1"]) == .unknownOption)
    }

    @Test(arguments: [Command.invoke, .explain])
    func eachOptionOfADecision(command: Command) throws {
        #expect(try options(command, "--event", "f").event == bytes("f"))
        #expect(try options(command, "--event", "--json").event == bytes("--json"))
        let token = try options(command, "--token", "-", "--json", "--as", "http-2.0")
        #expect(token.token == bytes("-") && token.json && token.caller == .httpAPI2)
        #expect(try options(command, "--as", "iot", "--token", "").caller == .iotCore)
        for (arguments, expected) in [
            (["--event"], UsageError.valueMissing), (["--token"], .valueMissing), (["--as"], .valueMissing),
            (["--event", "a", "--event"], .optionTwice), (["--token", "a", "--token", "b"], .optionTwice),
            (["--token", "a", "--as", "iot", "--as", "iot"], .optionTwice),
            (["--event", "a", "--token", "b"], .eventAndToken), (["--as", "IOT"], .unknownCaller),
            (["--as", ""], .unknownCaller), (["--as", "iot"], .callerWithoutToken),
            (["--as", "iot", "--event", "a"], .callerWithoutToken), (["a"], .unknownOption),
            ([""], .unknownOption), (["-"], .unknownOption), (["--host", "h"], .unknownOption),
        ] {
            #expect(fault(command, arguments) == expected, "\(arguments)")
        }
    }

    @Test func everyCallerHasItsName() throws {
        for caller in Caller.allCases {
            let given = try options(.explain, "--token", "t", "--as", text(caller.name))
            #expect(given.caller == caller)
        }
    }

    @Test func theTimeThatAnAnswerIsKept() throws {
        for (value, seconds) in [("0", Int64(0)), ("3600", 3600), ("0300", 300)] {
            #expect(try options(.explain, "--cache", value).cacheSeconds == seconds)
        }
        for value in ["", "3601", "-1", "x", "1.5", "00300", "99999999999999999999"] {
            #expect(fault(.explain, ["--cache", value]) == .cacheForm)
        }
        #expect(fault(.explain, ["--cache"]) == .valueMissing)
        #expect(fault(.explain, ["--cache", "1", "--cache", "2"]) == .optionTwice)
        #expect(fault(.invoke, ["--cache", "1"]) == .unknownOption)
    }

    @Test func certificates() throws {
        let given = try options(.certificates, "f.pem", "--host", "h", "--at", "0", "--json")
        #expect(given.operand == bytes("f.pem") && given.host == bytes("h") && given.at == bytes("0"))
        #expect(given.json)
        #expect(try options(.certificates, "--host", "h", "-").operand == bytes("-"))
        #expect(try options(.certificates, "").operand == [])
        for (arguments, expected) in [
            (["a", "b"], UsageError.tooManyArguments), (["-x"], .unknownOption), (["--host"], .valueMissing),
            (["--at"], .valueMissing), (["--host", "a", "--host", "b"], .optionTwice),
            (["--at", "a", "--at"], .optionTwice), (["--token", "a"], .unknownOption),
        ] {
            #expect(fault(.certificates, arguments) == expected, "\(arguments)")
        }
    }

    @Test func vectors() throws {
        #expect(try options(.vectors, "d").operand == bytes("d"))
        #expect(fault(.vectors, ["a", "b"]) == .tooManyArguments)
        #expect(fault(.vectors, ["-"]) == .unknownOption)
    }

    @Test(arguments: [
        Command.doctor, .checkConfig, .keys, .selftest, .version, .licences,
    ])
    func commandsWithoutOptions(command: Command) {
        for argument in ["--event", "--token", "--as", "--cache", "--host", "--at", "a", "-"] {
            #expect(fault(command, [argument, "x"]) == .unknownOption)
        }
    }

    @Test func everyErrorHasItsOwnText() {
        let all: [UsageError] = [
            .unknownCommand, .unknownOption, .valueMissing, .optionTwice, .eventAndToken, .unknownCaller,
            .callerWithoutToken, .cacheForm, .tooManyArguments,
        ]
        #expect(Set(all.map { text($0.message) }).count == all.count)
        // The callers that --as takes are those that there are.
        for caller in Caller.allCases {
            #expect(text(UsageError.unknownCaller.message).contains(text(caller.name)))
        }
    }
}
