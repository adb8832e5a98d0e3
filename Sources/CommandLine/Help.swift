// Help.swift - what --help prints.
//
// Spec:    README "Commands", which says the same at more length.
// Secret:  no.
// Reads:   Options (Command). Read by: Commands.

let generalHelp: StaticString = """
    authorizer - verifies the JSON Web Token of a request, for Amazon API Gateway

    authorizer invoke         decide one event and print the answer
    authorizer explain        explain the decision, step by step
    authorizer doctor         check settings, key servers and clock; print the gateway's settings
    authorizer check-config   check the settings of the environment
    authorizer resource-metadata  print the metadata of the protected resource (RFC 9728)
    authorizer keys           fetch the key set and list it
    authorizer certificates FILE --host NAME
                              verify a server's certificates
    authorizer vectors [DIR]  run the test vectors of a folder
    authorizer selftest       run known-answer tests: SHA-256, RSA accepted, RSA refused
    authorizer version        print version, commit, compiler and architecture
    authorizer licences       print the licences of the linked code

    authorizer COMMAND --help describes a command. With AWS_LAMBDA_RUNTIME_API set the program
    is Lambda's bootstrap and takes no arguments. Settings are environment variables; two are
    required: JWKS_URI (or JWKS) and RESOURCE.

    Exit status 4 of each command: the output could not be written.

    """

extension Command {
    var help: StaticString {
        switch self {
        case .invoke:
            """
            authorizer invoke [--event FILE | --token TOKEN [--as CALLER]]

            Decides one event with the settings of the environment and prints the answer that
            the caller would receive. FILE and TOKEN may be - for standard input (other users of
            the machine can see arguments); TOKEN may be the name of a file. White space, line
            breaks, quotation marks and "Bearer" of a pasted token are removed, with a message. The
            token is put into an event of CALLER: rest-token (the default), rest-request, http-1.0,
            http-2.0, websocket, appsync or iot. Without settings and arguments it decides a sample
            that is compiled in.

            Exit status: 0 allowed, 1 refused, 2 usage, settings or event, 3 keys unavailable.

            """
        case .explain:
            """
            authorizer explain [--event FILE | --token TOKEN [--as CALLER]] [--cache SECONDS] [--json]

            The decision of `invoke`, step by step: the checks, the failed one, advice, and hints
            on common causes. SECONDS is how long the gateway caches an answer (its authorizer's
            TTL; the default is 300). The token is never printed; its kid is, and iss and aud if
            they are refused.

            Exit status: as for invoke.

            """
        case .doctor:
            """
            authorizer doctor [--json]

            Checks the settings; fetches from every key source once, and prints the time of each
            step, or the failed step and advice; compares the clock with the key servers'; and
            prints the settings that each caller (API Gateway, AppSync, IoT Core) must have. A
            deployed function sends the same report if it is invoked with {"authorizer":"doctor"}.

            Exit status: 0 ok, 1 the clock differs, 2 settings, 3 an issuer without keys.

            """
        case .checkConfig:
            """
            authorizer check-config [--json]

            Checks the settings of the environment like the start under Lambda, and prints them
            with their defaults; of RULES also the order in which rules are tried, their policy,
            and the routes that it cannot name. Nothing is fetched.

            Exit status: 0 valid, 2 invalid.

            """
        case .resourceMetadata:
            """
            authorizer resource-metadata [--json]

            Prints the document that RESOURCE_METADATA_URI must serve, made of the settings: resource,
            authorization servers, scopes. # and $ are escaped, for a mapping template.

            Exit status: 0 printed, 2 settings.

            """
        case .keys:
            """
            authorizer keys [--json]

            Fetches the configured key set and lists its keys with their thumbprints (RFC 7638),
            and the skipped keys with the reason. If it cannot be fetched, prints the failed step
            and advice.

            Exit status: 0 fetched, 2 settings, 3 not fetched.

            """
        case .certificates:
            """
            authorizer certificates FILE --host NAME [--at TIME] [--json]

            Looks for a path from the first certificate of FILE (PEM; - for standard input) over
            the others to a trust anchor, as a connection to NAME would. Prints the path, or each
            one tried and why it failed. TIME is in seconds since 1970 or as 2026-01-01T00:00:00Z.
            The trust anchors: CA_BUNDLE, else SSL_CERT_FILE, else the system's. Every block of FILE counts
            as presented, also one that is not a certificate.

            Exit status: 0 a path was found, 1 none, 2 usage or files.

            """
        case .vectors:
            """
            authorizer vectors [DIR] [--json]

            Runs the test vectors that DIR/INDEX names (DIR: Vectors) and prints a table:
            suite, source, cases, accepted, refused, omitted.

            Exit status: 0 all as expected, 1 some not, 2 files missing or malformed.

            """
        case .selftest:
            """
            authorizer selftest [--json]

            Known-answer tests of SHA-256, of a valid and of an invalid RSA signature. The start
            under Lambda runs the same tests.

            Exit status: 0 passed, 1 failed.

            """
        case .version:
            """
            authorizer version [--json]

            Prints version, commit, compiler and architecture.

            """
        case .licences:
            """
            authorizer licences

            Prints the licences of the code that is linked into this binary.

            """
        }
    }
}
