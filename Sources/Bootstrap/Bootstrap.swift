// Bootstrap.swift - the entry point: Lambda's bootstrap, or the command line.
//
// Spec:    README "Commands".
// Secret:  no.
// Reads:   CommandLine, Platform. Read by: nobody.

import CommandLine
import Platform

@main
struct Bootstrap {
    static func main() {
        // Under Lambda the program is the bootstrap, whatever its arguments are.
        if let address = Environment.value("AWS_LAMBDA_RUNTIME_API") {
            StandardStreams.openClosedStreams()
            StandardStreams.blockBrokenPipeSignal()
            exit(startLambda(runtimeAPI: address))
        }
        exit(runCommand([[UInt8]](Arguments.all.dropFirst())))
    }
}
