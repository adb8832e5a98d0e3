// DecisionInput.swift - the one event that a command decides.
//
// Spec:    README "Commands".
// Secret:  the token; it is never printed.
// Reads:   Options, CommandSettings, Terminal; Reports (SampleData, EventForToken, PastedToken), LambdaRuntime (Decider, Log),
//          Settings, Events (limits), JSON, Platform, Authorizer, Bytes. Read by: InvokeCommand, ExplainCommand.

import Authorizer
import Bytes
import Events
import JSON
import LambdaRuntime
import Platform
import Reports
import Settings

/// An event, the settings, and the instant.
struct DecisionInput {
    let settings: Settings
    let event: [UInt8]
    /// The sample's fixed instant; nil for the present.
    let nowSeconds: Int64?
    let isSample: Bool

    /// Reads the event and the settings, reports the use of the sample, and loads the keys that the settings name.
    static func prepare(_ options: Options) -> Prepared {
        switch ask(options) {
        case .stop(let status): return .stop(status)
        case .input(let input):
            input.announce()
            do throws(SettingsError) { return .ready(input, try input.decider()) } catch {
                return .stop(StandardError.refuse(error))
            }
        }
    }

    enum Prepared {
        case ready(DecisionInput, Decider)
        case stop(Int32)
    }

    /// Gathers the event and the settings; on failure writes the reason and gives the exit status.
    private static func ask(_ options: Options) -> Gathered {
        let loaded: CommandSettings
        do throws(SettingsError) { loaded = try CommandSettings.load(Environment.all) } catch {
            return .stop(StandardError.refuse(error))
        }
        let isWholeSample = loaded.isSample && options.event == nil && options.token == nil
        let event: [UInt8]
        if isWholeSample {
            event = [UInt8](SampleData.event)
        } else if let path = options.event {
            do throws(PlatformError) { event = try read(path, EventLimits.eventByteCount + 1) } catch {
                return .stop(StandardError.refuse(path, error.reasonCode))
            }
        } else if let argument = options.token {
            let pasted: PastedToken
            do throws(PlatformError) { pasted = try token(argument) } catch {
                return .stop(StandardError.refuse(argument, error.reasonCode))
            }
            announce(pasted)
            event = makeEvent(
                of: options.caller ?? .restToken, around: pasted.token, loaded.settings.rules)
        } else {
            return .stop(
                StandardError.refuse(
                    "there is nothing to decide: give --event FILE or --token TOKEN (- reads standard input)")
            )
        }
        return .input(
            DecisionInput(
                settings: loaded.settings, event: event,
                nowSeconds: isWholeSample ? SampleData.instantSeconds : nil, isSample: loaded.isSample))
    }

    private enum Gathered {
        case input(DecisionInput)
        case stop(Int32)
    }

    /// What decides it, with its warnings on standard error.
    private func decider() throws(SettingsError) -> Decider {
        try Decider(settings, log: Log(level: max(settings.logLevel, .warn)))
    }

    /// Announces the use of the sample; on standard error, so that the answer stays JSON.
    private func announce() {
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

    /// The token in an argument, in the file that it names, or in standard input.
    ///
    /// - Throws: the fault of standard input, or of a file that the argument names by its form.
    private static func token(_ argument: [UInt8]) throws(PlatformError) -> PastedToken {
        let limit = EventLimits.eventByteCount
        if bytesEqual(argument.span, "-") {
            return PastedToken(try StandardInput.readAll(limit: limit), isFromFile: true)
        }
        do throws(PlatformError) {
            let text = try File.read(path: argument, limit: limit)
            var note = [UInt8]("authorizer: --token names a file: the token in ")
            appendPrintable(&note, argument)
            note.append(" is decided.\n")
            StandardError.write(note)
            return PastedToken(text, isFromFile: true)
        } catch {
            guard PastedToken.looksLikeFileName(argument) else { return PastedToken(argument) }
            throw error
        }
    }

    /// Reports how a paste was changed.
    private static func announce(_ pasted: PastedToken) {
        let notes = pasted.notes
        guard !notes.isEmpty else { return }
        var text = [UInt8]("authorizer: --token was cleaned: ")
        for (index, note) in notes.enumerated() {
            if index > 0 { text.append("; ") }
            text.append(note)
        }
        text.append(". An event (--event) is decided without change.\n")
        StandardError.write(text)
    }
}
