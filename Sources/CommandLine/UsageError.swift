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
        case .unknownCommand: "there is no such command; authorizer --help names them"
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
