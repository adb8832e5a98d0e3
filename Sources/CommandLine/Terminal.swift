// Terminal.swift - shared by the commands: standard output and error, exit statuses, messages about errors.
//
// Spec:    POSIX write; README "Commands" for the exit statuses.
// Secret:  each command decides what it prints; nothing is added here.
// Reads:   Reports (Report, Paint), Settings (SettingsError), Platform, JSON (withVisibleCharacters, appendPrintable), Bytes.
//          Read by: LambdaStart and the commands.
//
// Invisible characters of any origin are escaped.
// Both types have the names of Platform's on purpose, and hide them in this module: no command can print past them.

import Bytes
import JSON
import Platform
import Reports
import Settings

/// The statuses that the shell gets.
enum ExitStatus {
    static let allowed: Int32 = 0
    static let refused: Int32 = 1
    static let usage: Int32 = 2
    static let keysUnavailable: Int32 = 3
    /// Standard output could not be written.
    static let output: Int32 = 4
}

enum StandardOutput {
    /// Colours, on a terminal and without NO_COLOR.
    private static var paint: Paint {
        Paint(isOn: isTerminal(1) && (Environment.value("NO_COLOR") ?? []).isEmpty)
    }

    /// Prints a text or JSON. If that fails the process ends with `ExitStatus.output` and a message; without the
    /// message if the reader has closed its end of a pipe.
    ///
    /// - Parameter isExact: whether programs get the bytes as they are. On a terminal they are escaped all the same.
    static func write(_ bytes: [UInt8], isExact: Bool = false) {
        let shown = isExact && !isTerminal(1) ? bytes : withVisibleCharacters(bytes)
        do throws(PlatformError) { try Platform.StandardOutput.writeAll(shown) } catch {
            if !error.isClosedPipe {
                var text = [UInt8]("authorizer: the output could not be written: ")
                text.append(error.writeWords)
                text.append("\n")
                StandardError.write(text)
            }
            exit(ExitStatus.output)
        }
    }

    /// Prints a report.
    static func write(_ report: some Report, asJSON: Bool) {
        if asJSON { write(report.outline) } else { write(report.text(paint)) }
    }

    /// Prints JSON in a line.
    static func write(_ outline: Outline) { write(outline.json + [0x0A]) }
}

enum StandardError {
    /// Prints a message.
    static func write(_ bytes: [UInt8]) { Platform.StandardError.write(withVisibleCharacters(bytes)) }

    /// Prints an error of the arguments, the settings or a file.
    ///
    /// - Returns: the exit status.
    static func refuse(_ message: [UInt8]) -> Int32 {
        write([UInt8]("authorizer: ") + message + [0x0A])
        return ExitStatus.usage
    }

    static func refuse(_ message: StaticString) -> Int32 { refuse([UInt8](message)) }

    static func refuse(_ error: SettingsError) -> Int32 { refuse(error.message) }

    /// - Parameter path: of a file, or `-`.
    static func refuse(_ path: [UInt8], _ reason: StaticString) -> Int32 {
        var text: [UInt8] = []
        if bytesEqual(path.span, "-") {
            text.append("standard input")
        } else {
            appendPrintable(&text, path)
        }
        text.append(": ")
        text.append(reason)
        return refuse(text)
    }
}

extension PlatformError {
    /// EPIPE.
    fileprivate var isClosedPipe: Bool { self == .writeFailed(code: 32) }

    fileprivate var writeWords: StaticString {
        switch self {
        case .writeFailed(28), .writeFailed(122): "no space is left on the device"
        case .writeFailed(9): "standard output is closed"
        case .writeFailed(27): "the file would be too large"
        default: reasonCode
        }
    }
}
