// Question.swift - the one event that a command decides.
//
// Spec:    DESIGN 2; README "Commands".
// Secret:  the token; it is never printed.
// Reads:   Options, SampleSettings, EventForToken; LambdaRuntime. Read by: InvokeCommand, ExplainCommand.

import Authorizer
import Bytes
import LambdaRuntime
import Platform

/// An event, the settings, and the instant.
struct Question {
    let settings: Settings
    let event: [UInt8]
    /// The sample's fixed instant; nil for the present.
    let nowSeconds: Int64?
    let isSample: Bool

    /// Gathers all that a decision needs; on failure says why and gives the exit status.
    static func ask(_ options: Options) -> Asked {
        let loaded: CommandSettings
        do throws(SettingsError) { loaded = try CommandSettings.load() } catch {
            return .stop(settingsError(error))
        }
        let isWholeSample = loaded.isSample && options.event == nil && options.token == nil
        let event: [UInt8]
        if isWholeSample {
            event = [UInt8](SampleData.event)
        } else if let path = options.event {
            do throws(PlatformError) { event = try read(path, AuthorizerLimits.eventByteCount + 1) } catch {
                return .stop(fileError(path, error))
            }
        } else if let token = options.token {
            do throws(PlatformError) {
                event = makeEvent(
                    of: options.caller ?? .restToken, around: try self.token(token), loaded.settings.rules)
            } catch {
                return .stop(fileError(token, error))
            }
        } else {
            return .stop(
                usageError(
                    "there is nothing to decide: give --event FILE or --token TOKEN (- reads standard input)")
            )
        }
        return .question(
            Question(
                settings: loaded.settings, event: event,
                nowSeconds: isWholeSample ? SampleData.instantSeconds : nil, isSample: loaded.isSample))
    }

    enum Asked {
        case question(Question)
        case stop(Int32)
    }

    /// What the user should know before the answer; on standard error, so that the answer stays JSON.
    func announce() {
        var text: [UInt8] = []
        if let nowSeconds {
            text.append(
                "No event and no settings given: deciding the built-in sample (Examples/sample) as of ")
            text.append(timestampText(nowSeconds * 1000).span)
            text.append(".\n")
        } else if isSample {
            text.append(
                "No settings given: using the built-in sample's key set and settings (Examples/sample).\n")
        }
        StandardError.write(text)
    }

    // MARK: Inside

    private static func read(_ path: [UInt8], _ limit: Int) throws(PlatformError) -> [UInt8] {
        if bytesEqual(path.span, "-") { return try StandardInput.readAll(limit: limit) }
        return try File.read(path: path, limit: limit)
    }

    /// The token byte for byte; of standard input a trailing newline is dropped.
    private static func token(_ argument: [UInt8]) throws(PlatformError) -> [UInt8] {
        guard bytesEqual(argument.span, "-") else { return argument }
        var token = try StandardInput.readAll(limit: AuthorizerLimits.eventByteCount)
        if token.last == 0x0A { token.removeLast() }
        if token.last == 0x0D { token.removeLast() }
        return token
    }
}

/// Says why a file could not be read.
func fileError(_ path: [UInt8], _ error: PlatformError) -> Int32 {
    var text = [UInt8]("authorizer: ")
    let isStandardInput = bytesEqual(path.span, "-")
    if isStandardInput { text.append("standard input") } else { text.append(path.span) }
    text.append(": ")
    text.append(error.reasonCode)
    text.append("\n")
    StandardError.write(text)
    return ExitStatus.usage
}
