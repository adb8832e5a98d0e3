// ResourceMetadataCommand.swift - the document of the protected resource.
//
// Spec:    README "Commands", resource-metadata.
// Secret:  no: the document is public.
// Reads:   Options, Terminal; Reports (ResourceMetadata), LambdaRuntime (settings), Settings, Platform. Read by: Commands.

import LambdaRuntime
import Platform
import Reports
import Settings

/// `authorizer resource-metadata`: JSON, with and without `--json`.
func runResourceMetadata(_ options: Options) -> Int32 {
    do throws(SettingsError) {
        let settings = try LambdaRuntime.settings(environment: Environment.all)
        guard let document = resourceMetadata(of: settings) else {
            throw SettingsError(.resourceMetadataURI, .missing)
        }
        StandardOutput.write(document + [0x0A])
        return ExitStatus.allowed
    } catch {
        guard options.json else { return StandardError.refuse(error) }
        StandardOutput.write(Outline(error))
        return ExitStatus.usage
    }
}
