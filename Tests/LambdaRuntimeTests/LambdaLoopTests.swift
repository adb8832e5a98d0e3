import Platform
import Settings
import TestSupport
import Testing

@testable import LambdaRuntime

/// Runs loops with a Runtime API on loopback: each event gets one answer (AUDIT 26), its log line has the decision and no
/// token (AUDIT 29), and the error that ends a loop is reported.
@Suite(.serialized) struct LambdaLoopTests {
    private let folder: TemporaryFolder
    private let keySetPath: String

    init() throws {
        folder = try TemporaryFolder()
        keySetPath = try folder.write("keys.json", TestIssuer.first.keySet)
    }

    private static let rules =
        #"{"routes":[{"route":"GET /open","allow":"any_token"},{"route":"GET /orders","allow":{"scopes":["orders:read"]}}]}"#

    private func settings(_ further: (String, String)...) throws -> Settings {
        let pairs =
            [
                ("JWKS_URI", keySetPath), ("ISSUER", "iss"), ("AUDIENCE", "aud"),
                ("RULES", Self.rules),
            ]
            + further
        return try Settings(environment: variables(pairs))
    }

    private func event(_ path: String, _ token: String) -> String {
        #"{"type":"TOKEN","authorizationToken":"Bearer \#(token)","methodArn":"arn:aws:execute-api:eu-central-1:123456789012:a1b2c3d4e5/prod/GET/\#(path)"}"#
    }

