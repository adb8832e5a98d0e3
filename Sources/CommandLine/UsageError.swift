// UsageError.swift - errors in the arguments.
//
// Spec:    README "Commands".
// Secret:  no: an argument is not repeated.
// Reads:   nothing. Read by: Options, Commands.

/// The first error in the arguments.
enum UsageError: Error {
    case unknownCommand
    case unknownOption, valueMissing, optionTwice, eventAndToken, unknownCaller, callerWithoutToken, cacheForm
    case tooManyArguments

    var message: StaticString {
        switch self {
        case .unknownCommand: "unknown command; authorizer --help lists the commands"
        case .unknownOption: "unknown option; the command's --help lists its options"
        case .valueMissing: "the last option needs a value"
        case .optionTwice: "an option is given twice"
        case .eventAndToken: "--event and --token are both given: keep one"
        case .unknownCaller:
            "--as must be rest-token, rest-request, http-1.0, http-2.0, websocket, appsync or iot"
        case .callerWithoutToken: "--as applies only to --token: an event names its own caller"
        case .cacheForm: "--cache is the time in seconds that the gateway caches an answer, 0 to 3600"
        case .tooManyArguments: "there are too many arguments"
        }
    }
}
