// GatewaySettings.swift - what each caller's own settings must be, so that they agree with ours.
//
// Spec:    API Gateway, AppSync and IoT Core, authorizers; README "Callers".
// Secret:  no: settings.
// Reads:   Outline; Authorizer, Events, Bytes. Read by: DoctorReport.

import Authorizer
import Bytes
import Events

/// How a caller is to be set up: the caller's own names of settings, and their values.
struct GatewaySettings {
    let caller: Caller
    private(set) var settings: [(name: StaticString, value: [UInt8])] = []

    fileprivate init(_ caller: Caller) { self.caller = caller }

    fileprivate mutating func set(_ name: StaticString, _ value: [UInt8]) { settings.append((name, value)) }

    fileprivate mutating func set(_ name: StaticString, _ value: StaticString) { set(name, [UInt8](value)) }

    var outline: Outline {
        var outline = Outline()
        outline.add("caller", caller.name)
        for (name, value) in settings { outline.add(name, value) }
        return outline
    }
}

extension Rules {
    /// Of the callers that RESOURCE, the rules and IOT_POLICY imply.
    var gatewaySettings: [GatewaySettings] {
        var sides: [GatewaySettings] = []
        if !resources.isEmpty || routes != nil {
            if let side = restToken { sides.append(side) }
            sides.append(apiGateway(.restRequest, "method.request.header.", "method.request.querystring."))
            sides.append(apiGateway(.httpAPI2, "$request.header.", "$request.querystring."))
            sides.append(apiGateway(.webSocket, "route.request.header.", "route.request.querystring."))
        }
        if !appSyncResources.isEmpty { sides.append(appSync) }
        if !answers.iotPolicies.isEmpty { sides.append(iotCore) }
        return sides
    }

    // MARK: API Gateway

    /// A TOKEN authorizer passes one header; nil if the token may be in another place.
    private var restToken: GatewaySettings? {
        guard tokenSources.count == 1, case .header(let name, let scheme) = tokenSources[0] else {
            return nil
        }
        var side = GatewaySettings(.restToken)
        side.set("type", "TOKEN")
        side.set("identitySource", [UInt8]("method.request.header.") + name)
        var expression: [UInt8] = [0x5E]
        // The scheme is compared without case; its first letter in both is what clients send.
        for (index, byte) in scheme.enumerated() {
            let isLetter = byte | 0x20 >= 0x61 && byte | 0x20 <= 0x7A
            if index == 0 && isLetter {
                expression += [0x5B, byte & 0xDF, byte | 0x20, 0x5D]
            } else {
                if !isLetter { expression.append(0x5C) }
                expression.append(byte)
            }
        }
        if !scheme.isEmpty { expression.append(0x20) }
        expression.append("[A-Za-z0-9_-]+[.][A-Za-z0-9_-]+[.][A-Za-z0-9_-]+$")
        side.set("identityValidationExpression", expression)
        side.set("authorizerResultTtlInSeconds", timeToLive)
        return side
    }

    /// An authorizer that passes the request, with its own prefixes for headers and parameters.
    private func apiGateway(_ caller: Caller, _ header: StaticString, _ query: StaticString)
        -> GatewaySettings
    {
        var side = GatewaySettings(caller)
        var sources: [UInt8] = []
        var hasSubprotocol = false
        for source in tokenSources {
            var (place, name) = (header, [UInt8]())
            switch source {
            case .header(let own, _): name = own
            case .query(let own): (place, name) = (query, own)
            case .cookie: name = [UInt8]("Cookie")
            case .subprotocol:
                hasSubprotocol = true
                name = [UInt8]("Sec-WebSocket-Protocol")
            case .mqttPassword: continue
            }
            if !sources.isEmpty { sources.append(0x2C) }
            sources.append(place)
            sources.append(name.span)
        }
        if caller == .httpAPI2 {
            let isSimple = answers.isSimpleHTTPAPI
            side.set("authorizerPayloadFormatVersion", isSimple ? "2.0" : "2.0 (or 1.0)")
            side.set("enableSimpleResponses", isSimple ? "true" : "false")
            // One decision for each route, or an Allow would be kept for all of them.
            if isSimple { sources.append(",$context.routeKey") }
        } else {
            side.set("type", "REQUEST")
        }
        side.set("identitySource", sources)
        if caller == .webSocket {
            side.set("route", "$connect")
            if hasSubprotocol {
                side.set(
                    "integration",
                    "the $connect integration must answer with one of the client's Sec-WebSocket-Protocol")
            }
        } else {
            side.set("authorizerResultTtlInSeconds", timeToLive)
        }
        return side
    }

    private var timeToLive: StaticString {
        if sender.resultCache == .off { return "0, because of RESULT_CACHE=off" }
        if sender.resultCache == .path {
            return
                "0 to 3600, with the method and the full path among the identity sources, because of RESULT_CACHE=path; the default is 300"
        }
        if tokenSources.count > 1 {
            return
                "0: with caching, every request must have all identity sources, and the token is at only one of TOKEN_SOURCES"
        }
        return routes == nil
            ? "0 to 3600: a cached Allow outlives the token's expiry and a withdrawn key, so as short as the load permits; the default is 300"
            : "0 to 3600, if policies name every route (\"policies\"), else 0; the default is 300"
    }

    // MARK: The others

    private var appSync: GatewaySettings {
        var side = GatewaySettings(.appSync)
        side.set("authenticationType", "AWS_LAMBDA")
        side.set(
            "identityValidationExpression",
            "empty, or an expression that accepts the token with and without Bearer")
        var seconds: [UInt8] = []
        seconds.append(decimal: answers.appSyncTTLSeconds)
        seconds.append(" by APPSYNC_TTL_SECONDS, which takes precedence over the API's own")
        side.set("authorizerResultTtlInSeconds", seconds)
        return side
    }

    private var iotCore: GatewaySettings {
        var side = GatewaySettings(.iotCore)
        side.set("signingDisabled", "true: the token has its own signature")
        side.set("tokenKeyName", "the token's header or query parameter, if devices use one")
        side.set(
            "enableCachingForHttp",
            "false, or true with IOT_REFRESH_SECONDS as the caching time")
        return side
    }
}
