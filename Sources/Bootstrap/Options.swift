// Options.swift - the commands and their arguments.
//
// Spec:    README "Commands".
// Secret:  a token given with --token is in the process list; `--token -` is not.
// Reads:   Authorizer, Bytes. Read by: Bootstrap and the commands.

import Authorizer
import Bytes

enum Command: CaseIterable {
    case invoke, explain, doctor, checkConfig, keys, certificates, vectors, selftest, version, licences

    var name: StaticString {
        switch self {
        case .invoke: "invoke"
        case .explain: "explain"
        case .doctor: "doctor"
        case .checkConfig: "check-config"
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
}

enum UsageError: Error {
    case unknownOption, valueMissing, optionTwice, eventAndToken, unknownCaller, callerWithoutToken, cacheForm
    case tooManyArguments

    var message: StaticString {
        switch self {
        case .unknownOption: "there is no such option; the command's --help names them"
        case .valueMissing: "the last option needs a value"
        case .optionTwice: "an option is given twice"
        case .eventAndToken: "--event and --token are both given: keep one"
        case .unknownCaller:
            "--as takes rest-token, rest-request, http-1.0, http-2.0, websocket, appsync or iot"
        case .callerWithoutToken: "--as goes with --token: an event says itself who sent it"
        case .cacheForm: "--cache takes the seconds that the gateway keeps an answer, 0 to 3600"
        case .tooManyArguments: "there are too many arguments"
        }
    }
}

/// What follows the command's name.
struct Options {
    var json = false
    /// A file's path, or `-`.
    var event: [UInt8]?
    /// The token itself, or `-`.
    var token: [UInt8]?
    /// Who sends the event that `--token` is put into.
    var caller: Caller?
    /// How long the gateway keeps an answer.
    var cacheSeconds: Int64?
    /// What is no option: the folder of `vectors`, the file of `certificates`.
    var operand: [UInt8]?
    /// A server's name.
    var host: [UInt8]?
    /// An instant.
    var at: [UInt8]?

    init(json: Bool) { self.json = json }

    init(_ arguments: [[UInt8]], for command: Command) throws(UsageError) {
        var index = 0
        while index < arguments.count {
            let argument = arguments[index]
            index += 1
            switch command {
            case .invoke, .explain:
                if bytesEqual(argument.span, "--event") {
                    try Self.take(&event, arguments, &index)
                    continue
                }
                if bytesEqual(argument.span, "--token") {
                    try Self.take(&token, arguments, &index)
                    continue
                }
                if command == .explain, bytesEqual(argument.span, "--cache") {
                    var text: [UInt8]?
                    if cacheSeconds != nil { throw .optionTwice }
                    try Self.take(&text, arguments, &index)
                    cacheSeconds = Self.seconds(text ?? [])
                    if cacheSeconds == nil { throw .cacheForm }
                    continue
                }
                if bytesEqual(argument.span, "--as") {
                    var name: [UInt8]?
                    if caller != nil { throw .optionTwice }
                    try Self.take(&name, arguments, &index)
                    caller = name.flatMap { Caller(name: $0.span) }
                    if caller == nil { throw .unknownCaller }
                    continue
                }
            case .certificates:
                if bytesEqual(argument.span, "--host") {
                    try Self.take(&host, arguments, &index)
                    continue
                }
                if bytesEqual(argument.span, "--at") {
                    try Self.take(&at, arguments, &index)
                    continue
                }
                if bytesEqual(argument.span, "-") || !bytesStart(argument.span, with: "-") {
                    guard operand == nil else { throw .tooManyArguments }
                    operand = argument
                    continue
                }
            case .vectors:
                if !bytesStart(argument.span, with: "-") {
                    guard operand == nil else { throw .tooManyArguments }
                    operand = argument
                    continue
                }
            default: break
            }
            guard bytesEqual(argument.span, "--json") else { throw .unknownOption }
            json = true
        }
        if event != nil && token != nil { throw .eventAndToken }
        if caller != nil && token == nil { throw .callerWithoutToken }
    }

    /// 0 to 3600, which API Gateway ends at.
    private static func seconds(_ text: [UInt8]) -> Int64? {
        guard !text.isEmpty, text.count <= 4 else { return nil }
        var seconds: Int64 = 0
        for byte in text {
            guard byte >= 0x30, byte <= 0x39 else { return nil }
            seconds = seconds * 10 + Int64(byte - 0x30)
        }
        return seconds <= 3600 ? seconds : nil
    }

    private static func take(
        _ value: inout [UInt8]?, _ arguments: [[UInt8]], _ index: inout Int
    ) throws(UsageError) {
        guard value == nil else { throw .optionTwice }
        guard index < arguments.count else { throw .valueMissing }
        value = arguments[index]
        index += 1
    }
}
