import DecisionSupport
import Events
import Testing

@testable import Routes

private let version = ("MCP-Protocol-Version", "2026-07-28")

/// The headers of a call of a tool.
private func tool(_ name: String) -> [(String, String)] {
    [version, ("Mcp-Method", "tools/call"), ("Mcp-Name", name)]
}

private func method(_ name: String) -> [(String, String)] { [version, ("Mcp-Method", name)] }

/// An event with these headers, in the form of each caller.
private func event(_ caller: Caller, _ call: String, _ headers: [(String, String)]) throws -> Event {
    let arn = Asked.json("\(Rule.prefix)/\(call)")
    var lines: [(name: String, values: [String])] = []
    for (name, value) in headers {
        if let place = lines.firstIndex(where: { $0.name == name }) {
            lines[place].values.append(value)
        } else {
            lines.append((name, [value]))
        }
    }
    func members(_ text: (_ values: [String]) -> String) -> String {
        lines.map { #""\#($0.name)":\#(text($0.values))"# }.joined(separator: ",")
    }
    let last = members { #""\#(Asked.json($0.last ?? ""))""# }
    let all = members { "[" + $0.map { #""\#(Asked.json($0))""# }.joined(separator: ",") + "]" }
    let joined = members { #""\#(Asked.json($0.joined(separator: ",")))""# }
    let text =
        switch caller {
        case .restToken:
            #"{"type":"TOKEN","methodArn":"\#(arn)","authorizationToken":"Bearer a","headers":{\#(last)}}"#
        case .httpAPI2: #"{"version":"2.0","type":"REQUEST","routeArn":"\#(arn)","headers":{\#(joined)}}"#
        case .httpAPI1:
            #"{"version":"1.0","type":"REQUEST","methodArn":"\#(arn)","headers":{\#(last)},"multiValueHeaders":{\#(all)}}"#
        default:
            #"{"type":"REQUEST","methodArn":"\#(arn)","headers":{\#(last)},"multiValueHeaders":{\#(all)}}"#
        }
    return try Event(parsing: Array(text.utf8))
}

private let callers: [Caller] = [.restRequest, .httpAPI1, .httpAPI2]

/// `$mcp` rules: which decides, from which headers, for which paths.
@Suite struct MCPRuleTests {
    private let path = Rule.open("* /mcp", "* /mcp/", "* /MCP", "GET /a")

    private func refusal(
        _ table: RouteTable, _ headers: [(String, String)], _ claims: String? = "{}",
        call: String = "POST/mcp", caller: Caller = .restRequest
    ) throws -> RouteFault? {
        table.verdict(try Rule.arn(call), try Rule.facts(table, claims), try event(caller, call, headers))
            .refusal
    }

    // MARK: Which rule decides

    @Test func theMostSpecificRuleDecides() throws {
        let table = try Rule.table(
            [
                path, Rule.allow("$mcp *", scope: "all"),
                Rule.open("$mcp tools/list", "$mcp tools/call get_*"),
                Rule.allow("$mcp tools/call get_secret*", scope: "secret"),
                #"{"route":"$mcp tools/call get_secret_key","deny":"always"}"#,
                Rule.allow("$mcp tools/*", scope: "tools"), Rule.open("$mcp resources/read file:///a/b c"),
            ].joined(separator: ","))
        let cases: [([(String, String)], String, RouteFault?)] = [
            (tool("get_weather"), "{}", nil), (tool("get_"), "{}", nil), (tool("Get_weather"), "{}", .unmet),
            (tool("get"), "{}", .unmet), (tool("get"), #"{"scope":"tools"}"#, nil),
            (tool("get"), #"{"scope":"all"}"#, .unmet),
            (tool("get_secret"), "{}", .unmet), (tool("get_secrets"), #"{"scope":"secret"}"#, nil),
            (tool("get_secret_key"), #"{"scope":"secret all tools"}"#, .denied),
            (tool("get_secret_keys"), #"{"scope":"secret"}"#, nil),
            (method("tools/list"), "{}", nil), (method("tools/lists"), "{}", .unmet),
            (method("Tools/list"), "{}", .unmet), (method("Tools/list"), #"{"scope":"all"}"#, nil),
            (method("ping"), #"{"scope":"all"}"#, nil), (method("ping"), #"{"scope":"tools"}"#, .unmet),
            ([version, ("Mcp-Method", "resources/read"), ("Mcp-Name", "file:///a/b c")], "{}", nil),
            ([version, ("Mcp-Method", "resources/read"), ("Mcp-Name", "file:///a/b")], "{}", .unmet),
            ([version, ("Mcp-Method", "prompts/get"), ("Mcp-Name", "get_weather")], "{}", .unmet),
        ]
        for (headers, claims, expected) in cases {
            for caller in callers {
                #expect(
                    try refusal(table, headers, claims, caller: caller) == expected, "\(headers) \(claims)")
            }
        }
        #expect(table.mcpRules.count == 7 && table.allowsMCP)
    }

    /// Equal patterns are one: a deny before an allow. Without its condition it leaves the call to the next.
    @Test func equalPatterns() throws {
        let table = try Rule.table(
            [
                path, Rule.open("$mcp tools/call x", "$mcp tools/call *"),
                #"{"route":"$mcp tools/call x","deny":{"roles":["guest"]}}"#,
                #"{"route":"$mcp tools/call","deny":{"roles":["none"]}}"#,
                #"{"route":"$mcp tools/call y","deny":{"roles":["guest"]}}"#,
            ].joined(separator: ","))
        #expect(table.mcpRules.count == 3)
        #expect(try refusal(table, tool("x")) == nil)
        #expect(try refusal(table, tool("x"), #"{"roles":["guest"]}"#) == .denied)
        #expect(try refusal(table, tool("y")) == nil)
        #expect(try refusal(table, tool("y"), #"{"roles":["none"]}"#) == .denied)
        #expect(try refusal(table, tool("y"), #"{"roles":["guest"]}"#) == .denied)
        #expect(try refusal(table, method("tools/list")) == .mcpUnknown)
    }

    @Test func thePathsOwnRuleMustAllowTheCall() throws {
        let mcp = Rule.open("$mcp *")
        let scope = try Rule.table([mcp, Rule.allow("POST /mcp", scope: "mcp")].joined(separator: ","))
        #expect(try refusal(scope, method("ping")) == .unmet)
        #expect(try refusal(scope, [], #"{"scope":"mcp"}"#) == .mcpVersion)
        #expect(try refusal(scope, method("ping"), #"{"scope":"mcp"}"#) == nil)
        let none = try Rule.table([mcp, Rule.open("GET /mcp", "POST /mcp/{x}")].joined(separator: ","))
        #expect(try refusal(none, method("ping")) == .unknown && !none.allowsMCP)
        #expect(try refusal(none, [], call: "GET/mcp") == nil)
    }

    @Test func theFindingNamesTheRule() throws {
        let table = try Rule.table(
            [path, Rule.allow("$mcp tools/call x", scope: "s")].joined(separator: ","))
        let found = table.verdict(
            try Rule.arn("POST/mcp"), try Rule.facts(table, "{}"),
            try event(.restRequest, "POST/mcp", tool("x")))
        var text: [UInt8] = []
        table.append(try #require(found.finding), to: &text)
        #expect(Rule.text(text) == "routes[4] $mcp tools/call x: allow.scopes is not met")
        let missing = table.verdict(
            try Rule.arn("POST/mcp"), try Rule.facts(table, "{}"), try event(.restRequest, "POST/mcp", []))
        #expect(missing.finding == nil && missing.refusal == .mcpVersion)
    }

    @Test func withoutToken() throws {
        let routes = #"{"route":"POST /mcp","public":true},{"route":"$mcp tools/list","public":true}"#
        let table = try Rule.table([routes, Rule.open("$mcp *")].joined(separator: ","))
        #expect(try refusal(table, method("tools/list"), nil) == nil)
        #expect(try refusal(table, method("ping"), nil) == .unmet)
        #expect(try refusal(table, [], nil) == .mcpVersion)
    }

    // MARK: Paths

    /// Every spelling that some backend takes for the path.
    @Test func spellings() throws {
        let deny = #"{"route":"$mcp tools/call x","deny":"always"}"#
        for (further, calls) in [
            (
                "",
                [
                    "POST/mcp", "POST/mcp/", "POST/MCP", "POST/McP/", "POST/%6Dcp", "POST/%4dcp",
                    "POST/mcp;a=1",
                    "POST/mcp;a/", "POST/mcp/;a", "POST/mcp%3Ba", "POST/mcp%3Fa", "POST/mcp%3fa/b",
                    "POST/mcp%23",
                    "POST/mcp?", "POST/mcp/%3Fa",
                ]
            ),
            (#","mcp_path":"/a/%40me""#, ["POST/a/@me", "POST/A/%40ME/", "POST/a;x/@me;y"]),
            (#","mcp_path":"/a/b/""#, ["POST/a/b", "POST/a/b/"]),
            (#","mcp_path":"/""#, ["POST/", "POST", "POST/;a", "POST/%3F"]),
        ] {
            let table = try Rule.table(
                [Rule.open("* /*"), deny, Rule.open("$mcp *")].joined(separator: ","), further)
            for call in calls {
                #expect(try refusal(table, tool("x"), call: call) == .denied, "\(call)")
                #expect(try refusal(table, tool("y"), call: call) == nil, "\(call)")
                #expect(try refusal(table, [], call: call) == .mcpVersion, "\(call)")
                for verb in ["GET", "DELETE", "PUT", "OPTIONS"] {
                    #expect(try refusal(table, [], call: verb + call.dropFirst(4)) == nil, "\(verb) \(call)")
                }
            }
        }
        let table = try Rule.table([Rule.open("* /*"), deny].joined(separator: ","))
        for call in [
            "POST/mcpx", "POST/mc", "POST/a/mcp", "POST/mcp/a", "POST/mcp;a/b", "POST/mcp%253Fa", "POST/",
        ] {
            #expect(try refusal(table, [], call: call) == nil, "\(call)")
        }
        for call in ["POST/mcp//", "POST//mcp", "POST/./mcp", "POST/x/../mcp", "POST/%2Fmcp"] {
            #expect(try refusal(table, tool("y"), call: call) == .path, "\(call)")
        }
        #expect(try refusal(table, [], call: "post/mcp") == .unknown)
    }

    /// Whether rules for paths may allow a call that `$mcp` rules decide.
    @Test func reach() throws {
        for (route, isReached) in [
            ("POST /mcp", true), ("* /mcp", true), ("POST /mcp/", true), ("POST /MCP", true),
            ("POST /{a}", true),
            ("* /*", true), ("POST /mcp/*", true), ("POST /{a}/", true), ("POST /mcp;v=1", true),
            ("POST /mcp%3Fa/b", true), ("POST /{a}/*", true),
            ("GET /mcp", false), ("GET /*", false), ("POST /mcp/{a}", false), ("POST /a", false),
            ("POST /{a}/{b}", false), ("POST /mcp/a/*", false), ("POST /", false), ("$connect", false),
            ("POST /mcp/{a}/*", false),
        ] {
            let table = try Rule.table(Rule.open(route, "$mcp tools/*"))
            #expect(table.allowsMCP == isReached, "\(route)")
            #expect(table.decoded == nil || table.decoded?.allowsMCP == isReached, "\(route)")
            #expect(try !Rule.table(Rule.open(route)).allowsMCP, "\(route)")
        }
        let denied = #"{"route":"POST /mcp","deny":{"scopes":["s"]}}"#
        #expect(try !Rule.table([denied, Rule.open("$mcp *")].joined(separator: ",")).allowsMCP)
        #expect(try Rule.table(Rule.open("$mcp *"), #","default":"any_token""#).allowsMCP)
    }

    // MARK: Headers

    private func open() throws -> RouteTable {
        try Rule.table([path, Rule.open("$mcp tools/call", "$mcp ping")].joined(separator: ","))
    }

    @Test func versions() throws {
        let older = try Rule.table(
            [path, Rule.open("$mcp ping")].joined(separator: ","), #","mcp_accepts_older_versions":true"#)
        let table = try open()
        for (text, isCurrent, isOlder) in [
            ("2026-07-28", true, false), ("2026-07-29", true, false), ("2027-01-01", true, false),
            ("9999-99-99", true, false), ("2026-07-27", false, true), ("2025-11-25", false, true),
            ("2024-11-05", false, true), ("2026-7-28", false, false), ("2026-07-28 ", false, false),
            ("2026-07-28a", false, false), ("DRAFT-2026", false, false), ("3", false, false),
            ("2026/07/28", false, false), ("=?base64?MjAyNi0wNy0yOA==?=", false, false), ("", false, false),
            ("2026-07-28,2026-07-28", false, false), ("2026-07-2\u{661}", false, false),
        ] {
            let headers = [("MCP-Protocol-Version", text), ("Mcp-Method", "ping")]
            for caller in callers {
                let refused = try refusal(table, headers, caller: caller)
                #expect((refused == nil) == isCurrent, "\(text)")
                #expect(isCurrent || refused == .mcpVersion || refused == .mcpHeader, "\(text)")
                // With the setting an older version leaves the call to the path's own rule, whatever the method is.
                let other = [("MCP-Protocol-Version", text), ("Mcp-Method", "other")]
                #expect(try (refusal(older, other, caller: caller) == nil) == isOlder, "\(text)")
            }
        }
        let none = [("Mcp-Method", "ping")]
        #expect(try refusal(table, none) == .mcpVersion && refusal(older, none) == nil)
        #expect(try refusal(older, none, call: "POST/mcpx") == .unknown)
        let twice = [version, ("MCP-Protocol-Version", "2025-11-25")]
        for caller in callers {
            #expect(try [.mcpHeader, .mcpVersion].contains(refusal(older, twice, caller: caller)))
        }
        // A TOKEN authorizer knows no version.
        #expect(try refusal(older, none, caller: .restToken) == .mcpCaller)
    }

    @Test func missingAndRepeated() throws {
        let table = try open()
        let name = ("Mcp-Name", "x")
        let call = ("Mcp-Method", "tools/call")
        for headers in [
            [version], [version, name], [version, call], [version, call, ("Mcp-Name", "")],
            [version, ("Mcp-Method", ""), name], [version, call, name, name],
            [version, call, name, ("Mcp-Name", "y")],
            [version, call, call, name],
            [version, ("Mcp-Method", "ping"), ("Mcp-Method", "tools/call"), name],
            [version, ("Mcp-Method", "ping"), name, ("Mcp-Name", "y")],
            [version, call, name, ("mcp-name", "y")], [version, call, name, ("MCP-NAME", "x ")],
        ] {
            for caller in callers {
                #expect(try refusal(table, headers, caller: caller) == .mcpHeader, "\(headers)")
            }
        }
        #expect(try refusal(table, tool("x")) == nil && refusal(table, method("ping")) == nil)
        #expect(try refusal(table, [version, ("Mcp-Method", "ping"), name]) == nil)
        let lower = [("mcp-protocol-version", "2026-07-28"), ("mcp-METHOD", "tools/call"), ("mCp-nAmE", "x")]
        for caller in callers { #expect(try refusal(table, lower, caller: caller) == nil) }
        #expect(try refusal(table, tool("x"), caller: .restToken) == .mcpCaller)
        // Without the event, as in reports.
        #expect(table.verdict(try Rule.arn("POST/mcp"), try Rule.facts(table, "{}")).refusal == .mcpCaller)
        let wrong = Array(
            #"{"type":"REQUEST","methodArn":"\#(Rule.prefix)/POST/mcp","headers":{"MCP-Protocol-Version":7}}"#
                .utf8)
        let facts = try Rule.facts(table, "{}")
        #expect(
            table.verdict(try Rule.arn("POST/mcp"), facts, try Event(parsing: wrong)).refusal == .mcpHeader)
    }

    @Test func encodedValues() throws {
        let table = try Rule.table(
            [
                path,
                Rule.open(
                    "$mcp tools/call caf\u{E9}", "$mcp tools/call =?BASE64?eA==?=", "$mcp tools/call a,b"),
                Rule.open("$mcp tools/call =?base64?x?=", "$mcp tools/call  x ", "$mcp ping"),
            ].joined(separator: ","))
        // "café", " x ", "=?base64?x?=", "a,b"
        for (text, expected) in [
            ("=?base64?Y2Fmw6k=?=", nil), ("=?base64?IHgg?=", nil), ("=?base64?PT9iYXNlNjQ/eD89?=", nil),
            ("=?base64?YSxi?=", nil), ("=?BASE64?eA==?=", nil),
            ("=?base64?eA==?=", .mcpUnknown), ("=?Base64?IHgg?=", .mcpUnknown), ("caf", .mcpUnknown),
            ("=?base64?Y2FmZQ==?=", .mcpUnknown), ("=?base63?IHgg?=", .mcpUnknown),
            ("caf\u{E9}", .mcpHeader), (" x ", .mcpHeader), (" x", .mcpHeader), ("x\t", .mcpHeader),
            ("a\u{1}", .mcpHeader), ("a\u{7F}", .mcpHeader),
            ("=?base64?", .mcpHeader), ("=?base64??=", .mcpHeader), ("=?base64?=", .mcpHeader),
            ("=?base64?IHgg", .mcpHeader), ("=?base64?IHgg?", .mcpHeader), ("=?base64?IHgg=", .mcpHeader),
            ("=?base64?IHg?=", .mcpHeader), ("=?base64?IHh=?=", .mcpHeader), ("=?base64?IH g?=", .mcpHeader),
            ("=?base64?Y2Fmw6l=?=", .mcpHeader), ("=?base64?Y2Fm6Q==?=", .mcpHeader),
            ("=?base64?wIA=?=", .mcpHeader), ("=?base64?eAA=?=", .mcpHeader), ("=?base64?w6k_?=", .mcpHeader),
            ("=?base64?IHgg?=?=", .mcpHeader),
        ] as [(String, RouteFault?)] {
            for caller in callers {
                #expect(try refusal(table, tool(text), caller: caller) == expected, "\(text)")
            }
        }
        #expect(try refusal(table, method("=?base64?cGluZw==?=")) == nil)
        #expect(try refusal(table, method("=?base64?dG9vbHMvY2FsbA==?=")) == .mcpHeader)
        // An HTTP API joins repeated headers by commas.
        for (caller, expected) in [(Caller.restRequest, nil), (.httpAPI1, nil), (.httpAPI2, .mcpHeader)]
            as [(Caller, RouteFault?)]
        {
            #expect(try refusal(table, tool("a,b"), caller: caller) == expected)
        }
    }

    // MARK: Policies

    /// The policy of a call of a table that reads headers names this call alone, and is not remembered.
    @Test func policies() throws {
        let table = try Rule.table([path, Rule.open("GET /*", "$mcp tools/call x")].joined(separator: ","))
        let facts = try Rule.facts(table, "{}")
        for caller in callers {
            var note: PolicyNote?
            for (call, headers) in [("POST/mcp", tool("x")), ("GET/a", []), ("GET/a/b", tool("x"))] {
                let verdict = table.verdict(try Rule.arn(call), facts, try event(caller, call, headers))
                let policy = verdict.policy(for: caller, byteLimit: 8000, &note)
                #expect(try Rule.resources(policy?.statements) == ["Allow": ["\(Rule.prefix)/\(call)"]])
                #expect(policy?.omittedRules == [])
                #expect(verdict.policy(for: caller, byteLimit: 20, &note) == nil)
            }
            for (call, headers) in [("POST/mcp", tool("y")), ("POST/mcp", []), ("PUT/a", [])] {
                let verdict = table.verdict(try Rule.arn(call), facts, try event(caller, call, headers))
                #expect(verdict.refusal != nil)
                let policy = try #require(verdict.policy(for: caller, byteLimit: 8000, &note))
                #expect(policy.statements == nil)
            }
            let odd = table.verdict(try Rule.arn("GET/a$b"), facts, try event(caller, "GET/a$b", []))
            #expect(odd.refusal == nil && odd.policy(for: caller, byteLimit: 8000, &note) == nil)
            #expect(note == nil)
        }
        // Without a path rule for it, policies are as ever, and do not allow it.
        let apart = try Rule.table([Rule.open("GET /mcp", "POST /mcp/{x}", "$mcp *")].joined(separator: ","))
        var note: PolicyNote?
        let verdict = apart.verdict(try Rule.arn("GET/mcp"), try Rule.facts(apart, "{}"))
        let policy = verdict.policy(for: .restRequest, byteLimit: 8000, &note)
        #expect(note != nil)
        for call in ["POST/mcp", "POST/mcp/", "POST/MCP"] {
            let effect = effect(of: try #require(policy?.statements), on: try Rule.arn(call).text.span)
            #expect(!effect.allowsInSomeReading, "\(call)")
        }
    }

    // MARK: Texts

    @Test func texts() {
        typealias Fault = RouteText.Fault
        func fault(_ route: String) -> Fault? {
            do throws(Fault) {
                _ = try RouteText(Array(route.utf8).span)
                return nil
            } catch { return error }
        }
        let accepted = [
            "$mcp *", "$mcp tools/*", "$mcp tools/call", "$mcp tools/call *", "$mcp tools/call a b  c",
            "$mcp a",
            "$mcp tools/call get_*", "$mcp resources/read file:///a%20b/{c}", "$mcp prompts/get \u{E9}",
            "$mcp tools/call " + String(repeating: "x", count: 240),
        ]
        for route in accepted { #expect(fault(route) == nil, "\(route)") }
        for route in [
            "$mcp ", "$mcp tools/call ", "$mcp  tools/call", "$mcp t*s/call", "$mcp **",
            "$mcp tools/call a*b",
            "$mcp tools/call a**", "$mcp tools/list a", "$mcp tools/list *", "$mcp * a", "$mcp tools/* a",
            "$mcp tools/call a\u{1}", "$mcp \u{7F}", "$mcp resources/subscribe file:///a", "$mcp tools/list ",
        ] {
            #expect(fault(route) == .mcp, "\(route)")
        }
        #expect(fault("$mcp") == .form && fault("$mcpx y") == .form)
        #expect(
            fault("$mcp tools/call " + String(repeating: "x", count: 241))
                == .tooLong(limit: RouteLimits.routeByteCount))
    }
}
