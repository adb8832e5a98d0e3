// VectorsCommand.swift - run the test vectors of a folder, and print the table.
//
// Spec:    README "Commands", vectors; Vectors/README.md.
// Secret:  no.
// Reads:   VectorTable, Options, Terminal; Conformance, Platform, Bytes. Read by: Commands.

import Bytes
import Conformance
import Platform

/// `authorizer vectors`.
func runVectorsCommand(_ options: Options) -> Int32 {
    let folder = options.operand ?? [UInt8]("Vectors")
    let index: [UInt8]
    let indexPath = folder + [UInt8]("/INDEX")
    do throws(PlatformError) { index = try File.read(path: indexPath, limit: 1 << 20) } catch {
        return StandardError.refuse(indexPath, error.reasonCode)
    }
    var table = VectorTable()
    for entry in IndexEntry.all(index) {
        let path = folder + [0x2F] + entry.path
        let text: [UInt8]
        do throws(PlatformError) { text = try File.read(path: path, limit: 64 << 20) } catch {
            return StandardError.refuse(path, error.reasonCode)
        }
        do throws(ConformanceError) {
            let result = try runVectors(text)
            guard result.cases == entry.cases else {
                return StandardError.refuse(path, IndexEntry.CountMismatch().reasonCode)
            }
            table.add(result, path: entry.path)
        } catch { return StandardError.refuse(path, error.reasonCode) }
    }
    StandardOutput.write(table, asJSON: options.json)
    return table.isGood ? ExitStatus.allowed : ExitStatus.refused
}
