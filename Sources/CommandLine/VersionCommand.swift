// VersionCommand.swift - version, commit, compiler, architecture.
//
// Spec:    README "Commands", version.
// Secret:  no.
// Reads:   BuildOrigin, Options, Terminal; Reports (Report, Outline), Keys (the version), Bytes. Read by: Commands.

import Bytes
import Keys
import Reports

/// `authorizer version`.
func runVersion(_ options: Options) -> Int32 {
    StandardOutput.write(VersionReport(), asJSON: options.json)
    return ExitStatus.allowed
}

/// The constants of the build.
private struct VersionReport: Report {
    func text(_ paint: Paint) -> [UInt8] {
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
        return text
    }

    var outline: Outline {
        var outline = Outline()
        outline.add("version", productVersion)
        outline.add("commit", BuildOrigin.commit)
        outline.add("compiler", BuildOrigin.compiler)
        outline.add("architecture", architecture)
        outline.add("mode", buildMode)
        return outline
    }
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
