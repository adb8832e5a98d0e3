import Authorizer
import DecisionSupport
import JOSE
import Keys
import Settings
import TestSupport
import Testing

@testable import Reports

/// `doctor` reports each address, its failure and what to do (AUDIT 17, 18).
@Suite struct DoctorReportTests {
    private let connection = ConnectionReport(
        version: "TLS 1.3", suite: "S", group: "x25519", extendedMasterSecret: true, resumed: false,
        needsExtendedMasterSecret: false)

    private func fetched(_ keys: String, ahead: Int64? = nil) throws -> DoctorReport.Address {
        DoctorReport.Address(
            steps: [("name", 1), ("connect", 2)], restMicroseconds: 3, clockAheadSeconds: ahead,
            .fetched(try KeySet(parsing: bytes(#"{"keys":[\#(keys)]}"#)), connection))
    }

    private let failed = DoctorReport.Address(
        steps: [], restMicroseconds: 9, clockAheadSeconds: nil,
        .failed(FetchFailure(reason: "r", stage: "name", meaning: "m", advice: "a")))

    private func settings(_ further: (String, String)...) throws -> Settings {
        try Asked.settings([("RESOURCE", Explained.resource)] + further)
    }

    @Test func aReportWithoutFaults() throws {
        let report = DoctorReport(
            try settings(), [[try fetched(TestIssuer.first.jwk() + #",{"kty":"oct","kid":"k","k":"AA"}"#)]])
        #expect(report.isOK && report.issuersWithoutKeys == 0 && report.clockAheadSeconds == nil)
        let shown = text(report.text(plain))
        #expect(
            shown.hasPrefix(
                """
                authorizer: doctor
                warnings:

                keys:

                    issuer: iss
                    address: 0
                    result: fetched
                    microseconds:
                      name: 1
                      connect: 2
                      keys: 3
                    usableKeys: 1
                    skipped: 1
                    skippedKeys:

                        index: 1
                        kid: k
                        reason: key_symmetric

                """))
        #expect(
            shown.contains(
                "\n    tls: TLS 1.3\n    suite: S\npolicies:\n\ngateway:\n\n    caller: rest-token\n"))
        #expect(shown.hasSuffix("\nok: true\n"))
        let root = try report.outline.parsed()
        #expect(root.string("authorizer") == "doctor" && root.member("ok")?.bool == true)
        #expect(
            root.list("gateway").map { $0.string("caller") } == [
                "rest-token", "rest-request", "http-2.0", "websocket",
            ])
    }

    @Test func aFailure() throws {
        let report = DoctorReport(try settings(), [[failed]])
        #expect(!report.isOK && report.issuersWithoutKeys == 1)
        #expect(
            report.outline.jsonText.contains(
                #""keys":[{"issuer":"iss","address":0,"result":"r","microseconds":{"untilFailure":9},"stage":"name","meaning":"m","advice":"a"}],"policies""#
            ))
        #expect(text(report.text(plain)).hasSuffix("\nok: false\n"))
        // A second address is enough.
        let second = DoctorReport(try settings(), [[failed, try fetched(TestIssuer.first.jwk())]])
        #expect(second.isOK && second.issuers[0].addresses.count == 2)
    }

    /// CLOCK_SKEW_SECONDS, and a second for the way.
    @Test(
        arguments: [
            ("60", [61], false), ("60", [-61], false), ("60", [62], true), ("60", [-62], true),
            ("0", [2], true),
            ("0", [1], false), ("60", [5, -70, 30], true), ("60", [Int64](), false),
        ] as [(String, [Int64], Bool)])
    func theClock(skew: String, ahead: [Int64], isOff: Bool) throws {
        let addresses = try ahead.map { try fetched(TestIssuer.first.jwk(), ahead: $0) }
        let report = DoctorReport(try settings(("CLOCK_SKEW_SECONDS", skew)), [addresses + [failed]])
        #expect(report.clockIsOff == isOff)
        #expect(report.clockAheadSeconds == ahead.max { $0.magnitude < $1.magnitude })
        let root = try report.outline.parsed()
        #expect((root.string("clock") != nil) == isOff)
        if ahead.isEmpty { #expect(!report.isOK) } else { #expect(report.isOK == !isOff) }
    }

    @Test func requiredGatewaySettings() throws {
        func sides(_ further: (String, String)...) throws -> [String: [String: String]] {
            let settings = try Asked.settings(further)
            var found: [String: [String: String]] = [:]
            for side in settings.rules.gatewaySettings {
                var values: [String: String] = [:]
                for (name, value) in side.settings { values[text(name)] = text(value) }
                found[text(side.caller.name)] = values
            }
            return found
        }
        let usual = try sides(("RESOURCE", "*"))
        #expect(usual.count == 4)
        #expect(usual["rest-token"]?["identityValidationExpression"]?.hasPrefix("^[Bb]earer ") == true)
        #expect(usual["http-2.0"]?["enableSimpleResponses"] == "false")
        #expect(usual["rest-request"]?["authorizerResultTtlInSeconds"]?.hasPrefix("0 to 3600: ") == true)
        #expect(usual["websocket"]?["route"] == "$connect")
        let simple = try sides(("RESOURCE", "*"), ("HTTP_API_RESPONSE", "simple"), ("RESULT_CACHE", "off"))
        #expect(simple["http-2.0"]?["identitySource"] == "$request.header.Authorization,$context.routeKey")
        #expect(simple["rest-token"]?["authorizerResultTtlInSeconds"] == "0, because of RESULT_CACHE=off")
        let several = try sides(
            ("RESOURCE", "*"), ("TOKEN_SOURCES", "header:X-T,query:t,cookie:c,protocol:bearer"))
        // A TOKEN authorizer passes one header.
        #expect(several["rest-token"] == nil)
        #expect(
            several["websocket"]?["identitySource"]
                == "route.request.header.X-T,route.request.querystring.t,route.request.header.Cookie,route.request.header.Sec-WebSocket-Protocol"
        )
        #expect(several["websocket"]?["integration"] != nil)
        let appSync = try sides(
            ("RESOURCE", "arn:aws:appsync:r:1:apis/x"), ("APPSYNC_TTL_SECONDS", "77"),
            ("IOT_POLICY", iotPolicy))
        #expect(appSync.keys.sorted() == ["appsync", "iot"])
        #expect(appSync["appsync"]?["authorizerResultTtlInSeconds"]?.hasPrefix("77 by ") == true)
    }
}
