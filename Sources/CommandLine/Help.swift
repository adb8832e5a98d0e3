// Help.swift - what --help prints.
//
// Spec:    README "Commands", which says the same at more length.
// Secret:  no.
// Reads:   Options (Command). Read by: Commands.

let generalHelp: StaticString = """
    authorizer - decides whether a request's JSON Web Token is good, for Amazon API Gateway

    authorizer invoke         one decision, as API Gateway would get it
    authorizer explain        the same decision, step by step
    authorizer doctor         settings, key sources and clock step by step, and the gateway's side
    authorizer check-config   the settings of the environment: are they good?
    authorizer keys           fetch the key set and list it
    authorizer certificates FILE --host NAME
                              what we would say to a server's certificates
    authorizer vectors [DIR]  run the test vectors of a folder
    authorizer selftest       known answers: SHA-256, RSA accepted, RSA refused
    authorizer version        what this is
    authorizer licences       whose work is in it, and under which terms

    authorizer COMMAND --help says more. With AWS_LAMBDA_RUNTIME_API set the program is
    Lambda's bootstrap and takes no arguments. Settings are environment variables; the two
    that are needed: JWKS_URI (or JWKS) and RESOURCE.

    Exit status 4 of each command: the output could not be written.

    """

extension Command {
    var help: StaticString {
        switch self {
        case .invoke:
            """
            authorizer invoke [--event FILE | --token TOKEN [--as CALLER]]

            Decides one event with the settings of the environment and prints the answer that
            the caller would get. FILE and TOKEN may be - for standard input (other users of
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

            The decision of `invoke`, step by step: what was checked, which step failed, what to
            do about it, and what such a refusal often means. SECONDS is how long the gateway
            keeps an answer (its authorizer's TTL; 300). The token is never printed; its kid is,
            and iss and aud where they are refused.

            Exit status: as for invoke.

            """
        case .doctor:
            """
            authorizer doctor [--json]

            Checks the settings, asks every address of keys once and tells how long each step
            took, or which one failed and what to do; holds the clock against the servers'; and
            says what must be set on the side of each caller. A deployed function answers the
            same to an invoke with {"authorizer":"doctor"}.

            Exit status: 0 all is well, 1 the clock is off, 2 settings, 3 an issuer without keys.

            """
        case .checkConfig:
            """
            authorizer check-config [--json]

            Checks the settings of the environment as the start under Lambda does and prints
            them with their defaults; of RULES the order in which they are tried, the policy that
            they make, and what it cannot say. Nothing is fetched.

            Exit status: 0 good, 2 not.

            """
        case .keys:
            """
            authorizer keys [--json]

            Fetches the key set that the settings name and lists its keys with their
            thumbprints (RFC 7638), and those that are passed over with the reason. If it
            cannot be fetched, says which step failed and what to do.

            Exit status: 0 fetched, 2 settings, 3 not fetched.

            """
        case .certificates:
            """
            authorizer certificates FILE --host NAME [--at TIME] [--json]

            Looks for a path from the first certificate of FILE (PEM; - for standard input) over
            the others to a trust anchor, as a connection to NAME would. Prints the path, or each
            one tried and why it failed. TIME is in seconds since 1970 or as 2026-01-01T00:00:00Z.
            The anchors: CA_BUNDLE, else SSL_CERT_FILE, else the system's. Every block of FILE counts
            as presented, also one that is not a certificate.

            Exit status: 0 a path, 1 none, 2 usage or files.

            """
        case .vectors:
            """
            authorizer vectors [DIR] [--json]

            Runs the test vectors that DIR/INDEX names (DIR: Vectors) and prints a table:
            suite, source, cases, accepted, refused, left out.

            Exit status: 0 all as expected, 1 not, 2 files missing or malformed.

            """
        case .selftest:
            """
            authorizer selftest [--json]

            Known answers of SHA-256, of an RSA signature that holds and of one that does not.
            The start under Lambda runs the same.

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

            Prints the licences of what is linked into this binary.

            """
        }
    }
}