    private let token = TestIssuer.first.token(#"{"iss":"iss","aud":"aud","sub":"alice","exp":9000000000}"#)
    private let expired = TestIssuer.first.token(#"{"iss":"iss","aud":"aud","sub":"alice","exp":1000}"#)

    /// Serves all events; returns the lines of the log.
    private func serve(
        _ server: RuntimeServer, _ settings: Settings, level: LogLevel = .info, loops: Int = 1
    ) throws -> [Line] {
        let log = Log(level: level, isShared: loops > 1)
        let decider = try Decider(settings, log: log, loopCount: loops)
        return try linesOnStandardError {
            LambdaLoops(runtimeAPI: server.address, decider: decider, log: log, count: loops).run()
        }
    }

    @Test func eachEventHasAnAnswerAndALine() throws {
        let server = RuntimeServer([
            .init(body: event("open", token), requestID: "r-1", traceID: "Root=1-5f"),
            .init(body: event("orders", token), requestID: "r-2"),
            .init(body: event("open", expired), requestID: "r-3"),
            .init(body: "[]", requestID: "r-4", deadlineMilliseconds: nil),
        ])
        let lines = try serve(
            server, settings(("SHADOW_RULES", #"{"routes":[{"route":"GET /orders","allow":"any_token"}]}"#)))
        #expect(
            server.posts.map(\.path) == [
                "invocation/r-1/response", "invocation/r-2/response", "invocation/r-3/error",
                "invocation/r-4/error",
            ])
        #expect(server.posts.map(\.errorType).prefix(3) == [nil, nil, "Unauthorized"])
        #expect(server.posts[0].body.contains(#""Effect":"Allow""#))
        let decisions = lines.named("decision")
        #expect(decisions.texts("requestId") == ["r-1", "r-2", "r-3", "r-4"])
        #expect(decisions.texts("decision") == ["allow", "deny", "unauthorized", "error"])
        #expect(
            decisions.texts("reason") == [
                "allowed", "route_requirement", "token_expired", "event_not_object",
            ])
        #expect(decisions.texts("level") == ["INFO", "INFO", "INFO", "ERROR"])
        #expect(decisions.texts("traceId") == ["Root=1-5f", "-", "-", "-"])
        #expect(decisions.texts("route") == ["-", "GET /orders", "-", "-"])
        #expect(decisions.texts("unmet")[1].contains("orders:read"))
        #expect(
            decisions.texts("shadow") == ["route_unknown", "allowed", "token_expired", "-"])
        #expect(decisions.texts("shadowDiffers") == ["1", "1", "-", "-"])
        // The keys were fetched before the first event. The server ended the environment.
        #expect(lines.named("keys fetched").texts("keys") == ["1"])
        let last = try #require(lines.last)
        #expect(last["level"] as? String == "FATAL" && last["reason"] as? String == "http_status")
        #expect(!lines.contains { line in line.values.contains { "\($0)".contains(token.suffix(40)) } })
    }

    @Test func allowedDecisionsAreSampled() throws {
        let events = (1...7).map { RuntimeServer.Event(body: event("open", token), requestID: "s-\($0)") }
        let lines = try serve(RuntimeServer(events), settings(("LOG_ALLOWED_SAMPLE", "3")))
        #expect(lines.named("decision").texts("requestId") == ["s-1", "s-4", "s-7"])
        #expect(lines.named("decision").texts("standsFor") == ["1", "3", "3"])
        // A higher log level suppresses the line and does not change the decision.
        let server = RuntimeServer(Array(events.prefix(1)))
        #expect(try serve(server, settings(), level: .error).named("decision").isEmpty)
        #expect(server.posts.count == 1)
    }

    @Test func metricsAreLogged() throws {
        let events = [event("open", token), event("open", expired)].map { RuntimeServer.Event(body: $0) }
        let lines = try serve(RuntimeServer(events), settings(("METRICS", "emf")), level: .error)
        #expect(lines.compactMap { $0["KeyFetches"] as? Int } == [1])
        // The first decision is written at once, the next within a minute.
        #expect(lines.filter { $0["Decisions"] != nil }.texts("reason") == ["allowed"])
    }

    @Test func theOperatorIsAnswered() throws {
        let server = RuntimeServer([
            .init(body: #"{"authorizer":"doctor"}"#, requestID: "d"),
            .init(body: #"{"authorizer":"reload-keys"}"#, requestID: "k"),
        ])
        let lines = try serve(server, settings(("KEYS_PREFETCH_TIMEOUT_MS", "0")))
        #expect(server.posts.map(\.path) == ["invocation/d/response", "invocation/k/response"])
        #expect(server.posts[0].body.contains(#""authorizer":"doctor""#))
        #expect(server.posts[1].body.contains(#""result":"fetched","address":0,"keys":1,"skipped":0"#))
        // Between the two requests, when no event waits, the keys are refreshed without a request.
        #expect(lines.named("keys fetched").texts("requestId") == ["-", "k"])
    }

    @Test func aRefusedAnswerIsReported() throws {
        let server = RuntimeServer([.init(body: event("open", token), requestID: "p")], postStatus: 413)
        let lines = try serve(server, settings())
        let refused = try #require(lines.named("the Runtime API refused the answer").first)
        #expect(refused["requestId"] as? String == "p" && refused["status"] as? Int == 413)
    }

    /// "The runtime should exit promptly": the loop requests no further event.
    @Test func aContainerErrorEndsTheLoop() throws {
        let events = ["1", "2"].map { RuntimeServer.Event(body: event("open", token), requestID: $0) }
        let server = RuntimeServer(events, postStatus: 500)
        let lines = try serve(server, settings())
        #expect(server.posts.map(\.path) == ["invocation/1/response"])
        #expect(lines.last?["reason"] as? String == "runtime_api_container_error")
    }

    @Test(arguments: ["", "a/b", "a b", String(repeating: "a", count: 129)])
    func aHostileRequestIDEndsTheLoop(requestID: String) throws {
        let server = RuntimeServer([.init(body: event("open", token), requestID: requestID)])
        let lines = try serve(server, settings())
        #expect(server.posts.isEmpty && lines.last?["reason"] as? String == "runtime_api_request_id")
    }

    @Test func severalLoopsServeAll() throws {
        let events = (1...40).map { RuntimeServer.Event(body: event("open", token), requestID: "m-\($0)") }
        // With several events at a time Lambda does not end an environment at a deadline.
        let late = RuntimeServer.Event(body: event("open", token), requestID: "late", deadlineMilliseconds: 1)
        let server = RuntimeServer(events + [late])
        let lines = try serve(server, settings(), loops: 4)
        #expect(
            Set(server.posts.map(\.path))
                == Set((1...40).map { "invocation/m-\($0)/response" } + ["invocation/late/error"]))
        #expect(server.posts.first { $0.path.contains("late") }?.errorType == "DeadlinePassed")
        #expect(lines.named("decision").count == 41)
        #expect(lines.named("decision").filter { $0["reason"] as? String == "deadline_passed" }.count == 1)
        let ends = lines.named("the Runtime API cannot be reached")
        #expect(ends.texts("loopsLeft") == ["3", "2", "1", "0"])
        #expect(ends.texts("level") == ["ERROR", "ERROR", "ERROR", "FATAL"])
    }

    @Test func settingsWarningsAreLogged() throws {
        let server = RuntimeServer([])
        let pairs = [
            ("JWKS_URI", keySetPath), ("RULES", Self.rules), ("POLICY_MAX_BYTES", "1024"),
        ]
        let open = try Settings(environment: variables(pairs))
        let lines = try serve(server, open)
        let warnings = lines.named("settings").texts("warning")
        #expect(warnings.contains { $0.contains("ISSUER") } && warnings.contains { $0.contains("AUDIENCE") })
    }

    @Test func anInvalidAddressEndsTheProcess() throws {
        let log = Log(level: .info)
        let decider = try Decider(settings(), log: log)
        let lines = try linesOnStandardError {
            LambdaLoops(runtimeAPI: Array("a b".utf8), decider: decider, log: log, count: 1).run()
        }
        #expect(lines.last?["reason"] as? String == "runtime_api_address")
    }

    @Test func aFailedStartIsReported() throws {
        let server = RuntimeServer([])
        var api = try RuntimeAPI(address: server.address)
        let lines = try linesOnStandardError {
            reportInitError(
                &api, type: "Configuration", message: Array("JWKS_URI is missing".utf8),
                log: Log(level: .info))
        }
        let post = try #require(server.posts.first)
        #expect(post.path == "init/error" && post.errorType == "Configuration")
        #expect(post.body.contains("JWKS_URI is missing"))
        #expect(lines.texts("message") == ["the start failed"] && lines.texts("level") == ["FATAL"])
    }

    /// Missing keys, then skipped keys, then a published private key (AUDIT 20).
    @Test func fetchesAreLogged() throws {
        let decider = try Decider(settings(("KEYS_COOLDOWN_SECONDS", "1")), log: Log(level: .info))
        var lines: [Line] = []
        try folder.remove("keys.json")
        lines += try linesOnStandardError { decider.keys.prefetch() }
        let published = TestIssuer.second.jwk(#","d":"AQ""#)
        let set = #"{"keys":[\#(TestIssuer.first.jwk()),{"kty":"oct","k":"AA"},\#(published)]}"#
        try folder.write("keys.json", bytes(set))
        lines += try linesOnStandardError {
            _ = decider.keys.reloadKeys(until: .never, requestID: Array("q".utf8))
        }
        #expect(
            lines.texts("message") == [
                "key fetch failed", "keys fetched", "keys skipped", "the key set publishes a private key",
            ])
        #expect(lines.texts("level") == ["WARN", "INFO", "WARN", "WARN"])
        #expect(lines[0]["reason"] as? String == "file_not_found" && lines[0]["stage"] as? String == "file")
        #expect(lines[2]["skipped"] as? Int == 2)
        #expect("\(lines[2]["skippedKeys"] ?? "")".contains("key 1: "))
        #expect(lines[3]["kid"] as? String == "key-2" && lines.texts("requestId") == ["-", "q", "q", "q"])
        #expect(decider.skippedKeys.map { $0.key.index } == [1, 2])
    }
}
