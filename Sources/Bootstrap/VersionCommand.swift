// VersionCommand.swift - what this is.
//
// Spec:    none.
// Secret:  no.
// Reads:   BuildOrigin; LambdaRuntime (the version), JSON. Read by: Bootstrap.

import Bytes
import JSON
import LambdaRuntime
import Platform

/// `authorizer version`.
func runVersion(_ options: Options) -> Int32 {
    if options.json {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("version")
        writer.string(productVersion)
        writer.key("commit")
        writer.string(BuildOrigin.commit)
        writer.key("compiler")
        writer.string(BuildOrigin.compiler)
        writer.key("architecture")
        writer.string(architecture)
        writer.key("mode")
        writer.string(buildMode)
        writer.endObject()
        StandardOutput.write(writer.bytes + [0x0A])
        return ExitStatus.allowed
    }
    var text = [UInt8]("authorizer ")
    text.append(productVersion)
    text.append(" ")
    text.append(architecture)
    text.append(" (")
    text.append(buildMode)
    text.append(")\ncommit ")
    text.append(BuildOrigin.commit)
    text.append("\ncompiler ")
    text.append(BuildOrigin.compiler)
    text.append("\n")
    StandardOutput.write(text)
    return ExitStatus.allowed
}

#if arch(x86_64)
    private let architecture: StaticString = "x86_64"
#elseif arch(arm64)
    private let architecture: StaticString = "arm64"
#endif

#if hasFeature(Embedded)
    private let buildMode: StaticString = "Embedded Swift, static"
#else
    private let buildMode: StaticString = "regular Swift"
#endif
