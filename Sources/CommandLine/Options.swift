// Options.swift - the commands and their arguments.
//
// Spec:    README "Commands".
// Secret:  a token given with --token is in the process list; `--token -` is not.
// Reads:   UsageError; Events (Caller), Bytes. Read by: Commands, Help, DecisionInput and each command.

import Bytes
import Events

enum Command: CaseIterable {
    case invoke, explain, doctor, checkConfig, resourceMetadata, keys, certificates, vectors, selftest,
        version,
        licences

    var name: StaticString {
        switch self {
        case .invoke: "invoke"
        case .explain: "explain"
        case .doctor: "doctor"
        case .checkConfig: "check-config"
        case .resourceMetadata: "resource-metadata"
        case .keys: "keys"
        case .certificates: "certificates"
        case .vectors: "vectors"
        case .selftest: "selftest"
        case .version: "version"
        case .licences: "licences"
        }
    }

    init?(name: Span<UInt8>) {
        for command in Command.allCases where bytesEqual(name, command.name) {
            self = command
            return
        }
        return nil
    }

    /// Its options, apart from `--json` of every command.
    fileprivate var options: [Option] {
        switch self {
        case .invoke: [.event, .token, .caller]
        case .explain: [.event, .token, .caller, .cache]
        case .certificates: [.host, .at]
        case .doctor, .checkConfig, .resourceMetadata, .keys, .vectors, .selftest, .version, .licences: []
        }
    }

    /// Whether an argument is an operand and not an option.
    fileprivate func takesOperand(_ argument: [UInt8]) -> Bool {
        let looksLikeOption = argument.first == 0x2D
        return switch self {
        case .certificates: !looksLikeOption || argument.count == 1
        case .vectors: !looksLikeOption
        default: false
        }
    }
}

/// An option with a value.
private enum Option {
    case event, token, caller, cache, host, at

    var name: StaticString {
        switch self {
        case .event: "--event"
        case .token: "--token"
        case .caller: "--as"
        case .cache: "--cache"
        case .host: "--host"
        case .at: "--at"
        }
    }
}

/// What follows the command's name.
struct Options {
    private(set) var json = false
    /// A file's path, or `-`.
    private(set) var event: [UInt8]?
    /// The token itself, or `-`.
    private(set) var token: [UInt8]?
    /// The caller of the event that `--token` is put into.
    private(set) var caller: Caller?
    /// How long the gateway keeps an answer.
    private(set) var cacheSeconds: Int64?
    /// The operand: the folder of `vectors`, the file of `certificates`.
    private(set) var operand: [UInt8]?
    /// A server's name.
    private(set) var host: [UInt8]?
    /// An instant.
    private(set) var at: [UInt8]?

    /// Without arguments.
    init() {}

    /// Takes the arguments from left to right.
    ///
    /// - Throws: the first error.
    init(_ arguments: [[UInt8]], for command: Command) throws(UsageError) {
        var index = 0
        while index < arguments.count {
            let argument = arguments[index]
            index += 1
            if let option = command.options.first(where: { bytesEqual(argument.span, $0.name) }) {
                guard !isGiven(option) else { throw .optionTwice }
                guard index < arguments.count else { throw .valueMissing }
                try set(option, arguments[index])
                index += 1
            } else if command.takesOperand(argument) {
                guard operand == nil else { throw .tooManyArguments }
                operand = argument
            } else {
                guard bytesEqual(argument.span, "--json") else { throw .unknownOption }
                json = true
            }
        }
        if event != nil && token != nil { throw .eventAndToken }
        if caller != nil && token == nil { throw .callerWithoutToken }
    }

    private func isGiven(_ option: Option) -> Bool {
        switch option {
        case .event: event != nil
        case .token: token != nil
        case .caller: caller != nil
        case .cache: cacheSeconds != nil
        case .host: host != nil
        case .at: at != nil
        }
    }

    private mutating func set(_ option: Option, _ value: [UInt8]) throws(UsageError) {
        switch option {
        case .event: event = value
        case .token: token = value
        case .caller:
            caller = Caller(name: value.span)
            if caller == nil { throw .unknownCaller }
        case .cache:
            cacheSeconds = Self.seconds(value)
            if cacheSeconds == nil { throw .cacheForm }
        case .host: host = value
        case .at: at = value
        }
    }

    /// 0 to 3600, which API Gateway ends at.
    private static func seconds(_ text: [UInt8]) -> Int64? {
        guard text.count <= 4, let seconds = Decimal.value(text.span) else { return nil }
        return seconds <= 3600 ? seconds : nil
    }
}
