// DoctorCommand.swift - what is wrong, and where.
//
// Spec:    README "doctor".
// Secret:  no; Doctor sees to that.
// Reads:   LambdaRuntime (Doctor), Authorizer, Platform. Read by: Bootstrap.

import Authorizer
import LambdaRuntime
import Platform

/// `authorizer doctor`.
func runDoctor(_ options: Options) -> Int32 {
    let examination: Examination
    do throws(SettingsError) {
        examination = try Examination(try LambdaRuntime.settings(environment: Environment.all))
    } catch {
        return settingsError(error)
    }
    let report = examination.json
    StandardOutput.write((options.json ? report : lines(of: report)) + [0x0A])
    if examination.issuersWithoutKeys > 0 { return ExitStatus.keysUnavailable }
    return examination.isWell ? ExitStatus.allowed : ExitStatus.refused
}

/// A report for people: a line for each member, indented, without the marks of JSON; an empty line between objects.
///
/// - Parameter json: as JSONWriter writes it, without white space.
private func lines(of json: [UInt8]) -> [UInt8] {
    var text: [UInt8] = []
    var depth = -1
    var isInString = false
    var isEscaped = false
    /// What comes before the next visible byte.
    var gap = 0
    for byte in json {
        if !isInString || (byte == 0x22 && !isEscaped) {
            switch byte {
            case 0x22:
                isInString.toggle()
                continue
            case 0x7B, 0x5B, 0x2C:
                if byte != 0x2C { depth += 1 }
                if depth > 0 || byte == 0x2C { text.append(0x0A) }
                gap = 2 * depth
                continue
            case 0x7D, 0x5D:
                depth -= 1
                continue
            case 0x3A:
                text.append(byte)
                gap = 1
                continue
            default: break
            }
        }
        isEscaped = byte == 0x5C && !isEscaped
        if isEscaped && isInString { continue }
        while gap > 0 {
            text.append(0x20)
            gap -= 1
        }
        // Text from outside, for a terminal.
        text.append(byte < 0x7F ? byte : 0x3F)
    }
    return text
}
